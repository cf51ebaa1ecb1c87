/**
 * How a forward is cut into spans of steps.
 */
import { clamp } from "../../core/numeric";
import { layerInputSize, stateSize, type Direction } from "../../model/config";
import { gateCount } from "../../model/gates";
import type { ForwardEngine, ForwardInput, Network } from "./engine";

/** Steps from…to of the whole sequence. */
export interface StepBlock {
  readonly from: number;
  readonly to: number;
}

/** Cuts 0…length into blocks of `size` steps; the last one may be shorter. */
export function stepBlocks(length: number, size: number): StepBlock[] {
  const blocks: StepBlock[] = [];
  for (let from = 0; from < length; from += size) {
    blocks.push({ from, to: Math.min(length, from + size) });
  }
  return blocks;
}

/** The block out of `count` that a direction processes as its k-th: the reverse direction begins with the last one. */
export function blockAtTurn(direction: Direction, k: number, count: number): number {
  return direction === "reverse" ? count - 1 - k : k;
}

/** The number of waves that keeps all threads busy: with fewer, too many threads idle in the first and last wave. */
const blocksPerPipeline = 16;

/** Multiplications of a block below which handing it to another thread costs more than it saves. */
const multiplicationsWorthSharing = 2e6;

/** Steps of one span, small enough that progress is reported and cancelling is possible often enough. */
export function blockLength(run: ForwardInput, engine: ForwardEngine): number {
  const { config, seqLength } = run;
  const perStep = multiplicationsPerStep(run);
  const spans = config.bidirectional ? 2 : Math.min(config.numLayers, engine.spansAtOnce);
  const longest = Math.floor(engine.multiplicationsPerRun / (perStep * spans));
  const isPipeline = engine.spansAtOnce > 1 && config.numLayers > 1 && !config.bidirectional;
  if (!isPipeline) return clamp(wholeMultiple(longest, engine.stepsPerSpan), 1, seqLength);
  const shared = Math.ceil(multiplicationsWorthSharing / perStep);
  const piped = Math.max(shared, Math.ceil(seqLength / blocksPerPipeline));
  return clamp(Math.min(longest, piped), 1, seqLength);
}

/** Multiplications of one step of one direction of the widest layer, all batch rows together. */
export function multiplicationsPerStep(run: Network): number {
  const { config, batchSize } = run;
  const columns = layerInputSize(config, config.numLayers > 1 ? 1 : 0) + stateSize(config);
  const widest = Math.max(columns, layerInputSize(config, 0) + stateSize(config));
  return Math.max(1, gateCount(config.cell) * config.hiddenSize * widest * batchSize);
}

/** `count` rounded down to a multiple of `unit`, but not to 0. */
export function wholeMultiple(count: number, unit: number): number {
  return unit * Math.max(1, Math.floor(count / unit));
}
