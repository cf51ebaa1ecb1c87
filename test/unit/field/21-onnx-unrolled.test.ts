/** Layers that an exporter wrote out step by step, made by test/fixtures/generate/onnx_unrolled.py. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fixtures } from "../support/goldens";
import { unroll } from "../cli/terminal";

const folder = join(fixtures, "onnx");
const tolerance = ["--atol", "1e-6", "--rtol", "0"];

interface Unrolled {
  /** The constructor line that is printed. */
  readonly line: RegExp;
  /** Flags besides weights and input. */
  readonly given?: readonly string[];
}

const cases: Readonly<Record<string, Unrolled>> = {
  rnn_relu: { line: /nn\.RNN\(4, 6, num_layers=2, nonlinearity='relu'\)/ },
  rnn_both: { line: /nn\.RNN\(4, 6, num_layers=2, batch_first=True, bidirectional=True\)/ },
  rnn_square: { line: /nn\.RNN\(6, 6, bias=False\)/ },
  rnn_loop: { line: /nn\.RNN\(4, 6, batch_first=True\)/ },
  rnn_reverse: { line: /from the last step to the first/ },
  gru_loop: { line: /nn\.GRU\(4, 6\)/ },
  lstm_loops: { line: /nn\.LSTM\(4, 6, num_layers=2\)/ },
  lstm_free: { line: /nn\.LSTM\(4, 6\)/ },
  lstm_given: {
    line: /nn\.LSTM\(4, 6\)/,
    given: ["--h0", "unrolled_lstm_given_io.npz#h0", "--c0", "unrolled_lstm_given_io.npz#c0"],
  },
};

describe("field: layers that an exporter has unrolled into single operations", () => {
  for (const [name, { line, given = [] }] of Object.entries(cases)) {
    it(`runs ${name} as PyTorch does, and says how it was recognised`, async () => {
      const io = `unrolled_${name}_io.npz`;
      const files = ["--weights", `unrolled_${name}.onnx`, "--input", `${io}#x`, ...given];
      const reference = ["--reference", `output=${io}#output,h_n=${io}#h_n`];
      const { code, stdout, stderr } = await unroll(
        folder,
        "run",
        ...files,
        ...reference,
        ...tolerance,
      );
      assert.equal(code, 0, `${stdout}${stderr}`);
      assert.match(stdout, line);
      assert.match(stdout, /unrolled a layer into 5 steps of single operations.*random inputs/);
      assert.doesNotMatch(stdout, /assumed to be in the order/);
    });
  }

  it("takes the Linear behind the last step for the head, and no product of the layer", async () => {
    const { stdout } = await unroll(folder, "inspect", "unrolled_gru_loop.onnx");
    assert.match(stdout, /nn\.GRU\(4, 6\) → nn\.Linear\(6, 2\)/);
    const { stdout: alone } = await unroll(folder, "inspect", "unrolled_lstm_given.onnx");
    assert.doesNotMatch(alone, /nn\.Linear/);
  });

  it("does not take another recurrence for a cell", async () => {
    const { stdout } = await unroll(folder, "inspect", "unrolled_leaky.onnx");
    assert.match(stdout, /h2h\.weight is multiplied 5 times/);
    assert.doesNotMatch(stdout, /random inputs/);
  });
});
