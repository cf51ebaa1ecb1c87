/**
 * The legend of the colours and marks of the unrolled view.
 */
import { html, nothing, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";
import type { StateName, RunView } from "../../../src/protocol/run/messages";
import { t } from "../../shared/l10n";
import { paintColourBar } from "../../shared/colourBar";
import type { ColourScale } from "../../../src/drawing/base/colourScale";
import { stateLimits, type Domains, type StateLimits } from "../../../src/drawing/run/domains";
import { isUncovered } from "../../../src/drawing/run/layout";
import { besideOf } from "../store/diagnosis";
import type { Store } from "../store/store";

export interface LegendRequest {
  readonly store: Store;
  readonly view: RunView;
  readonly domains: Domains;
  readonly scaleOf: (limit: number) => ColourScale;
}

type ScaleOf = LegendRequest["scaleOf"];

/** A scale with its ends; `isCut` where values lie beyond them. */
interface Bar {
  readonly name: string;
  readonly limit: number;
  readonly isCut?: boolean;
}

function scale({ name, limit, isCut = false }: Bar, scaleOf: ScaleOf): TemplateResult {
  const { table } = scaleOf(limit);
  return html`${name === "" ? nothing : html`<span class="legend-name">${name}</span>`}
    <span class="number">${isCut ? "≤ " : ""}−${limit}</span>
    <canvas
      class="legend-bar"
      aria-hidden="true"
      ${ref((canvas) => {
        paintColourBar(canvas, table);
      })}
    ></canvas>
    <span class="number">${isCut ? "≥ " : ""}+${limit}</span>`;
}

function bar(shown: Bar, scaleOf: ScaleOf): TemplateResult {
  return html`<span class="legend-scale">${scale(shown, scaleOf)}</span>`;
}

/** How the automatic range was found. */
function originOf(stateName: StateName, { auto, isSampled }: StateLimits): string {
  return isSampled
    ? t(
        "In every lane, 99.5 % of |{0}| lie within ±{1}, by a sample of the values.",
        stateName,
        auto,
      )
    : t(
        "In every lane, 99.5 % of |{0}| lie within ±{1}, counted over all values.",
        stateName,
        auto,
      );
}

/** The range of the colours, as a button that changes it. */
function rangeTitle(stateName: StateName, limits: StateLimits, isAuto: boolean): string {
  return isAuto
    ? t(
        "{0} Values beyond have the colour of the end. Click for colours up to ±{1}.",
        originOf(stateName, limits),
        limits.full,
      )
    : t("{0} Click for colours up to ±{1}.", originOf(stateName, limits), limits.auto);
}

/** The scale of h or c: a button where it has another range to go to. */
function stateBar(
  { store, view, scaleOf }: LegendRequest,
  stateName: StateName,
  name: string,
): TemplateResult {
  const { run, stateRange } = store.state;
  const limits = stateLimits(run ?? view, stateName);
  const limit = limits[stateRange];
  const shown = { name, limit, isCut: limits.largest > limit };
  if (limits.auto === limits.full) return bar(shown, scaleOf);
  const isAuto = stateRange === "auto";
  const title = rangeTitle(stateName, limits, isAuto);
  return html`<button
    type="button"
    class="legend-scale legend-switch"
    title=${title}
    aria-label=${t("Colours from −{0} to +{0}. {1}", limit, title)}
    @click=${() => {
      store.update({ stateRange: isAuto ? "full" : "auto" });
    }}
  >
    ${scale(shown, scaleOf)}
  </button>`;
}

/** Scales of lanes that do not share that of the layers, beside h below c. */
function ownScales({ lanes }: RunView, domains: Domains, isDelta: boolean): Bar[] {
  const own: Bar[] = [];
  const states = isDelta ? [domains.delta] : [domains.layers, domains.states];
  const hasLogits = !isDelta && lanes.some(({ id }) => id === "logits");
  if (hasLogits && domains.logits !== domains.states) {
    own.push({ name: t("logits"), limit: domains.logits });
  }
  const shown = [...states, ...own.map(({ limit }) => limit)];
  if (!shown.includes(domains.input)) own.push({ name: "x", limit: domains.input });
  return own;
}

/** Lanes that the reference does not have: collapsed, or beside the run under what was found. */
function findingSwitch(store: Store, { lanes }: RunView): TemplateResult | typeof nothing {
  const { showsFinding } = store.state;
  if (besideOf(store.state).length === 0 || !lanes.some(isUncovered)) return nothing;
  return html`<button
    type="button"
    class="legend-switch finding-switch"
    aria-pressed=${showsFinding}
    title=${t("In lanes that the reference does not have: ours − the run under the finding")}
    @click=${() => {
      store.update({ showsFinding: !showsFinding });
    }}
  >
    ${showsFinding ? t("hide the finding’s Δ") : t("show the finding’s Δ in the other lanes")}
  </button>`;
}

/** The foot of the unrolled view. */
export function legend(request: LegendRequest): TemplateResult {
  const { store, view, domains, scaleOf } = request;
  const { mode, stateName } = store.state;
  const isDelta = mode === "delta";
  const own = ownScales(view, domains, isDelta);
  const hasPadding = view.lengths?.some((length) => length < view.seqLength) === true;
  const hasOutputScale = !isDelta && domains.states !== domains.layers;
  const isNamed = own.length > 0 || hasOutputScale;
  return html`<div class="legend">
    ${
      isDelta
        ? bar({ name: "Δ", limit: domains.delta }, scaleOf)
        : stateBar(request, stateName, isNamed ? stateName : "")
    }
    ${hasOutputScale ? stateBar(request, "h", "h") : nothing}
    ${own.map((shown) => bar(shown, scaleOf))}
    ${
      isDelta
        ? html`<span>${t("Δ = ours − reference")}</span>
            <span><i class="swatch swatch-outside"></i>${t("outside tolerance")}</span>
            ${findingSwitch(store, view)}`
        : nothing
    }
    ${
      hasPadding ? html`<span><i class="swatch swatch-padding"></i>${t("padding")}</span>` : nothing
    }
  </div>`;
}
