/**
 * Labels of the lanes of the unrolled view, placed beside what of them is on screen.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { RunView } from "../../../src/protocol/run/messages";
import type { UnrolledLayout } from "../../../src/drawing/run/layout";
import { fittingLines } from "../../../src/drawing/run/verdict/laneCounts";
import type { Scrolled } from "../../../src/drawing/run/zoom/rowZoom";
import { t } from "../../shared/l10n";
import { fillLane } from "../store/actions";
import { toggleLane } from "../store/lanes";
import { laneText } from "../store/placeText";
import type { Store } from "../store/store";
import { answered, labelsOf, laneDetail, type Label } from "./labelTexts";
import type { Line, Shown } from "./outsideLines";
import type { Answer } from "./readout";

const NAME_HEIGHT = 16;

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
