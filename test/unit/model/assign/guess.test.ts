import assert from "node:assert/strict";
import { renderText } from "../../../../src/core/text";
import { guessMaps, type MapGuess } from "../../../../src/model/assign/guess/guess";
import { reasonSentence } from "../../../../src/model/assign/guess/reasons";
import { constructorLine } from "../../../../src/model/config";
import type { TensorEntry } from "../../../../src/tensor/tensor";

function guessesOf(shapes: Readonly<Record<string, readonly number[]>>): readonly MapGuess[] {
  const entries = Object.entries(shapes).map(([name, shape]): TensorEntry => ({
    ...{ name, shape, dtype: "float32" },
    byteLength: 0,
  }));
  return guessMaps(entries).guesses;
}

function first(shapes: Readonly<Record<string, readonly number[]>>): [string, object] {
  const [guess] = guessesOf(shapes);
  assert.ok(guess !== undefined);
  return [constructorLine(guess.config), guess.map.slots];
}

describe("guessMaps", () => {
  it("reads the letters of books, and leaves the head out", () => {
    assert.deepEqual(first({ U: [5, 3], W: [5, 5], V: [2, 5], b: [5], c: [2] }), [
      "nn.RNN(3, 5)",
      { weight_ih_l0: "U", weight_hh_l0: "W", bias_ih_l0: "b" },
    ]);
  });

  it("reads one tensor for each gate in any spelling", () => {
    const spelled = (gate: string): Record<string, number[]> => ({
      [`x_${gate}_kernel`]: [3, 5],
      [`rec_${gate}_kernel`]: [5, 5],
      [`${gate}_offset`]: [5],
    });
    const gates = ["forget", "input", "candidate", "output"];
    const shapes = Object.assign({}, ...gates.map(spelled)) as Record<string, number[]>;
    const [line, slots] = first(shapes);
    assert.equal(line, "nn.LSTM(3, 5)");
    assert.deepEqual((slots as Record<string, unknown>)["bias_ih_l0"], [
      { tensor: "input_offset", gates: "i" },
      { tensor: "forget_offset", gates: "f" },
      { tensor: "candidate_offset", gates: "g" },
      { tensor: "output_offset", gates: "o" },
    ]);
  });

  it("says that nothing tells the gates apart where names of its own stand for them", () => {
    const gates = ["fresh", "keep", "show", "write"].flatMap((name) => [
      [`${name}/seen`, [3, 5]] as const,
      [`${name}/held`, [5, 5]] as const,
    ]);
    const [guess] = guessesOf(Object.fromEntries<readonly number[]>(gates));
    assert.equal(guess?.map.kind, "LSTM");
    const said = guess.reasons.map((reason) => renderText(reasonSentence(reason)));
    assert.ok(said.some((reason) => reason.startsWith("which gate is which is not told")));
  });

  it("cuts one kernel for input and state", () => {
    const [guess] = guessesOf({ k: [8, 20], b: [20] });
    assert.deepEqual(guess?.map, {
      kind: "LSTM",
      layout: "tensorflow1",
      slots: {
        weight_ih_l0: { tensor: "k", rows: [0, 3] },
        weight_hh_l0: { tensor: "k", rows: [3, 8] },
        bias_ih_l0: "b",
      },
    });
  });

  it("puts a kernel of two gates beside one of the third, as TensorFlow 1 has a GRU", () => {
    const found = guessesOf({ a: [9, 12], b: [9, 6], c: [12], d: [6] });
    const [guess] = found;
    assert.ok(guess !== undefined);
    assert.equal(constructorLine(guess.config), "nn.GRU(3, 6)");
    assert.deepEqual(guess.map, {
      kind: "GRU",
      layout: "tensorflow1",
      slots: {
        weight_ih_l0: [
          { tensor: "a", gates: "rz", rows: [0, 3] },
          { tensor: "b", gates: "n", rows: [0, 3] },
        ],
        weight_hh_l0: [
          { tensor: "a", gates: "rz", rows: [3, 9] },
          { tensor: "b", gates: "n", rows: [3, 9] },
        ],
        bias_ih_l0: [
          { tensor: "c", gates: "rz" },
          { tensor: "d", gates: "n" },
        ],
      },
    });
    const other = JSON.stringify(guess.map).replaceAll('"rz"', '"zr"');
    assert.ok(found.some(({ map }) => JSON.stringify(map) === other));
  });

  it("has a bias of n alone for the state of a GRU, as MLX has it", () => {
    assert.deepEqual(first({ a: [18, 3], b: [18, 6], c: [18], d: [6] }), [
      "nn.GRU(3, 6)",
      {
        weight_ih_l0: "a",
        weight_hh_l0: "b",
        bias_ih_l0: "c",
        bias_hh_l0: { tensor: "d", gates: "n" },
      },
    ]);
  });

  it("takes three vectors more for peepholes, in one or by name", () => {
    const slots = { weight_ih_l0: "a", weight_hh_l0: "b", bias_ih_l0: "c" };
    const lstm = { a: [24, 3], b: [24, 6], c: [24] };
    assert.deepEqual(first({ ...lstm, p: [18] }), [
      "nn.LSTM(3, 6)",
      { ...slots, peephole_l0: "p" },
    ]);
    assert.deepEqual(first({ ...lstm, w_co: [6], w_ci: [6], w_cf: [6] })[1], {
      ...slots,
      peephole_l0: [
        { tensor: "w_ci", gates: "i" },
        { tensor: "w_cf", gates: "f" },
        { tensor: "w_co", gates: "o" },
      ],
    });
    assert.deepEqual(first({ ...lstm, x: [6], y: [6], z: [6] })[1], {
      ...slots,
      peephole_l0: ["x", "y", "z"],
    });
  });

  it("takes a vector for the weights of an input of one feature", () => {
    assert.deepEqual(first({ w_in: [24], w_rec: [24, 6], shift: [24] }), [
      "nn.LSTM(1, 6)",
      { weight_ih_l0: "w_in", weight_hh_l0: "w_rec", bias_ih_l0: "shift" },
    ]);
  });

  it("says why", () => {
    const [guess] = guessesOf({ a: [20, 3], b: [20, 5], c: [20], d: [20] });
    assert.deepEqual(
      guess?.reasons.map((reason) => renderText(reasonSentence(reason))),
      [
        "uses 4 of 4 tensors",
        "in the file, each input's weights stand before the state's",
        "layout pytorch",
      ],
    );
  });

  it("ends soon where thousands of tensors may be anything", () => {
    const many = Object.fromEntries(
      Array.from({ length: 6000 }, (_, index) => [`block${index % 50}.m${index}`, [64, 64]]),
    );
    assert.ok(guessesOf(many).length <= 60);
    assert.deepEqual(guessesOf({}), []);
    assert.deepEqual(guessesOf({ scalar: [], empty: [0, 4], huge: [2 ** 31, 2 ** 31, 2] }), []);
  });
});
