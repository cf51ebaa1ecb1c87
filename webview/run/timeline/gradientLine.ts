/**
 * The gradient in the timeline: its loss, its size at the cursor, and whether it vanishes or explodes.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { GradientCurve, LossChoice } from "../../../src/protocol/run/curveMessages";
import type { Place, RunView } from "../../../src/protocol/run/messages";
import { toggleGradient } from "../store/actions";
import { t, tr } from "../../shared/l10n";
import { positiveRange } from "../../../src/drawing/run/charts/curves";
import { significant } from "../../../src/drawing/base/exactNumber";
import type { Store } from "../store/store";
import { choiceList } from "../../shared/choiceList";
import { layerText } from "../store/placeText";

const LOSSES: readonly LossChoice["kind"][] = ["last", "sum", "unit"];
const DIGITS = 3;

/** The gradient of the cursor's lane; both are undefined while they are computed, or switched off. */
export interface ShownGradient {
  readonly curve: GradientCurve | undefined;
  /** ‖∂L/∂h_t‖ at the cursor's step. */
  readonly size: number | undefined;
}

/** The curve, of at most `width` columns, and the size at the cursor. */
export function fetchGradient(store: Store, view: RunView, width: number): ShownGradient {
  const { seqLength } = view;
  const { step } = store.state.cursor;
  const maxColumns = Math.min(seqLength, width);
  const curve =
    width === 0 ? undefined : request(store, { stepStart: 0, stepEnd: seqLength, maxColumns });
  if (curve === undefined) return { curve, size: undefined };
  const isExact = curve.norm.length === seqLength;
  const size = isExact ? curve.norm[step] : request(store, stepRange(step))?.norm[0];
  return { curve, size };
}

/** The button that switches the gradient on and off. */
export function gradientSwitch(store: Store): TemplateResult {
  const label = t("Gradient of the loss (G)");
  return html`<button
    type="button"
    class="icon-button gradient-switch"
    aria-label=${label}
    aria-pressed=${store.state.gradient !== null}
    title=${label}
    @click=${() => {
      toggleGradient(store);
    }}
  >
    <span aria-hidden="true">∂L</span>
  </button>`;
}

/** The range of the curve's own logarithmic scale. */
function rangeText({ norm }: GradientCurve): string {
  const range = positiveRange(norm);
  return range === null
    ? t("none")
    : t("log {0} … {1}", significant(range[0], 2), significant(range[1], 2));
}

/** The line below the timeline; nothing while the gradient is switched off. */
export function gradientLine(
  store: Store,
  { curve, size }: ShownGradient,
): TemplateResult | typeof nothing {
  const { gradient, cursor } = store.state;
  if (gradient === null) return nothing;
  return html`<div class="gradient-line" role="group" aria-label=${t("Gradient")}>
    ${choiceList({
      label: t("gradient of"),
      value: gradient.kind,
      options: LOSSES.map((kind) => [kind, lossName(kind, gradient)]),
      named: true,
      change: (kind) => {
        choose(store, kind);
      },
    })}
    ${gradient.kind === "unit" && !isSamePlace(gradient.place, cursor) ? pinButton(store) : nothing}
    ${
      curve === undefined
        ? html`<span class="lane-quiet">${t("computing…")}</span>`
        : html`<span class="name-gradient number">${sizeText(cursor.step, size)}</span>
            <span class="lane-quiet">${rangeText(curve)}</span>
            <span class="gradient-flow ${curve.flow}">${tr(curve.sentence)}</span>
            ${referenceOf(curve)}`
    }
  </div>`;
}

/** How far the gradient of an engine is from this one. */
function referenceOf({ reference }: GradientCurve): TemplateResult | typeof nothing {
  if (reference === null) return nothing;
  const { agrees, sentence } = reference;
  return html`<span class="gradient-reference ${agrees ? "agrees" : "apart"}"
    ><span aria-hidden="true">${agrees ? "✓" : "✗"}</span> ${tr(sentence)}</span
  >`;
}

function request(
  store: Store,
  range: { readonly stepStart: number; readonly stepEnd: number; readonly maxColumns: number },
): GradientCurve | undefined {
  const { gradient: loss, cursor } = store.state;
  if (loss === null) return undefined;
  const { layer, direction, batch } = cursor;
  return store.gradient({ loss, layer, direction, batch, ...range });
}

function lossName(kind: LossChoice["kind"], gradient: LossChoice): string {
  switch (kind) {
    case "sum":
      return t("the sum of the output");
    case "last":
      return t("the sum of the last step");
    case "unit":
      return gradient.kind === "unit" ? unitName(gradient) : t("the unit at the cursor");
  }
}

/** `h[3] of layer 1 ←, t = 12` */
function unitName({ place, stateName }: Extract<LossChoice, { kind: "unit" }>): string {
  const { unit, step } = place;
  return t("{0}[{1}] of {2}, t = {3}", stateName, unit, layerText(place), step);
}

function choose(store: Store, kind: string): void {
  if (kind === "unit") pin(store);
  else store.showGradient({ kind: kind === "sum" ? "sum" : "last" });
}

/** Makes the unit at the cursor the loss; it stays when the cursor moves, so that all lanes can be inspected. */
function pin(store: Store): void {
  const { cursor, stateName } = store.state;
  store.showGradient({ kind: "unit", place: cursor, stateName });
}

function pinButton(store: Store): TemplateResult {
  return html`<button
    type="button"
    class="link"
    @click=${() => {
      pin(store);
    }}
  >
    ${t("take the unit at the cursor")}
  </button>`;
}

function isSamePlace(left: Place, right: Place): boolean {
  return (["layer", "direction", "step", "batch", "unit"] as const).every(
    (key) => left[key] === right[key],
  );
}

/** `‖∂L/∂h_t‖ = 1.2e-5 at t = 3` */
function sizeText(step: number, size: number | undefined): string {
  const written = size === undefined ? "…" : significant(size, DIGITS);
  return t("‖∂L/∂h_t‖ = {0} at t = {1}", written, step);
}

function stepRange(step: number): Parameters<typeof request>[1] {
  return { stepStart: step, stepEnd: step + 1, maxColumns: 1 };
}
