/**
 * One random run through one engine: how far it is from PyTorch's float64, and how far PyTorch's own arithmetic is.
 *
 * The rule: the error of ours is at most twice that of PyTorch's own float32, and an error below `floorOf` counts as
 * the floor. How large PyTorch's error is depends on the order of its sums: the same network with its units in another
 * order has an error two times as large in one of a hundred cases, four times in one of a thousand. So a run that is
 * farther off is judged again, against PyTorch's largest error over many orders.
 */
import assert from "node:assert/strict";
import { joinDirections } from "../../src/analysis/lanes";
import type { ForwardInput, Precision, StateArray } from "../../src/engine/engine";
import { forward } from "../../src/engine/forward";
import type { ForwardTrace } from "../../src/engine/trace";
import { bindWeights } from "../../src/model/bind";
import { numDirections, type RecurrentConfig } from "../../src/model/config";
import { findModules } from "../../src/model/find";
import {
  outputShapes,
  sequenceSizes,
  swapLeadingAxes,
  toTimeMajor,
} from "../../src/model/sequence";
import type { Tensor } from "../../src/tensor/tensor";
import type { EngineUnderTest } from "../unit/support/engines";
import { entryOf } from "../unit/support/goldens";
import { statesOf } from "../unit/support/runs";
import type { LiveRun } from "./stream";

type Values = Pick<Tensor, "data">;

type Results = ReadonlyMap<string, Values>;

/** One run through one engine at one precision. */
export interface Outcome {
  /** The module and what it computes, `LSTM projected`. */
  readonly kind: string;
  readonly engine: string;
  readonly precision: Precision;
  /** Largest |ours − PyTorch's float64|. */
  readonly ours: number;
  /** The same of PyTorch's own arithmetic in this precision; in float64, NumPy's distance to PyTorch. */
  readonly theirs: number;
  /** ours over theirs, each at least the floor. */
  readonly ratio: number;
  readonly floor: number;
  readonly seed: number;
  readonly index: number;
  readonly configuration: string;
}

/** Unit roundoffs: half the distance from 1 to the next number. */
const roundoff: Readonly<Record<Precision, number>> = {
  f64: 2 ** -53,
  f32: 2 ** -24,
  f16: 2 ** -11,
  bf16: 2 ** -8,
};

/** Ours may be so much farther from float64 than PyTorch; in float64 it is the distance of two rounded results. */
const allowedRatio: Readonly<Record<Precision, number>> = {
  f64: 4,
  f32: 2,
  f16: 2,
  bf16: 2,
};

/** States between the layers are looked at for mistakes, which are larger than any rounding. */
const allowedInside = 32;

/** Precisions to run a module in whose weights are stored in a type. */
export function precisionsOf({ dtype, non_finite }: LiveRun): readonly Precision[] {
  if (dtype.weights === "float16") return ["f32", "f64", "f16"];
  // PyTorch's product of bfloat16 matrices lets NaN of one batch row into others (2.13, CPU).
  const isNative = dtype.weights === "bfloat16" && !non_finite;
  return isNative ? ["f32", "f64", "bf16"] : ["f32", "f64"];
}

/** Reads the run as Unroll reads files: the module out of names and shapes, the layout out of the options. */
function bindRun(run: LiveRun, precision: Precision): ForwardInput {
  const weights = groupOf(run, "weights");
  const entries = [...weights].map(([name, { shape, dtype }]) => entryOf(name, shape, dtype));
  const [module] = findModules(entries);
  assert.ok(module);
  const { batch_first: batchFirst = false, nonlinearity = "tanh" } = run.constructor;
  const config: RecurrentConfig = { ...module.config, batchFirst, nonlinearity };
  assertConfig(run, config);
  const parameters = new Map(
    [...weights].map(([name, tensor]) => [name.slice(run.prefix.length), tensor]),
  );
  const input = tensorOf(run, "io/input");
  const sizes = sequenceSizes(input.shape, batchFirst);
  assert.ok(sizes);
  return {
    config,
    weights: bindWeights(config, parameters),
    input: toTimeMajor(input, batchFirst),
    seqLength: sizes.seqLength,
    batchSize: sizes.batchSize,
    h0: run.values.get("io/h0")?.data ?? null,
    c0: run.values.get("io/c0")?.data ?? null,
    lengths: run.lengths,
    precision,
  };
}

