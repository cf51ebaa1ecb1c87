/** ELMo: projected cells of TensorFlow 1, two layers for each direction of reading. */
import assert from "node:assert/strict";
import { assertRuns, inspected } from "./support";

const folder = "20-elmo-hdf5";

describe("field: weights of ELMo", () => {
  it("are recognised, with what is added in every step", async () => {
    const printed = await inspected(folder, "lm_weights.hdf5");
    assert.match(printed, /nn\.LSTM\(3, 5, num_layers=2, proj_size=3\)/);
    assert.match(printed, /ELMo's LSTM cell with projection/);
    assert.match(printed, /it adds 1 to the forget gate in every step/);
    assert.match(printed, /zeros: .*, 1 added to f/);
  });

  for (const direction of [0, 1]) {
    const cells = `lm_weights.hdf5#RNN_${direction}/RNN/MultiRNNCell/Cell`;
    it(`run layer by layer and as a stack, direction ${direction}`, async () => {
      for (const [module, output] of [
        [`${cells}0/LSTMCell/`, `d${direction}l0`],
        [`${cells}/`, `d${direction}l1`],
      ] as const) {
        await assertRuns(folder, {
          flags: ["--weights", module, "--input", "expected.npz#x"],
          reference: { output: `expected.npz#${output}` },
        });
      }
    });
  }
});
