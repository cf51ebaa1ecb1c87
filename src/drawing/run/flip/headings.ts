/**
 * What stands at the strips of the flip picture: names, code, shapes, and which of h_n a column is; no DOM.
 */
import { text, type Text } from "../../../core/text";
import { directionsOf, hasReverse, slotOf, type Directed } from "../../../model/directions";
import type { RunView } from "../../../protocol/run/messages";
import type { Side } from "../../../protocol/run/windowMessages";
import { formatAxes } from "../../base/numbers";
import type { StripBox, StripId } from "./boxes";
import type { Strips, StripValues } from "./plan";
import type { Mode } from "../modes";
import { unitAxis } from "../state";

export interface StripHeading {
  readonly title: Text;
  /** Lines of code or shapes under the title. */
  readonly lines: readonly string[];
  /** The same, line by line, above a narrow strip: a name that is cut says less than a short one. */
  readonly short?: Pick<StripHeading, "title" | "lines">;
  /** What it is called where its title and whose values it has are too long. */
  readonly name?: Text;
}

/** Narrower strips have short headings, CSS pixels. */
const WHOLE_HEADING = 190;

/**
 * What of a heading stands above a strip with this much room; it says whose values they are, unless all that the layer
 * computed is ours.
 */
export function headingWithin(
  heading: StripHeading,
  room: number,
  side: Side | null = null,
): StripHeading {
  const isNarrow = room < WHOLE_HEADING;
  const { title, lines } = isNarrow ? (heading.short ?? heading) : heading;
  switch (side) {
    case null:
      return { title, lines };
    case "ours":
      return { title: text("{0} · ours", isNarrow ? (heading.name ?? title) : title), lines };
    case "delta":
      return { title: text("Δ {0}", title), lines };
    case "reference":
      return {
        title: isNarrow ? text("ref. {0}", heading.name ?? title) : text("{0} · reference", title),
        lines,
      };
  }
}

/** Whose values a strip shows; null where it shows those of both, both have the same, or all strips show ours. */
export function sideOf({ parts }: StripBox, { segments }: Strips): Side | null {
  const shown = parts.flatMap(({ values }) => segments[values]);
  const [side = null, ...others] = new Set(shown.map((each) => each.side));
  const isGiven = shown.every(({ lane }) => lane === "input");
  const isAlone = [segments.forward, segments.reverse].flat().every((each) => each.side === "ours");
  return others.length > 0 || isGiven || isAlone ? null : side;
}

/** How the states of a reverse direction stand in the strips. */
export interface ReverseOrder {
  /** They are the reference's, of which it is not known how they were computed. */
  readonly isGiven: boolean;
  /** The diagnosis found that the reference has them in the order in which they were processed. */
  readonly isUnflipped: boolean;
}

const flippedBack: ReverseOrder = { isGiven: false, isUnflipped: false };

/** `mistake`: what the diagnosis found in the reference. */
export function reverseOrder({ segments }: Strips, mistake?: string): ReverseOrder {
  const isGiven = segments.reverse.some(({ side }) => side === "reference");
  return { isGiven, isUnflipped: isGiven && mistake === "flip/output-not-flipped-back" };
}

/** What differences are, where they are shown, and that the reference has nothing to compare with. */
export function sideSentences(
  { lanes }: RunView,
  { layer, mode }: { readonly layer: number; readonly mode: Mode },
  limit: number,
  { segments }: Strips,
): readonly Text[] {
  const own = [...segments.forward, ...segments.reverse];
  if (own.every(({ side }) => side === "ours")) {
    return mode === "ours" || mode === "sideBySide"
      ? []
      : [text("The reference does not have the steps of layer {0}: these are ours", layer)];
  }
  if (mode !== "delta") return [];
  return lanes.some((lane) => lane.layer === layer && lane.outside > 0)
    ? [text("Δ = ours − reference; framed, and coloured up to ±{0}, outside tolerance", limit)]
    : [text("Δ = ours − reference, all within tolerance")];
}

