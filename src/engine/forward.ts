/**
 * The forward of a recurrent network: layers × directions × spans of steps, with any engine.
 *
 * Each direction of each layer runs over the sequence on its own; the reverse one reads it from its end to its start
 * (the flipped sequence) and writes each state at the step it has read (flipped back). The layer above reads both
 * directions side by side (the concatenation). Source: torch.nn.RNN documentation.
 */
import { bytesPerValue } from "./base/states";
import { stateSize } from "../model/config";
import { directionsOf } from "../model/directions";
import { checkpointedTrace } from "./checkpoints";
import { noControl, type RunControl } from "../core/control";
import { inOneGo, type Parts } from "../core/turns";
import type {
  CarriedState,
  ForwardEngine,
  ForwardInput,
  Network,
  Span,
  StateArray,
} from "./base/engine";
import { blockAtTurn, blockLength, stepBlocks, type StepBlock } from "./base/plan";
import { forwardProgress } from "./base/progress";
import { createReadableEngine } from "./readable/readable";
import { allocate, initialStates, outputStates, stateLengths, statesIn } from "./base/states";
import type { StopRule } from "./base/stop";
import { cellSizeOf, completeTrace, type ForwardTrace, type LanePlace } from "./base/trace";
import { defaultTraceBytes, planTrace } from "./base/traceMemory";

export interface ForwardOptions {
  readonly control?: RunControl;
  /** Largest trace that is kept whole, in bytes; a bigger one keeps checkpoints. */
  readonly maxTraceBytes?: number;
  /** `maxTraceBytes` as a part of the run's memory, for the error message; 1 by default. */
  readonly memoryShare?: number;
  /** Creates the engine; the readable one by default. */
  readonly createEngine?: (network: Network) => ForwardEngine;
  /** `output`: only h of the last layer, h_n and c_n need to be readable; by default all states. */
  readonly keep?: "all" | "output";
}

/**
 * Runs the network; every state can be read from the trace.
 * @throws CancelledError when `control` says so; LimitError when the states do not fit, even with checkpoints;
 * UnsupportedError when the machine does not have the memory.
 */
export function forward(run: ForwardInput, options: ForwardOptions = {}): ForwardTrace {
  return inOneGo(forwardParts(run, options));
}

/** As `forward`, in parts. @throws as `forward`. */
export function* forwardParts(
  run: ForwardInput,
  options: ForwardOptions = {},
): Parts<ForwardTrace> {
  return (yield* partsUntil(run, null, options))!;
}

/** As `forward`; null when `stop` ended the run. @throws as `forward`. */
export function forwardUntil(
  run: ForwardInput,
  stop: StopRule | null,
  options: ForwardOptions = {},
): ForwardTrace | null {
  return inOneGo(partsUntil(run, stop, options));
}

function* partsUntil(
  run: ForwardInput,
  stop: StopRule | null,
  options: ForwardOptions,
): Parts<ForwardTrace | null> {
  const { control = noControl, maxTraceBytes = defaultTraceBytes, memoryShare = 1 } = options;
  const plan = planTrace({
    ...run,
    bytesPerValue: bytesPerValue(run.precision),
    maxTraceBytes,
    share: memoryShare,
  });
  const engine = (options.createEngine ?? createReadableEngine)(run);
  const { blockSteps, keptBlocks } = plan;
  if (blockSteps !== null) {
    return yield* checkpointedTrace(run, engine, { control, blockSteps, keptBlocks, stop });
  }
  try {
    return yield* runWhole(run, engine, { control, stop, keep: options.keep ?? "all" });
  } finally {
    engine.dispose();
  }
}

/** The order and length of the spans of a run that keeps all states. */
interface WholeRun {
  readonly control: RunControl;
  readonly stop: StopRule | null;
  readonly keep: "all" | "output";
}