/** What names and shapes tell must be what the module was constructed with. */
function assertConfig(run: LiveRun, config: RecurrentConfig): void {
  const { constructor } = run;
  assert.deepEqual(
    [config.cell, config.isCellClass, config.inputSize, config.hiddenSize, config.numLayers],
    [
      run.cell,
      run.model === "cell",
      constructor.input_size,
      constructor.hidden_size,
      constructor.num_layers,
    ],
  );
  assert.deepEqual(
    [config.bidirectional, config.bias, config.projSize],
    [constructor.bidirectional, constructor.bias, constructor.proj_size ?? 0],
  );
}

/** What PyTorch computed in a precision; NumPy in float64, where PyTorch's own is what is taken for exact. */
const referenceGroups: Readonly<Record<Precision, string>> = {
  f32: "single",
  f64: "explicit",
  f16: "native",
  bf16: "native",
};

/** Runs through one engine; null where the engine does not compute the network. */
export function runThrough(
  run: LiveRun,
  engine: EngineUnderTest,
  precision: Precision,
): Outcome | null {
  const input = bindRun(run, precision);
  const made = engine.create(input);
  if (made === null) return null;
  const trace = forward(input, { createEngine: () => made });
  const exact = groupOf(run, "exact");
  const [reference, ...others] = referencesOf(run, precision);
  const ours = largestError(resultsOf(run, input, trace), exact, reference);
  const theirs = Math.max(
    ...[reference, ...others].map((each) => largestError(each, exact, reference)),
  );
  const floor = floorOf([...exact.values()], precision, run.largest_sum);
  if (precision === "f32" || precision === "f64") {
    assertStates(run, input, trace, { precision, theirs });
  }
  return {
    kind: kindOf(input.config),
    ...{ engine: engine.name, precision, ours, theirs, floor },
    ratio: Math.max(ours, floor) / Math.max(theirs, floor),
    ...{ seed: run.seed, index: run.index, configuration: describeRun(run) },
  };
}

/** True for a run that is farther off than the rule allows. */
export function breaksRule({ ratio, precision }: Outcome): boolean {
  return !(ratio <= allowedRatio[precision]);
}

/** What PyTorch computed in a precision; in float32 also with the sums in other orders, as far as the run has them. */
function referencesOf(run: LiveRun, precision: Precision): readonly [Results, ...Results[]] {
  const name = referenceGroups[precision];
  const others: Results[] = [];
  for (let order = 0; run.values.has(`${name}${order}/output`); order++) {
    others.push(groupOf(run, `${name}${order}`));
  }
  return [groupOf(run, name), ...others];
}

/** Tensors of a group by their own names. */
function groupOf({ values }: LiveRun, group: string): ReadonlyMap<string, Tensor> {
  const start = `${group}/`;
  return new Map(
    [...values]
      .filter(([name]) => name.startsWith(start))
      .map(([name, tensor]) => [name.slice(start.length), tensor]),
  );
}

/** output, h_n and c_n in the layout of files. */
function resultsOf(run: LiveRun, input: ForwardInput, trace: ForwardTrace): Results {
  const { config, seqLength, batchSize } = input;
  const last = statesOf(input, trace).at(-1) ?? [];
  const joined = joinDirections(last, trace.stateSize);
  const features = numDirections(config) * trace.stateSize;
  const isSwapped = config.batchFirst && run.batched;
  const output = isSwapped ? swapLeadingAxes(joined, [seqLength, batchSize, features]) : joined;
  const sizes = { seqLength, batchSize, features: config.inputSize, unbatched: !run.batched };
  const shapes = outputShapes(config, sizes);
  assert.deepEqual(run.values.get("exact/output")?.shape, shapes.output);
  assert.deepEqual(run.values.get("exact/h_n")?.shape, shapes.hn);
  const results: [string, StateArray][] = [
    ["output", output],
    ["h_n", trace.hn],
  ];
  if (trace.cn !== null) results.push(["c_n", trace.cn]);
  return new Map(results.map(([name, data]) => [name, { data }]));
}

