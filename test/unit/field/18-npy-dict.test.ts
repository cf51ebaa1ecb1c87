/** Objects that NumPy saves as a pickle: a dict of weights, a list of them, and a dict within an .npz. */
import assert from "node:assert/strict";
import { assertRuns, inspected } from "./support";

const name = "18-npy-dict";

describe("18-npy-dict", () => {
  it("runs dict.pkl as PyTorch does", async () => {
    const reference = { output: "expected.npz#output" };
    await assertRuns(name, { reference, flags: ["--weights", "dict.pkl", "--input", "x.npy"] });
  });

  it("runs dict.npy as PyTorch does", async () => {
    const reference = { output: "expected.npz#output" };
    await assertRuns(name, { reference, flags: ["--weights", "dict.npy", "--input", "x.npy"] });
  });

  it("runs the dict within dict_inside.npz with the input beside it", async () => {
    const reference = { output: "expected.npz#output" };
    const flags = ["--weights", "dict_inside.npz#params.", "--input", "dict_inside.npz#x"];
    await assertRuns(name, { reference, flags });
  });

  it("runs the list of a Keras layer", async () => {
    for (const file of ["keras_list.npz", "keras_list.pkl", "keras_list.npy"]) {
      assert.match(await inspected(name, file), /a list as get_weights\(\) of Keras gives it/);
      await assertRuns(name, {
        flags: ["--weights", file, "--input", "x.npy"],
        reference: { output: "expected.npz#output", c_n: "expected.npz#c_n" },
      });
    }
  });
});
