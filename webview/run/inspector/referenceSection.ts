/**
 * The reference of a unit: its value, and whether it follows from the reference's own previous state.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { RunView } from "../../../src/protocol/run/messages";
import type {
  JudgedAs,
  JudgedReference,
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
import { finalName } from "../../../src/drawing/run/state";
import { originOfDifference, ownStepOf, type GoTo, type OwnStep } from "./differenceOrigin";

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