function layerSizes(view: RunView, layer: number): { input: number; state: number } {
  const units = (of: (lane: RunView["lanes"][number]) => boolean): number =>
    view.lanes.filter(of).reduce((sum, lane) => sum + lane.units, 0);
  return {
    input: units((lane) => (layer === 0 ? lane.id === "input" : lane.layer === layer - 1)),
    state: view.lanes.find((lane) => lane.layer === layer)?.units ?? 0,
  };
}

/** Name, code and shape of every strip. */
export function stripHeadings(
  view: RunView,
  layer: number,
  length: number,
  order: ReverseOrder,
): Readonly<Record<StripId, StripHeading>> {
  const { input, state } = layerSizes(view, layer);
  const both = view.config?.bidirectional ?? false;
  const stateAxis = `${both ? "2" : ""}${unitAxis(view)}`;
  const inputAxis = layer > 0 ? stateAxis : "I";
  const cell = (view.config?.cell ?? "RNN").toLowerCase();
  const steps = ["T", view.seqLength] as const;
  const isShort = length < view.seqLength;
  const x = layer === 0 ? text("x") : text("x = output of layer {0}", layer - 1);
  const flip = isShort ? `x[:${length}][::-1]` : "[::-1]";
  const shape = formatAxes([steps, [stateAxis, both ? 2 * state : state]]);
  const flipBack = isShort ? `[:${length}][::-1]` : "[::-1]";
  return {
    x: { title: x, lines: [formatAxes([steps, [inputAxis, input]])], name: text("x") },
    flippedX: { title: text("flip(x)"), lines: [flip] },
    forward: { title: text("forward states"), lines: [`${cell}(x)`], name: text("forward") },
    ...reverseHeadings(cell, flipBack, formatAxes([steps, [unitAxis(view), state]]), order),
    output: {
      title: text("output"),
      lines: [madeOf(view, flipBack), shape],
      ...(both ? { short: { title: text("output"), lines: ["concat([→, ←])", shape] } } : {}),
    },
  };
}

function reverseHeadings(
  cell: string,
  flipBack: string,
  shape: string,
  { isGiven, isUnflipped }: ReverseOrder,
): Readonly<Record<"reverse" | "flippedBack", StripHeading>> {
  if (isGiven) {
    const given = isUnflipped
      ? { title: text("not flipped back"), name: text("not flipped") }
      : { title: text("as given") };
    return {
      reverse: { title: text("read backwards"), lines: [flipBack], name: text("backwards") },
      flippedBack: { ...given, lines: [shape] },
    };
  }
  return {
    reverse: {
      title: text("reverse states, as processed"),
      lines: [`${cell}_reverse(flip(x))`],
      short: { title: text("as processed"), lines: [`${cell}_reverse(…)`] },
    },
    flippedBack: { title: text("flipped back"), lines: [flipBack] },
  };
}

/** How the states become the output. */
function madeOf({ config }: RunView, flipBack: string): string {
  if (config?.bidirectional === true) return "concat([forward, reverse])";
  return config !== null && hasReverse(config) ? flipBack : "forward";
}

/** Where the entries of h_n are in the strips: the framed columns. */
export function finalSentences(
  directed: Directed,
  layer: number,
  length: number,
  { isUnflipped }: ReverseOrder = flippedBack,
): readonly Text[] {
  return directionsOf(directed).map((direction) => {
    const slot = slotOf(directed, layer, direction);
    if (direction === "forward") {
      return text("h_n[{0}] = forward state at t = {1}", slot, length - 1);
    }
    return isUnflipped
      ? text(
          "h_n[{0}] is at t = {1}: the reverse half of the reference is as it was processed, not flipped back.",
          ...[slot, length - 1],
        )
      : text(
          "h_n[{0}] = reverse state at t = 0: the last step that it processed. output[-1] has its first one.",
          slot,
        );
  });
}

/** Which entry of h_n the column is that a direction processed last. */
export function finalNames(
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
  { isUnflipped }: ReverseOrder = flippedBack,
): Readonly<Partial<Record<StripValues, number>>> {
  return { forward: length - 1, reverse: isUnflipped ? length - 1 : 0 };
}
