/**
 * The names of states and gates inside the layers, as files of references and `unroll run --trace --out` write them.
 */
import type { Shape } from "../tensor/tensor";
import { stateSize, type Direction, type RecurrentConfig } from "./config";
import { directionsOf } from "./directions";
import { gateOrder } from "./gates";
import type { SequenceSizes } from "./sequence";

/** A state or a gate of one direction of one layer. */
export interface NamedState {
  readonly layer: number;
  readonly direction: Direction;
  /** `h`, `c`, or the letter of a gate. */
  readonly quantity: string;
}

/** `layer1.reverse.f` */
export function stateName({ layer, direction, quantity }: NamedState): string {
  return `layer${layer}.${direction}.${quantity}`;
}

/** The inverse of `stateName`; null for what a module does not have. */
export function parseStateName(name: string, config: RecurrentConfig): NamedState | null {
  const [, digits, way, quantity = ""] =
    /^layer(\d+)\.(forward|reverse)\.([a-z])$/.exec(name) ?? [];
  const layer = Number(digits);
  const direction = directionsOf(config).find((each) => each === way);
  if (direction === undefined || !(layer < config.numLayers)) return null;
  return quantitiesOf(config).includes(quantity) ? { layer, direction, quantity } : null;
}

/** What each direction of a layer has at every step, in the order in which a step computes it. */
function quantitiesOf({ cell }: Pick<RecurrentConfig, "cell">): readonly string[] {
  const gates = gateOrder[cell].filter((gate) => gate !== "");
  return cell === "LSTM" ? [...gates, "c", "h"] : [...gates, "h"];
}

/** True for what a step computes before the state that it hands on. */
export function isGate(quantity: string): boolean {
  return quantity !== "h" && quantity !== "c";
}

/** The shape of a state or a gate, time-major: [T, B, P] of h, [T, B, H] of any other. */
export function stateShape(
  config: RecurrentConfig,
  { seqLength, batchSize }: SequenceSizes,
  quantity: string,
): Shape {
  return [seqLength, batchSize, quantity === "h" ? stateSize(config) : config.hiddenSize];
}
