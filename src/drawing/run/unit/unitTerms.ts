/**
 * The terms of a unit's sum: the largest ones, their names, and the places of their operands. No DOM.
 */
import { directionOfUnit, firstUnitOf, type Directed } from "../../../model/directions";
import type { Place, StateName } from "../../../protocol/run/messages";
import type { UnitExplanation, UnitSum } from "../../../protocol/run/unitMessages";
import type { LaneId } from "../../../protocol/run/windowMessages";
import { isCoupled, parameterNames, sumNumbers } from "./unitNumbers";

/** Where an operand was read: a lane at a step, or the initial state, which no lane shows. */
export type TermSource =
  | {
      readonly kind: "lane";
      readonly lane: LaneId;
      readonly stateName: StateName;
      readonly step: number;
      readonly unit: number;
    }
  | { readonly kind: "initial"; readonly stateName: StateName; readonly unit: number };

/** One term of a sum: a product weight · operand, or a bias, which has no operand. */
export interface Term {
  /** Position among the terms of the sum. */
  readonly index: number;
  /** `W_if[7,3]`, `b_hf[7]`, `p_f[7]`. */
  readonly weightName: string;
  /** Where the weight is in the file's tensor: `weight_ih_l0[19, 3]`. */
  readonly parameter: string;
  readonly weight: number;
  /** null for a bias. */
  readonly operand: Operand | null;
  /** What the product is multiplied with besides: a GRU's r in the recurrent part of n, else 1. */
  readonly factor: number;
  readonly product: number;
}

/** What a weight is multiplied with. */
export interface Operand {
  /** `x`, `y` (a state of the layer below), `h`, `r∘h`, `c`, or `h′` before the projection. */
  readonly letter: string;
  readonly unit: number;
  readonly value: number;
  readonly source: TermSource;
}

/** The directions of the layer below, and the units that one of them has. */
export interface LayerBelow extends Directed {
  readonly hiddenSize: number;
}

/** What a term belongs to. */
export interface SumOfUnit {
  readonly explanation: UnitExplanation;
  readonly sum: UnitSum;
  readonly below: LayerBelow;
}

/** Number of terms: the products, both biases and the peephole where the cell has them. */
export function termCount({ explanation, sum }: Omit<SumOfUnit, "below">): number {
  return sum.weights.length + extraTerms(explanation, sum).length;
}

type Extra = "biasIh" | "biasHh" | "peephole";

function extraTerms(
  { hasBias, projection, variant, cell }: UnitExplanation,
  { name }: UnitSum,
): readonly Extra[] {
  if (projection !== null) return [];
  const hasPeephole = cell === "LSTM" && variant.peephole && name !== "g";
  return [
    ...(hasBias ? (["biasIh", "biasHh"] as const) : []),
    ...(hasPeephole ? (["peephole"] as const) : []),
  ];
}

/** Terms that f = 1 − i does not have: nothing was summed for it. */
export function hasTerms(explanation: UnitExplanation, { name }: UnitSum): boolean {
  return !isCoupled(explanation, name);
}

/** Indices of the `count` terms of largest magnitude, NaN before everything else, ties in their own order. */
export function largestTerms(of: SumOfUnit, count: number): readonly number[] {
  const magnitudes = Array.from({ length: termCount(of) }, (_, index) => {
    const magnitude = Math.abs(productAt(of, index));
    return Number.isNaN(magnitude) ? Infinity : magnitude;
  });
  return magnitudes
    .map((_, index) => index)
    .sort((left, right) => compareDescending(magnitudes[left] ?? 0, magnitudes[right] ?? 0))
    .slice(0, count);
}

/** Infinity − Infinity is NaN, which a sort must not see. */
function compareDescending(left: number, right: number): number {
  return left === right ? 0 : right - left;
}

function productAt(of: SumOfUnit, index: number): number {
  const { explanation, sum } = of;
  const { weights, operands } = sum;
  if (index >= weights.length) return termAt(of, index).product;
  const product = (weights[index] ?? NaN) * (operands[index] ?? NaN);
  return index < inputCount(explanation) ? product : product * sumNumbers(sum).factor;
}

/** A projection has no terms of x. */
function inputCount({ inputCount: count, projection }: UnitExplanation): number {
  return projection === null ? count : 0;
}

