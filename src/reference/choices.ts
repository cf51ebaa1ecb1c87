/**
 * Which engines a run is compared with, and whether that is done unasked.
 */
import { directionsOf } from "../model/directions";
import { gateCount } from "../model/gates";
import { layerInputSize, stateSize, type RecurrentConfig } from "../model/config";
import type { RunSpec } from "../run/spec/spec";
import type { EngineChoice, EngineId } from "./engine";

/** The engines that a run names, or `defaults` where it says nothing of them. */
export function choicesOf(
  { compareWith = {} }: Pick<RunSpec, "compareWith">,
  defaults: readonly EngineId[] = [],
): EngineChoice[] {
  const { engines = defaults, device, tf32 } = compareWith;
  const how = {
    ...(device === undefined ? {} : { device }),
    ...(tf32 === undefined ? {} : { tf32 }),
  };
  return engines.map((id) => ({ id, ...how }));
}

/** What a step of a lane takes beside its products, counted in multiplications: operations are started one by one. */
const workOfStep = 1e5;

/** Multiplications up to which a run is compared unasked: below a second on one core. */
export const maxUnaskedWork = 2e9;

/** Multiplications of a run in another engine, roughly. */
export function workOf(
  config: RecurrentConfig,
  { seqLength, batchSize }: { readonly seqLength: number; readonly batchSize: number },
): number {
  const rows = gateCount(config.cell) * config.hiddenSize;
  let work = 0;
  for (let layer = 0; layer < config.numLayers; layer++) {
    const perRow = rows * (layerInputSize(config, layer) + stateSize(config));
    work += directionsOf(config).length * seqLength * (batchSize * perRow + workOfStep);
  }
  return work;
}
