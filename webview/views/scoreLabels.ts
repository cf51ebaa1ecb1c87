/**
 * Labels at the left of the score: what each lane is, and in Δ how much of it is outside tolerance.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { LaneInfo, Place, Quantity, RunView } from "../../src/protocol/messages";
import { t } from "../l10n";
import type { LaneBox, ScoreLayout } from "../render/layout";
import { formatSequenceAxes } from "../render/numbers";
import { unitAxis } from "../render/quantity";
import type { ViewState } from "../store";
import { laneText } from "./placeText";

/** A lane lower than this has room for one line only. */
const TWO_LINES = 32;
const THREE_LINES = 50;

/** What a lane holds, in the field's letters. */
function laneDetail(info: LaneInfo, view: RunView, quantity: Quantity): string {
  if (info.direction !== null) {
    return layerDetail(info.direction, `${unitAxis(view, quantity)} = ${info.units}`, quantity);
  }
  if (info.id === "tokens") return formatSequenceAxes(view);
  if (info.id === "logits") return logitsDetail(info, view);
  if (info.id === "input") {
    return view.pipeline?.embedding?.isUsed === true
      ? t("embedded [I {0}]", info.units)
      : formatSequenceAxes(view, ["I", info.units]);
  }
  return view.config?.bidirectional === true
    ? t("concat [{0}]", `2${unitAxis(view)} ${info.units}`)
    : `[${unitAxis(view)} ${info.units}]`;
}

/** `fc of h_n [2]` */
function logitsDetail({ units }: LaneInfo, { pipeline }: RunView): string {
  return t("{0} of {1} [{2}]", lastName(pipeline?.linear?.name ?? ""), pipeline?.head ?? "", units);
}

/** What stands after the last dot of a parameter's name. */
function lastName(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

function layerDetail(direction: Place["direction"], units: string, quantity: Quantity): string {
  const isForward = direction === "forward";
  if (quantity === "h") return isForward ? t("forward, {0}", units) : t("reverse, {0}", units);
  return isForward ? t("c forward, {0}", units) : t("c reverse, {0}", units);
}

type Line = string | TemplateResult | typeof nothing;

function outsideLine(info: LaneInfo): Line {
  if (info.reference === "none") return nothing;
  if (info.outside === 0) return html`<span class="lane-quiet">${t("✓ within tolerance")}</span>`;
  return html`<span class="lane-outside">${t("✗ {0} of {1}", info.outside, info.total)}</span>`;
}

/** What the lanes show. */
type Shown = Pick<ViewState, "mode" | "quantity">;

interface Label {
  readonly middle: number;
  readonly height: number;
  readonly name: string;
  readonly lines: readonly Line[];
}

function halves(box: LaneBox, extra: Label["lines"]): Label[] {
  const band = box.bands[0] ?? box;
  const half = box.info.units / 2;
  const height = band.height / 2;
  return [
    {
      ...{ middle: band.top + height / 2, height, name: laneText(box.info) },
      lines: [t("→ {0} … {1}", 0, half - 1), ...extra],
    },
    {
      ...{ middle: band.top + height * 1.5, height, name: "" },
      lines: [t("← {0} … {1}", half, box.info.units - 1)],
    },
  ];
}

function labelsOf(box: LaneBox, view: RunView, { mode, quantity }: Shown): Label[] {
  const { info } = box;
  const extra: readonly Line[] = mode === "delta" ? [outsideLine(info)] : [];
  if (mode === "sideBySide" && box.bands.length > 1) {
    return box.bands.map(({ top, height }, index) => ({
      ...{ middle: top + height / 2, height },
      name: index === 0 ? laneText(info) : "",
      lines: [index === 0 ? t("ours") : t("reference")],
    }));
  }
  const isJoined = info.id === "output" && view.config?.bidirectional === true;
  if (isJoined && box.height >= TWO_LINES * 2) return halves(box, extra);
  const middle = box.top + box.height / 2;
  const lines = [laneDetail(info, view, quantity), ...extra];
  return [{ middle, height: box.height, name: laneText(info), lines }];
}

function fittingLines(label: Label): Label["lines"] {
  const lines = label.lines.filter((line) => line !== nothing);
  if (label.height >= THREE_LINES || label.name === "") return lines;
  // What is outside matters more than how many units there are.
  return label.height >= TWO_LINES ? lines.slice(-1) : [];
}

/** The labels of every lane, placed beside it. */
export function scoreLabels(layout: ScoreLayout, view: RunView, shown: Shown): TemplateResult[] {
  return layout.boxes.flatMap((box) =>
    labelsOf(box, view, shown).map((label) => {
      const place = `top:${label.middle}px;left:${layout.labelLeft}px;width:${layout.labelWidth - 14}px`;
      const title = `${laneText(box.info)} · ${laneDetail(box.info, view, shown.quantity)}`;
      return html`<div class="lane-label" .style=${place} title=${title}>
        ${label.name === "" ? nothing : html`<span class="lane-name">${label.name}</span>`}
        ${fittingLines(label).map((line) =>
          typeof line === "string" ? html`<span class="lane-quiet">${line}</span>` : line,
        )}
      </div>`;
    }),
  );
}
