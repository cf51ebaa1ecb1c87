/** What was tried, ranked. */
import assert from "node:assert/strict";
import { renderText } from "../../../../../src/core/text";
import { firstRows, folded, triedRows } from "../../../../../src/drawing/run/charts/triedRows";
import { diagnosis, finding, mistake } from "../verdict/diagnoses";

const tried = (id: string, most: number | "NaN" | null, fits = false) => ({
  ...mistake(id),
  most,
  fits,
});

describe("triedRows", () => {
  it("puts what fits first, then by error, with the run itself among them, other shapes last", () => {
    const rows = triedRows(
      diagnosis({
        findings: [finding("a")],
        tried: [
          tried("a", 1e-7, true),
          tried("b", 2e-7, true),
          tried("c", 0.3),
          tried("d", 0.9),
          tried("n", "NaN"),
          tried("s", null),
        ],
      }),
    );
    assert.deepEqual(
      rows.map(({ kind, ids, most }) => [kind, ids.join(), most]),
      [
        ["fits", "a", 1e-7],
        ["fits", "b", 2e-7],
        ["tried", "c", 0.3],
        ["unchanged", "", 0.5],
        ["tried", "d", 0.9],
        ["tried", "n", NaN],
        ["tried", "s", null],
      ],
    );
  });

  it("has a row for a pair, and still one for its first mistake alone", () => {
    const rows = triedRows(
      diagnosis({
        findings: [finding("a", { with: [mistake("b")] })],
        tried: [tried("a", 0.2)],
      }),
    );
    assert.deepEqual(
      rows.map(({ ids }) => ids.join("+")),
      ["a+b", "a", ""],
    );
  });

  it("leaves out what this run cannot tell from the right forward", () => {
    const rows = triedRows(
      diagnosis({
        cannotSee: [{ ...mistake("h"), reason: null }],
        tried: [tried("h", 0.5), tried("c", 0.6)],
      }),
    );
    assert.deepEqual(
      rows.map(({ ids }) => ids.join()),
      ["", "c"],
    );
  });
});

describe("firstRows", () => {
  it("always include the run itself", () => {
    const many = Array.from({ length: 20 }, (_, index) => tried(`m${index}`, 0.01 * (index + 1)));
    const rows = triedRows(diagnosis({ tried: many, before: 0.9 }));
    const first = firstRows(rows, 12);
    assert.equal(first.length, 12);
    assert.equal(first.at(-1)?.kind, "unchanged");
    assert.deepEqual(firstRows(first, 12), first);
  });
});

describe("folded", () => {
  it("has one row for all that leaves values that are no numbers", () => {
    const lost = [tried("n", "NaN"), tried("m", "NaN"), tried("l", "NaN")];
    const rows = triedRows(diagnosis({ tried: [tried("c", 0.3), ...lost, tried("s", null)] }));
    assert.deepEqual(
      folded(rows).map(({ title }) => renderText(title)),
      ["c is wrong", "nothing changed", "3 others: not a number", "s is wrong"],
    );
    const one = triedRows(diagnosis({ tried: [tried("n", "NaN")] }));
    assert.equal(folded(one), one);
  });
});
