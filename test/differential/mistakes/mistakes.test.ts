/** References with a known mistake: what the diagnosis says of each, beside what was done. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { describePython, seed } from "../../unit/support/python/python";
import { describeCase, fixtures, listCases, specOf, Workplace } from "../cases";
import {
  describeTruth,
  diagnoseSpec,
  foundIds,
  judgeCase,
  makeMistakes,
  readTruths,
  type Truth,
} from "./mistakeCases";

async function assertRight(truth: Truth): Promise<void> {
  const { why } = await judgeCase(truth);
  assert.equal(why, "", describeTruth(truth));
}

describe("references with one named mistake", () => {
  for (const truth of readTruths(join(fixtures, "mistakes"))) {
    const { name, kind, visible } = truth;
    const what = truth.truth.join(" + ") || "right";
    const isShown = kind === "correct" || visible ? "" : ", which it cannot show";
    it(`${name}: ${what}${isShown}`, () => assertRight(truth));
  }
});

describe("wrong references of PyTorch", () => {
  /** The first finding by folder. */
  const expected: Readonly<Record<string, string>> = {
    backward_first_concat: "concat/reverse-first",
    batch_and_time_swapped: "layout/batch-time-swapped",
    dropout_active: "dropout/between-layers",
    forget_bias_plus_one: "lstm/forget-bias-one",
    gate_order_ifog: "gates/ifog",
    gate_order_zrn: "gates/zrn",
    gru_reset_before_matmul: "gru/reset-before-product",
    gru_update_inverted: "gru/update-inverted",
    h0_ignored: "state/h0-ignored",
    h_n_direction_major: "h_n/direction-major",
    half_precision_reference: "precision/float16",
    hard_sigmoid: "activation/hard-sigmoid-keras2",
    layers_share_weights: "weights/layer0-for-all",
    no_tanh_on_cell: "lstm/cell-tanh-missing",
    one_value_changed: "data/isolated-values",
    only_bias_ih: "bias/hh-missing",
    other_weights: "",
    output_axes_swapped: "layout/output-axes-swapped",
    output_one_step_late: "output/one-step-late",
    packed_h_n_at_last_step: "packing/h_n-at-last-step",
    packed_reverse_starts_in_padding: "packing/reverse-over-padding",
    relu_for_tanh: "activation/relu-for-tanh",
    reverse_h_n_from_last_step: "h_n/reverse-from-last-step",
    reverse_not_flipped_back: "flip/output-not-flipped-back",
    reverse_uses_forward_weights: "weights/reverse-uses-forward",
    weights_transposed: "weights/both-transposed",
  };
  const folders = listCases(join(fixtures, "broken/wrong-reference"));

  it("are all named here", () => {
    assert.deepEqual(
      folders.map((folder) => describeCase(folder).id),
      Object.keys(expected),
    );
  });

  for (const folder of folders) {
    const { id } = describeCase(folder);
    const named = expected[id] ?? "";
    it(`${id}: ${named || "no mistake of code"}`, async () => {
      const found = await diagnoseSpec(specOf(folder, "weights.safetensors"));
      assert.deepEqual(foundIds(found), named === "" ? [] : [named]);
    });
  }
});

/** Cases of each kind; what takes minutes is done by scripts/diagnosis.mjs. */
const count = Number(process.env["UNROLL_MISTAKES"] ?? 4);

describePython("live mistakes", ["numpy"], () => {
  const workplace = new Workplace();

  after(() => {
    workplace.remove();
  });

  it(`of ${count} random cases of each kind all are told as they are (UNROLL_SEED=${seed})`, async function () {
    this.slow(300_000);
    const folder = join(workplace.folder, "mistakes");
    const args = ["--seed", String(seed), "--count", String(count), "--shuffled"];
    const truths = await makeMistakes(folder, args);
    assert.equal(truths.length, 4 * count);
    const wrong: string[] = [];
    for (const truth of truths) {
      const { why } = await judgeCase(truth);
      if (why !== "") wrong.push(`${describeTruth(truth)}: ${why}`);
    }
    assert.deepEqual(wrong, []);
  });
});
