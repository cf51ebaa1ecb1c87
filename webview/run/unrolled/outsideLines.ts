/**
 * What a label of a lane says in Δ: how many values are outside tolerance, as far as it has room.
 */
import { html, type TemplateResult } from "lit";
import { grouped, percentOf, rounded } from "../../../src/core/numeric";
import { formatRoughCount } from "../../../src/drawing/tensors/quantities";
import type { LaneInfo, StateName, RunView } from "../../../src/protocol/run/messages";
import { t, tr } from "../../shared/l10n";
import {
  countsOf,
  finalTexts,
  withinText,
  type LaneCounts,
} from "../../../src/drawing/run/verdict/laneCounts";
import { chaosText } from "../../../src/drawing/run/verdict/chaosTexts";
import { finalName } from "../../../src/drawing/run/state";
import { laneText } from "../store/placeText";
import type { ViewState } from "../store/state";
import { textWidth } from "./textWidth";

/** From this width on a line of a few words is not cut. */
export const WIDE = 130;
/** Letters of a line and of a name beside those of the page, as the stylesheet has them. */
const LINE_SIZE = 0.92;
export const NAME_SIZE = 1;

/** The part of the view's state that the labels depend on. */
export type Shown = Pick<ViewState, "mode" | "stateName" | "cursor" | "run">;

export type Line = string | TemplateResult;

/** The lines about a lane in Δ. */
export interface Outside {
  readonly lines: readonly Line[];
  /** The lines that matter most, first the most. */
  readonly urgent: readonly Line[];
  /** All of it, in one line. */
  readonly title: string;
  /** Said beside the name of a lane that has no room for lines. */
  readonly beside?: Line;
}

export const NOTHING: Outside = { lines: [], urgent: [], title: "" };

function red(line: string): TemplateResult {
  return html`<span class="lane-outside">${line}</span>`;
}

/** The line, or its short form where it would be cut; `size` is that of its letters beside the page's. */
export function fitting(width: number, line: string, short: string, size = LINE_SIZE): string {
  return textWidth(line, size) <= width ? line : short;
}

/** The line with a number of values; with their share where that would be cut, and roughly where that would be as well. */
function counted(
  width: number,
  count: number,
  of: number,
  line: (count: string) => string,
): string {
  const share = fitting(
    width,
    line(percentOf(count, of)),
    line(formatRoughCount(rounded(count, 2))),
  );
  return fitting(width, line(grouped(count)), share);
}

/** Of a lane whose rows are not counted one by one. */
function outsideOfAll({ all, total, hasManyRows }: LaneCounts, width: number): Outside {
  const counts = [grouped(all), grouped(total)] as const;
  const line = red(
    hasManyRows
      ? counted(width, all, total, (count) => t("✗ all rows: {0}", count))
      : fitting(width, t("✗ {0} of {1}", ...counts), shortShare(all, total)),
  );
  const title = hasManyRows
    ? t("outside tolerance: {0} of {1} in all rows", ...counts)
    : t("outside tolerance: {0} of {1}", ...counts);
  return { lines: [line], urgent: [line], title };
}

/** Of few values their number says more than their share. */
function shortShare(all: number, total: number): string {
  return 1000 * all < total
    ? t("✗ {0} of {1}", grouped(all), formatRoughCount(total))
    : t("✗ {0} of all", percentOf(all, total));
}

function underFinding(): Outside {
  const line = t("under the finding");
  const title = t("Δ = ours − the run under the finding: the reference has no steps of this lane");
  return { lines: [line], urgent: [line], title };
}

/** What h_n or c_n of a lane says, as a word beside its name or a line, and in full. */
function ofFinal(
  count: number,
  stateName: StateName,
  { room, batchSize }: { readonly room: number } & Pick<RunView, "batchSize">,
): { readonly line: Line; readonly title: string } {
  const name = finalName(stateName);
  const [whole, short] = finalTexts(name, count, batchSize);
  return count === 0
    ? { line: `✓ ${name}`, title: t("{0}: all within tolerance", name) }
    : {
        line: red(fitting(room, tr(whole), tr(short))),
        title: t("{0}: {1} outside tolerance in all rows", name, grouped(count)),
      };
}

/** Of a lane of which the reference has the last state alone. */
function outsideOfFinal(
  info: LaneInfo,
  stateName: StateName,
  { width, batchSize }: { readonly width: number } & Pick<RunView, "batchSize">,
): Outside {
  const { outsideOfFinal } = info;
  if (outsideOfFinal === undefined) return NOTHING;
  const room = width - textWidth(`${laneText(info)} `);
  const { line, title } = ofFinal(outsideOfFinal, stateName, { room, batchSize });
  if (textWidth(`✓ ${finalName(stateName)}`) <= room) return { ...NOTHING, title, beside: line };
  return outsideOfFinal === 0 ? { ...NOTHING, title } : { ...NOTHING, title, beside: red("✗") };
}

/** Of a lane whose steps agree; its last state may be off nevertheless. */
function within(
  info: LaneInfo,
  final: number | undefined,
  view: Pick<RunView, "chaos" | "config" | "batchSize">,
  { stateName, width }: { readonly width: number } & Pick<Shown, "stateName">,
): Outside {
  const { byStep } = info;
  const whole = tr(withinText(info));
  const shorter = { all: t("✓ follows"), some: whole, none: whole };
  const line = fitting(width, whole, byStep === undefined ? t("✓ within") : shorter[byStep]);
  const chaotic = byStep === undefined ? null : chaosText(view);
  const title = chaotic === null ? whole : `${whole}. ${tr(chaotic)}`;
  if (final === undefined) return { lines: [line], urgent: [line], title };
  const off = ofFinal(final, stateName, { room: width, batchSize: view.batchSize });
  return {
    lines: [line, off.line],
    urgent: [off.line, line],
    title: `${title} · ${off.title}`,
  };
}

/** How a lane is told of. */
interface Told {
  readonly width: number;
  /** True in Δ beside the run under the finding. */
  readonly isBeside: boolean;
  /** True of a half of the output, beside which no h_n stands. */
  readonly isHalf?: boolean;
}

export function outsideOf(
  info: LaneInfo | undefined,
  { mode, cursor, stateName }: Shown,
  view: RunView,
  { width, isBeside, isHalf = false }: Told,
): Outside {
  if (mode !== "delta" || info === undefined) return NOTHING;
  if (isBeside) return underFinding();
  const { batchSize } = view;
  if (info.reference === "none") return outsideOfFinal(info, stateName, { width, batchSize });
  const counts = countsOf(info, cursor.batch, batchSize);
  const { row, all, total } = counts;
  if (all === 0) {
    return within(info, isHalf ? undefined : info.outsideOfFinal, view, { stateName, width });
  }
  if (row === null) return outsideOfAll(counts, width);
  const ofRow = total / batchSize;
  const title = t(
    "outside tolerance: {0} of {1} in this row (batch {2}), {3} of {4} in all rows",
    ...[grouped(row), grouped(ofRow), cursor.batch, grouped(all), grouped(total)],
  );
  if (row === 0) {
    const rest = red(counted(width, all, total, (count) => t("✗ other rows: {0}", count)));
    const own = t("✓ this row: 0");
    return { lines: [own, rest], urgent: [rest, own], title };
  }
  const lines = [
    red(counted(width, row, ofRow, (count) => t("✗ this row: {0}", count))),
    red(counted(width, all, total, (count) => t("✗ all rows: {0}", count))),
  ];
  return { lines, urgent: lines, title };
}
