/**
 * Whether a gradient vanishes or explodes as it is carried back through one direction of one layer.
 */
import { rounded } from "../core/numeric";
import type { Direction } from "../model/config";
import { text, type Text } from "../core/text";

/** The change of a gradient between the step where it begins and the first step of the sequence. */
export type Flow = "vanishes" | "explodes" | "steady" | "not-finite" | "none";

export interface GradientFlow {
  readonly flow: Flow;
  /** Step at which the gradient begins, the last one in processing order that has any; null without a gradient. */
  readonly from: number | null;
  /** The first step in processing order: 0, or the last step of a reverse direction. */
  readonly to: number;
  /** ‖∂L/∂h_from‖ and ‖∂L/∂h_to‖. */
  readonly norms: readonly [from: number, to: number];
  /** ‖∂L/∂h_to‖ / ‖∂L/∂h_from‖; NaN without a gradient. */
  readonly ratio: number;
  readonly sentence: Text;
}

/** A gradient that changes by more than this factor vanishes or explodes: early steps learn nothing, or dominate. */
const vanishingRatio = 1e-3;
const explodingRatio = 1e3;

/** Norms of a lane: (T, B), of which `batch` is looked at as far as its sequence goes. */
export interface FlowLane {
  readonly norms: ArrayLike<number>;
  readonly batchSize: number;
  readonly batch: number;
  /** Steps that the row has. */
  readonly length: number;
  readonly direction: Direction;
  /** True for a loss that reads every step: gradients that begin at each step hide those from later steps. */
  readonly feedsEveryStep: boolean;
}

/** Compares ‖∂L/∂h_t‖ at the first and the last step. */
export function gradientFlow(lane: FlowLane): GradientFlow {
  const { length, direction } = lane;
  const order = (k: number): number => (direction === "forward" ? length - 1 - k : k);
  const to = order(length - 1);
  let start = 0;
  while (start < length && normAt(lane, order(start)) === 0) start++;
  if (start >= length) return withoutGradient(to);
  const broken = firstBroken(lane, order, start);
  const from = order(start);
  const norms = [normAt(lane, from), normAt(lane, to)] as const;
  const ratio = norms[1] / norms[0];
  if (broken !== null) {
    const sentence = text("The gradient is not finite from t = {0} on, going back", broken);
    return { flow: "not-finite", from, to, norms, ratio: Number.NaN, sentence };
  }
  const judged = judge(ratio, from, to);
  if (judged.flow !== "steady" || !lane.feedsEveryStep || from === to) {
    return { ...judged, from, to, norms, ratio };
  }
  const sentence = text(
    "The gradient does not explode: × {2} from t = {0} to t = {1}. Every step feeds this loss; take that of the last step to see whether it vanishes",
    ...[from, to, short(ratio)],
  );
  return { flow: "steady", sentence, from, to, norms, ratio };
}

function normAt({ norms, batchSize, batch }: FlowLane, step: number): number {
  return norms[step * batchSize + batch]!;
}

/** The first step, going back, whose norm is NaN or infinite. */
function firstBroken(lane: FlowLane, order: (k: number) => number, start: number): number | null {
  for (let k = start; k < lane.length; k++) {
    if (!Number.isFinite(normAt(lane, order(k)))) return order(k);
  }
  return null;
}

function withoutGradient(to: number): GradientFlow {
  const sentence = text("No gradient reaches this lane: the loss does not depend on it");
  return { flow: "none", from: null, to, norms: [0, 0], ratio: Number.NaN, sentence };
}

function judge(ratio: number, from: number, to: number): Pick<GradientFlow, "flow" | "sentence"> {
  const steps = Math.abs(from - to);
  if (steps === 0) {
    const sentence = text("The gradient reaches t = {0} alone: there are no steps before it", from);
    return { flow: "steady", sentence };
  }
  if (ratio === 0) {
    const sentence = text("The gradient vanishes: at t = {0} nothing is left of it", to);
    return { flow: "vanishes", sentence };
  }
  const perStep = short(ratio ** (1 / steps));
  if (ratio < vanishingRatio) {
    const sentence = text(
      "The gradient vanishes: from t = {0} to t = {1} it shrinks to {2} of its size, × {3} a step",
      ...[from, to, short(ratio), perStep],
    );
    return { flow: "vanishes", sentence };
  }
  if (ratio > explodingRatio) {
    const sentence = text(
      "The gradient explodes: from t = {0} to t = {1} it grows {2} times, × {3} a step",
      ...[from, to, short(ratio), perStep],
    );
    return { flow: "explodes", sentence };
  }
  const sentence = text(
    "The gradient neither vanishes nor explodes: × {2} from t = {0} to t = {1}, × {3} a step (the bounds are × {4} and × {5} over the whole way)",
    ...[from, to, short(ratio), perStep, String(vanishingRatio), String(explodingRatio)],
  );
  return { flow: "steady", sentence };
}

/** Two significant digits. */
function short(value: number): string {
  return String(rounded(value, 2));
}
