/**
 * The last stage of a run: the lanes and their numbers, for the views.
 */
import { buildLanes, type Lane, type LaneContext, type LanePart } from "../analysis/lanes";
import {
  LaneMeters,
  type LaneComparisons,
  type LaneNumbers,
} from "../analysis/laneMeasures/measure";
import type { Overview } from "../analysis/laneMeasures/overview";
import type { PartComparison } from "../analysis/rows";
import { arraySteps } from "../analysis/steps";
import { logitsLane, tokensLane, type RunSurrounding } from "../analysis/surrounding";
import { walk, type Meter } from "../analysis/walk";
import { noControl, type RunControl } from "../core/control";
import { text } from "../core/text";
import type { DirectionPlace, ForwardTrace } from "../engine/base/trace";
import { directionIndexOf, directionsOf } from "../model/directions";
import type { ComparedTensor } from "./compare";
import { stateValues } from "./stateValues";
import type { PreparedRun, StateReference } from "./inputs";
import type { JudgedSteps } from "./judgedSteps";
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
  readonly tolerance: LaneContext["tolerance"];
  readonly surrounding: RunSurrounding | null;
  /** The references of states inside the layers. */
  readonly states?: readonly StateReference[];
  /** How each step of the reference is judged by itself, for a chaotic run. */
  readonly steps?: JudgedSteps | null;
}

/** The lanes of a run and their numbers, from the bottom up. */
export interface Description {
  readonly lanes: readonly Lane[];
  /** By lane. */
  readonly numbers: readonly LaneNumbers[];
  /** Of parts that are long. */
  readonly overviews: ReadonlyMap<LanePart, Overview>;
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
      laneContextOf(described, described.tolerance),
    );
  }

  get meters(): readonly Meter[] {
    return this.#measured.meters;
  }

  /** The lanes with their numbers, after the walk. */
  finish(compared: readonly ComparedTensor[]): Description {
    const found = (lane: Lane): LaneComparisons => foundOf(this.#run, lane, compared);
    const { overviews } = this.#measured;
    return { lanes: this.#lanes, numbers: this.#measured.finish(found), overviews };
  }
}

/** What was found of the values of a lane. */
function foundOf(
  { config }: PreparedRun["run"],
  lane: Lane,
  compared: readonly ComparedTensor[],
): LaneComparisons {
  const tensorOf = (name: ComparedTensor["name"]): ComparedTensor | undefined =>
    compared.find((tensor) => tensor.name === name);
  const partsOf = (name: ComparedTensor["name"]): readonly PartComparison[] =>
    tensorOf(name)?.parts ?? [];
  const states = tensorOf("states")?.states ?? [];
  const stateOf = (place: DirectionPlace, wanted: string): readonly PartComparison[] =>
    states.filter(
      ({ layer, direction, quantity }) =>
        quantity === wanted && layer === place.layer && direction === place.direction,
    );
  const last = config.numLayers - 1;
  const output = partsOf("output");
  if (lane.id === "input") return { parts: partsOf("embedded"), cell: [] };
  if (lane.id === "logits") return { parts: partsOf("logits"), cell: [] };
  if (lane.id === "output") {
    const directions = directionsOf(config);
    const parts = directions.flatMap((direction) => stateOf({ layer: last, direction }, "h"));
    if (output.length > 0) return { parts: output, cell: [] };
    return { parts: parts.length === directions.length ? parts : [], cell: [] };
  }
  const { layer, direction } = lane;
  if (layer === null || direction === null) return { parts: [], cell: [] };
  const cell = stateOf({ layer, direction }, "c");
  if (layer < last || output.length === 0) {
    return { parts: stateOf({ layer, direction }, "h"), cell };
  }
  const at = directionIndexOf(config, direction);
  return { parts: output.slice(at, at + 1), cell };
}

function stepsOf({ id }: Lane, run: PreparedRun["run"], { logits }: Results): number {
  if (id !== "logits" || logits === null) return run.seqLength;
  return logits.values.length / (run.batchSize * logits.units);
}

/** Tokens, input, each direction of each layer, output, logits: those that there are. */
function lanesOf(described: Described): Lane[] {
  const { run, trace, results, references, rounding, surrounding, states = [], steps } = described;
  const { batchSize, config } = run;
  const output = valuesOf(references, "output");
  const lanes = buildLanes(run, trace, output, rounding?.states ?? null, {
    stateOf: (place, quantity) => stateValues(states, { ...place, quantity }),
    residualsOf: (place, quantity) => {
      const isOutput = quantity === "h" && place.layer === config.numLayers - 1 && output !== null;
      if (!isOutput) return steps?.stateOf({ ...place, quantity });
      return steps?.output?.[directionIndexOf(config, place.direction)];
    },
  });
  const embedded = valuesOf(references, "embedded");
  const tokens = surrounding?.tokens ?? null;
  const withEmbedded = lanes.map((lane): Lane => {
    if (lane.id !== "input" || embedded === null) return lane;
    const reference = arraySteps(embedded, batchSize * config.inputSize);
    return { ...lane, parts: lane.parts.map((part) => ({ ...part, reference, of: "embedded" })) };
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
  const { seqLength, batchSize, lengths, precision } = run;
  return { seqLength, batchSize, lengths, tolerance, precision };
}
