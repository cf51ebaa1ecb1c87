/**
 * Parses `--slice`, a part of a tensor in NumPy's notation, such as `0, :, 3:10`.
 */
import { clamp } from "../../core/numeric";
import type { Box } from "../../tensor/raw";
import type { TensorSource } from "../../tensor/source";
import { formatShape, type Shape } from "../../tensor/tensor";
import { text, type Text } from "../../core/text";
import { usage } from "./base/values";

/** One axis: an index, which leaves the axis out, or a range. */
type Place =
  | { readonly kind: "index"; readonly at: number }
  | { readonly kind: "range"; readonly from: number | null; readonly to: number | null };

/** Between the places before and after it: all that is left of the other axes. */
const ELLIPSIS = "...";

/**
 * The part of a tensor that `slice` names, as a tensor of its own.
 * @throws UnsupportedError when the slice is not understood, or the tensor has no such part.
 */
export function croppedSource(source: TensorSource, slice: string): TensorSource {
  const { shape } = source;
  const places = placesOf(slice, shape);
  const start = places.map((place, axis) => startOf(place, shape[axis] ?? 0));
  const size = places.map((place, axis) => endOf(place, shape[axis] ?? 0) - (start[axis] ?? 0));
  const kept = places.flatMap((place, axis) => (place.kind === "range" ? [axis] : []));
  const boxOf = (part: Box): Box => {
    const inner = { start: [...start], size: start.map(() => 1) };
    kept.forEach((axis, index) => {
      inner.start[axis] = (start[axis] ?? 0) + (part.start[index] ?? 0);
      inner.size[axis] = part.size[index] ?? 0;
    });
    return inner;
  };
  return {
    ...source,
    shape: kept.map((axis) => size[axis] ?? 0),
    readBox: async (part) => ({ ...(await source.readBox(boxOf(part))), shape: part.size }),
  };
}

/** One place an axis; axes that are not named are whole. */
function placesOf(slice: string, shape: Shape): Place[] {
  const items = slice
    .replace(/^\[(.*)\]$/s, "$1")
    .split(",")
    .map((item) => item.trim());
  const named = items.filter((item) => item !== ELLIPSIS);
  const left = shape.length - named.length;
  if (left < 0 || items.length - named.length > 1) {
    const rank = text("the tensor has shape {0}, not {1} axes", formatShape(shape), named.length);
    throw usage("--slice", rank);
  }
  const gap = items.includes(ELLIPSIS) ? items.indexOf(ELLIPSIS) : named.length;
  const whole = Array.from({ length: left }, () => ":");
  const all = [...named.slice(0, gap), ...whole, ...named.slice(gap)];
  return all.map((item, axis) => placeOf(item, shape[axis] ?? 0));
}

function placeOf(item: string, size: number): Place {
  if (/^-?\d+$/.test(item)) {
    const at = fromEnd(Number(item), size);
    if (at >= 0 && at < size) return { kind: "index", at };
    throw usage("--slice", text("there is no index {0} on an axis of size {1}", item, size));
  }
  const range = /^(-?\d+)?\s*:\s*(-?\d+)?$/.exec(item);
  if (range === null) throw usage("--slice", notUnderstood(item));
  const [, from, to] = range;
  return { kind: "range", from: numberOrNull(from), to: numberOrNull(to) };
}

function notUnderstood(item: string): Text {
  return text('expected an index such as 0, or a range such as 3:10 or :, not "{0}"', item);
}

function numberOrNull(digits: string | undefined): number | null {
  return digits === undefined ? null : Number(digits);
}

function startOf(place: Place, size: number): number {
  return place.kind === "index" ? place.at : clamp(fromEnd(place.from ?? 0, size), 0, size);
}

/** As Python has it, a range past the end is cut off, and one that ends before it starts is empty. */
function endOf(place: Place, size: number): number {
  if (place.kind === "index") return place.at + 1;
  return Math.max(startOf(place, size), clamp(fromEnd(place.to ?? size, size), 0, size));
}

function fromEnd(place: number, size: number): number {
  return place < 0 ? place + size : place;
}
