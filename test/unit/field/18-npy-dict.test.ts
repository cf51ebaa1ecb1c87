/** Objects that NumPy saves as a pickle: a dict of weights, a list of them, and a dict within an .npz. */
import assert from "node:assert/strict";
import { assertRuns, inCase, inspected } from "./support";

const name = "18-npy-dict";

async function refusal(...flags: string[]): Promise<string> {
  const { code, stderr } = await inCase(name, "run", ...flags);
  assert.notEqual(code, 0);
  return stderr;
}

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

  it("says what the list of a Keras layer is", async () => {
    for (const file of ["keras_list.npz", "keras_list.pkl", "keras_list.npy"]) {
      assert.match(await inspected(name, file), /look like the get_weights\(\) of a Keras layer/);
      assert.match(
        await refusal("--weights", file, "--input", "x.npy"),
        /look like the get_weights\(\) of a Keras layer/,
      );
    }
  });
});
