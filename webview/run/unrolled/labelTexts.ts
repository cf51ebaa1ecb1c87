/**
 * What the labels of the lanes of the unrolled view say: names, what a lane holds, and in Δ what is outside tolerance.
 */
import { html } from "lit";
import type { LaneInfo, Place, StateName, RunView } from "../../../src/protocol/run/messages";
import { formatSequenceAxes } from "../../../src/drawing/base/numbers";
import type { ShownLane } from "../../../src/drawing/run/laneChoice";
import type { LaneBox } from "../../../src/drawing/run/layout";
import { isUncovered } from "../../../src/drawing/run/sides";
import { finalName, unitAxis } from "../../../src/drawing/run/state";
import { t } from "../../shared/l10n";
import { laneText, quantityText } from "../store/placeText";
import {
  fitting,
  NAME_SIZE,
  NOTHING,
  outsideOf,
  WIDE,
  type Outside,
  type Shown,
} from "./outsideLines";
import type { Answer } from "./readout";
import { textWidth } from "./textWidth";

/** A half of the output lower than this has room for one line only. */
const TWO_LINES = 32;

/** What is written beside a lane or a part of it, around a height in pixels from the top of the lanes. */
export interface Label {
  readonly middle: number;
  readonly height: number;
  readonly name: string;
  /** The name where a mark stands before it. */
  readonly marked?: string;
  readonly detail: string;
  readonly outside: Outside;
}

/** The content of a lane, in the field's letters. */
export function laneDetail(info: ShownLane, view: RunView, stateName: StateName): string {
  if (info.quantity !== undefined) return `${quantityText(info.quantity)}, H = ${info.units}`;
  if (info.direction !== null) {
    return layerDetail(info.direction, `${unitAxis(view, stateName)} = ${info.units}`, stateName);
  }
  if (info.id === "tokens") return formatSequenceAxes(view);
  if (info.id === "logits") return logitsDetail(info, view);
  if (info.id === "input") {
    return view.surrounding?.embedding?.isUsed === true
      ? t("embedded [I {0}]", info.units)
      : formatSequenceAxes(view, ["I", info.units]);
  }
  return view.config?.bidirectional === true
    ? t("concat [{0}]", `2${unitAxis(view)} ${info.units}`)
    : `[${unitAxis(view)} ${info.units}]`;
}

/** `fc of h_n [2]` */
function logitsDetail({ units }: LaneInfo, { surrounding }: RunView): string {
  return t(
    "{0} of {1} [{2}]",
    lastName(surrounding?.linear?.name ?? ""),
    surrounding?.head ?? "",
    units,
  );
}

