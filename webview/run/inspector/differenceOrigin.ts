/**
 * Where the difference of a unit comes from: whether the reference's value follows from its own previous state, or the
 * difference is made in the step.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { Place, StateName, RunView } from "../../../src/protocol/run/messages";
import type { ReferenceStep, UnitExplanation } from "../../../src/protocol/run/unitMessages";
import { isWithin } from "../../../src/drawing/base/exactNumber";
import { lacksBelow } from "../../../src/drawing/run/absent";
import { t } from "../../shared/l10n";
import { layerText } from "../store/placeText";

/** Moves the cursor to a place, and shows h or c where that matters. */
export type GoTo = (place: Partial<Place>, stateName?: StateName) => void;

/** The step from the reference's own h_(t−1): with these weights it gives the reference's value, or it does not. */
export interface OwnStep {
  readonly value: number;
  readonly follows: boolean;
  /** null of the first step, from the initial state and the reference's layer below. */
  readonly previousStep: number | null;
  readonly ours: ReferenceStep["ours"];
}

/** null where the reference does not tell. */
export function ownStepOf(
  { referenceStep, previousStep }: UnitExplanation,
  agree: (found: number) => boolean,
): OwnStep | null {
  if (referenceStep === null) return null;
  const { numbers, ours } = referenceStep;
  const [value = NaN, , delta = NaN, allowed = NaN] = numbers;
  return { value, follows: isWithin(delta, allowed, agree(value)), previousStep, ours };
}

/** Whether the difference was carried to this step or is made in it, as far as the reference tells. */
export function originOfDifference(
  explanation: UnitExplanation,
  {
    ownStep,
    lanes,
    goTo,
  }: Pick<RunView, "lanes"> & { readonly ownStep: OwnStep | null; readonly goTo: GoTo },
): TemplateResult | typeof nothing {
  const { stateName, previousStep, place } = explanation;
  const below = fromBelow(explanation, goTo);
  if (ownStep !== null) {
    const { follows, ours } = ownStep;
    return html`
      <p class="origin-of-difference">
        ${follows ? carried(ownStep, place, goTo) : madeHere(ownStep)}
        ${ours.length === 0 ? nothing : html`<span class="dim">${taken(ours)}</span>`}
      </p>
      ${follows ? nothing : below}
    `;
  }
  if (stateName === "c" || previousStep !== null || below !== nothing) return below;
  const sentence = lacksBelow(lanes, place.layer)
    ? t(
        "This is the first step of its direction, and the steps of layer {0} are not in the reference: the difference is made here, or comes from there.",
        place.layer - 1,
      )
    : t("This is the first step of its direction: no difference was carried here along time.");
  return html`<p class="origin-of-difference">${sentence}</p>`;
}

/** Whether the layers that this one reads differ already. */
function fromBelow({ below }: UnitExplanation, goTo: GoTo): TemplateResult | typeof nothing {
  if (below === null) return nothing;
  if (below.name === "embedded") {
    return html`<p class="origin-of-difference">
      ${t("The embedded input already differs: what this layer reads is not the reference's.")}
    </p>`;
  }
  const { name, place } = below;
  return html`<p class="origin-of-difference">
    ${t("Below, {0} of {1} already differs: the difference may come from there.", name, layerText(place))}
    <button
      type="button"
      class="link"
      @click=${() => {
        goTo(place, name === "c_n" ? "c" : "h");
      }}
    >
      ${t("go to {0} t = {1}", layerText(place), place.step)}
    </button>
  </p>`;
}

/** From the step before, from the layer below, or from both: what the step took from the reference gives its value. */
function carried(
  { previousStep, ours }: OwnStep,
  { layer, step }: Place,
  goTo: GoTo,
): TemplateResult {
  if (previousStep === null) {
    return html`${t("The reference's own layer {0} gives its value here: the difference comes from there.", layer - 1)}
      <button
        type="button"
        class="link"
        @click=${() => {
          goTo({ layer: layer - 1 });
        }}
      >
        ${t("go to layer {0}, t = {1}", layer - 1, step)}
      </button>`;
  }
  const isBelowTheirs = layer > 0 && !ours.includes("x");
  return html`${
      isBelowTheirs
        ? t(
            "The reference's own h at t = {0} and its layer {1} give its value here: the difference came with one of them.",
            previousStep,
            layer - 1,
          )
        : t(
            "The reference's own h at t = {0} gives its value here: the difference was carried.",
            previousStep,
          )
    }
    <button
      type="button"
      class="link"
      @click=${() => {
        goTo({ step: previousStep });
      }}
    >
      ${t("go to t = {0}", previousStep)}
    </button>`;
}

function madeHere({ previousStep, ours }: OwnStep): string {
  if (previousStep === null) {
    return t(
      "The reference's own layer below gives another value here: the difference is made in this step.",
    );
  }
  return ours.length === 0
    ? t(
        "The reference's own h at t = {0} gives another value here: the difference is made in this step.",
        previousStep,
      )
    : t("The reference's own h at t = {0} gives another value here.", previousStep);
}

/** The values of our run that this check had to use. */
function taken(ours: ReferenceStep["ours"]): string {
  if (!ours.includes("x")) return t("Checked with our c, which the reference does not have.");
  return ours.includes("c")
    ? t("Checked with our x and c: the reference has neither the layer below nor c.")
    : t("Checked with our x: the reference does not have the layer below.");
}
