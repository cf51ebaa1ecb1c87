import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gateOrder } from "../../../../src/model/gates";
import type { WeightLayout } from "../../../../src/model/layouts/layout";
import { layouts } from "../../../../src/model/layouts/registry";

/** All gates that the tensors of some roles hold. */
function gatesOf({ parts }: WeightLayout, roles: readonly string[]): string[] {
  return parts.flatMap(({ holds, gates }) => (roles.includes(holds) ? gates : []));
}

describe("the registry of layouts", () => {
  it("gives every layout an id of its own", () => {
    assert.equal(new Set(layouts.map(({ id }) => id)).size, layouts.length);
  });

  it("has every gate of input and state once in each layout", () => {
    for (const layout of layouts) {
      const gates = [...gateOrder[layout.cell]].sort();
      for (const side of ["input", "state"]) {
        assert.deepEqual(gatesOf(layout, [side, "joint"]).sort(), gates, `${layout.id}: ${side}`);
      }
    }
  });

  it("is what docs/layouts.md lists: node scripts/layouts.mjs", () => {
    const listed = readFileSync(join(process.cwd(), "docs/layouts.md"), "utf8");
    const rows = listed.split("\n").filter((line) => /^\| (?!Framework|-)/.test(line));
    const cells = rows.map((row) => row.split("|").map((cell) => cell.trim()));
    const named = layouts.filter(({ framework }) => framework !== "PyTorch");
    assert.deepEqual(
      cells.map(([, framework, title, cell]) => [framework, title, cell]),
      named.map(({ framework, title, cell }) => [framework, title, cell]),
    );
    const items = listed.split("\n").filter((line) => line.startsWith("- "));
    const titles = new Set(
      layouts.filter((each) => !named.includes(each)).map(({ title }) => title),
    );
    assert.deepEqual(
      items.map((line) => line.slice(2).replaceAll("\\", "")),
      [...titles],
    );
    named.forEach(({ id, parts }, index) => {
      const names = parts.map(({ names: [first = ""] }) => `\`${first}\``);
      assert.deepEqual(cells[index]?.[4]?.replace(/[()]/g, "").split(" "), names, id);
    });
  });
});
