/**
 * The error at each step before and after: of the run as it is, and as if what was found had been done.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { DiagnosisView } from "../../../src/protocol/run/diagnosisMessages";
import type { RunView } from "../../../src/protocol/run/messages";
import { overTimeChart } from "../../../src/drawing/run/charts/errorChart";
import { overTimeTexts } from "../../../src/drawing/run/charts/errorTexts";
import { passes } from "../../../src/drawing/picture/names";
import { t, tr } from "../../shared/l10n";
import { errorCurve, errorPlot, legendBand, legendLine } from "./errorPlot";

export function overTimeSection(
  { overTime, tolerance }: DiagnosisView,
  view: RunView,
): TemplateResult | typeof nothing {
  if (overTime === null) return outputAgrees(view);
  const { first, steps } = overTime;
  const { scale, band, ...paths } = overTimeChart(overTime, Number(tolerance));
  const curves = [
    ...curvesOf("error-carried", paths.before),
    ...(paths.after === null ? [] : curvesOf("error-after", paths.after)),
  ];
  const texts = overTimeTexts(overTime);
  return html`<section class="why-over-time" aria-labelledby="why-over-time">
    <h2 id="why-over-time">${tr(texts.title)}</h2>
    <p class="dim">${tr(texts.what)}</p>
    ${errorPlot({
      ...{ scale, first, steps, band, curves },
      label: tr(texts.name),
    })}
    <ul class="error-legend">
      ${legendLine("carried", tr(texts.before))}
      ${texts.after === null ? nothing : legendLine("after", tr(texts.after))}
      ${legendBand(t("rounding"))}
    </ul>
  </section>`;
}

/** Nothing is drawn of an output that agrees; that it does is said where something else does not. */
function outputAgrees({ verdicts }: RunView): TemplateResult | typeof nothing {
  const off = verdicts.filter(({ verdict }) => verdict === "differs");
  const output = verdicts.find(({ name }) => name === "output");
  if (output === undefined || !passes(output) || off.length === 0) return nothing;
  const names = off.map(({ name }) => name).join(", ");
  return html`<div class="why-facts why-over-time">
    <h2>${t("Error over time")}</h2>
    <p class="dim">${t("The output agrees at every step: the error is in {0}.", names)}</p>
  </div>`;
}

function curvesOf(
  name: string,
  { line, span }: { readonly line: string; readonly span: string },
): ReturnType<typeof errorCurve>[] {
  const spans = span === "" ? [] : [errorCurve(`${name} error-span`, span)];
  return [...spans, errorCurve(name, line)];
}