/**
 * Largest |found − exact|; Infinity where NaN or an infinity of the reference is not one of ours as well, or ours not
 * one of the reference.
 */
function largestError(found: Results, exact: Results, reference: Results): number {
  let largest = 0;
  assert.deepEqual([...found.keys()], [...exact.keys()]);
  for (const [name, { data }] of exact) {
    const ours = found.get(name)?.data ?? [];
    const theirs = reference.get(name)?.data ?? [];
    assert.equal(ours.length, data.length, name);
    for (const [index, value] of data.entries()) {
      largest = Math.max(largest, errorAt(ours[index] ?? NaN, value, theirs[index] ?? NaN));
    }
  }
  return largest;
}

function errorAt(found: number, exact: number, reference: number): number {
  if (!Number.isFinite(reference) || !Number.isFinite(found)) {
    return Object.is(found, reference) ? 0 : Infinity;
  }
  // What overflows in this precision only has no error that says something.
  return Number.isFinite(exact) ? Math.abs(found - exact) : 0;
}

/** Errors below this say nothing: one rounding at the scale of the largest value, or of the largest sum before it. */
function floorOf(tensors: readonly Values[], precision: Precision, largestSum: number): number {
  let largest = Math.max(1, largestSum);
  for (const { data } of tensors) {
    for (const value of data) {
      if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
    }
  }
  return roundoff[precision] * largest;
}

/** Every h and c of every layer, direction and step, against the explicit loop. */
function assertStates(
  run: LiveRun,
  input: ForwardInput,
  trace: ForwardTrace,
  { precision, theirs }: { precision: Precision; theirs: number },
): void {
  for (const quantity of trace.cn === null ? (["h"] as const) : (["h", "c"] as const)) {
    statesOf(input, trace, quantity).forEach((directions, layer) => {
      directions.forEach((data, directionIndex) => {
        const name = `${quantity}_l${layer}${directionIndex === 1 ? "_reverse" : ""}`;
        const expected = new Map([[name, tensorOf(run, `states/${name}`)]]);
        const allowed =
          allowedInside *
          Math.max(theirs, floorOf([...expected.values()], precision, run.largest_sum));
        const error = largestError(new Map([[name, { data }]]), expected, expected);
        assert.ok(error <= allowed, `${name} is off by ${error}, ${allowed} is allowed`);
      });
    });
  }
}

function tensorOf({ values }: LiveRun, name: string): Tensor {
  const tensor = values.get(name);
  if (tensor === undefined) throw new Error(`the run has no ${name}`);
  return tensor;
}

function kindOf({ cell, isCellClass, nonlinearity, projSize }: RecurrentConfig): string {
  const name = isCellClass ? `${cell}Cell` : cell;
  if (cell === "RNN") return `${name} ${nonlinearity}`;
  return projSize > 0 ? `${name} projected` : name;
}

/** One line that says everything about a run but its numbers. */
function describeRun(run: LiveRun): string {
  const { constructor, B, T, batched, lengths } = run;
  const options = Object.entries(constructor).map(([name, value]) =>
    name === "class" ? String(value) : `${name}=${String(value)}`,
  );
  return [
    ...options,
    `T=${T}`,
    batched ? `B=${B}` : "unbatched",
    run.initial_state === "random" ? "given h0" : "",
    lengths === null ? "" : `lengths=${lengths.join(",")}`,
    run.dtype.weights,
    run.weight_scale === 1 ? "" : `weights×${run.weight_scale}`,
    run.non_finite ? "NaN and infinities in the input" : "",
  ]
    .filter((part) => part !== "")
    .join(" ");
}

/** The command that runs this run alone. */
export function repeatCommand({ seed, index }: Pick<LiveRun, "seed" | "index">): string {
  return `npm run differential -- --seed=${seed} --case=${index}`;
}
