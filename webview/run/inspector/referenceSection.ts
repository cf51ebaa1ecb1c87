/**
 * The reference of a unit: its value, and whether it follows from the reference's own previous state.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { Place, StateName, RunView } from "../../../src/protocol/run/messages";
import type {
  JudgedAs,
  JudgedReference,
  ReferenceStep,
  UnitExplanation,
} from "../../../src/protocol/run/unitMessages";
import { t, tr } from "../../shared/l10n";
import { measuredText, measureText } from "../../../src/drawing/run/measures";
import {
  FLOAT32_DIGITS,
  PART_DIGITS,
  isNoise,
  isWithin,
  significant,
} from "../../../src/drawing/base/exactNumber";
import { lacksBelow } from "../../../src/drawing/run/absent";
import { finalName } from "../../../src/drawing/run/state";
import { layerText } from "../store/placeText";

/** Moves the cursor to a place, and shows h or c where that matters. */
export type GoTo = (place: Partial<Place>, stateName?: StateName) => void;

/** Reference, Δ, the allowed difference and its origin; nothing without a reference value. */
export function referenceSection(
  explanation: UnitExplanation,
  { tolerance, lanes }: Pick<RunView, "tolerance" | "lanes">,
  goTo: GoTo,
): TemplateResult | typeof nothing {
  const { value, final } = explanation;
  const agreesWith =
    (expected = NaN) =>
    (found: number): boolean =>
      tolerance.equalNan && Number.isNaN(expected) && Number.isNaN(found);
  const judge = (judged: JudgedReference): Judged | null =>
    judgedOf(judged, agreesWith(judged.reference[0])(value[1] ?? NaN));
  const step = judge(explanation);
  if (step === null) return nothing;
  const agree = agreesWith(step.expected);
  const ownStep = step.within && step.isByValue ? null : ownStepOf(explanation, agree);
  const ofSlot = final && judge(final);
  return html`
    ${valueRows(t("reference"), step, ownStep)}
    ${step.within ? nothing : originOfDifference(explanation, { ownStep, lanes, goTo })}
    ${
      final === null || ofSlot === null || ofSlot.within === step.within
        ? nothing
        : slotSection(explanation, final.slot, [step, ofSlot])
    }
  `;
}

/** A value of the reference with what is said of it. */
interface Judged extends JudgedReference {
  readonly expected: number;
  readonly delta: number;
  readonly allowed: number;
  readonly isByValue: boolean;
  readonly within: boolean;
}

/** null without a reference value. `agrees` where both are NaN, and may be. */
function judgedOf(judged: JudgedReference, agrees: boolean): Judged | null {
  const { reference, judgedAs } = judged;
  const [expected, delta, allowed] = reference;
  if (expected === undefined || delta === undefined || allowed === undefined) return null;
  const isByValue = judgedAs === "difference";
  const within = isByValue ? isWithin(delta, allowed, agrees) : judgedAs !== "wrong-by-step";
  return { ...judged, expected, delta, allowed, isByValue, within };
}

function valueRows(
  name: string,
  { reference, judgedAs, judgedBy, expected, delta, allowed, within }: Judged,
  ownStep: OwnStep | null,
): TemplateResult {
  return html`<dl
    class="reference ${judgedAs === "unknown" ? "unjudged" : within ? "within" : "outside"}"
  >
    <dt>${name}</dt>
    <dd>${significant(expected, FLOAT32_DIGITS)}</dd>
    <dt><abbr title=${t("ours − reference")}>Δ</abbr></dt>
    <dd>
      ${significant(delta, PART_DIGITS)}
      ${judgedAs === "difference" ? allowance(expected, allowed, judgedBy) : chaotic()}
      ${judgedMark(judgedAs, within)}
    </dd>
    ${measuresRow(reference, judgedBy)} ${ownStep === null ? nothing : ownStepRow(ownStep)}
  </dl>`;
}

/** Of the last step: the reference's h_n or c_n where it is judged otherwise than the step itself. */
function slotSection(
  { stateName, place }: UnitExplanation,
  slot: number,
  [step, ofSlot]: readonly [Judged, Judged],
): TemplateResult {
  const name = `${finalName(stateName)}[${slot}]`;
  const [final = "", own = ""] = [ofSlot, step].map(({ expected }) =>
    significant(expected, PART_DIGITS),
  );
  return html`${valueRows(name, ofSlot, null)}
    <p class="origin-of-difference">
      ${t("The reference’s {0} is {1} here, though its own step t = {2} has {3}: in a run the two are one state.", name, final, place.step, own)}
    </p>`;
}

