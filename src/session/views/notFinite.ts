/**
 * What a run is computed from that is no finite number: everything after it is NaN, or at a limit.
 */
import type { RunInputs } from "../../run/inputs";
import { indexAt, type Tensor } from "../../tensor/tensor";
import { grouped } from "../../core/numeric";
import { text, type Text } from "../../core/text";

/** Values whose sum is looked at before they are. */
const BLOCK = 4096;

/** A sentence for each tensor with such values: the weights first, then what they are applied to. */
export function notFiniteNotes({ parameters, input, h0, c0 }: RunInputs): Text[] {
  const given = new Map<string, Tensor | null>([
    ...parameters,
    ["input", input],
    ["h0", h0],
    ["c0", c0],
  ]);
  return [...given].flatMap(([name, tensor]) => (tensor === null ? [] : noteOf(name, tensor)));
}

function noteOf(name: string, { data, shape }: Tensor): Text[] {
  let count = 0;
  let first = 0;
  for (let from = 0; from < data.length; from += BLOCK) {
    const block = data.subarray(from, from + BLOCK);
    if (isFinite(block)) continue;
    for (const [at, value] of block.entries()) {
      if (Number.isFinite(value)) continue;
      if (count === 0) first = from + at;
      count += 1;
    }
  }
  if (count === 0) return [];
  const value = String(data[first]).replace("Infinity", "∞");
  const place = `[${indexAt(first, shape).join(", ")}]`;
  return [
    count === 1
      ? text("{0} holds a value that is no finite number: {1} at {2}", name, value, place)
      : text(
          "{0} holds {1} values that are no finite numbers, the first of them {2} at {3}",
          name,
          grouped(count),
          value,
          place,
        ),
  ];
}

/** False where a value is not finite; where finite ones have a sum that is not, as well. */
function isFinite(values: Tensor["data"]): boolean {
  let sum = 0;
  for (const value of values) sum += value;
  return sum - sum === 0;
}
