/**
 * The arithmetic of one logit as a message: weights, what they are multiplied with, and where that comes from.
 */
import { NotFoundError } from "../../../core/errors";
import { text } from "../../../core/text";
import { headParts } from "../../../engine/surrounding";
import { readInputRow } from "../../../engine/readable/readable";
import { dot } from "../../../engine/readable/linalg";
import { directionsOf } from "../../../model/directions";
import { sequenceLength } from "../../../model/sequence";
import type { LogitExplanation, LogitRequest } from "../../../protocol/run/logitMessages";
import type { RunResult } from "../../../run/execute";

/** @throws NotFoundError where there is no such logit. */
export function explainLogit(
  run: RunResult,
  { step, batch, unit }: LogitRequest,
): LogitExplanation {
  const { forwardInput, trace, results, context, inputs } = run;
  const head = inputs.surrounding?.head;
  const { batchSize, config } = forwardInput;
  const logit = results.logits?.values[(step * batchSize + batch) * results.logits.units + unit];
  if (head == null || logit === undefined) {
    throw new NotFoundError("logits", text("there is no logit {0}", unit));
  }
  const { linear } = head;
  const { inFeatures } = linear;
  const at = head.head === "last" ? context.seqLength - 1 : step;
  const parts = headParts(head.head, linear, forwardInput, trace, [at, at + 1]);
  const operands = new Float64Array(inFeatures);
  readInputRow(parts, batch, batchSize, operands);
  const weights = Float64Array.from(
    linear.weight.subarray(unit * inFeatures, (unit + 1) * inFeatures),
  );
  const sum = dot(weights, 0, operands, inFeatures);
  const bias = linear.bias?.[unit] ?? NaN;
  const last = { forward: sequenceLength(context, batch) - 1, reverse: 0 };
  return {
    weights,
    operands,
    numbers: Float64Array.of(sum, bias, logit),
    parts: directionsOf(config)
      .slice(-parts.length)
      .map((direction) => ({
        layer: config.numLayers - 1,
        direction,
        step: head.head === "h_n" ? last[direction] : at,
        units: inFeatures / parts.length,
      })),
  };
}
