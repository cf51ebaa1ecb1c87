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
  readonly short?: Omit<StripHeading, "short">;
}

/** Narrower strips have short headings, CSS pixels. */
const WHOLE_HEADING = 190;

/** What of a heading stands above a strip with this much room; it says whose values they are, unless they are ours. */
export function headingWithin(
  heading: StripHeading,
  room: number,
  side: Side = "ours",
): StripHeading {
  const isNarrow = room < WHOLE_HEADING;
  const { title, lines } = isNarrow ? (heading.short ?? heading) : heading;
  switch (side) {
    case "ours":
      return { title, lines };
    case "delta":
      return { title: text("Δ {0}", title), lines };
    case "reference":
      return { title: isNarrow ? text("ref. {0}", title) : text("{0} · reference", title), lines };
  }
}

/** Whose values a strip shows; ours where it shows those of both. */
export function sideOf({ parts }: StripBox, { segments }: Strips): Side {
  const sides = new Set(parts.flatMap(({ values }) => segments[values].map(({ side }) => side)));
  const [side = "ours"] = sides;
  return sides.size > 1 ? "ours" : side;
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
    x: { title: x, lines: [formatAxes([steps, [inputAxis, input]])] },
    flippedX: { title: text("flip(x)"), lines: [flip] },
    forward: { title: text("forward states"), lines: [`${cell}(x)`] },
    reverse: {
      title: text("reverse states, as processed"),
      lines: [`${cell}_reverse(flip(x))`],
      short: { title: text("as processed"), lines: [`${cell}_reverse(…)`] },
    },
    flippedBack: { title: text("flipped back"), lines: [flipBack] },
    output: {
      title: text("output"),
      lines: [madeOf(view, flipBack), shape],
      ...(both ? { short: { title: text("output"), lines: ["concat([→, ←])", shape] } } : {}),
    },
  };
}

/** How the states become the output. */
function madeOf({ config }: RunView, flipBack: string): string {
  if (config?.bidirectional === true) return "concat([forward, reverse])";
  return config !== null && hasReverse(config) ? flipBack : "forward";
}

/** Where the entries of h_n are in the strips: the framed columns. */
export function finalSentences(directed: Directed, layer: number, length: number): readonly Text[] {
  return directionsOf(directed).map((direction) => {
    const slot = slotOf(directed, layer, direction);
    return direction === "forward"
      ? text("h_n[{0}] = forward state at t = {1}", slot, length - 1)
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

/** True for a column that a direction processed last, which is what h_n holds. */
export function isLastProcessed(values: StripValues, step: number, length: number): boolean {
  return values !== "x" && step === (values === "forward" ? length - 1 : 0);
}
