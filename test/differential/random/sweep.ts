/**
 * Many random runs through every engine: what is farther off than the rule allows, and the tally of all.
 */
import type { Precision } from "../../../src/engine/base/engine";
import type { EngineUnderTest } from "../../unit/support/engines";
import { breaksRule } from "../accuracy";
import { precisionsOf, repeatCommand, runThrough, type Outcome } from "./liveRun";
import { streamRuns, type LiveRun } from "../stream";
import { Tally } from "./tally";

/** Orders of its sums that PyTorch's error is taken over at the second look. */
const manyOrders = 64;

export interface Sweep {
  readonly cases: number;
  readonly tally: Tally;
  /** Runs that were looked at a second time, and are within the rule. */
  readonly secondLooks: number;
  /** One for each run that breaks the rule, or does not compute what PyTorch computes at all. */
  readonly failures: readonly string[];
}

/** Runs `indices` (single ones, or ranges such as `0-399`) of a seed through the engines. */
export async function sweep(
  seed: number,
  indices: readonly (number | string)[],
  engines: readonly EngineUnderTest[],
): Promise<Sweep> {
  const tally = new Tally();
  const failures: string[] = [];
  const doubtful = new Map<string, number>();
  let cases = 0;
  for await (const run of streamRuns(seed, 0, indices)) {
    cases++;
    for (const judged of judge(run, engines)) {
      if (typeof judged === "string") failures.push(judged);
      else if (breaksRule(judged)) doubtful.set(keyOf(judged), judged.index);
      else tally.add(judged);
    }
  }
  const secondLooks = new Set(doubtful.values());
  if (secondLooks.size === 0) return { cases, tally, secondLooks: 0, failures };
  for await (const run of streamRuns(seed, manyOrders, [...secondLooks])) {
    for (const judged of judge(run, engines)) {
      if (typeof judged === "string" || !doubtful.has(keyOf(judged))) continue;
      if (breaksRule(judged)) failures.push(failureLine(judged));
      tally.add(judged);
    }
  }
  return { cases, tally, secondLooks: doubtful.size, failures };
}

/** A run through each engine at each precision; a sentence where it does not compute what PyTorch does. */
function* judge(run: LiveRun, engines: readonly EngineUnderTest[]): Generator<Outcome | string> {
  for (const engine of engines) {
    for (const precision of precisionsOf(run)) {
      const judged = judgeOne(run, engine, precision);
      if (judged !== null) yield judged;
    }
  }
}

function judgeOne(
  run: LiveRun,
  engine: EngineUnderTest,
  precision: Precision,
): Outcome | string | null {
  try {
    return runThrough(run, engine, precision);
  } catch (error) {
    return `${engine.name} ${precision}: ${String(error)}\n    ${repeatCommand(run)}`;
  }
}

function keyOf({ engine, precision, index }: Outcome): string {
  return `${engine} ${precision} ${index}`;
}

function failureLine(outcome: Outcome): string {
  const { engine, precision, ours, theirs, ratio, configuration } = outcome;
  const errors = `ours ${ours.toExponential(1)}, PyTorch's ${theirs.toExponential(1)}`;
  const line = `${engine} ${precision}: ${errors}, ratio ${ratio.toFixed(2)}: ${configuration}`;
  return `${line}\n    ${repeatCommand(outcome)}`;
}