/** The part of a parameter's name after the last dot. */
function lastName(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

function layerDetail(direction: Place["direction"], units: string, stateName: StateName): string {
  const isForward = direction === "forward";
  if (stateName === "h") return isForward ? t("forward, {0}", units) : t("reverse, {0}", units);
  return isForward ? t("c forward, {0}", units) : t("c reverse, {0}", units);
}

/** Direction, batch and steps are said elsewhere; a width that is cut is not. */
function shortDetail({ id, units, direction }: ShownLane, view: RunView): string {
  const axis = unitAxis(view);
  if (direction !== null) return `${axis} = ${units}`;
  if (id === "output")
    return view.config?.bidirectional === true ? `[2${axis} ${units}]` : `[${axis} ${units}]`;
  return id === "input" ? `[I ${units}]` : `[${units}]`;
}

/** The top layer's lane of a direction, which is one half of the output. */
function halfOf({ run }: Shown, direction: Place["direction"]): LaneInfo | undefined {
  return run?.lanes.filter((lane) => lane.direction === direction).at(-1);
}

/** The upper half of the output says which units it is beside the name where values are outside: its lines count those. */
function upperHalf(
  name: string,
  [direction, detail]: readonly [direction: string, detail: string],
  { outside, width }: { readonly outside: Outside; readonly width: number },
): Pick<Label, "name" | "detail" | "outside"> {
  if (outside.urgent.length === 0) return { name, detail, outside };
  return {
    name: fitting(width, `${name} ${detail}`, `${name} ${direction}`, NAME_SIZE),
    detail: "",
    outside,
  };
}

/** The lower half has no name; which units it is matters more than the values of other rows. */
function lowerHalf(detail: string, outside: Outside): Pick<Label, "name" | "detail" | "outside"> {
  const [first, ...others] = outside.urgent;
  const urgent = first === undefined ? [] : [first, detail, ...others];
  return { name: "", detail, outside: { ...outside, urgent } };
}

function halves(
  box: LaneBox,
  outsideOfHalf: (direction: Place["direction"]) => Outside,
  width: number,
): Label[] {
  const band = box.bands[0] ?? box;
  const units = box.info.units / 2;
  const height = band.height / 2;
  const upper = upperHalf(laneText(box.info), ["→", t("→ {0} … {1}", 0, units - 1)], {
    outside: outsideOfHalf("forward"),
    width,
  });
  const lower = lowerHalf(t("← {0} … {1}", units, 2 * units - 1), outsideOfHalf("reverse"));
  return [
    { ...upper, middle: band.top + height / 2, height },
    { ...lower, middle: band.top + height * 1.5, height },
  ];
}

/** Whose values a band of a lane side by side holds; a narrow label has room for a short word only. */
function sideText(band: number, isNarrow: boolean): string {
  if (band === 0) return t("ours");
  return isNarrow ? t("ref.") : t("reference");
}

/** The name of a lane with whose values a band holds; in the least room the one stands above the other. */
function sideName(info: ShownLane, band: number, width: number): string {
  const side = sideText(band, width < WIDE);
  const short = band === 0 ? laneText(info) : side;
  return fitting(width, `${laneText(info)} · ${side}`, short, NAME_SIZE);
}

/** Side by side, whose values stand where; of a lane whose last state alone is two, in a line of its own. */
function besideLabels(
  { info, top, height, bands, finals }: LaneBox,
  { mode, stateName }: Shown,
  width: number,
): Label[] {
  if (finals.length > bands.length) {
    const final = finalName(stateName);
    const name = sideName(info, 0, width);
    const title = t("{0}: ours above the reference, which has no steps of this lane", final);
    const isOff = (info.outsideOfFinal ?? 0) > 0;
    const whose = t("{0}: ours / ref.", final);
    const line = html`<span class=${isOff ? "lane-outside" : "lane-quiet"}
      >${fitting(width, `${isOff ? "✗" : "✓"} ${whose}`, whose)}</span
    >`;
    return [
      {
        middle: top + height / 2,
        height,
        name,
        marked: textWidth(`✗ ${name}`) <= width ? name : laneText(info),
        detail: "",
        // Where the line has no room, a mark before the name would take the room of whose values these are.
        outside: { lines: [line], urgent: isOff && height >= TWO_LINES ? [line] : [], title },
      },
    ];
  }
  if (mode !== "sideBySide" || bands.length < 2) return [];
  return bands.map((band, index) => ({
    middle: band.top + band.height / 2,
    height: band.height,
    outside: NOTHING,
    // A low lane has room for its name alone, which says whose values these are.
    name: sideName(info, index, width),
    detail: "",
  }));
}

/** The label of a lane, or those of its bands or halves, which stand below one another. */
export function labelsOf(box: LaneBox, view: RunView, shown: Shown, width: number): Label[] {
  const { info } = box;
  if (info.isFolded === true) {
    const middle = box.top + box.height / 2;
    return [{ middle, height: box.height, name: laneText(info), detail: "", outside: NOTHING }];
  }
  const beside = besideLabels(box, shown, width);
  if (beside.length > 0) return beside;
  const isJoined = info.id === "output" && view.config?.bidirectional === true;
  if (isJoined && box.height >= TWO_LINES * 2) {
    return halves(
      box,
      (direction) =>
        outsideOf(halfOf(shown, direction), shown, view, { width, isBeside: false, isHalf: true }),
      width,
    );
  }
  const middle = box.top + box.height / 2;
  const long = laneDetail(info, view, shown.stateName);
  const detail = info.quantity === undefined ? fitting(width, long, shortDetail(info, view)) : long;
  const isBeside = isUncovered(info) && box.bands[0]?.side === "delta";
  const outside = outsideOf(info, shown, view, { width, isBeside });
  return [{ middle, height: box.height, name: laneText(info), detail, outside }];
}

/** The label of the logits, with the class that they say. */
export function answered(label: Label, { answer }: { readonly answer: Answer | null }): Label {
  if (answer === null) return label;
  const { whole, short } = answer;
  const { lines, urgent, title } = label.outside;
  const both = title === "" ? whole : `${whole} · ${title}`;
  const outside = { lines: [short, ...lines], urgent: [...urgent, short], title: both };
  return { ...label, outside };
}
