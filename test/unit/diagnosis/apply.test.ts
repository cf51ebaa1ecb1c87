/** A run under a mistake with a free parameter: it agrees with the reference that tells the parameter. */
import assert from "node:assert/strict";
import { noControl } from "../../../src/core/control";
import { renderText } from "../../../src/core/text";
import type { MendedFinding } from "../../../src/diagnosis/answer";
import type { Returned, Values } from "../../../src/diagnosis/base/model";
import { caseOf } from "../../../src/diagnosis/base/model";
import { applied, diagnoseSides, namesOf } from "../../../src/diagnosis/doctor";
import { roundToBfloat16, roundToFloat16 } from "../../../src/engine/base/rounding";
import { executeRun, type RunResult } from "../../../src/run/execute";
import type { RunInputs } from "../../../src/run/inputs";
import type { Tensor } from "../../../src/tensor/tensor";
import { present } from "../support/present";
import { numbersFrom } from "../support/runs";
import { randomInputs, rightOf, type CaseOptions } from "./cases";
import { dropout, type Dropped } from "./search/dropped";

const names = { weightsFile: "weights.pt", prefix: "" };

function referenceOf({ output, hn, cn }: Returned): RunInputs["reference"] {
  const tensor = (values: Values | null): Tensor | null =>
    values && { dtype: "float32", shape: values.shape, data: Float32Array.from(values.data) };
  return { output: tensor(output), hn: tensor(hn), cn: tensor(cn) };
}

/** The first finding of a run, and the run under it. */
function shown(inputs: RunInputs): {
  readonly finding: MendedFinding;
  readonly after: Float32Array;
  readonly before: Float32Array;
  readonly run: RunResult;
} {
  const { findings, overTime } = diagnoseSides(inputs, null, names, noControl);
  const finding = present(findings[0]);
  const means = { control: noControl };
  const run = executeRun(inputs, means, applied(inputs, finding.under, means));
  const { before, after } = present(overTime);
  return { finding, run, before: before.most, after: present(after).most };
}

function agrees({ compared, trace }: RunResult): void {
  assert.ok(compared.length > 0);
  for (const { comparison, name } of compared) {
    const { verdict } = present(comparison);
    assert.ok(verdict === "equal" || verdict === "rounding", `${name}: ${verdict}`);
  }
  trace.dispose();
}

/** What a run returns, each value through a function of its tensor and index. */
function changed(inputs: RunInputs, change: (values: Values, name: string) => Values): RunInputs {
  const right = rightOf(caseOf(inputs));
  const on = (name: keyof Returned): Values | null => right[name] && change(right[name], name);
  return {
    ...inputs,
    reference: referenceOf({ output: on("output"), hn: on("hn"), cn: on("cn") }),
  };
}

/** Of (slots, B, size) or (T, B, size): the rows in another order. */
function rowsTurned({ shape, data }: Values, order: readonly number[]): Values {
  const width = shape.at(-1) ?? 1;
  const B = order.length;
  const from = (k: number): number => {
    const place = Math.floor(k / width);
    return (B * Math.floor(place / B) + (order[place % B] ?? 0)) * width + (k % width);
  };
  return { shape, data: data.map((_, k) => data[from(k)] ?? NaN) };
}

/** A run as it is loaded in 16 bits. */
function roundedInputs(
  { parameters, input, h0, c0, ...rest }: RunInputs,
  precision: RunInputs["precision"],
  round: (value: number) => number,
): RunInputs {
  const rounded = (tensor: Tensor): Tensor => ({
    ...tensor,
    data: Float64Array.from(tensor.data, round),
  });
  return {
    ...rest,
    precision,
    parameters: new Map([...parameters].map(([name, tensor]) => [name, rounded(tensor)])),
    input: rounded(input),
    h0: h0 && rounded(h0),
    c0: c0 && rounded(c0),
  };
}

const cells = ["RNN", "GRU", "LSTM"] as const;

