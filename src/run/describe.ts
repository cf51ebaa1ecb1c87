/**
 * The last stage of a run: the lanes and their numbers, for the views.
 */
import { buildLanes, type Lane, type LaneContext } from "../analysis/lanes";
import { LaneMeters, type LaneNumbers } from "../analysis/measure";
import type { PartComparison } from "../analysis/rows";
import { arraySteps } from "../analysis/steps";
import { logitsLane, tokensLane, type RunSurrounding } from "../analysis/surrounding";
import { walk, type Meter } from "../analysis/walk";
import { noControl, type RunControl } from "../core/control";
import { text } from "../core/text";
import type { ForwardTrace } from "../engine/base/trace";
import { directionIndexOf } from "../model/directions";
import type { ComparedTensor } from "./compare";
import type { PreparedRun } from "./inputs";
import { valuesOf, type Reference } from "./references";
import type { Results } from "./results";
import type { Rounding } from "./rounding";

/** The run to describe. */
export interface Described {
  readonly run: PreparedRun["run"];
  readonly trace: ForwardTrace;
  readonly results: Results;
  readonly references: readonly Reference[];
  readonly rounding: Rounding | null;
  readonly surrounding: RunSurrounding | null;
}

/** The lanes of a run and their numbers, from the bottom up. */
export interface Description {
  readonly lanes: readonly Lane[];
  /** By lane. */
  readonly numbers: readonly LaneNumbers[];
}

/** Describes a run. `compared` is what its comparison found. @throws CancelledError when `control` says so. */
export function describe(
  described: Described,
  compared: readonly ComparedTensor[],
  control: RunControl = noControl,
): Description {
  const describing = new Describing(described);
  walk(describing.meters, control, text("Measuring the states"));
  return describing.finish(compared);
}

/** A description whose values the caller walks over, together with other readers of the same values. */
export class Describing {
  readonly #run: PreparedRun["run"];
  readonly #lanes: readonly Lane[];
  readonly #measured: LaneMeters;

  constructor(described: Described) {
    const { run, results } = described;
    this.#run = run;
    this.#lanes = lanesOf(described);
    this.#measured = new LaneMeters(
      this.#lanes.map((lane) => ({
        lane,
        seqLength: stepsOf(lane, run, results),
        batchSize: run.batchSize,
      })),
    );
  }

  get meters(): readonly Meter[] {
    return this.#measured.meters;
  }

  /** The lanes with their numbers, after the walk. */
  finish(compared: readonly ComparedTensor[]): Description {
    const partsOf = (name: ComparedTensor["name"]): readonly PartComparison[] =>
      compared.find((tensor) => tensor.name === name)?.parts ?? [];
    const found = (lane: Lane): readonly PartComparison[] => {
      if (lane.id === "input") return partsOf("embedded");
      if (lane.id === "output" || lane.id === "logits") return partsOf(lane.id);
      const { config } = this.#run;
      if (lane.direction === null || lane.layer !== config.numLayers - 1) return [];
      const at = directionIndexOf(config, lane.direction);
      return partsOf("output").slice(at, at + 1);
    };
    return { lanes: this.#lanes, numbers: this.#measured.finish(found) };
  }
}

function stepsOf({ id }: Lane, run: PreparedRun["run"], { logits }: Results): number {
  if (id !== "logits" || logits === null) return run.seqLength;
  return logits.values.length / (run.batchSize * logits.units);
}

/** Tokens, input, each direction of each layer, output, logits: those that there are. */
function lanesOf({ run, trace, results, references, rounding, surrounding }: Described): Lane[] {
  const { batchSize, config } = run;
  const output = valuesOf(references, "output");
  const lanes = buildLanes(run, trace, output, rounding?.states ?? null);
  const embedded = valuesOf(references, "embedded");
  const tokens = surrounding?.tokens ?? null;
  const withEmbedded = lanes.map((lane): Lane => {
    if (lane.id !== "input" || embedded === null) return lane;
    const reference = arraySteps(embedded, batchSize * config.inputSize);
    return { ...lane, parts: lane.parts.map((part) => ({ ...part, reference })) };
  });
  return [
    ...(tokens === null ? [] : [tokensLane(tokens, run)]),
    ...withEmbedded,
    ...(results.logits === null
      ? []
      : [
          logitsLane(results.logits, batchSize, {
            reference: valuesOf(references, "logits"),
            noise: rounding?.logits ?? null,
          }),
        ]),
  ];
}

/** The data of a run that readers of lanes need. */
export function laneContextOf(
  { run }: Pick<PreparedRun, "run">,
  tolerance: LaneContext["tolerance"],
): LaneContext {
  const { seqLength, batchSize, lengths } = run;
  return { seqLength, batchSize, lengths, tolerance };
}