/** The term at `index`, with its names and the origin of its operand. */
export function termAt(of: SumOfUnit, index: number): Term {
  const { explanation, sum } = of;
  const extra = extraTerms(explanation, sum)[index - sum.weights.length];
  if (extra !== undefined) return extraTerm(of, index, extra);
  const operand = operandAt(of, index);
  const { weightName, parameter } = weightAt(explanation, sum, index);
  return {
    index,
    weightName,
    parameter,
    operand,
    weight: sum.weights[index] ?? NaN,
    factor: index < inputCount(explanation) ? 1 : sumNumbers(sum).factor,
    product: productAt(of, index),
  };
}

function weightAt(
  explanation: UnitExplanation,
  { name, row }: UnitSum,
  index: number,
): Pick<Term, "weightName" | "parameter"> {
  const { place, suffix, projection } = explanation;
  const inputs = inputCount(explanation);
  const isInput = index < inputs;
  const column = isInput ? index : index - inputs;
  if (projection !== null) {
    const at = `[${place.unit},${column}]`;
    return { weightName: `W_hr${at}`, parameter: `weight_hr${suffix}[${row}, ${column}]` };
  }
  const names = parameterNames(name);
  const letter = isInput ? names.weightIh : names.weightHh;
  const tensor = isInput ? "weight_ih" : "weight_hh";
  return {
    weightName: `${letter}[${place.unit},${column}]`,
    parameter: `${tensor}${suffix}[${row}, ${column}]`,
  };
}

function operandAt({ explanation, sum, below }: SumOfUnit, index: number): Operand {
  const { place, projection, variant } = explanation;
  const inputs = inputCount(explanation);
  const value = sum.operands[index] ?? NaN;
  if (index < inputs) {
    const letter = place.layer === 0 ? "x" : "y";
    return { letter, unit: index, value, source: inputSource(place, index, below) };
  }
  const unit = index - inputs;
  if (projection !== null) {
    const lane = { kind: "lane", lane: laneOf(place), stateName: "c", step: place.step } as const;
    return { letter: "h′", unit, value, source: { ...lane, unit } };
  }
  const letter = sum.name === "n" && !variant.resetAfter ? "r∘h" : "h";
  return { letter, unit, value, source: previousSource(explanation, "h", unit) };
}

function extraTerm({ explanation, sum }: SumOfUnit, index: number, extra: Extra): Term {
  const { place, suffix } = explanation;
  const { unit } = place;
  const numbers = sumNumbers(sum);
  const names = parameterNames(sum.name);
  const row = `[${sum.row}]`;
  switch (extra) {
    case "biasIh":
      return {
        index,
        operand: null,
        factor: 1,
        weight: numbers.biasIh,
        product: numbers.biasIh,
        weightName: `${names.biasIh}[${unit}]`,
        parameter: `bias_ih${suffix}${row}`,
      };
    case "biasHh": {
      const { factor, biasHh } = numbers;
      return {
        index,
        operand: null,
        factor,
        weight: biasHh,
        product: factor * biasHh,
        weightName: `${names.biasHh}[${unit}]`,
        parameter: `bias_hh${suffix}${row}`,
      };
    }
    case "peephole": {
      const { peephole, cell } = numbers;
      const name = `p_${sum.name}[${unit}]`;
      const source = peepholeSource(explanation, sum.name);
      return {
        index,
        weightName: name,
        parameter: name,
        weight: peephole,
        factor: 1,
        operand: { letter: "c", unit, value: cell, source },
        product: peephole * cell,
      };
    }
  }
}

/** o reads c_t, i and f read c_(t−1). */
function peepholeSource(explanation: UnitExplanation, gate: string): TermSource {
  const { place } = explanation;
  const { step, unit } = place;
  if (gate !== "o") return previousSource(explanation, "c", unit);
  return { kind: "lane", lane: laneOf(place), stateName: "c", step, unit };
}

function inputSource(place: Place, unit: number, below: LayerBelow): TermSource {
  const { step, layer } = place;
  const lane = { kind: "lane", stateName: "h", step } as const;
  if (layer === 0) return { ...lane, lane: "input", unit };
  const direction = directionOfUnit(below, unit, below.hiddenSize);
  return {
    ...lane,
    lane: laneOf({ layer: layer - 1, direction }),
    unit: unit - firstUnitOf(below, direction, below.hiddenSize),
  };
}

/** A unit of the state that the step started from. */
export function previousSource(
  { place, previousStep }: Pick<UnitExplanation, "place" | "previousStep">,
  stateName: StateName,
  unit: number,
): TermSource {
  if (previousStep === null) return { kind: "initial", stateName, unit };
  return { kind: "lane", lane: laneOf(place), stateName, step: previousStep, unit };
}

function laneOf({ layer, direction }: Pick<Place, "layer" | "direction">): LaneId {
  return `layer${layer}.${direction}`;
}
