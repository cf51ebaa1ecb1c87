/** The tree of an archive: modules first, groups by dots and slashes, any window of it, and what is searched for. */
import assert from "node:assert/strict";
import type { TreeRequest, TreeRow } from "../../../../src/protocol/archive/messages";
import { Tree } from "../../../../src/session/archive/tree";
import type { Shape, TensorEntry } from "../../../../src/tensor/tensor";
import { entryOf } from "../../support/goldens";

const all = { query: "", open: [], start: 0, count: 1000 } as const;

function entriesOf(...names: string[]): TensorEntry[] {
  return names.map((name) => entryOf(name, [2, 3]));
}

function treeOf(entries: readonly TensorEntry[], order: "file" | "name" = "file"): Tree {
  return new Tree([], entries, order);
}

/** Rows as text: indentation, then `> closed`, `v open` or `- entry`. */
function drawn(tree: Tree, request: Partial<TreeRequest> = {}): string[] {
  return tree.page({ ...all, ...request }).rows.map(draw);
}

function draw(row: TreeRow): string {
  const indent = "  ".repeat(row.depth);
  if (row.kind === "entry") return `${indent}- ${row.label}`;
  const name = row.kind === "module" ? row.path : `${row.label} (${row.entries})`;
  return `${indent}${row.isOpen ? "v" : ">"} ${name}`;
}

describe("Tree", () => {
  it("groups by dots and slashes, in groups that are open", () => {
    const tree = treeOf(entriesOf("a.b.w", "a.b.v", "a.c/w", "a.c/v", "z"));
    assert.deepEqual(drawn(tree), ["> a (4)", "- z"]);
    assert.deepEqual(drawn(tree, { open: ["a."] }), ["v a (4)", "  > b (2)", "  > c (2)", "- z"]);
    assert.deepEqual(drawn(tree, { open: ["a.", "a.c/"] }), [
      "v a (4)",
      "  > b (2)",
      "  v c (2)",
      "    - w",
      "    - v",
      "- z",
    ]);
  });

  it("joins a group with the only line below it", () => {
    const tree = treeOf(entriesOf("net.layers.0.w", "net.layers.1.w", "lone.deep.w"));
    assert.deepEqual(drawn(tree), ["> net.layers (2)", "- lone.deep.w"]);
    assert.deepEqual(drawn(tree, { open: ["net.layers."] }).slice(0, 3), [
      "v net.layers (2)",
      "  - 0.w",
      "  - 1.w",
    ]);
  });

  it("tells a group from an entry of the same name, and empty parts of names are no groups", () => {
    const tree = treeOf(entriesOf("a", "a.x", "a.y", ".w", "w.", "..", "/"));
    assert.deepEqual(drawn(tree), ["- a", "> a (2)", "- .w", "- w.", "- ..", "- /"]);
  });

  it("counts the bytes of a group", () => {
    const { rows } = treeOf(entriesOf("a.x", "a.y")).page(all);
    const [row] = rows;
    assert.ok(row?.kind === "group");
    assert.equal(row.bytes, 2 * 2 * 3 * 4);
  });

  it("keeps the order of the file, or sorts with numbers as numbers", () => {
    const names = ["l.10.a", "l.10.b", "l.2.a", "l.2.b", "b", "a"];
    const open = { open: ["l."] };
    assert.deepEqual(drawn(treeOf(entriesOf(...names)), open), [
      ...["v l (4)", "  > 10 (2)", "  > 2 (2)", "- b", "- a"],
    ]);
    assert.deepEqual(drawn(treeOf(entriesOf(...names), "name"), open), [
      ...["- a", "- b", "v l (4)", "  > 2 (2)", "  > 10 (2)"],
    ]);
  });

  it("puts modules first, and their entries nowhere else", () => {
    const entries = entriesOf("rnn.w", "fc.w", "fc.b", "rnn.b");
    const [w, , , b] = entries;
    assert.ok(w && b);
    const tree = new Tree([{ prefix: "rnn.", entries: [b, w] }], entries, "file");
    assert.deepEqual(drawn(tree), ["> module:rnn.", "> fc (2)"]);
    assert.deepEqual(drawn(tree, { open: ["module:rnn."] }), [
      "v module:rnn.",
      "  - b",
      "  - w",
      "> fc (2)",
    ]);
  });

  it("gives any window, and how many lines there are", () => {
    const tree = treeOf(entriesOf("a.x", "a.y", "b", "c", "d"));
    const request = { ...all, open: ["a."] };
    const windowed = tree.page({ ...request, start: 2, count: 3 });
    assert.equal(windowed.total, 6);
    assert.deepEqual(windowed.rows.map(draw), ["  - y", "- b", "- c"]);
    assert.deepEqual(tree.page({ ...request, start: 5, count: 9 }).rows.length, 1);
    assert.deepEqual(tree.page({ ...request, start: -3, count: 1 }).rows.map(draw), ["v a (2)"]);
    assert.deepEqual(tree.page({ ...request, start: 99, count: 9 }).rows, []);
  });

  it("says of an entry what it is and what it was made of", () => {
    const origin = { from: ["k"], how: { template: "transposed", args: [] } };
    const [row] = treeOf([{ ...entryOf("w", [4], "float16"), origin }]).page(all).rows;
    assert.deepEqual(row, {
      kind: "entry",
      name: "w",
      label: "w",
      depth: 0,
      dtype: "float16",
      shape: [4],
      bytes: 8,
      origin,
    });
  });

  it("has at most 64 levels", () => {
    const deep = Array.from({ length: 200 }, (_, index) => String(index));
    const names = deep.flatMap((_, index) => [`${deep.slice(0, index + 1).join(".")}.w`]);
    const open = names.map((name) => name.slice(0, -1));
    const rows = treeOf(entriesOf(...names)).page({ ...all, open }).rows;
    assert.equal(rows.filter(({ kind }) => kind === "entry").length, 200);
    assert.ok(Math.max(...rows.map(({ depth }) => depth)) <= 64);
  });
});

