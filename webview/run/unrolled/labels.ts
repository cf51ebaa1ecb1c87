/**
 * Labels of the lanes of the unrolled view: their names, what they hold, and in Δ what is outside tolerance.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { LaneInfo, Place, StateName, RunView } from "../../../src/protocol/run/messages";
import { t } from "../../shared/l10n";
import { fittingLines } from "../../../src/drawing/run/verdict/laneCounts";
import type { ShownLane } from "../../../src/drawing/run/laneChoice";
import type { LaneBox, UnrolledLayout } from "../../../src/drawing/run/layout";
import type { Scrolled } from "../../../src/drawing/run/zoom/rowZoom";
import { isUncovered } from "../../../src/drawing/run/sides";
import { formatSequenceAxes } from "../../../src/drawing/base/numbers";
import { finalName, unitAxis } from "../../../src/drawing/run/state";
import { fillLane } from "../store/actions";
import type { Answer } from "./readout";
import { toggleLane } from "../store/lanes";
import { laneText, quantityText } from "../store/placeText";
import {
  fitting,
  NOTHING,
  outsideOf,
  WIDE,
  type Line,
  type Outside,
  type Shown,
} from "./outsideLines";
import type { Store } from "../store/store";
import { textWidth } from "./textWidth";

/** A half of the output lower than this has room for one line only. */
const TWO_LINES = 32;
const NAME_HEIGHT = 16;

