/**
 * The two plots of a result, each with its table.
 */
import { html, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import { formatCompact } from "../../../src/drawing/base/numbers";
import {
  errorPlot,
  errorRows,
  pairPlot,
  pairRows,
  PLANE,
  PLOT_HEIGHT,
  PLOT_WIDTH,
  type NumberPlot,
} from "../../../src/drawing/run/charts/numberPlots";
import type {
  ErrorDensity,
  NumbersView,
  PairDensity,
} from "../../../src/protocol/run/numbersMessages";
import { t } from "../../shared/l10n";

/** Half the width of the widest label. */
const END_ROOM = 20;
/** A cell that holds few values is faint; one with a value outside tolerance is seen. */
const LEAST_OUTSIDE = 0.5;

interface Figure {
  readonly className: string;
  readonly title: string;
  readonly across: string;
  readonly up: string;
  readonly plot: NumberPlot;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Sizes of the differences by the magnitude of the reference. */
export function errorFigure(
  name: string,
  density: ErrorDensity,
  tolerance: NumbersView["tolerance"],
  isByStep: boolean,
): TemplateResult {
  return figureOf({
    className: "error-density",
    title: isByStep
      ? t("{0}: |Δ| by |reference|; the line is what is allowed before chaos", name)
      : t("{0}: |Δ| by |reference|; the line is what is allowed", name),
    across: t("|reference|"),
    up: "|Δ|",
    plot: errorPlot(density, tolerance),
    head: [t("|reference|"), t("values"), t("largest |Δ| up to"), t("outside")],
    rows: errorRows(density).map(({ from, to, count, most, outside }) => [
      spanText(from, to),
      String(count),
      formatCompact(most),
      String(outside),
    ]),
  });
}

/** Ours by the reference. */
export function pairFigure(name: string, density: PairDensity): TemplateResult {
  return figureOf({
    className: "pair-density",
    title: t("{0}: ours by the reference; on the line both are equal", name),
    across: t("reference"),
    up: t("ours"),
    plot: pairPlot(density),
    head: [t("reference"), t("values"), t("ours"), t("outside")],
    rows: [
      ...pairRows(density).map(({ from, to, count, ours, outside }) => [
        spanText(from, to),
        String(count),
        spanText(...ours),
        String(outside),
      ]),
      ...(density.irregular === 0
        ? []
        : [[t("not finite"), String(density.irregular), t("not drawn"), ""]]),
    ],
  });
}

function spanText(from: number, to: number): string {
  return `${formatCompact(from)} … ${formatCompact(to)}`;
}

function figureOf({ className, title, across, up, plot, head, rows }: Figure): TemplateResult {
  return html`<figure class="density ${className}">
    <svg
      viewBox="0 0 ${PLOT_WIDTH} ${PLOT_HEIGHT}"
      role="img"
      aria-label=${t("{0}; the table below has its numbers", title)}
    >
      ${axes(plot, across, up)}
      ${plot.cells.map(
        ({ x, y, width, height, opacity, isOutside }) =>
          svg`<rect class=${isOutside ? "cell outside" : "cell"} x=${x} y=${y} width=${width} height=${height} fill-opacity=${isOutside ? Math.max(LEAST_OUTSIDE, opacity) : opacity}></rect>`,
      )}
      ${svg`<path class="density-line" d=${plot.line}></path>`}
    </svg>
    <figcaption>${title}</figcaption>
    <details>
      <summary>${t("As a table")}</summary>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              ${head.map((cell) => html`<th scope="col">${cell}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${rows.map(
              ([first, ...others]) =>
                html`<tr>
                  <th scope="row">${first}</th>
                  ${others.map((cell) => html`<td class="number">${cell}</td>`)}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </details>
  </figure>`;
}

/** A label at an end of the axis stands inside of it. */
function anchorAt(x: number): string {
  if (x < PLANE.left + END_ROOM) return "start";
  return x > PLANE.left + PLANE.width - END_ROOM ? "end" : "middle";
}

function axes(plot: NumberPlot, across: string, up: string): SVGTemplateResult {
  const bottom = PLANE.top + PLANE.height;
  const right = PLANE.left + PLANE.width;
  return svg`
    <rect class="plane" x=${PLANE.left} y=${PLANE.top} width=${PLANE.width} height=${PLANE.height}></rect>
    ${plot.xTicks.map(
      ({ at, label }) =>
        svg`<line class="grid" x1=${at} x2=${at} y1=${PLANE.top} y2=${bottom}></line>
          <text class="tick" x=${at} y=${bottom + 16} text-anchor=${anchorAt(at)}>${label}</text>`,
    )}
    ${plot.yTicks.map(
      ({ at, label }) =>
        svg`<line class="grid" x1=${PLANE.left} x2=${right} y1=${at} y2=${at}></line>
          <text class="tick" x=${PLANE.left - 6} y=${at + 4} text-anchor="end">${label}</text>`,
    )}
    <text class="axis" x=${(PLANE.left + right) / 2} y=${PLOT_HEIGHT - 8} text-anchor="middle">${across}</text>
    <text class="axis" transform="translate(13 ${PLANE.top + PLANE.height / 2}) rotate(-90)" text-anchor="middle">${up}</text>`;
}