describe("Tree's search", () => {
  const tensors: readonly (readonly [string, Shape, TensorEntry["dtype"]])[] = [
    ["encoder.weight_hh_l0", [20, 20], "float32"],
    ["encoder.weight_ih_l0", [20, 10], "float32"],
    ["decoder.20x20.Weight", [5], "bfloat16"],
    ["decoder.bias", [20], "int64"],
    ["scale", [], "float64"],
  ];
  const tree = treeOf(tensors.map(([name, shape, dtype]) => entryOf(name, shape, dtype)));
  const found = (query: string): string[] => drawn(tree, { query });

  it("finds names that hold all words, in any case, under their whole names", () => {
    assert.deepEqual(found("WEIGHT enc"), ["- encoder.weight_hh_l0", "- encoder.weight_ih_l0"]);
    assert.deepEqual(found("weight hh encoder"), ["- encoder.weight_hh_l0"]);
    assert.deepEqual(found("nothing"), []);
  });

  it("finds shapes, and names that look like them", () => {
    assert.deepEqual(found("20x20"), ["- encoder.weight_hh_l0", "- decoder.20x20.Weight"]);
    assert.deepEqual(found("[20, 20]"), ["- encoder.weight_hh_l0"]);
    assert.deepEqual(found("(20,)"), ["- decoder.bias"]);
    assert.deepEqual(found("[20]"), ["- decoder.bias"]);
    assert.deepEqual(found("[]"), ["- scale"]);
    assert.deepEqual(found("enc 20×10"), ["- encoder.weight_ih_l0"]);
  });

  it("finds dtypes", () => {
    assert.deepEqual(found("bfloat16"), ["- decoder.20x20.Weight"]);
    assert.deepEqual(found("INT64"), ["- decoder.bias"]);
    assert.deepEqual(found("float32 [20, 10]"), ["- encoder.weight_ih_l0"]);
  });

  it("shows the whole tree when the search is only spaces", () => {
    assert.deepEqual(found("  ").length, 3);
  });
});
