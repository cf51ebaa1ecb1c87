/** Layers around a module that are called otherwise, and stacks in other containers. */
import { assertRuns } from "./support";

describe("field: 10-crnn-embedding-linear", () => {
  for (const [module, input, logits] of [
    ["module.rnn.0.rnn.", "x.npy", "l0_logits"],
    ["module.rnn.1.rnn.", "x1.npy", "l1_logits"],
  ] as const) {
    it(`runs ${module} with the linear layer that is called embedding`, async () => {
      await assertRuns("10-crnn-embedding-linear", {
        flags: ["--weights", `netCRNN.pth#${module}`, "--input", input, "--head", "every"],
        reference: { logits: `expected.npz#${logits}` },
      });
    });
  }
});

describe("field: 14-paddle", () => {
  for (const file of ["flat.pdparams", "flat_p2.pdparams"]) {
    it(`runs ${file}`, async () => {
      await assertRuns("14-paddle", {
        flags: ["--weights", file, "--input", "io.npz#x", "--batch-first", "--head", "none"],
        reference: { output: "io.npz#output", h_n: "io.npz#h_n", c_n: "io.npz#c_n" },
      });
    });
  }
});

describe("field: 30-package-dict", () => {
  it("runs float16 weights out of a package of weights and arguments", async () => {
    await assertRuns("30-package-dict", {
      flags: ["--weights", "demix.th", "--input", "x.npy", "--head", "none"],
      reference: { output: "expected.npz#output", h_n: "expected.npz#h_n" },
      atol: 1e-3,
    });
  });
});
