/**
 * What stands at the strips of the flip picture: names, code, shapes, and which of h_n a column is; no DOM.
 */
import { text, type Text } from "../../../core/text";
import { directionsOf, hasReverse, slotOf, type Directed } from "../../../model/directions";
import type { RunView } from "../../../protocol/run/messages";
import type { Side } from "../../../protocol/run/windowMessages";
import { formatAxes } from "../../base/numbers";
import type { StripBox, StripId } from "./boxes";
import type { Strips } from "./plan";
import type { ReverseOrder } from "./reverseOrder";
import type { Mode } from "../modes";
import { unitAxis } from "../state";

/** Of what is said in several ways the longest is first: a short name says more than one that is cut. */
type Forms<Said> = readonly [Said, ...Said[]];

export interface StripHeading {
  readonly titles: Forms<Text>;
  /** Lines of code or shapes under the title. */
  readonly lines: readonly Forms<string>[];
  /** True where the first line is what was not done. */
  readonly isMissing?: boolean;
}

/** What of a heading stands above its strip. */
export interface ShownHeading {
  readonly title: string;
  readonly lines: readonly string[];
}

/**
 * What of a heading has room; it says whose values they are, unless all that the layer computed is ours.
 */
export function headingWithin(
  { titles, lines }: StripHeading,
  side: Side | null,
  say: (title: Text) => string,
  fits: (written: string, part: "title" | "line") => boolean,
): ShownHeading {
  const longest = (forms: Forms<string>, part: "title" | "line"): string =>
    forms.find((form) => fits(form, part)) ?? forms.at(-1) ?? forms[0];
  const forms = titles.flatMap((title) => titlesOf(title, side)).map((title) => say(title));
  const [first = "", ...others] = forms;
  return {
    title: longest([first, ...others], "title"),
    lines: lines.map((line) => longest(line, "line")),
  };
}

function titlesOf(title: Text, side: Side | null): readonly Text[] {
  switch (side) {
    case null:
      return [title];
    case "ours":
      return [text("{0} · ours", title)];
    case "delta":
      return [text("Δ {0}", title)];
    case "reference":
      return [text("{0} · reference", title), text("ref. {0}", title)];
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
  const x: Forms<Text> =
    layer === 0
      ? [text("x")]
      : [
          text("x = output of layer {0}", layer - 1),
          text("x, from layer {0}", layer - 1),
          text("x"),
        ];
  const shape = formatAxes([steps, [stateAxis, both ? 2 * state : state]]);
  const flipBack = isShort ? `[:${length}][::-1]` : "[::-1]";
  const flip = isShort ? `x${flipBack}` : flipBack;
  return {
    x: { titles: x, lines: [[formatAxes([steps, [inputAxis, input]])]] },
    flippedX: { titles: [text("flip(x)")], lines: [[flip]] },
    forward: { titles: [text("forward states"), text("forward")], lines: [[`${cell}(x)`]] },
    ...reverseHeadings(cell, flipBack, formatAxes([steps, [unitAxis(view), state]]), order),
    output: outputHeading(view, layer, { flipBack, shape, order }),
  };
}

function reverseHeadings(
  cell: string,
  flipBack: string,
  shape: string,
  order: ReverseOrder,
): Readonly<Record<"reverse" | "flippedBack", StripHeading>> {
  const isRead = order === "given" || order === "compared";
  const titles: Readonly<Record<ReverseOrder, Forms<Text>>> = {
    made: [text("flipped back")],
    given: [text("as given")],
    unflipped: [text("not flipped back"), text("not flipped")],
    compared: [text("ref. not flipped"), text("not flipped")],
  };
  return {
    reverse: isRead
      ? { titles: [text("read backwards"), text("backwards")], lines: [[flipBack]] }
      : {
          titles: [text("reverse states, as processed"), text("as processed"), text("processed")],
          lines: [[`${cell}_reverse(flip(x))`, `${cell}_reverse(…)`]],
        },
    flippedBack: {
      titles: titles[order],
      lines: [[isRead ? shape : flipBack]],
      isMissing: order === "unflipped",
    },
  };
}

/** How the states become the output, which the next layer reads where there is one. */
function outputHeading(
  { config }: RunView,
  layer: number,
  {
    flipBack,
    shape,
    order,
  }: { readonly flipBack: string; readonly shape: string; readonly order: ReverseOrder },
): StripHeading {
  const isTop = layer + 1 >= (config?.numLayers ?? 1);
  const titles: Forms<Text> = [isTop ? text("output") : text("input of layer {0}", layer + 1)];
  if (config?.bidirectional === true) {
    return { titles, lines: [["concat([forward, reverse])", "concat([→, ←])"], [shape]] };
  }
  const made = config !== null && hasReverse(config) ? flipBack : "forward";
  return { titles, lines: [[made], [shape]], isMissing: order === "unflipped" };
}

/** Where the entries of h_n are in the strips: the framed columns. */
export function finalSentences(
  directed: Directed,
  layer: number,
  length: number,
  order: ReverseOrder,
): readonly Text[] {
  return directionsOf(directed).flatMap((direction) => {
    const slot = slotOf(directed, layer, direction);
    if (direction === "forward") {
      return [text("h_n[{0}] = forward state at t = {1}", slot, length - 1)];
    }
    const made = text(
      "h_n[{0}] = reverse state at t = 0: the last step that it processed. output[-1] has its first one.",
      slot,
    );
    const unflipped = text(
      "In the reference h_n[{0}] is at t = {1}: its reverse half is not flipped back.",
      ...[slot, length - 1],
    );
    if (order === "compared") return [made, unflipped];
    return [order === "unflipped" ? unflipped : made];
  });
}
