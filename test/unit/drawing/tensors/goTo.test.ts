import assert from "node:assert/strict";
import { renderText } from "../../../../src/core/text";
import {
  blockAt,
  blockWindow,
  chosenLayout,
  shownBlocks,
} from "../../../../src/drawing/tensors/gateBlocks";
import { parseGoal } from "../../../../src/drawing/tensors/goTo";
import { defaultSlice, exchanged, holdAt } from "../../../../src/drawing/tensors/slices";

const layout = {
  name: "PyTorch",
  axis: 0,
  blocks: [
    { name: "W_ii", start: 0, end: 20 },
    { name: "W_if", start: 20, end: 40 },
  ],
};
const keras = { ...layout, name: "Keras", axis: 1 };
const shape = [40, 10];
const slice = defaultSlice(shape);

describe("gate blocks in a slice", () => {
  it("lie along the rows, or along the columns of the slice turned", () => {
    assert.equal(shownBlocks(layout, slice)?.along, "rows");
    assert.equal(shownBlocks(layout, exchanged(slice))?.along, "columns");
    assert.equal(shownBlocks(keras, slice)?.along, "columns");
    assert.equal(shownBlocks({ ...layout, axis: 2 }, slice), null);
    assert.equal(shownBlocks(undefined, slice), null);
  });

  it("fill a window, and hold the cells in it", () => {
    const shown = shownBlocks(layout, slice);
    assert.ok(shown !== null);
    const extent = { rows: 40, columns: 10 };
    const [, block] = shown.blocks;
    assert.ok(block !== undefined);
    const window = { rowStart: 20, rowEnd: 40, columnStart: 0, columnEnd: 10 };
    assert.deepEqual(blockWindow(shown, block, extent), window);
    assert.equal(blockAt(shown, 19, 3)?.name, "W_ii");
    assert.equal(blockAt(shown, 20, 3)?.name, "W_if");
    assert.equal(blockAt(shown, 90, 3), null);
    assert.equal(blockAt(null, 0, 0), null);
  });

  it("are named under the layout that was chosen, else under the first", () => {
    assert.equal(chosenLayout([layout, keras], "Keras"), keras);
    assert.equal(chosenLayout([layout, keras], "Haiku"), layout);
    assert.equal(chosenLayout([], null), undefined);
  });
});

describe("parseGoal", () => {
  const shown = shownBlocks(layout, slice);
  const index = (written: string): unknown => {
    const goal = parseGoal(written, shape, slice, shown);
    return goal.kind === "index" ? goal.index : goal.kind;
  };

  it("reads an index as it is written in Python and elsewhere", () => {
    assert.deepEqual(index("3, 7"), [3, 7]);
    assert.deepEqual(index("[3,7]"), [3, 7]);
    assert.deepEqual(index(" 3 7 "), [3, 7]);
    assert.deepEqual(index("-1, −2"), [39, 8]);
  });

  it("takes row and column of a slice of more axes, or all of them", () => {
    const deep = [2, 3, 4, 5];
    const held = holdAt(deep, defaultSlice(deep), 1, 2);
    const two = parseGoal("3 4", deep, held, null);
    assert.deepEqual(two, { kind: "index", index: [0, 2, 3, 4] });
    const four = parseGoal("1 0 3 4", deep, held, null);
    assert.deepEqual(four, { kind: "index", index: [1, 0, 3, 4] });
  });

  it("knows the gate blocks, in any case", () => {
    const goal = parseGoal("w_IF", shape, slice, shown);
    assert.equal(goal.kind === "block" ? goal.block.name : "", "W_if");
  });

  it("says what is wrong", () => {
    const problem = (written: string): string => {
      const goal = parseGoal(written, shape, slice, shown);
      return goal.kind === "problem" ? renderText(goal.problem) : "";
    };
    assert.match(problem("3, 10"), /Axis 1 has 10 elements, there is no 10/);
    assert.match(problem("-41, 0"), /Axis 0 has 40 elements/);
    assert.match(problem("1, 2, 3"), /has 2 numbers, 3 were given/);
    assert.match(problem("here"), /here is neither/);
    assert.match(problem("1.5, 2"), /neither/);
  });
});
