/**
 * What a run is computed from that is no finite number: everything after it is NaN, or at a limit.
 */
import { gateOrder } from "../../../model/gates";
import type { RunInputs } from "../../../run/inputs";
import { indexAt, type Tensor } from "../../../tensor/tensor";
import { grouped } from "../../../core/numeric";
import { text, type Text } from "../../../core/text";

/** A sentence for each tensor with such values: the weights first, then what they are applied to. */
export function notFiniteNotes({ config, parameters, input, h0, c0 }: RunInputs): Text[] {
  const given = new Map<string, Tensor | null>([
    ...parameters,
    ["input", input],
    ["h0", h0],
    ["c0", c0],
  ]);
  return [...given].flatMap(([name, tensor]) =>
    tensor === null ? [] : noteOf(name, tensor, config),
  );
}

function noteOf(name: string, { data, shape }: Tensor, config: RunInputs["config"]): Text[] {
  let count = 0;
  let first = 0;
  for (let at = 0; at < data.length; at++) {
    if (Math.abs(data[at]!) < Infinity) continue;
    if (count === 0) first = at;
    count += 1;
  }
  if (count === 0) return [];
  const value = String(data[first]).replace("Infinity", "∞");
  const index = indexAt(first, shape);
  const place = `[${index.join(", ")}]${gatePlace(name, index, config)}`;
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

/** ` (W_hz[4, 3])`: the same element by its gate; nothing of what no gate has. */
function gatePlace(
  name: string,
  [row = 0, ...rest]: readonly number[],
  { cell, hiddenSize }: RunInputs["config"],
): string {
  const [, what, side] = /^(weight|bias)_(i|h)h/.exec(name) ?? [];
  const gate = gateOrder[cell][Math.floor(row / hiddenSize)] ?? "";
  if (what === undefined || side === undefined || gate === "") return "";
  const symbol = `${what === "weight" ? "W" : "b"}_${side}${gate}`;
  return ` (${symbol}[${[row % hiddenSize, ...rest].join(", ")}])`;
}
