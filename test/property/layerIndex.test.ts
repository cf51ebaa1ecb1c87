/** The nearest layer of an index is the one that a look at all of them finds. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { LayerIndex, type LayerKind } from "../../src/model/find/layerIndex";
import type { TensorEntry } from "../../src/tensor/tensor";
import { entryOf } from "../unit/support/goldens";

const part = fc.constantFrom("a", "b", "emb", "fc");
const path = fc.array(part, { maxLength: 4 });
const weight = fc.tuple(path, fc.constantFrom("x", "emb", "fc", "0"), fc.constantFrom(2, 3));

/** Steps between two places of the tree. */
function steps(from: readonly string[], to: readonly string[]): number {
  let shared = 0;
  while (shared < from.length && shared < to.length && from[shared] === to[shared]) shared += 1;
  return from.length + to.length - 2 * shared;
}

function distance(scope: readonly string[], module: readonly string[]): number {
  if (module.length > 0 && steps(scope, module) === 0) return -1;
  return Math.min(steps(scope, module), steps(scope, module.slice(0, -1)));
}

describe("LayerIndex", () => {
  it("finds what a look at all weights finds", () => {
    const query = fc.record({
      kind: fc.constantFrom<LayerKind>("embedding", "linear"),
      columns: fc.constantFrom<readonly number[]>([2], [3], [2, 3]),
      excepted: fc.nat(3),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(weight, { maxLength: 12, selector: String }),
        path,
        query,
        (weights, module, { kind, columns, excepted }) => {
          const entries = weights.map(([scope, name, size]) =>
            entryOf([...scope, name, "weight"].join("."), [5, size]),
          );
          const except = entries[excepted];
          const pattern = { embedding: "emb", linear: "fc" };
          const other = kind === "embedding" ? "fc" : "emb";
          // A layer whose name is a number is called by the name of the level above it.
          const called = ([scope, name]: (typeof weights)[number]): string =>
            name === "0" ? (scope.at(-1) ?? "0") : name;
          let best: { rank: readonly [number, number]; entry: TensorEntry } | null = null;
          weights.forEach((each, index) => {
            const entry = entries[index];
            const isFit = columns.includes(each[2]) && called(each) !== other;
            if (entry === undefined || entry === except || !isFit) return;
            const rank = [
              called(each) === pattern[kind] ? 0 : 1,
              distance(each[0], module),
            ] as const;
            const isBetter =
              best === null ||
              rank[0] < best.rank[0] ||
              (rank[0] === best.rank[0] && rank[1] < best.rank[1]);
            if (isBetter) best = { rank, entry };
          });
          const prefix = module.map((level) => `${level}.`).join("");
          const found = new LayerIndex(entries).best({ kind, columns, prefix, except });
          const expected = best as { entry: TensorEntry } | null;
          assert.equal(found?.weight.name, expected?.entry.name);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
