/**
 * What the colours and marks of the score stand for.
 */
import { html, nothing, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";
import type { RunView } from "../../src/protocol/messages";
import { t } from "../l10n";
import { paintColourBar } from "../paint/colourBar";
import type { ColourScale } from "../render/colourScale";
import type { Domains } from "../render/domains";
import type { ViewState } from "../store";

export interface LegendRequest {
  readonly state: ViewState;
  readonly view: RunView;
  readonly domains: Domains;
  readonly scaleOf: (limit: number) => ColourScale;
}

function bar(name: string, limit: number, scale: ColourScale): TemplateResult {
  return html`<span class="legend-scale">
    ${name === "" ? nothing : html`<span class="legend-name">${name}</span>`}
    <span class="number">−${limit}</span>
    <canvas
      class="legend-bar"
      aria-hidden="true"
      ${ref((canvas) => {
        paintColourBar(canvas, scale.table);
      })}
    ></canvas>
    <span class="number">+${limit}</span>
  </span>`;
}

/** Scales of lanes that do not share that of the layers. */
function ownScales({ lanes }: RunView, domains: Domains): [name: string, limit: number][] {
  const own: [string, number][] = [];
  if (domains.states !== domains.layers) own.push(["h", domains.states]);
  const hasLogits = lanes.some(({ id }) => id === "logits");
  if (hasLogits && domains.logits !== domains.states) own.push([t("logits"), domains.logits]);
  return own;
}

/** The foot of the score. */
export function legend({ state, view, domains, scaleOf }: LegendRequest): TemplateResult {
  const isDelta = state.mode === "delta";
  const main = isDelta ? domains.delta : domains.layers;
  const own = isDelta ? [] : ownScales(view, domains);
  const shown = [main, ...own.map(([, limit]) => limit)];
  if (!shown.includes(domains.input)) own.push(["x", domains.input]);
  const hasPadding = view.lengths?.some((length) => length < view.seqLength) === true;
  return html`<div class="legend">
    ${bar(isDelta ? "Δ" : own.length > 0 ? state.quantity : "", main, scaleOf(main))}
    ${own.map(([name, limit]) => bar(name, limit, scaleOf(limit)))}
    ${
      isDelta
        ? html`<span>${t("Δ = ours − reference")}</span>
            <span><i class="swatch swatch-outside"></i>${t("outside tolerance")}</span>`
        : nothing
    }
    ${
      hasPadding ? html`<span><i class="swatch swatch-padding"></i>${t("padding")}</span>` : nothing
    }
  </div>`;
}