function* runWhole(
  run: ForwardInput,
  engine: ForwardEngine,
  { control, stop, keep }: WholeRun,
): Parts<ForwardTrace | null> {
  const { seqLength, batchSize } = run;
  // One array for everything, because allocations take a large part of the time of a short run.
  const inOneGo = stop === null ? (engine.runShort?.(run) ?? null) : null;
  const states =
    inOneGo === null && keep === "output"
      ? outputStates(run)
      : statesIn(run, inOneGo ?? allocate(run.precision, stateLengths(run).all));
  if (inOneGo !== null) forwardProgress(control, 1).advance(1);
  else if (!(yield* runSpans(run, engine, states, { control, stop }))) return null;
  const { finals, lanes } = states;
  const kept =
    inOneGo === null && keep === "output"
      ? lanes.map((lane, layer) => (layer === lanes.length - 1 ? lane : []))
      : lanes;
  const path = { engine: engine.path, threads: engine.threads, checkpoints: false };
  const sizes = { stateSize: stateSize(run.config), cellSize: cellSizeOf(run.config) };
  return completeTrace({ seqLength, batchSize, ...sizes, ...finals, path }, kept);
}

/** Fills the states, block by block; false when it was stopped. */
function* runSpans(
  run: ForwardInput,
  engine: ForwardEngine,
  { finals, lanes }: ReturnType<typeof statesIn>,
  { control, stop }: Pick<WholeRun, "control" | "stop">,
): Parts<boolean> {
  const { config, seqLength } = run;
  const carried = initialStates(run, finals);
  const size = Math.min(blockLength(run, engine), Math.max(1, stop?.every ?? Infinity));
  const blocks = stepBlocks(seqLength, size);
  const spanOf = spanMaker(run, lanes, carried);
  const progress = forwardProgress(control, config.numLayers * blocks.length);
  const waves = config.bidirectional ? directionWaves : layerWaves;
  const directions = directionsOf(config);
  for (const wave of waves(config.numLayers, blocks.length)) {
    const blocksOfWave = config.bidirectional ? 1 : wave.length;
    const spans = wave.map((place) => {
      const direction = directions[place.directionIndex]!;
      return spanOf(place, blocks[blockAtTurn(direction, place.turn, blocks.length)]!);
    });
    engine.run(spans, (fraction) => {
      progress.pause(fraction * blocksOfWave);
    });
    progress.advance(blocksOfWave);
    const reached = spans.filter(({ layer }) => layer === config.numLayers - 1);
    if (stop !== null && reached.some((span) => stop.when(span))) return false;
    yield;
  }
  return true;
}

/** A block of a lane, by its turn in the order in which the lane's direction takes them. */
interface BlockPlace extends LanePlace {
  readonly turn: number;
}

/** Both directions of a layer side by side, each from its own end; layer after layer. */
function* directionWaves(layers: number, blocks: number): Generator<BlockPlace[]> {
  for (let layer = 0; layer < layers; layer++) {
    for (let turn = 0; turn < blocks; turn++) {
      yield [
        { layer, directionIndex: 0, turn },
        { layer, directionIndex: 1, turn },
      ];
    }
  }
}

/** A layer is one block behind the layer below it, so that the layers of a wave do not depend on each other. */
function* layerWaves(layers: number, blocks: number): Generator<BlockPlace[]> {
  for (let wave = 0; wave < blocks + layers - 1; wave++) {
    const places: BlockPlace[] = [];
    for (let layer = 0; layer < layers; layer++) {
      const turn = wave - layer;
      if (turn >= 0 && turn < blocks) places.push({ layer, directionIndex: 0, turn });
    }
    yield places;
  }
}

/** Builds the spans of a run that writes whole lanes. */
function spanMaker(
  run: ForwardInput,
  lanes: readonly (readonly CarriedState[])[],
  carried: readonly (readonly CarriedState[])[],
): (lane: LanePlace, block: StepBlock) => Span {
  const { config, seqLength } = run;
  const directions = directionsOf(config);
  const rowsOf = (values: StateArray, { from, to }: StepBlock): StateArray => {
    if (from === 0 && to === seqLength) return values;
    const size = values.length / seqLength;
    return values.subarray(from * size, to * size);
  };
  return ({ layer, directionIndex }, block) => {
    const lane = lanes[layer]![directionIndex]!;
    const below = layer === 0 ? [run.input] : lanes[layer - 1]!.map(({ h }) => h);
    return {
      layer,
      directionIndex,
      direction: directions[directionIndex]!,
      from: block.from,
      to: block.to,
      x: below.map((part) => rowsOf(part, block)),
      state: carried[layer]![directionIndex]!,
      h: rowsOf(lane.h, block),
      c: lane.c === null ? null : rowsOf(lane.c, block),
    };
  };
}
