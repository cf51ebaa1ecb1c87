/**
 * The numbers of an explained unit by name, and the notation of its sums. No DOM.
 */
import type { UnitExplanation, UnitSum } from "../../../protocol/run/unitMessages";

/** The numbers of one sum. */
export interface SumNumbers {
  /** Σ W_ih·x, or of W_hr·h before the projection. */
  readonly fromInput: number;
  readonly biasIh: number;
  readonly fromState: number;
  readonly biasHh: number;
  /** What scales the recurrent part: a GRU's r for n, else 1. */
  readonly factor: number;
  /** Weight of the peephole and the c it looks at; 0 where there is none. */
  readonly peephole: number;
  readonly cell: number;
  readonly sum: number;
  /** The sum within the clip: what the activation takes. */
  readonly limited: number;
  readonly value: number;
}

/** Names the numbers of a sum. */
export function sumNumbers({ numbers }: UnitSum): SumNumbers {
  const at = (index: number): number => numbers[index] ?? NaN;
  return {
    fromInput: at(0),
    biasIh: at(1),
    fromState: at(2),
    biasHh: at(3),
    factor: at(4),
    peephole: at(5),
    cell: at(6),
    sum: at(7),
    limited: at(8),
    value: at(9),
  };
}

/** The states of the unit around the step; NaN where the cell has none. */
export interface UnitStates {
  readonly previousH: number;
  readonly previousC: number;
  readonly nextC: number;
  /** Before a projection. */
  readonly nextH: number;
}

export function unitStates({ states }: UnitExplanation): UnitStates {
  const [previousH = NaN, previousC = NaN, nextC = NaN, nextH = NaN] = states;
  return { previousH, previousC, nextC, nextH };
}

/** Value of a gate; NaN where the cell has no such gate. */
export function gateValue({ gates }: UnitExplanation, name: string): number {
  const gate = gates.find((each) => each.name === name);
  return gate === undefined ? NaN : sumNumbers(gate).value;
}

/** The activation of a sum: `σ`, `hard σ`, `tanh`, `relu`. */
export function activationName(
  { nonlinearity, variant }: Pick<UnitExplanation, "nonlinearity" | "variant">,
  gate: string,
): string {
  if (gate === "h") return nonlinearity;
  if (gate === "g" || gate === "n") return "tanh";
  return variant.gateActivation.kind === "sigmoid" ? "σ" : "hard σ";
}

/** Range of an activation that a bar can show; null where it has no end. */
export function activationRange(activation: string): readonly [low: number, high: number] | null {
  if (activation === "relu") return null;
  return activation === "tanh" ? [-1, 1] : [0, 1];
}

/** Names of a gate's weights and biases: `W_if` `W_hf` `b_if` `b_hf`, as the documentation of torch.nn has them. */
export function parameterNames(gate: string): {
  readonly weightIh: string;
  readonly weightHh: string;
  readonly biasIh: string;
  readonly biasHh: string;
} {
  return {
    weightIh: `W_i${gate}`,
    weightHh: `W_h${gate}`,
    biasIh: `b_i${gate}`,
    biasHh: `b_h${gate}`,
  };
}

/** True when a clip has cut the sum. */
export function isClipped(
  { sum, limited }: SumNumbers,
  { clip }: { readonly clip: number | null },
): boolean {
  return clip !== null && Math.abs(sum) > clip && limited !== sum;
}

/** True where f is not a sum of its own: f = 1 − i. */
export function isCoupled({ variant }: Pick<UnitExplanation, "variant">, gate: string): boolean {
  return gate === "f" && variant.coupledInputForget;
}
