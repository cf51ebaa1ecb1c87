/**
 * The error of a run over time, before and under what was found: a chart in the colours of the page.
 */
import { text } from "../core/text";
import { element, group, label, path } from "../drawing/picture/svg";
import {
  ERROR_HEIGHT,
  ERROR_WIDTH,
  overTimeChart,
  stepTicks,
  type OverTimeChart,
} from "../drawing/run/charts/errorChart";
import { overTimeTexts } from "../drawing/run/charts/errorTexts";
import { placeOn, powerText } from "../drawing/run/charts/logScale";
import type { ErrorOverTime } from "../diagnosis/answer";
import type { DiagnosisView } from "../protocol/run/diagnosisMessages";
import { figure } from "./html";
import type { ReportContext } from "./context";

const SIZE = { width: 1032, height: 210 } as const;
/** The curves, right of the powers of ten and above the steps. */
const PLOT = { x: 56, y: 12, width: SIZE.width - 56 - 40, height: SIZE.height - 12 - 30 } as const;
const STEP_LABELS = 12;

/** Nothing where the reference has no steps of the run's shape. */
export function overTimeFigure({ say }: ReportContext, diagnosis: DiagnosisView): string {
  const { overTime, tolerance } = diagnosis;
  if (overTime === null) return "";
  const { title, what, name, before, after } = overTimeTexts(overTime);
  const caption = [title, what, before, ...(after === null ? [] : [after]), text("band: rounding")];
  const chart = overTimeChart(overTime, Number(tolerance));
  return figure(caption.map(say).join(" · "), chartMarkup(overTime, chart, say(name)), say);
}

function chartMarkup(
  { first, steps }: ErrorOverTime,
  { scale, band, before, after }: OverTimeChart,
  name: string,
): string {
  const heightOf = (power: number): number => 1 - placeOn(scale, 10 ** power);
  const grid = scale.ticks.map((power) => {
    const y = ERROR_HEIGHT * heightOf(power);
    return element("line", { class: "grid", x1: 0, x2: ERROR_WIDTH, y1: y, y2: y });
  });
  const curves = [
    path(before.span, { class: "before span" }),
    path(before.line, { class: "before" }),
    ...(after === null
      ? []
      : [path(after.span, { class: "after span" }), path(after.line, { class: "after" })]),
  ];
  const viewBox = `0 0 ${ERROR_WIDTH} ${ERROR_HEIGHT}`;
  const plot = element(
    "svg",
    { ...PLOT, viewBox, preserveAspectRatio: "none" },
    [path(band, { class: "band" }), ...grid, ...curves].join(""),
  );
  const powers = scale.ticks.map((power) =>
    label(PLOT.x - 8, PLOT.y + PLOT.height * heightOf(power), powerText(power), {
      "text-anchor": "end",
    }),
  );
  const times = stepTicks({ first, steps }, STEP_LABELS).map(({ step, at }) =>
    label(PLOT.x + PLOT.width * at, PLOT.y + PLOT.height + 14, String(step), {
      "text-anchor": "middle",
    }),
  );
  const axis = label(PLOT.x + PLOT.width + 28, PLOT.y + PLOT.height + 14, "t");
  return element(
    "svg",
    {
      class: "chart",
      viewBox: `0 0 ${SIZE.width} ${SIZE.height}`,
      role: "img",
      "aria-label": name,
      "font-size": 12,
    },
    plot + group({}, [...powers, ...times, axis]),
  );
}
