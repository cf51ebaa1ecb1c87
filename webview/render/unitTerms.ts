/**
 * The terms of one unit's sum: which are large, what they are called, where their operands come from. No DOM.
 */
import type { LaneId, Place, UnitExplanation } from "../../src/protocol/messages";

/** Where an operand was read: a lane at a step, or the initial state, which no lane shows. */
export type TermSource =
  | { readonly kind: "lane"; readonly lane: LaneId; readonly step: number; readonly unit: number }
  | { readonly kind: "initial"; readonly unit: number };

/** One product weight · operand of the sum, or one step of its way there. */
export interface Term {
  /** Position in the explanation's arrays. */
  readonly index: number;
  /** `W_ih[7,3]` or `W_hh[7,3]`. */
  readonly weightName: string;
  /** `x[3]`, `y[3]` (states of the layer below) or `h[3]`, without its step. */
  readonly operandName: string;
  readonly weight: number;
  readonly operand: number;
  readonly product: number;
  readonly source: TermSource;
}

/** Units that one direction of the layer below has, and whether it has two directions. */
export interface LayerBelow {
  readonly hiddenSize: number;
  readonly bidirectional: boolean;
}

/** Product of the term at `index`. */
function productAt(explanation: UnitExplanation, index: number): number {
  return (explanation.weights[index] ?? NaN) * (explanation.operands[index] ?? NaN);
}

/** Indices of the `count` terms of largest magnitude, NaN before everything else, ties in their own order. */
export function largestTerms(explanation: UnitExplanation, count: number): readonly number[] {
  const magnitudes = Array.from(explanation.weights, (_, index) => {
    const magnitude = Math.abs(productAt(explanation, index));
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

/** The term at `index`, with its names and the origin of its operand. */
export function termAt(explanation: UnitExplanation, index: number, below: LayerBelow): Term {
  const { place, inputCount } = explanation;
  const isInput = index < inputCount;
  const unit = isInput ? index : index - inputCount;
  const inputName = place.layer === 0 ? "x" : "y";
  return {
    index,
    weightName: `${isInput ? "W_ih" : "W_hh"}[${place.unit},${unit}]`,
    operandName: `${isInput ? inputName : "h"}[${unit}]`,
    weight: explanation.weights[index] ?? NaN,
    operand: explanation.operands[index] ?? NaN,
    product: productAt(explanation, index),
    source: isInput
      ? inputSource(place, unit, below)
      : previousSource(place, unit, explanation.previousStep),
  };
}

function inputSource(place: Place, unit: number, below: LayerBelow): TermSource {
  const { step, layer } = place;
  if (layer === 0) return { kind: "lane", lane: "input", step, unit };
  const isReverse = below.bidirectional && unit >= below.hiddenSize;
  return {
    kind: "lane",
    lane: `layer${layer - 1}.${isReverse ? "reverse" : "forward"}`,
    step,
    unit: isReverse ? unit - below.hiddenSize : unit,
  };
}

function previousSource(place: Place, unit: number, previousStep: number | null): TermSource {
  if (previousStep === null) return { kind: "initial", unit };
  return {
    kind: "lane",
    lane: `layer${place.layer}.${place.direction}`,
    step: previousStep,
    unit,
  };
}
