/**
 * Which columns of the strips are entries of h_n, and what they are called; no DOM.
 */
import { text, type Text } from "../../../core/text";
import { directionsOf, slotOf } from "../../../model/directions";
import type { RunView } from "../../../protocol/run/messages";
import type { StripBox } from "./boxes";
import type { StripValues } from "./plan";
import type { ReverseOrder } from "./reverseOrder";

/** Which entry of h_n the column is that a direction processed last. */
function finalNames(
  config: RunView["config"],
  layer: number,
): Readonly<Partial<Record<StripValues, string>>> {
  if (config === null) return {};
  return Object.fromEntries(
    directionsOf(config).map((each) => [each, `h_n[${slotOf(config, layer, each)}]`]),
  );
}

/** The column that each direction processed last, which is what h_n holds. */
export function lastColumns(
  length: number,
  order: ReverseOrder,
): Readonly<Partial<Record<StripValues, number>>> {
  return { forward: length - 1, reverse: order === "unflipped" ? length - 1 : 0 };
}

/** Beside the differences: the column that the reference has in h_n, where that is another one. */
function lastOfReference(
  length: number,
  order: ReverseOrder,
): Readonly<Partial<Record<StripValues, number>>> {
  return order === "compared" ? { reverse: length - 1 } : {};
}

/** The columns that directions processed last, and the reference's beside the differences. */
export interface FinalColumns {
  readonly last: ReturnType<typeof lastColumns>;
  readonly lastOfReference: ReturnType<typeof lastOfReference>;
  readonly finals: ReturnType<typeof finalNames>;
}

/** Of a layer whose directions ran over `length` steps. */
export function finalColumns(
  config: RunView["config"],
  layer: number,
  length: number,
  order: ReverseOrder,
): FinalColumns {
  return {
    finals: finalNames(config, layer),
    last: lastColumns(length, order),
    lastOfReference: lastOfReference(length, order),
  };
}

/** The names below the columns of a strip whose letters have a width: one column may have those of both directions. */
export function namedColumns(
  { id, parts, columns, width }: StripBox,
  { last, lastOfReference: other, finals }: FinalColumns,
  character: number,
  say: (name: Text) => string,
): [index: number, name: string][] {
  const named = new Map<number, string>();
  const { reverse = "" } = finals;
  const ofReference = say(text("ref. {0}", reverse));
  // Beside ours, which is at the other end.
  const hasRoom = (ofReference.length + 1 + reverse.length) * character <= width;
  const at = columns.indexOf(other.reverse ?? -1);
  if (id === "flippedBack" && at >= 0 && hasRoom) named.set(at, ofReference);
  for (const { values } of parts) {
    const [step, name] = [last[values], finals[values]];
    const index = step === undefined ? -1 : columns.indexOf(step);
    if (name === undefined || index < 0) continue;
    named.set(index, [...(named.has(index) ? [named.get(index)] : []), name].join(", "));
  }
  return [...named];
}
