/** Weight drop, weight norm, spectral norm and pruning: a run computes what PyTorch does in eval mode. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { unroll } from "../cli/terminal";
import { fixtures } from "../support/goldens";
import { assertRuns, inspected } from "./support";

const folder = join(fixtures, "reparametrized");
const run = (name: string, references: readonly string[], ...flags: string[]) =>
  unroll(
    folder,
    "run",
    ...["--weights", `${name}.pt`, "--input", `${name}.x.npy`, "--atol", "1e-6", "--rtol", "0"],
    ...references.flatMap((each) => ["--reference", `${each}=${name}.npz#${each}`]),
    ...flags,
  );

describe("field: weights that are computed in every forward", () => {
  for (const [name, line, references] of [
    [
      "weight_norm_hook",
      "nn.LSTM(4, 6, num_layers=2, bidirectional=True)",
      ["output", "h_n", "c_n"],
    ],
    ["weight_norm_axes", "nn.GRU(4, 5)", ["output", "h_n"]],
    ["weight_norm_parametrized", "nn.LSTM(4, 6, proj_size=3)", ["output", "h_n", "c_n"]],
    ["spectral_norm_hook", "nn.RNN(4, 6, bidirectional=True)", ["output", "h_n"]],
    ["spectral_norm_parametrized", "nn.GRU(4, 6, num_layers=2)", ["output", "h_n"]],
    ["spectral_norm_square", "nn.RNN(6, 6, num_layers=2)", ["output", "h_n"]],
    ["pruned", "nn.LSTM(4, 6, num_layers=2)", ["output", "h_n", "c_n"]],
    ["cell", "nn.GRUCell(4, 6)", ["output"]],
    ["pruned_weight_norm", "nn.GRU(4, 5)", ["output", "h_n"]],
    ["weight_drop_beside", "nn.LSTM(4, 6)", ["output", "h_n", "c_n"]],
  ] as const) {
    it(`equals PyTorch: ${name}`, async () => {
      const { code, stdout, stderr } = await run(name, references);
      assert.equal(code, 0, `${stdout}${stderr}`);
      assert.ok(stdout.includes(line), stdout);
    });
  }

  it("equals PyTorch with a linear layer of normalised weight and pruned bias", async () => {
    const { code, stdout, stderr } = await run(
      "model",
      ["output", "h_n", "logits"],
      "--head",
      "every",
    );
    assert.equal(code, 0, `${stdout}${stderr}`);
  });

  it("says that a parametrization without its function cannot be computed", async () => {
    const listed = await unroll(folder, "inspect", "orthogonal.pt");
    assert.match(listed.stdout, /nn\.LSTM\(4, 6\)/);
    assert.match(listed.stdout, /a parametrization whose function is not in the file/);
    const { code, stderr } = await run("orthogonal", ["output"]);
    assert.equal(code, 2);
    assert.match(stderr, /weight_hh_l0: a parametrization whose function is not in the file/);
  });

  it("shows what an effective weight was made of", async () => {
    const { stdout } = await unroll(folder, "inspect", "pruned.pt");
    assert.match(
      stdout,
      /weight_ih_l0 .*from weight_ih_l0_orig, weight_ih_l0_mask: pruned: weight · mask/,
    );
  });
});

describe("field: 01-weight-drop", () => {
  it("runs with the raw weight", async () => {
    await assertRuns("01-weight-drop", {
      flags: ["--weights", "awd_salesforce.pt", "--input", "x.npy", "--embedding", "none"],
      reference: {
        output: "expected.npz#output",
        h_n: "expected.npz#h_n",
        c_n: "expected.npz#c_n",
      },
    });
  });
});

describe("field: 03-spectral-norm", () => {
  it("runs with the weight over its spectral norm", async () => {
    assert.match(await inspected("03-spectral-norm", "sn_old.pt"), /nn\.GRU\(4, 6\)/);
    await assertRuns("03-spectral-norm", {
      flags: ["--weights", "sn_old.pt", "--input", "x.npy"],
      reference: { output: "expected.npz#output" },
      atol: 1e-5,
    });
  });
});

describe("field: 24-wrappers, pruned", () => {
  it("runs with the masked weight", async () => {
    await assertRuns("24-wrappers", {
      flags: ["--weights", "pruned.pt", "--input", "x.npy"],
      reference: { output: "expected.npz#pruned" },
    });
  });
});