describe("a run under a mistake with a free parameter", () => {
  for (const cell of cells) {
    it(`has the rows of the reference of ${cell}`, () => {
      const config = { cell, inputSize: 3, hiddenSize: 4, numLayers: 2, bidirectional: true };
      const order = [1, 2, 0];
      for (const lengths of [null, [5, 3, 4]]) {
        const inputs = randomInputs({ config, lengths });
        const { finding, run, after } = shown(changed(inputs, (one) => rowsTurned(one, order)));
        assert.equal(finding.id, "permutation/batch-rows");
        assert.ok(after.every((value) => value < 1e-6));
        agrees(run);
      }
    });

    it(`has the units of the reference of ${cell}`, () => {
      const config = { cell, inputSize: 3, hiddenSize: 4, numLayers: 2, bidirectional: true };
      const orders = [
        [1, 0, 2, 3],
        [3, 2, 1, 0],
        [2, 3, 0, 1],
        [0, 2, 3, 1],
      ];
      const turned = ({ shape, data }: Values, name: string): Values => ({
        shape,
        data: data.map((_, k) => {
          const half = name === "output" ? 2 + (Math.floor(k / 4) % 2) : Math.floor(k / 12);
          return data[k - (k % 4) + (orders[half]?.[k % 4] ?? 0)] ?? NaN;
        }),
      });
      const { finding, run, after } = shown(changed(randomInputs({ config }), turned));
      assert.equal(finding.id, "permutation/units");
      assert.ok(after.every((value) => value < 1e-6));
      agrees(run);
    });
  }

  it("has the output dropped out as the reference has it", () => {
    for (const batchFirst of [false, true]) {
      const config = { cell: "GRU", inputSize: 3, hiddenSize: 4, batchFirst } as const;
      const next = numbersFrom(5);
      const drop = ({ shape, data }: Values, name: string): Values =>
        name === "output"
          ? { shape, data: data.map((value) => (next() < 0 ? 0 : 2 * value)) }
          : { shape, data };
      const { finding, run, after, before } = shown(changed(randomInputs({ config }), drop));
      assert.equal(finding.id, "dropout/on-output");
      assert.ok(before.some((value) => value > 0.1) && after.every((value) => value < 1e-6));
      agrees(run);
    }
  });

  it("reads what the layers above the first have read under dropout", () => {
    for (const precision of ["f32", "f64"] as const) {
      const config = { cell: "GRU", inputSize: 4, hiddenSize: 12, numLayers: 3 } as const;
      const options: CaseOptions = { config, seqLength: 5, batchSize: 2 };
      const made: Dropped = dropout(options, 0.5);
      const { finding, run, after } = shown({ ...made.inputs, precision });
      assert.equal(finding.id, "dropout/between-layers");
      assert.ok(after.every((value) => value < 1e-5));
      assert.ok(run.isShown);
      agrees(run);
    }
  });

  for (const [precision, id, round] of [
    ["f16", "precision/float16", roundToFloat16],
    ["bf16", "precision/bfloat16", roundToBfloat16],
  ] as const) {
    it(`computes in ${precision} where the reference did`, () => {
      const config = { cell: "LSTM", inputSize: 5, hiddenSize: 8 } as const;
      const inputs: RunInputs = { ...randomInputs({ config, seqLength: 9 }), precision: "f32" };
      const low = executeRun(roundedInputs(inputs, precision, round), { control: noControl });
      const of = (values: ArrayLike<number>): Float64Array => Float64Array.from(values, round);
      const { hn, cn } = low.trace;
      const reference = referenceOf({
        output: { shape: [9, 3, 8], data: of(present(low.results.output[0]).read(0, 9)) },
        hn: { shape: [1, 3, 8], data: of(hn) },
        cn: { shape: [1, 3, 8], data: of(present(cn)) },
      });
      low.trace.dispose();
      const { finding, run, after, before } = shown({ ...inputs, reference });
      assert.equal(finding.id, id);
      assert.equal(run.forwardInput.precision, precision);
      assert.ok(Math.max(...after) < Math.max(...before));
      agrees(run);
    });
  }

  it("is of the user's own output where the mistake is there", () => {
    const config = { cell: "GRU", inputSize: 3, hiddenSize: 4 } as const;
    const right = changed(randomInputs({ config }), (one) => one);
    const { reference: own } = changed(right, (one) => rowsTurned(one, [1, 2, 0]));
    const inputs = { ...right, own };
    const { findings } = diagnoseSides(inputs, own, names, noControl);
    const [finding] = findings;
    assert.deepEqual([finding?.id, finding?.side], ["permutation/batch-rows", "own"]);
    const means = { control: noControl };
    const run = executeRun(inputs, means, applied(inputs, present(finding).under, means));
    agrees({ ...run, compared: present(run.own).withRun });
  });

  it("is not there for single values that are off, and says why", () => {
    const config = { cell: "GRU", inputSize: 3, hiddenSize: 4 } as const;
    const spoil = ({ shape, data }: Values, name: string): Values => ({
      shape,
      data: data.map((value, k) => (name === "output" && k === 7 ? value + 1 : value)),
    });
    const inputs = changed(randomInputs({ config }), spoil);
    const { findings, overTime } = diagnoseSides(inputs, null, names, noControl);
    const { id, under, notShown } = present(findings[0]);
    assert.deepEqual([id, under], ["data/isolated-values", []]);
    assert.match(renderText(present(notShown)), /No run gives it/);
    assert.equal(present(overTime).after, null);
    assert.throws(() => applied(inputs, [id], { control: noControl }), /no mistake of this name/);
  });

  it("is named without its parameter", () => {
    const [name] = namesOf(["dropout/between-layers"]);
    assert.match(renderText(present(name).title), /dropout was applied between the layers/);
  });
});
