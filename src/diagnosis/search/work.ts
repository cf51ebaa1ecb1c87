/**
 * How much there is to compute, so that a search knows what it can afford.
 */
import { gateCount } from "../../model/gates";
import type { Model } from "../base/model";

/** Multiplications of a forward of one row. */
export function workOf({ config, layers, seqLength }: Model): number {
  const weights = layers.flat().reduce((sum, layer) => {
    return sum + layer.weightIh.length + layer.weightHh.length;
  }, 0);
  // What is done unit by unit counts as some multiplications.
  return (weights + 20 * gateCount(config.cell) * config.hiddenSize) * seqLength;
}
