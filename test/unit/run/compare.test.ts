/** The stages between forward and views, each alone: results that are replaced, comparisons in a loop. */
import assert from "node:assert/strict";
import { largestDistance } from "../../../src/analysis/compare";
import { arraySteps } from "../../../src/analysis/steps";
import { chooseEngine } from "../../../src/engine/choose";
import { stateSize, type RecurrentConfig } from "../../../src/model/config";
import { compare, type ComparedTensor } from "../../../src/run/compare";
import { describe as describeRun } from "../../../src/run/describe";
import { forward, runOfSteps, statesBefore } from "../../../src/run/forward";
import { referencesOfSteps, valuesOf } from "../../../src/run/references";
import { resultsOf, type Results } from "../../../src/run/results";
import { measureRounding } from "../../../src/run/rounding";
import { rnnConfig } from "../support/goldens";
import { stagedRun, strict, type StagedRun } from "../support/stagedRun";

const lstm = rnnConfig({ cell: "LSTM", numLayers: 2 });
const bidirectional: RecurrentConfig = { ...lstm, bidirectional: true };

function comparedOf(staged: StagedRun, results: Results = staged.results): ComparedTensor[] {
  const judging = { tolerance: strict, rounding: null };
  return compare(staged.prepared, results, staged.references, judging);
}

function verdictsOf(compared: readonly ComparedTensor[]): Record<string, string> {
  return Object.fromEntries(
    compared.map(({ name, comparison }) => [name, comparison?.verdict ?? "none"]),
  );
}

const equal = { embedded: "equal", output: "equal", h_n: "equal", c_n: "equal", logits: "equal" };

describe("the comparison of results", () => {
  for (const [name, config] of Object.entries({ lstm, bidirectional })) {
    it(`finds a run's own results equal, in the order that data flows: ${name}`, () => {
      const verdicts = verdictsOf(comparedOf(stagedRun(config, [6, 3])));
      assert.deepEqual(Object.entries(verdicts), Object.entries(equal));
    });
  }

  it("changes with each result that is replaced, and with no other", () => {
    const staged = stagedRun(bidirectional);
    const { results } = staged;
    const moved = <Values extends Float32Array | Float64Array>(
      values: Values,
      at: number,
    ): Values => {
      const copy = values.slice() as Values;
      copy[at] = (copy[at] ?? NaN) + 1;
      return copy;
    };
    const hn = comparedOf(staged, { ...results, hn: moved(results.hn, 7) });
    assert.deepEqual(verdictsOf(hn), { ...equal, h_n: "differs" });
    const first = hn.find(({ name }) => name === "h_n")?.comparison?.first;
    // Row 7 of (4 slots, 2 rows, 3 units): slot 1 is the reverse of layer 0, which ends at step 0.
    assert.deepEqual(first, { layer: 0, direction: "reverse", step: 0, batch: 0, unit: 1 });
    const { logits, output } = results;
    assert.ok(logits !== null);
    const values = { ...logits, values: moved(logits.values, 9) };
    const [, , , , found] = comparedOf(staged, { ...results, logits: values });
    assert.deepEqual(found?.comparison?.first, {
      layer: null,
      direction: null,
      step: 1,
      batch: 0,
      unit: 1,
    });
    const units = stateSize(bidirectional);
    const swapped = { ...results, output: [...output].reverse() };
    assert.deepEqual(verdictsOf(comparedOf(staged, swapped)), { ...equal, output: "differs" });
    const zeros = output.map(() => arraySteps(new Float64Array(6 * 2 * units), 2 * units));
    assert.equal(comparedOf(staged, { ...results, output: zeros })[1]?.parts.length, 2);
  });

  it("has no comparison for a result that is not there", () => {
    const staged = stagedRun(lstm);
    const without = comparedOf(staged, { ...staged.results, cn: null, logits: null });
    assert.deepEqual(verdictsOf(without), { ...equal, c_n: "none", logits: "none" });
  });

  it("judges some steps of a run by the same steps of its references", () => {
    const staged = stagedRun(lstm);
    const { prepared, surrounding } = staged;
    const trace = forward(prepared.run);
    const steps = { from: 2, to: 5 };
    const part = runOfSteps(prepared, steps, statesBefore(prepared.run, trace, 2));
    const results = resultsOf(part, forward(part.run), surrounding.head);
    const references = referencesOfSteps(staged.references, prepared, steps);
    const judging = { tolerance: strict, rounding: null };
    assert.deepEqual(verdictsOf(compare(part, results, references, judging)), {
      embedded: "equal",
      output: "equal",
      logits: "equal",
    });
    const end = referencesOfSteps(staged.references, prepared, { from: 2, to: 6 });
    assert.deepEqual(
      end.map(({ name }) => name),
      Object.keys(equal),
    );
  });
});

