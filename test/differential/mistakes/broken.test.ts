/** References with one deliberate mistake, and shapes that do not fit: what is found, where, in which words. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { describeCase, fixtures, listCases, specOf, Workplace } from "../cases";

const weights = "weights.safetensors";

describe("references with a mistake", () => {
  const workplace = new Workplace();

  after(() => {
    workplace.remove();
  });

  for (const folder of listCases(join(fixtures, "broken/wrong-reference"))) {
    const description = describeCase(folder);
    const differing = description.outputs_that_differ ?? [];

    it(`${description.id}: ${differing.join(" and ")} differ and nothing else`, async () => {
      const { code, verdicts } = await workplace.check("wrong", specOf(folder, weights));
      assert.equal(code, 1);
      for (const [name, { verdict }] of Object.entries(verdicts)) {
        // With batch and time exchanged h_n has another shape.
        const reshaped = description.id === "batch_and_time_swapped" && name === "h_n";
        const passes = !differing.includes(name);
        if (passes) assert.match(verdict, /^(equal|rounding)$/, name);
        else assert.equal(verdict, reshaped ? "cannot-compare" : "differs", name);
      }
    });

    const { bidirectional } = description.constructor;
    if (bidirectional || !differing.includes("output")) continue;
    it(`${description.id}: the first divergence is at the step it begins`, async () => {
      const { verdicts } = await workplace.check("wrong", specOf(folder, weights));
      assert.equal(verdicts["output"]?.first?.step, description.first_time_step_that_differs);
    });
  }

  it("layers_share_weights: the first of all is in h_n, two layers below the output", async () => {
    const folder = join(fixtures, "broken/wrong-reference/layers_share_weights");
    const { first, verdicts } = await workplace.check("wrong", specOf(folder, weights));
    assert.deepEqual([first?.tensor, first?.layer], ["h_n", 1]);
    assert.equal(verdicts["output"]?.first?.layer, 2);
  });

  const places: readonly [string, "output" | "h_n", string][] = [
    // Of the reverse direction the step processed first is the last one of the input.
    ["reverse_not_flipped_back", "output", "layer 0 reverse step 4 batch 0 unit 0"],
    ["reverse_uses_forward_weights", "output", "layer 0 reverse step 4 batch 0 unit 0"],
    ["backward_first_concat", "output", "layer 0 forward step 0 batch 0 unit 0"],
    ["one_value_changed", "output", "layer 0 forward step 2 batch 1 unit 0"],
    ["h_n_direction_major", "h_n", "layer 0 reverse step 0 batch 0 unit 0"],
    ["reverse_h_n_from_last_step", "h_n", "layer 0 reverse step 0 batch 0 unit 0"],
    // The last sequence has one step: its h_n belongs to step 0, before those of longer sequences.
    ["packed_h_n_at_last_step", "h_n", "layer 0 forward step 0 batch 2 unit 0"],
  ];
  for (const [id, name, place] of places) {
    it(`${id}: ${name} diverges first at ${place}`, async () => {
      const folder = join(fixtures, "broken/wrong-reference", id);
      const { verdicts } = await workplace.check("wrong", specOf(folder, weights));
      const first = verdicts[name]?.first;
      assert.ok(first);
      const { layer, direction, step, batch, unit } = first;
      assert.equal(`layer ${layer} ${direction} step ${step} batch ${batch} unit ${unit}`, place);
    });
  }
});

describe("shapes that do not fit", () => {
  const workplace = new Workplace();

  after(() => {
    workplace.remove();
  });

  /** The sentence a run ends with, or null where it runs and the reference is what does not fit. */
  const expected: Readonly<Record<string, RegExp | null>> = {
    batch_first_confused: null,
    bias_hh_missing: /bias_hh_l0 is missing, needed \[4\]/,
    bias_length: /bias_ih_l0 is \[3\], needed \[4\]/,
    bidirectional_not_declared: null,
    // What a file holds is read off the weights: they are run as the GRU they are.
    gru_declared_as_rnn: null,
    h0_first_dim: /h0 .*\[2, 2, 4\], needed \[4, 2, 4\]/,
    hidden_size_disagrees: /weight_hh_l0 is \[5, 5\], needed \[4, 4\]/,
    input_feature_size: /input \[2, 5, 4\] is 4, needed 3/,
    layer_missing: /weight_ih_l1 is missing, needed \[4, 4\]/,
    length_longer_than_input: /length is 7, .* T = 5/,
    length_zero: /length is 0/,
    reference_directions_summed: null,
    reference_h_n_batch_first: null,
    reference_h_n_last_layer_only: null,
    reference_has_extra_step: null,
    reference_has_nan: null,
    reverse_missing_in_one_layer: /weight_ih_l1_reverse is missing, needed \[4, 8\]/,
    weight_ih_l1_not_doubled: /weight_ih_l1 is \[4, 4\], needed \[4, 8\]/,
    weight_ih_transposed: /weight_ih_l0 is \[3, 4\], needed \[4, 3\]/,
  };
  const folders = listCases(join(fixtures, "broken/shapes"));

  it("are all there", () => {
    assert.deepEqual(
      folders.map((folder) => describeCase(folder).id),
      Object.keys(expected),
    );
  });

  for (const folder of folders) {
    const { id } = describeCase(folder);
    const sentence = expected[id];
    if (!sentence) continue;
    it(`${id}: one line says what clashes`, async () => {
      const file = workplace.write(id, specOf(folder, weights));
      const { code, stdout, stderr } = await workplace.unroll("check", file);
      assert.equal(code, 2);
      assert.equal(stdout, "");
      assert.match(stderr, sentence);
      // The stack of the debug mode, which these tests run in, is of one of our own errors.
      assert.doesNotMatch(stderr, /unexpected error/);
    });
  }

  const verdicts: Readonly<Record<string, readonly [output: string, hn: string]>> = {
    batch_first_confused: ["differs", "cannot-compare"],
    bidirectional_not_declared: ["rounding", "rounding"],
    gru_declared_as_rnn: ["rounding", "rounding"],
    // These are recognised, and compared as what they hold.
    reference_directions_summed: ["rounding", "rounding"],
    reference_h_n_batch_first: ["rounding", "rounding"],
    reference_h_n_last_layer_only: ["rounding", "rounding"],
    reference_has_extra_step: ["cannot-compare", "rounding"],
    reference_has_nan: ["differs", "rounding"],
  };
  for (const [id, [output, hn]] of Object.entries(verdicts)) {
    it(`${id}: it runs, output ${output}, h_n ${hn}`, async () => {
      const folder = join(fixtures, "broken/shapes", id);
      const checked = await workplace.check(id, specOf(folder, weights));
      assert.equal(checked.verdicts["output"]?.verdict, output);
      assert.equal(checked.verdicts["h_n"]?.verdict, hn);
    });
  }

  it("NaN in a reference is an infinite difference, in JSON as a string", async () => {
    const folder = join(fixtures, "broken/shapes/reference_has_nan");
    const { verdicts: checked } = await workplace.check("nan", specOf(folder, weights));
    assert.equal(checked["output"]?.maxAbs, "NaN");
  });
});
