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

  it("says how the dict of dict.npy is saved to be read", async () => {
    assert.match(
      await refusal("--weights", "dict.npy", "--input", "x.npy"),
      /dict\.npy: an object is not read: .*np\.savez\(file, \*\*array\.item\(\)\)/,
    );
  });

  it("gives the reason that inspect knows where a run finds no module", async () => {
    const reason = /dict_inside\.npz: params: an object is not read: .*\*\*array\.item\(\)/;
    assert.match(await inspected(name, "dict_inside.npz"), reason);
    const printed = await refusal("--weights", "dict_inside.npz", "--input", "x.npy");
    assert.match(printed, /no recurrent module found: /);
    assert.match(printed, reason);
  });

  it("gives the reason where a run does not find the tensor", async () => {
    const flags = ["--weights", "dict.pkl", "--input"];
    assert.match(
      await refusal(...flags, "dict_inside.npz#params"),
      /there is no tensor params \(dict_inside\.npz: params: an object is not read/,
    );
    assert.doesNotMatch(await refusal(...flags, "dict_inside.npz#other"), /an object is not read/);
  });

  it("runs the list of a Keras layer", async () => {
    for (const file of ["keras_list.npz", "keras_list.pkl"]) {
      assert.match(await inspected(name, file), /a list as get_weights\(\) of Keras gives it/);
      await assertRuns(name, {
        flags: ["--weights", file, "--input", "x.npy"],
        reference: { output: "expected.npz#output", c_n: "expected.npz#c_n" },
      });
    }
    assert.match(
      await refusal("--weights", "keras_list.npy", "--input", "x.npy"),
      /an object array is not read: .*np\.savez\(file, \*array\)/,
    );
  });
});
