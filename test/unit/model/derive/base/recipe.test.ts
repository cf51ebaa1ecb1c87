import assert from "node:assert/strict";
import { renderText } from "../../../../../src/core/text";
import { recipeEntry, type SlotRecipe } from "../../../../../src/model/derive/base/recipe";
import { cropRaw, decodeRaw, encodeRaw, type Box } from "../../../../../src/tensor/raw";
import type { TensorEntry } from "../../../../../src/tensor/tensor";

/** Tensors in memory: 0, 1, 2 … from `first` on. */
function counting(
  name: string,
  shape: readonly number[],
  first = 0,
  dtype: "float16" | "float32" | "float64" = "float32",
) {
  const count = shape.reduce((product, size) => product * size, 1);
  const values = Float64Array.from({ length: count }, (_, index) => first + index);
  const raw = encodeRaw(dtype, shape, values);
  const entry: TensorEntry = { name, dtype, shape, byteLength: raw.bytes.byteLength };
  return { entry, raw };
}

const tensors = new Map(
  [
    counting("kernel", [3, 4]),
    counting("first", [4], 10),
    counting("second", [4], 100),
    counting("column", [4, 1], 50),
    counting("rows", [2, 4], 20),
    counting("wide", [2], 0.1, "float64"),
    counting("narrow", [2], 5, "float16"),
    counting("plain", [2], 7),
  ].map((each) => [each.entry.name, each]),
);

function tensorNamed(name: string): ReturnType<typeof counting> {
  const found = tensors.get(name);
  if (found === undefined) throw new Error(`no tensor ${name}`);
  return found;
}

const source = {
  archive: {
    readBox: (entry: TensorEntry, box: Box) =>
      Promise.resolve(cropRaw(tensorNamed(entry.name).raw, box)),
  },
  entryOf: (name: string) => tensorNamed(name).entry,
};

async function valuesOf(recipe: SlotRecipe, box?: Box): Promise<number[]> {
  // What is written down and read again is the same recipe.
  const read = JSON.parse(JSON.stringify(recipe)) as SlotRecipe;
  const { entry, readBox } = recipeEntry(source, recipe.slot, read, "kernel");
  const whole = { start: entry.shape.map(() => 0), size: entry.shape };
  return [...decodeRaw(await readBox(box ?? whole), "values").data];
}

function howOf(recipe: SlotRecipe): string {
  const { origin } = recipeEntry(source, recipe.slot, recipe, "kernel").entry;
  return origin === undefined ? "" : renderText(origin.how);
}

/** Two gates of two units each. */
const gated = { gates: ["a", "b"], rows: 2 };

describe("a recipe of a parameter", () => {
  it("takes rows of a kernel, transposes them and orders the gates", async () => {
    const from = [{ tensor: "kernel", start: [1, 0], isTransposed: true, gates: ["b", "a"] }];
    const recipe = { ...gated, slot: "weight_hh", columns: 2, from };
    assert.deepEqual(await valuesOf(recipe), [6, 10, 7, 11, 4, 8, 5, 9]);
    assert.deepEqual(await valuesOf(recipe, { start: [1, 1], size: [2, 1] }), [11, 8]);
    assert.equal(howOf(recipe), "rows 1 … 2, transposed, gates b a → a b");
  });

  it("adds up what several tensors hold of a gate", async () => {
    const from = ["first", "second"].map((tensor) => ({ tensor, gates: ["a", "b"] }));
    const recipe = { ...gated, slot: "bias_ih", from };
    assert.deepEqual(await valuesOf(recipe), [110, 112, 114, 116]);
    assert.equal(howOf(recipe), "their sum");
  });

  it("stacks tensors of one gate each, zeros where there is none", async () => {
    const from = [{ tensor: "first", start: [1], gates: ["b"] }];
    const recipe = { ...gated, slot: "bias_hh", from };
    assert.deepEqual(await valuesOf(recipe), [0, 0, 11, 12]);
    assert.match(howOf(recipe), /gate b of a b, zeros for the others/);
  });

  it("adds a forget bias, also to zeros", async () => {
    const recipe = { ...gated, slot: "bias_hh", from: [], plus: { b: 1 } };
    assert.deepEqual(await valuesOf(recipe), [0, 0, 1, 1]);
    assert.match(howOf(recipe), /^zeros: .*, 1 added to b, as the cell does in every step$/);
  });

  it("changes the sign of a gate", async () => {
    const from = [{ tensor: "first", gates: ["a", "b"] }];
    const recipe = { ...gated, slot: "bias_ih", from, negated: ["a"] };
    assert.deepEqual(await valuesOf(recipe), [-10, -11, 12, 13]);
  });

  it("reads a bias out of a column, or a row of two", async () => {
    const column = [{ tensor: "column", isTransposed: true, gates: ["a", "b"] }];
    assert.deepEqual(await valuesOf({ ...gated, slot: "bias_ih", from: column }), [50, 51, 52, 53]);
    const second = [{ tensor: "rows", start: [1, 0], gates: ["a", "b"] }];
    const recipe = { ...gated, slot: "bias_hh", from: second };
    assert.deepEqual(await valuesOf(recipe), [24, 25, 26, 27]);
    assert.equal(howOf(recipe), "row 1");
  });

  it("has the widest dtype of its tensors", async () => {
    for (const [tensors, dtype, values] of [
      [["wide", "plain"], "float64", [0.1, 1.1, 7, 8]],
      [["plain", "wide"], "float64", [7, 8, 0.1, 1.1]],
      [["narrow", "plain"], "float32", [5, 6, 7, 8]],
      [["narrow"], "float16", [5, 6, 0, 0]],
    ] as const) {
      const from = tensors.map((tensor, index) => ({ tensor, gates: ["ab"[index] ?? ""] }));
      const recipe = { ...gated, slot: "bias_ih", from };
      assert.equal(recipeEntry(source, "bias_ih", recipe, "kernel").entry.dtype, dtype);
      assert.deepEqual(await valuesOf(recipe), values);
    }
  });
});
