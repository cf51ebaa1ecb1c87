/**
 * The arithmetic of one unit as lines of Python that need nothing but the standard library. No DOM.
 */
import type { UnitExplanation } from "../../src/protocol/messages";

/** Lines that repeat the sum and print the value; a comment holds the value found here. */
export function unitAsPython(explanation: UnitExplanation): string {
  const { place, inputCount, weights, operands, sums, hasBias, previousStep } = explanation;
  const suffix = `l${place.layer}${place.direction === "reverse" ? "_reverse" : ""}`;
  const previous = previousStep === null ? "h0" : `state at t = ${previousStep}`;
  const isTanh = explanation.nonlinearity === "tanh";
  const row = `[${place.unit}]`;
  return [
    `# layer ${place.layer} ${place.direction}, t = ${place.step}, batch ${place.batch}, unit ${place.unit}`,
    `from math import inf, nan${isTanh ? ", tanh" : ""}`,
    `w_ih = ${pythonList(weights.subarray(0, inputCount))}  # weight_ih_${suffix}${row}`,
    `x = ${pythonList(operands.subarray(0, inputCount))}`,
    `b_ih = ${pythonNumber(sums[1] ?? 0)}  # ${hasBias ? `bias_ih_${suffix}${row}` : "bias=False"}`,
    `w_hh = ${pythonList(weights.subarray(inputCount))}  # weight_hh_${suffix}${row}`,
    `h = ${pythonList(operands.subarray(inputCount))}  # ${previous}`,
    `b_hh = ${pythonNumber(sums[3] ?? 0)}  # ${hasBias ? `bias_hh_${suffix}${row}` : "bias=False"}`,
    "a = sum(p * q for p, q in zip(w_ih, x)) + b_ih + sum(p * q for p, q in zip(w_hh, h)) + b_hh",
    // Not max(0.0, a): that would turn NaN into 0.
    isTanh ? "value = tanh(a)" : "value = 0.0 if a <= 0 else a",
    `print(value)  # ${pythonNumber(sums[5] ?? NaN)}`,
    "",
  ].join("\n");
}

function pythonList(values: Float64Array): string {
  return `[${Array.from(values, pythonNumber).join(", ")}]`;
}

/** A literal that Python reads back as the same float. */
function pythonNumber(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Object.is(value, -0)) return "-0.0";
  const digits = String(value);
  return /[.e]/.test(digits) ? digits : `${digits}.0`;
}
