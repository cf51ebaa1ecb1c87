/** References out of the list that a layer of Keras returns. */
import assert from "node:assert/strict";
import { renderText } from "../../../../../src/core/text";
import { loadRun } from "../../../../../src/run/load/load";
import { float32 } from "../../../support/goldens";
import { archiveOf, filesOf, type Tensors } from "../../../support/memory";

const filledWith = (value: number, ...shape: number[]): ReturnType<typeof float32> =>
  float32([shape, new Array<number>(shape.reduce((a, b) => a * b, 1)).fill(value)]);
const zeros = (...shape: number[]): ReturnType<typeof float32> => filledWith(0, ...shape);

/** nn.LSTM(2, 3), without biases. */
const lstm: Tensors = { weight_ih_l0: zeros(12, 2), weight_hh_l0: zeros(12, 3) };

describe("a reference that is a list without names", () => {
  it("is what a layer of Keras returns: its states of both directions are h_n and c_n", async () => {
    const filled = (value: number): ReturnType<typeof zeros> => filledWith(value, 4, 3);
    const list = {
      arr_0: zeros(5, 4, 6),
      arr_1: filled(1),
      arr_2: filled(2),
      arr_3: filled(3),
      arr_4: filled(4),
    };
    const back = Object.entries(lstm).map(([name, tensor]) => [`${name}_reverse`, tensor] as const);
    const files = filesOf({
      "w.pt": archiveOf({ ...lstm, ...Object.fromEntries(back) }),
      "x.npz": archiveOf({ x: zeros(5, 4, 2) }),
      "list.npz": archiveOf(list),
    });
    const reference = { output: "list.npz", h_n: "list.npz", c_n: "list.npz" };
    const loaded = await loadRun({ weights: { file: "w.pt" }, input: "x.npz", reference }, files);
    const { output, hn, cn } = loaded.reference;
    assert.equal(output, list.arr_0);
    assert.deepEqual([hn?.shape, hn?.data[0], hn?.data[12]], [[2, 4, 3], 1, 3]);
    assert.deepEqual([cn?.shape, cn?.data[0], cn?.data[12]], [[2, 4, 3], 2, 4]);
    const said = loaded.notes
      .map((note) => renderText(note))
      .filter((note) => note.includes("as layers of Keras return it"));
    assert.equal(said.length, 2);
    assert.match(said[0] ?? "", /^h_n is arr_1, arr_3 of the list list\.npz/);
  });
});
