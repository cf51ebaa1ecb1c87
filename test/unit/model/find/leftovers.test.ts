/** Tensors of a module's own that its cell does not use. */
import assert from "node:assert/strict";
import type { Archive } from "../../../../src/formats/base/archive";
import { withModules } from "../../../../src/model/derive/derive";
import { renderText } from "../../../../src/core/text";
import type { Shape } from "../../../../src/tensor/tensor";

/** The sentences about modules of an archive with these tensors, in order. */
function sentences(tensors: Readonly<Record<string, Shape>>): string[] {
  const entries = Object.entries(tensors).map(([name, shape]) => ({
    name,
    dtype: "float32" as const,
    shape,
    byteLength: 0,
  }));
  const archive: Archive = {
    format: "pytorch",
    entries,
    notes: [],
    declared: [],
    read: () => Promise.reject(new Error("not read")),
    readBox: () => Promise.reject(new Error("not read")),
  };
  const { modules } = withModules("w.pt", archive);
  return modules.flatMap(({ facts }) => facts.departures.map((each) => renderText(each)));
}

/** nn.LSTM(4, 6) under a prefix. */
const lstm = (prefix: string): Record<string, Shape> => ({
  [`${prefix}weight_ih_l0`]: [24, 4],
  [`${prefix}weight_hh_l0`]: [24, 6],
  [`${prefix}bias_ih_l0`]: [24],
  [`${prefix}bias_hh_l0`]: [24],
});

describe("tensors that a module's cell does not use", () => {
  for (const [what, tensors, expected] of [
    [
      "a layer norm",
      { "rnn.ln_c.weight": [6], "rnn.ln_c.bias": [6] },
      "ln_c.weight, ln_c.bias, which looks like layer normalisation",
    ],
    ["a peephole", { "rnn.weight_ci": [6] }, "weight_ci, which looks like peephole weights"],
    ["a learned state", { "rnn.h_0": [1, 6] }, "h_0, which looks like an initial state"],
    [
      "a bias with another name",
      { "rnn.bias_extra_l0": [24] },
      "bias_extra_l0, which looks like a bias that torch.nn has not",
    ],
    ["a matrix of another name", { "rnn.weight_zz_l0": [24, 6] }, "weight_zz_l0, which a run"],
  ] as const) {
    it(`says so of ${what}`, () => {
      const [sentence = "", ...others] = sentences({ ...lstm("rnn."), ...tensors });
      assert.ok(sentence.includes(expected), sentence);
      assert.deepEqual(others, []);
    });
  }

  for (const [name, look] of [
    ...["w_ci", "W_cf_l0", "wco", "peephole_i", "w_peep", "w_f_diag"].map((each) => [
      each,
      "peephole weights",
    ]),
    ...["h0", "c_0", "hx", "init_state", "h_init", "initial_hidden", "state"].map((each) => [
      each,
      "an initial state",
    ]),
    ...["gamma", "gamma_i", "layernorm_h", "norm1"].map((each) => [each, "layer normalisation"]),
    ...["bn", "bn1", "batch_norm"].map((each) => [each, "batch normalisation"]),
    ...["cond_bias", "b_ih", "bias_x"].map((each) => [each, "a bias that torch.nn has not"]),
  ] as const) {
    it(`takes ${name} for ${look}`, () => {
      const [sentence = ""] = sentences({ ...lstm("rnn."), [`rnn.${name}`]: [6] });
      assert.ok(sentence.includes(`it has ${name}, which looks like ${look};`), sentence);
    });
  }

  for (const name of [
    ...["coef", "coefficients", "cond", "cost", "cif", "cooldown", "city", "co_attention"],
    ...["statement", "state_scale", "initialized", "init_scale", "hxy", "h0_mask", "statistics"],
    ...["enorm", "weight_norm", "alphabeta", "beta", "betas", "lnorms", "normal", "gammatone"],
    ...["bnx", "lora_b", "blend", "biased", "unbiased"],
  ]) {
    it(`names ${name} without a guess at what it is`, () => {
      assert.deepEqual(sentences({ ...lstm("rnn."), [`rnn.${name}`]: [6] }), [
        `beside its cell it has ${name}, which a run leaves out`,
      ]);
    });
  }

  it("says so where the whole file is the module", () => {
    assert.match(sentences({ ...lstm(""), weight_ci: [6] }).join(), /weight_ci/);
  });

  it("says nothing of layers beside the module, of other modules and of inputs in the same file", () => {
    assert.deepEqual(
      sentences({
        ...lstm("rnn."),
        ...lstm("rnn.decoder."),
        "fc.weight": [3, 6],
        "fc.bias": [3],
        "rnn.proj.weight": [3, 6],
        "rnn.proj.bias": [3],
        "bn.running_mean": [6],
        "rnn.num_batches_tracked": [],
      }),
      [],
    );
    assert.deepEqual(sentences({ ...lstm(""), x: [5, 2, 4], h0: [1, 2, 6], "fc.bias": [3] }), []);
  });

  it("says nothing of tensors that a weight is computed from", () => {
    const { "rnn.weight_hh_l0": pruned, ...others } = lstm("rnn.");
    assert.ok(pruned);
    const tensors = { "rnn.weight_hh_l0_orig": pruned, "rnn.weight_hh_l0_mask": pruned };
    assert.deepEqual(sentences({ ...others, ...tensors }), []);
  });
});
