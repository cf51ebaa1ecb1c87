/** Layers of Keras 3 in their usual options. */
import assert from "node:assert/strict";
import { assertRuns, inCase, inspected } from "./support";

const folder = "23-keras3";

async function ran(name: string, ...more: string[]): Promise<string> {
  const flags = ["--weights", `${name}.keras`, "--input", `${name}_io.npz#x`, ...more];
  return assertRuns(folder, { flags, reference: { output: `${name}_io.npz#output` } });
}

describe("field: layers of Keras 3", () => {
  it("compares the steps of go_backwards in Keras' order", async () => {
    assert.match(await ran("backwards"), /in the order of go_backwards.*it is turned round/);
  });

  for (const name of ["noret", "backwards_last"]) {
    it(`compares the last output of ${name}`, async () => {
      assert.match(await ran(name), /as return_sequences=False gives it: it is compared as h_n/);
    });
  }

  it("does not run an activation that no cell has as another one", async () => {
    const files = ["--weights", "act.keras", "--input", "act_io.npz#x"];
    const { code, stderr } = await inCase(folder, "run", ...files);
    assert.equal(code, 2);
    assert.match(stderr, /it is not run: its activation is relu in place of tanh/);
  });

  it("says how Bidirectional joins its halves", async () => {
    assert.match(await inspected(folder, "bidir_sum.keras"), /joins its halves by sum/);
  });

  it("says which layer another one reads", async () => {
    assert.match(
      await inspected(folder, "td.keras"),
      /its input is what the layer time_distributed/,
    );
    assert.match(await inspected(folder, "stack.keras"), /lstm_2\..*what the layer lstm_1 gives/);
  });

  it("names ConvLSTM, with its configuration and without", async () => {
    assert.match(await inspected(folder, "convlstm.keras"), /conv_lstm1d is a ConvLSTM1D/);
    assert.match(await inspected(folder, "convlstm.weights.h5"), /conv_lstm1d is a ConvLSTM,/);
  });

  it("says that a layer's weights are not all in the file", async () => {
    assert.match(
      await inspected(folder, "bf16.keras"),
      /the weights of lstm_3 \(LSTM\) are not all/,
    );
  });

  it("takes the states of a decoder as Keras has them", async () => {
    const printed = await inspected(folder, "encdec.keras");
    assert.match(printed, /dec\..*h0 is what the layer enc leaves/);
    const io = "encdec_io.npz";
    const files = ["--weights", "encdec.keras#dec", "--input", `${io}#x`];
    await assertRuns(folder, {
      flags: [...files, "--h0", `${io}#h`, "--c0", `${io}#c`],
      reference: { output: `${io}#output` },
    });
  });
});
