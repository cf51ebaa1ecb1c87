/**
 * How far rounding moves the results and the references of a run, by a float64 run of the same network.
 */
import { largestDistance } from "../analysis/compare";
import { measureExact, type BothTraces } from "../analysis/exact";
import { directionSteps } from "../analysis/lanes";
import { linearAllowance, type Noise } from "../analysis/noise";
import { noControl, type RunControl } from "../core/control";
import type { StateArray } from "../engine/base/engine";
import { valuesOf, type Reference, type ResultName } from "./references";
import type { PreparedRun } from "./inputs";
import type { Results } from "./results";

export interface Rounding {
  /** Of h and c; null where the run itself is in float64. */
  readonly states: Noise | null;
  /** Of logits, at t · B + batch; null where the run itself is in float64, and without logits to judge. */
  readonly logits: Float64Array | null;
  /** Largest |reference − float64 run| of each tensor that has a reference. */
  readonly errors: Partial<Readonly<Record<ResultName, number>>>;
}

/** Results of a run and of its float64 run; the same object when the run itself is in float64. */
export interface BothResults {
  readonly own: Results;
  readonly exact: Results;
}

/** Measures the rounding of a run. @throws CancelledError when `control` says so. */
export function measureRounding(
  { run }: Pick<PreparedRun, "run">,
  traces: BothTraces,
  { own, exact }: BothResults,
  references: readonly Reference[],
  control: RunControl = noControl,
): Rounding {
  const output = valuesOf(references, "output");
  const steps = output === null ? null : directionSteps(run, output);
  const { noise, outputError } = measureExact(run, traces, steps, control);
  const errors: Partial<Record<ResultName, number>> = {};
  const put = (name: ResultName, values: StateArray | null | undefined): void => {
    const reference = valuesOf(references, name);
    if (reference !== null && values != null) errors[name] = largestDistance(reference, values);
  };
  put("embedded", exact.embedded);
  put("h_n", exact.hn);
  put("c_n", exact.cn);
  put("logits", exact.logits?.values);
  if (outputError !== null) errors.output = outputError;
  return { states: noise, logits: logitsNoise(run, own, exact), errors };
}

function logitsNoise(run: PreparedRun["run"], own: Results, exact: Results): Float64Array | null {
  if (own.logits === null || exact.logits === null || own.logits === exact.logits) return null;
  const { values, units, inFeatures } = own.logits;
  return linearAllowance(run, { own: values, exact: exact.logits.values, units, inFeatures });
}
