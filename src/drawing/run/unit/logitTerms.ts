/**
 * The terms of a logit's sum, the largest first, with the places of their operands. No DOM.
 */
import type { Place } from "../../../protocol/run/messages";
import type { LogitExplanation } from "../../../protocol/run/logitMessages";
import { laneIdOf } from "../places";
import type { TermSource } from "./unitTerms";

export interface LogitTerm {
  /** `W[0,11]` or `b[0]`. */
  readonly weightName: string;
  readonly product: number;
  /** null for the bias. */
  readonly operand: {
    readonly direction: Place["direction"];
    readonly source: Extract<TermSource, { kind: "lane" }>;
  } | null;
}

/** Every term; what is no number comes first. */
export function logitTerms(
  { weights, operands, numbers, parts }: LogitExplanation,
  unit: number,
): readonly LogitTerm[] {
  const [, bias = NaN] = numbers;
  let first = 0;
  const products = parts.flatMap((part) => {
    const start = first;
    first += part.units;
    return Array.from({ length: part.units }, (_, own): LogitTerm => {
      const at = start + own;
      const lane = laneIdOf(part);
      return {
        weightName: `W[${unit},${at}]`,
        product: weights[at]! * operands[at]!,
        operand: {
          direction: part.direction,
          source: { kind: "lane", lane, stateName: "h", step: part.step, unit: own },
        },
      };
    });
  });
  const own: LogitTerm = { weightName: `b[${unit}]`, product: bias, operand: null };
  const all = Number.isNaN(bias) ? products : [...products, own];
  const size = ({ product }: LogitTerm): number =>
    Number.isNaN(product) ? Infinity : Math.abs(product);
  return all.sort((left, right) => (size(left) === size(right) ? 0 : size(right) - size(left)));
}