/** The difference by |reference|, and in units in the last place. */
function measuresRow(
  [expected, delta, , relative = NaN, ulps = NaN]: UnitExplanation["reference"],
  tolerance: UnitExplanation["judgedBy"],
): TemplateResult | typeof nothing {
  if (delta === 0 || Number.isNaN(delta)) return nothing;
  const titles = [measureText("relative", tolerance), measureText("ulp", tolerance)].map(tr);
  return html`<dt></dt>
    <dd class="dim measures" title=${titles.join("\n")}>
      ${
        expected === 0
          ? t("the reference is 0 · {0} ulp", measuredText(ulps, "ulp"))
          : t(
              "{0} of |reference| · {1} ulp",
              measuredText(relative, "relative"),
              measuredText(ulps, "ulp"),
            )
      }
    </dd>`;
}

/** The judgement in a word, with its reason where it is not the difference. */
function judgedMark(judgedAs: JudgedAs, within: boolean): TemplateResult {
  if (judgedAs === "difference") {
    return html`<span class="mark">${within ? t("✓ within") : t("✗ outside")}</span>`;
  }
  return html`<span class="mark" title=${chaosText()}>${BY_STEP[judgedAs]()}</span>`;
}

function chaosText(): string {
  return t(
    "By this step, rounding alone may have moved the value anywhere: it is judged by the step from the reference's own state before.",
  );
}

/** In the place of what is allowed, where no difference says anything. */
function chaotic(): TemplateResult {
  return html`<span class="dim" title=${chaosText()}>${t("(chaotic here)")}</span>`;
}

const BY_STEP: Readonly<Record<Exclude<JudgedAs, "difference">, () => string>> = {
  "right-by-step": () => t("✓ right by its own step"),
  "wrong-by-step": () => t("✗ wrong by its own step"),
  unknown: () => t("not judged: rounding alone may move it this far"),
};

/** The allowed difference and its reason: the tolerance, or the measured rounding noise if that is larger. */
function allowance(
  expected: number,
  allowed: number,
  tolerance: UnitExplanation["judgedBy"],
): TemplateResult {
  const { rtol, atol } = tolerance;
  const shown = significant(allowed, 2);
  return isNoise(expected, allowed, tolerance)
    ? html`<span
        class="dim"
        title=${t(
          "How far this run and its float64 run part by this step, with room for sums in another order: more than atol {0} + rtol {1} · |reference|.",
          atol,
          rtol,
        )}
        >${t("(allowed {0}: rounding noise of this step)", shown)}</span
      >`
    : html`<span class="dim" title=${t("atol {0} + rtol {1} · |reference|", atol, rtol)}
        >${t("(allowed {0})", shown)}</span
      >`;
}

/** The step from the reference's own h_(t−1): with these weights it gives the reference's value, or it does not. */
interface OwnStep {
  readonly value: number;
  readonly follows: boolean;
  /** null of the first step, from the initial state and the reference's layer below. */
  readonly previousStep: number | null;
  readonly ours: ReferenceStep["ours"];
}

function ownStepOf(
  { referenceStep, previousStep }: UnitExplanation,
  agree: (found: number) => boolean,
): OwnStep | null {
  if (referenceStep === null) return null;
  const { numbers, ours } = referenceStep;
  const [value = NaN, , delta = NaN, allowed = NaN] = numbers;
  return { value, follows: isWithin(delta, allowed, agree(value)), previousStep, ours };
}

function ownStepRow({ value, follows, previousStep }: OwnStep): TemplateResult {
  const meaning =
    previousStep === null
      ? t("what this step gives from the reference's own layer below, with these weights")
      : t(
          "what this step gives from the reference's own h at t = {0}, with these weights",
          previousStep,
        );
  return html`
    <dt><abbr title=${meaning}>${t("own step")}</abbr></dt>
    <dd class="own ${follows ? "follows" : ""}">
      ${significant(value, FLOAT32_DIGITS)}
      <span class="mark">${follows ? t("✓ follows") : t("✗ does not follow")}</span>
    </dd>
  `;
}

/** Whether the difference was carried to this step or is made in it, as far as the reference tells. */
function originOfDifference(
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
