/** Layers of MLX: Wx, Wh, and one bias; a GRU has that of n beside it. */
import assert from "node:assert/strict";
import { assertRuns, inspected } from "./support";

const folder = "13-mlx";

describe("field: 13-mlx", () => {
  for (const [cell, line] of [
    ["lstm", "nn.LSTM(4, 6, batch_first=True)"],
    ["gru", "nn.GRU(4, 6, batch_first=True)"],
  ] as const) {
    it(`runs the ${cell}`, async () => {
      const printed = await inspected(folder, `mlx_${cell}.safetensors`);
      assert.ok(printed.includes(line));
      assert.match(printed, /recognised by its names and shapes: MLX nn\./);
      await assertRuns(folder, {
        flags: ["--weights", `mlx_${cell}.safetensors`, "--input", "io.npz#x"],
        reference: { output: `io.npz#${cell}_output`, h_n: `io.npz#${cell}_h_n` },
      });
    });
  }

  it("says of the second bias what it is", async () => {
    assert.match(
      await inspected(folder, "mlx_lstm.safetensors"),
      /lstm\.bias_hh_l0 .*zeros: the file has one bias/,
    );
    assert.match(
      await inspected(folder, "mlx_gru.safetensors"),
      /gru\.bias_hh_l0 .*from gru\.bhn: gate n of r z n, zeros for the others/,
    );
  });
});
