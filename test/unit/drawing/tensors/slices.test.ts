import assert from "node:assert/strict";
import type { Slice } from "../../../../src/protocol/archive/messages";
import {
  defaultSlice,
  elementIndex,
  exchanged,
  extentOf,
  fitSlice,
  heldAxes,
  holdAt,
  indexText,
  locate,
  pythonElement,
  pythonSlice,
  tableSlice,
  withAxis,
} from "../../../../src/drawing/tensors/slices";

const shape = [2, 3, 4, 5];
const slice = defaultSlice(shape);

function tensor(
  name = "w",
  isComplex = false,
): { name: string; shape: number[]; isComplex: boolean } {
  return { name, shape, isComplex };
}

describe("slices of a tensor", () => {
  it("lay out the last two axes, and hold the others at 0", () => {
    assert.deepEqual(slice, { rowAxis: 2, columnAxis: 3, index: [0, 0, 0, 0], part: "real" });
    assert.deepEqual(heldAxes(shape, slice), [0, 1]);
    assert.deepEqual(extentOf(shape, slice), { rows: 4, columns: 5 });
  });

  it("are one row of a vector and one cell of a scalar", () => {
    assert.deepEqual(extentOf([7], defaultSlice([7])), { rows: 1, columns: 7 });
    assert.deepEqual(extentOf([90, 1, 8], defaultSlice([90, 1, 8])), { rows: 90, columns: 8 });
    assert.deepEqual(extentOf([90, 8, 1], defaultSlice([90, 8, 1])), { rows: 90, columns: 8 });
    assert.deepEqual(extentOf([1, 1, 8], defaultSlice([1, 1, 8])), { rows: 1, columns: 8 });
    assert.deepEqual(extentOf([], defaultSlice([])), { rows: 1, columns: 1 });
    assert.deepEqual(extentOf([0, 3], defaultSlice([0, 3])), { rows: 0, columns: 3 });
  });

  it("stay with another tensor of the same rank, within its sizes", () => {
    const kept: Slice = { rowAxis: 0, columnAxis: 3, index: [1, 2, 3, 4], part: "magnitude" };
    assert.deepEqual(fitSlice(shape, kept), kept);
    assert.deepEqual(fitSlice([2, 2, 2, 2], kept).index, [1, 1, 1, 1]);
    assert.equal(fitSlice([2, 2, 2, 2], kept).rowAxis, 0);
  });

  it("begin anew with another rank, or with axes that cannot be", () => {
    const kept: Slice = { rowAxis: 0, columnAxis: 3, index: [1, 2, 3, 4], part: "phase" };
    assert.deepEqual(fitSlice([5, 6], kept), { ...defaultSlice([5, 6]), part: "phase" });
    assert.deepEqual(fitSlice(shape, { ...kept, columnAxis: 9 }).columnAxis, 3);
    assert.deepEqual(fitSlice(shape, { ...kept, columnAxis: 0 }).rowAxis, 2);
    assert.deepEqual(fitSlice(shape, { ...kept, rowAxis: null }).rowAxis, 2);
    assert.deepEqual(fitSlice(shape, null), slice);
  });

  it("exchange rows and columns, also when an axis is chosen that is laid out already", () => {
    assert.deepEqual(withAxis(slice, "rowAxis", 3), exchanged(slice));
    assert.deepEqual(withAxis(slice, "rowAxis", 2), slice);
    assert.deepEqual(withAxis(slice, "columnAxis", 0), { ...slice, columnAxis: 0 });
  });

  it("hold an axis within its size", () => {
    assert.deepEqual(holdAt(shape, slice, 1, 9).index, [0, 2, 0, 0]);
    assert.deepEqual(holdAt(shape, slice, 1, -1).index, [0, 0, 0, 0]);
  });

  it("tell where a cell lies in the tensor, and back", () => {
    const held = holdAt(shape, slice, 0, 1);
    const index = elementIndex(held, { row: 3, column: 4 });
    assert.deepEqual(index, [1, 0, 3, 4]);
    assert.equal(indexText(index), "[1, 0, 3, 4]");
    const found = locate(shape, slice, index);
    assert.deepEqual(found.cell, { row: 3, column: 4 });
    assert.deepEqual(found.slice, held);
  });

  it("stand upright in the table where they are vectors", () => {
    assert.deepEqual(extentOf([7], tableSlice(defaultSlice([7]))), { rows: 7, columns: 1 });
    assert.equal(tableSlice(slice), slice);
  });
});

describe("Python texts", () => {
  it("name an element", () => {
    assert.equal(pythonElement("rnn.w", [3, 17]), 'state_dict["rnn.w"][3, 17]');
    assert.equal(pythonElement("scale", []), 'state_dict["scale"]');
    assert.equal(pythonElement('a"\n', [0]), String.raw`state_dict["a\"\n"][0]`);
  });

  it("name a slice, a window of it, and its transpose", () => {
    const held = holdAt(shape, slice, 1, 2);
    assert.equal(pythonSlice(tensor(), held), 'state_dict["w"][0, 2, :, :]');
    const window = { rowStart: 1, rowEnd: 3, columnStart: 0, columnEnd: 5 };
    assert.equal(pythonSlice(tensor(), held, window), 'state_dict["w"][0, 2, 1:3, :]');
    assert.equal(pythonSlice(tensor(), exchanged(held)), 'state_dict["w"][0, 2, :, :].T');
    const matrix = { name: "w", shape: [4, 5], isComplex: false };
    assert.equal(pythonSlice(matrix, defaultSlice([4, 5])), 'state_dict["w"]');
  });

  it("name the part of complex numbers", () => {
    const part = pythonSlice(tensor("z", true), { ...slice, part: "phase" });
    assert.equal(part, 'state_dict["z"][0, 0, :, :].angle()');
  });
});
