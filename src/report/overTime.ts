/**
 * The error of a run over time, before and under what was found: a chart in the colours of the page.
 */
import { text, type Text } from "../core/text";
import { significant } from "../drawing/base/exactNumber";
import { element, group, label, path } from "../drawing/picture/svg";
import {
  ERROR_HEIGHT,
  ERROR_WIDTH,
  overTimeChart,
  stepTicks,
  type OverTimeChart,
} from "../drawing/run/charts/errorChart";
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
  const caption = captionOf(overTime).map(say).join(" · ");
  const chart = overTimeChart(overTime, Number(tolerance));
  const label = text("The error at each step before and after, on a logarithmic scale");
  return figure(caption, chartMarkup(overTime, chart, say(label)));
}

function captionOf({ before, after, where }: ErrorOverTime): Text[] {
  const what =
    where === null
      ? text("max |Δ| of output over all rows and units")
      : text("max |Δ| of output over all units, {0}", where);
  return [
    after === null ? text("Error over time") : text("Error over time, before and after"),
    what,
    text("before: the run as it is, up to {0}", largestText(before.most)),
    ...(after === null
      ? []
      : [text("after: under the finding, up to {0}", largestText(after.most))]),
    text("band: rounding"),
  ];
}

/** The largest known value of a curve. */
function largestText(values: Float32Array): string {
  let most = 0;
  for (const value of values) if (value > most) most = value;
  return significant(most, 2);
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