describe("hundreds of variants of a run", () => {
  it("go through forward, results and comparison, and the right one is found", () => {
    const staged = stagedRun(lstm);
    const { prepared, references, surrounding } = staged;
    const distances = Array.from({ length: 300 }, (_, variant) => {
      const scale = variant === 217 ? 1 : 0.5 + variant / 1000;
      const input = prepared.run.input.map((value: number) => value * scale);
      const run = { ...prepared.run, input: Float64Array.from(input) };
      const trace = forward(run, { createEngine: chooseEngine, keep: "output" });
      const results = resultsOf({ ...prepared, run }, trace, surrounding.head);
      const judging = { tolerance: { ...strict, atol: 1e-12 }, rounding: null };
      const compared = compare(prepared, results, references, judging);
      trace.dispose();
      return compared.filter(({ comparison }) => comparison?.verdict === "differs").length;
    });
    assert.deepEqual(
      distances.flatMap((count, variant) => (count === 0 ? [variant] : [])),
      [217],
    );
  });
});

describe("the rounding of a run", () => {
  it("widens what is allowed by one rule, and tells how far references are off", () => {
    const staged = stagedRun(lstm);
    const { prepared, references, surrounding } = staged;
    const run = { ...prepared.run, precision: "f32" } as const;
    const [own, exact] = [forward(run), forward(prepared.run)];
    const results = resultsOf({ ...prepared, run }, own, surrounding.head);
    const both = { own: results, exact: staged.results };
    const rounding = measureRounding({ run }, { own, exact }, both, references);
    assert.deepEqual(rounding.errors, { embedded: 0, output: 0, h_n: 0, c_n: 0, logits: 0 });
    const judged = compare({ run }, results, references, { tolerance: strict, rounding });
    assert.deepEqual(verdictsOf(judged), {
      embedded: "equal",
      output: "rounding",
      h_n: "rounding",
      c_n: "rounding",
      logits: "rounding",
    });
    const bare = compare({ run }, results, references, { tolerance: strict, rounding: null });
    assert.equal(verdictsOf(bare)["logits"], "differs");
    const logits = valuesOf(references, "logits") ?? new Float64Array();
    assert.ok(
      largestDistance(logits, results.logits?.values ?? logits) < (rounding.logits?.at(-1) ?? 0),
    );
  });
});

describe("the description of a run", () => {
  it("has every lane once, with what its comparison found", () => {
    const staged = stagedRun(bidirectional);
    const { prepared, results, references, surrounding } = staged;
    const { logits } = results;
    const zeros = {
      ...results,
      logits: logits === null ? null : { ...logits, values: new Float64Array(48) },
    };
    const compared = comparedOf(staged, zeros);
    const { lanes, numbers } = describeRun(
      {
        run: prepared.run,
        trace: forward(prepared.run),
        results: zeros,
        references,
        rounding: null,
        tolerance: { rtol: 0, atol: 0, equalNan: false },
        surrounding,
      },
      compared,
    );
    assert.deepEqual(
      lanes.map(({ id }, index) => `${id} ${numbers[index]?.outside} of ${numbers[index]?.total}`),
      [
        ...["input 0 of 24", "layer0.forward 0 of 36", "layer0.reverse 0 of 36"],
        ...["layer1.forward 0 of 36", "layer1.reverse 0 of 36", "output 0 of 72"],
        "logits 48 of 48",
      ],
    );
  });
});
