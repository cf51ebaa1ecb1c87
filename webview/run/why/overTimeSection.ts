/**
 * The error at each step before and after: of the run as it is, and as if what was found had been done.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { DiagnosisView } from "../../../src/protocol/run/diagnosisMessages";
import { overTimeChart } from "../../../src/drawing/run/charts/errorChart";
import { t } from "../../shared/l10n";
import { errorCurve, errorPlot, largestText, legendBand, legendLine } from "./errorPlot";

export function overTimeSection({
  overTime,
  tolerance,
}: DiagnosisView): TemplateResult | typeof nothing {
  if (overTime === null) return nothing;
  const { first, steps, before, after, where: part } = overTime;
  const { scale, band, ...paths } = overTimeChart(overTime, Number(tolerance));
  const curves = [
    ...curvesOf("error-carried", paths.before),
    ...(paths.after === null ? [] : curvesOf("error-after", paths.after)),
  ];
  const where =
    part === null
      ? t("max |Δ| of output over all rows and units")
      : t("max |Δ| of output over all units, {0}", part);
  return html`<section class="why-over-time" aria-labelledby="why-over-time">
    <h2 id="why-over-time">
      ${after === null ? t("Error over time") : t("Error over time, before and after")}
    </h2>
    <p class="dim">${where}</p>
    ${errorPlot({
      ...{ scale, first, steps, band, curves },
      label: t("The error at each step before and after, on a logarithmic scale"),
    })}
    <ul class="error-legend">
      ${legendLine("carried", t("before: the run as it is, up to {0}", largestText(before.most)))}
      ${
        after === null
          ? nothing
          : legendLine("after", t("after: under the finding, up to {0}", largestText(after.most)))
      }
      ${legendBand(t("rounding"))}
    </ul>
  </section>`;
}

function curvesOf(
  name: string,
  { line, span }: { readonly line: string; readonly span: string },
): ReturnType<typeof errorCurve>[] {
  const spans = span === "" ? [] : [errorCurve(`${name} error-span`, span)];
  return [...spans, errorCurve(name, line)];
}
