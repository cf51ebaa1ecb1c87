/**
 * One random run through one engine, and how it compares with PyTorch's.
 */
import assert from "node:assert/strict";
import type { ForwardInput, Precision } from "../../../src/engine/base/engine";
import { forward } from "../../../src/engine/forward";
import type { ForwardTrace } from "../../../src/engine/base/trace";
import type { RecurrentConfig } from "../../../src/model/config";
import type { Tensor } from "../../../src/tensor/tensor";
import type { EngineUnderTest } from "../../unit/support/engines";
import { statesOf } from "../../unit/support/runs";
import { errorsOf, floorOf, largestError, type Errors, type Results } from "../accuracy";
import { bindCase, resultsOf, tensorOf } from "../bindCase";
import { modulesOf } from "../cases";
import type { LiveRun } from "../stream";

/** One run through one engine at one precision. */
export interface Outcome extends Errors {
  /** The module and what it computes, `LSTM projected`. */
  readonly kind: string;
  readonly engine: string;
  readonly seed: number;
  readonly index: number;
  readonly configuration: string;
}

/** States between the layers are looked at for mistakes, which are larger than any rounding. */
const allowedInside = 32;

/** What PyTorch computed in a precision; NumPy in float64, where PyTorch's own is what is taken for exact. */
const referenceGroups: Readonly<Record<Precision, string>> = {
  f32: "single",
  f64: "explicit",
  f16: "native",
  bf16: "native",
};

/** Precisions to run a module in whose weights are stored in a type. */
export function precisionsOf({ dtype, non_finite }: LiveRun): readonly Precision[] {
  if (dtype.weights === "float16") return ["f32", "f64", "f16"];
  // PyTorch's product of bfloat16 matrices lets NaN of one batch row into others (2.13, CPU).
  const isNative = dtype.weights === "bfloat16" && !non_finite;
  return isNative ? ["f32", "f64", "bf16"] : ["f32", "f64"];
}

/** Runs through one engine; null where the engine does not compute the network. */
export function runThrough(
  run: LiveRun,
  engine: EngineUnderTest,
  precision: Precision,
): Outcome | null {
  const [names] = modulesOf(run);
  assert.ok(names);
  const [weights, arrays] = [groupOf(run, "weights"), groupOf(run, "io")];
  const input = bindCase({ description: run, weights, arrays, names }, precision);
  const made = engine.create(input);
  if (made === null) return null;
  const trace = forward(input, { createEngine: () => made });
  const exact = groupOf(run, "exact");
  const ours = resultsOf(run, input, trace, exact);
  const theirs = referencesOf(run, precision);
  const errors = errorsOf(precision, ours, theirs, exact, run.largest_sum);
  if (precision === "f32" || precision === "f64") assertStates(run, input, trace, errors);
  return {
    ...errors,
    kind: kindOf(input.config),
    engine: engine.name,
    seed: run.seed,
    index: run.index,
    configuration: describeRun(run),
  };
}

/** What PyTorch computed in a precision; in float32 also with the sums otherwise, as far as the run has them. */
function referencesOf(run: LiveRun, precision: Precision): readonly [Results, ...Results[]] {
  const name = referenceGroups[precision];
  const others: Results[] = [];
  for (let order = 0; run.values.has(`${name}${order}/output`); order++) {
    others.push(groupOf(run, `${name}${order}`));
  }
  const serial = groupOf(run, "serial");
  if (precision === "f32" && serial.size > 0) others.push(serial);
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

/** Every h and c of every layer, direction and step, against the explicit loop. */
function assertStates(
  run: LiveRun,
  input: ForwardInput,
  trace: ForwardTrace,
  { precision, theirs }: Errors,
): void {
  for (const stateName of trace.cn === null ? (["h"] as const) : (["h", "c"] as const)) {
    statesOf(input, trace, stateName).forEach((directions, layer) => {
      directions.forEach((data, directionIndex) => {
        const name = `${stateName}_l${layer}${directionIndex === 1 ? "_reverse" : ""}`;
        const expected = new Map([[name, tensorOf(run.values, `states/${name}`)]]);
        const floor = floorOf([...expected.values()], precision, run.largest_sum);
        const allowed = allowedInside * Math.max(theirs, floor);
        const error = largestError(new Map([[name, { data }]]), expected, expected);
        assert.ok(error <= allowed, `${name} is off by ${error}, ${allowed} is allowed`);
      });
    });
  }
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
