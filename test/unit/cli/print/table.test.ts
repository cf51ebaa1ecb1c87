/** Text for terminals: columns, numbers, and control characters that must not reach a terminal. */
import assert from "node:assert/strict";
import { counted, formatNumber, formatTable, printable } from "../../../../src/cli/print/table";

describe("formatTable", () => {
  it("pads columns to the widest cell and leaves no spaces at line ends", () => {
    const rows = [["weight_ih_l0", "float32", "[3, 2]"], ["x", "f", ""], ["only"]];
    assert.equal(
      formatTable(rows, 2),
      "  weight_ih_l0  float32  [3, 2]\n  x             f\n  only\n",
    );
    assert.equal(formatTable([]), "");
  });

  it("keeps a cell on its line and its escape sequences harmless", () => {
    assert.equal(formatTable([["a\nb", "\u001b[31mred"]]), "a\\u{a}b  \\u{1b}[31mred\n");
  });
});

describe("printable", () => {
  it("writes control and bidirectional characters as escapes and leaves the rest", () => {
    assert.equal(printable("a\r\u0007\u009b\u202eb"), "a\\u{d}\\u{7}\\u{9b}\\u{202e}b");
    assert.equal(printable("Größe ✓ 隐藏\n"), "Größe ✓ 隐藏\n");
  });
});

describe("formatNumber", () => {
  it("prints six significant digits at most", () => {
    const values = [
      0,
      0.25,
      5.960464477539063e-8,
      0.0002,
      -1.23456789,
      638800.123,
      2e9,
      NaN,
      -Infinity,
    ];
    assert.deepEqual(values.map(formatNumber), [
      ...["0", "0.25", "5.96046e-8", "2e-4", "-1.23457", "638800", "2e+9", "NaN", "-Infinity"],
    ]);
  });
});

describe("long cells", () => {
  it("are cut in the middle, so that a table is not as wide as the longest name times its rows", () => {
    const name = `a${"n".repeat(1_000_000)}z`;
    const rows = Array.from({ length: 2000 }, () => ["w", "[1]"]);
    const lines = formatTable([[name, "[1]"], ...rows]).split("\n");
    assert.match(lines[0] ?? "", /^an{958}…n{39}z {2}\[1\]$/);
    assert.equal(lines[1]?.length, 200 + 2 + 3);
  });
});

describe("counted", () => {
  it("has a singular", () => {
    assert.deepEqual(
      [0, 1, 2].map((count) => counted(count, "module")),
      ["0 modules", "1 module", "2 modules"],
    );
  });
});
