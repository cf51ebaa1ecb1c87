/** PaddlePaddle: a cell for each layer and direction, and the same module with flat names. */
import assert from "node:assert/strict";
import { assertRuns, inspected } from "./support";

describe("field: cells of PaddlePaddle", () => {
  for (const file of ["cells.pdparams", "cells_p2.pdparams"]) {
    it(`runs ${file} as one module`, async () => {
      const printed = await inspected("14-paddle", file);
      assert.match(printed, /nn\.LSTM\(4, 6, num_layers=2, bidirectional=True\)/);
      await assertRuns("14-paddle", {
        flags: ["--weights", file, "--input", "io.npz#x", "--batch-first", "--head", "none"],
        reference: { output: "io.npz#output", h_n: "io.npz#h_n", c_n: "io.npz#c_n" },
      });
    });
  }
});