/** The content of a lane, in the field's letters. */
function laneDetail(info: ShownLane, view: RunView, stateName: StateName): string {
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

interface Label {
  readonly middle: number;
  readonly height: number;
  readonly name: string;
  /** The name where a mark stands before it. */
  readonly marked?: string;
  readonly detail: string;
  readonly outside: Outside;
}

/** The top layer's lane of a direction, which is one half of the output. */
function halfOf({ run }: Shown, direction: Place["direction"]): LaneInfo | undefined {
  return run?.lanes.filter((lane) => lane.direction === direction).at(-1);
}

/** Both halves say which units they are, the upper one beside the name, and count the values of other rows. */
function half(
  name: string,
  units: readonly [direction: string, detail: string],
  { outside, width }: { readonly outside: Outside; readonly width: number },
): Pick<Label, "name" | "detail" | "outside"> {
  const [direction, detail] = units;
  const [first, ...others] = outside.urgent;
  if (first === undefined) return { name, detail, outside };
  if (name === "") {
    return { name, detail, outside: { ...outside, urgent: [first, detail, ...others] } };
  }
  const whole = `${name} ${detail}`;
  const fits = textWidth(whole) <= width;
  return { name: fits ? whole : `${name} ${direction}`, detail: "", outside };
}

function halves(
  box: LaneBox,
  outsideOfHalf: (direction: Place["direction"]) => Outside,
  width: number,
): Label[] {
  const band = box.bands[0] ?? box;
  const units = box.info.units / 2;
  const height = band.height / 2;
  return [
    {
      middle: band.top + height / 2,
      height,
      ...half(laneText(box.info), ["→", t("→ {0} … {1}", 0, units - 1)], {
        outside: outsideOfHalf("forward"),
        width,
      }),
    },
    {
      middle: band.top + height * 1.5,
      height,
      ...half("", ["←", t("← {0} … {1}", units, 2 * units - 1)], {
        outside: outsideOfHalf("reverse"),
        width,
      }),
    },
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
  const whole = `${laneText(info)} · ${side}`;
  if (textWidth(whole) <= width) return whole;
  return band === 0 ? laneText(info) : side;
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
        ...{ name, marked: textWidth(`✗ ${name}`) <= width ? name : laneText(info) },
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

function labelsOf(box: LaneBox, view: RunView, shown: Shown, width: number): Label[] {
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
        outsideOf(halfOf(shown, direction), shown, view, {
          ...{ width, isBeside: false, isHalf: true },
        }),
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

function linesOf({ detail, name, height, outside }: Label): readonly Line[] {
  // Without a name its line is free; what is outside matters more than how many units there are.
  const room = name === "" ? height + NAME_HEIGHT : height;
  const lines = detail === "" ? outside.lines : [detail, ...outside.lines];
  return fittingLines<Line>(lines, outside.urgent, room);
}

/** The label of a lane that is partly on screen stands in the middle of that part. */
function onScreen(label: Label, { top, height: seen }: Scrolled): Label {
  const from = Math.max(label.middle - label.height / 2, top);
  const to = Math.min(label.middle + label.height / 2, top + seen);
  const isCut = to - from < label.height && to - from > 2 * NAME_HEIGHT;
  return isCut ? { ...label, middle: (from + to) / 2 } : label;
}

/** The name of a lane, which says by itself that values are outside where no line does. */
function nameOf(
  { name, marked, outside }: Label,
  isAlone: boolean,
): TemplateResult | typeof nothing {
  if (name === "") return nothing;
  const isOutside = isAlone && outside.urgent.some((line) => typeof line !== "string");
  return html`<span class="lane-name"
    >${isOutside ? html`<span class="lane-outside">✗</span> ${marked ?? name}` : name}${
      outside.beside === undefined
        ? nothing
        : html` <span class="lane-quiet">${outside.beside}</span>`
    }</span
  >`;
}

/** The label of the logits, with the class that they say. */
function answered(label: Label, { answer }: { readonly answer: Answer | null }): Label {
  if (answer === null) return label;
  const { whole, short } = answer;
  const { lines, urgent, title } = label.outside;
  const both = title === "" ? whole : `${whole} · ${title}`;
  const outside = { lines: [short, ...lines], urgent: [...urgent, short], title: both };
  return { ...label, outside };
}

/** A lane is unfolded, folded or given the whole height. */
function pressLane(store: Store, lane: string, isFolded: boolean, folds: boolean): void {
  if (isFolded || folds) toggleLane(store, "collapsed", lane);
  else fillLane(store, lane);
}

/** Nothing is said of the differences of what is still to be computed. */
function unjudged(shown: Shown): Shown {
  return shown.mode === "delta" ? { ...shown, mode: "ours" } : shown;
}

/** The labels of every lane, placed beside what of it is on screen. */
export function laneLabels(
  layout: UnrolledLayout,
  view: RunView,
  store: Store,
  screen: Scrolled & { readonly answer: Answer | null },
): TemplateResult[] {
  const { state: shown, player } = store;
  const width = layout.labelWidth - 14;
  return layout.boxes.flatMap((box) => {
    const isComputed = player.has(box.info);
    return labelsOf(box, view, isComputed ? shown : unjudged(shown), width).map((whole) => {
      const isAnswered = isComputed && box.info.id === "logits";
      const label = onScreen(isAnswered ? answered(whole, screen) : whole, screen);
      const place = `top:${label.middle}px;left:${layout.labelLeft}px;width:${width}px`;
      const name = `${laneText(box.info)} · ${laneDetail(box.info, view, shown.stateName)}`;
      const title = label.outside.title === "" ? name : `${name} · ${label.outside.title}`;
      const isFolded = box.info.isFolded === true;
      const lines = linesOf(label);
      const hint = isFolded
        ? t("Click to unfold")
        : t("Click for the whole height, or for all lanes again; Shift+click to fold");
      return html`<div
        class=${isFolded ? "lane-label lane-folded" : "lane-label"}
        .style=${place}
        title=${`${title} · ${hint}`}
        @click=${(event: MouseEvent) => {
          pressLane(store, box.info.id, isFolded, event.shiftKey);
        }}
      >
        ${nameOf(label, lines.length === 0)}
        ${lines.map((line) =>
          typeof line === "string" ? html`<span class="lane-quiet">${line}</span>` : line,
        )}
      </div>`;
    });
  });
}
