/**
 * The directions of a recurrent module and the slots of their states; no other file counts them.
 */
import { numDirections, type Direction, type RecurrentConfig } from "./config";

/** The part of a configuration that determines the directions. */
export type Directed = Pick<RecurrentConfig, "bidirectional" | "reverseOnly">;

/** The directions of a layer in PyTorch's order. */
export function directionsOf(config: Directed): readonly Direction[] {
  if (config.bidirectional) return ["forward", "reverse"];
  return config.reverseOnly === true ? ["reverse"] : ["forward"];
}

/** True where a direction goes from the last step to the first, so that its final state is at t = 0. */
export function hasReverse(config: Directed): boolean {
  return directionsOf(config).includes("reverse");
}

/** Index of a direction among those of its layer: 0 for a module's only one; −1 for one that it does not have. */
export function directionIndexOf(config: Directed, direction: Direction): number {
  return directionsOf(config).indexOf(direction);
}

/** Index of a direction's states in h_n, c_n, h0 and c0: layer by layer, forward before reverse. */
export function slotOf(config: Directed, layer: number, direction: Direction): number {
  return layer * numDirections(config) + directionIndexOf(config, direction);
}

/** Index in `output`, whose directions lie side by side, of the first unit of a direction; `units` of one direction. */
export function firstUnitOf(config: Directed, direction: Direction, units: number): number {
  return directionIndexOf(config, direction) * units;
}

/** The direction that unit `unit` of `output` belongs to; `units` of one direction. */
export function directionOfUnit(config: Directed, unit: number, units: number): Direction {
  const directions = directionsOf(config);
  return directions[Math.floor(unit / units)] ?? directions[0] ?? "forward";
}

/** The direction if the module has it, else the one it has. */
export function existingDirection(config: Directed, direction: Direction): Direction {
  const directions = directionsOf(config);
  return directions.includes(direction) ? direction : (directions[0] ?? "forward");
}
