/**
 * What the reference says of a unit: its value, and whether its step follows from its own previous state.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { ReferenceStep, UnitExplanation } from "../../src/protocol/messages";
import { t } from "../l10n";
import { FLOAT32_DIGITS, PART_DIGITS, isWithin, significant } from "../render/exactNumber";

/** Reference, Δ, what is allowed and where the difference comes from; nothing without a reference value. */
export function referenceSection(
  explanation: UnitExplanation,
  equalNan: boolean,
  goTo: (step: number) => void,
): TemplateResult | typeof nothing {
  const { reference, referenceStep, previousStep, value } = explanation;
  const [expected, delta, allowed] = reference;
  if (expected === undefined || delta === undefined || allowed === undefined) return nothing;
  const agree = (found: number): boolean =>
    equalNan && Number.isNaN(expected) && Number.isNaN(found);
  const within = isWithin(delta, allowed, agree(value[1] ?? NaN));
  return html`
    <dl class="reference ${within ? "within" : "outside"}">
      <dt>${t("reference")}</dt>
      <dd>${significant(expected, FLOAT32_DIGITS)}</dd>
      <dt><abbr title=${t("ours − reference")}>Δ</abbr></dt>
      <dd>
        ${significant(delta, PART_DIGITS)}
        <span class="dim">${t("(allowed {0})", significant(allowed, 2))}</span>
        <span class="mark">${within ? t("✓ within") : t("✗ outside")}</span>
      </dd>
    </dl>
    ${
      within
        ? nothing
        : html`<div class="origin-of-difference">
            ${
              referenceStep === null || previousStep === null
                ? firstStep(explanation)
                : ownStep(referenceStep, previousStep, { agree, goTo })
            }
          </div>`
    }
  `;
}

function firstStep({ quantity, previousStep }: UnitExplanation): TemplateResult | typeof nothing {
  if (quantity === "c" || previousStep !== null) return nothing;
  return html`<p>
    ${t("This is the first step of its direction: no difference was carried here along time.")}
  </p>`;
}

interface OwnStepContext {
  readonly agree: (value: number) => boolean;
  readonly goTo: (step: number) => void;
}

/** The step from the reference's own h_(t−1): with these weights it gives the reference's value, or it does not. */
function ownStep(
  { numbers, ours }: ReferenceStep,
  previousStep: number,
  { agree, goTo }: OwnStepContext,
): TemplateResult {
  const [value = NaN, , delta = NaN, allowed = NaN] = numbers;
  const follows = isWithin(delta, allowed, agree(value));
  return html`
    <dl class="reference ${follows ? "within" : "outside"}">
      <dt>
        <abbr title=${t("this step from the reference's own previous state, with these weights")}
          >${t("from its own h at t = {0}", previousStep)}</abbr
        >
      </dt>
      <dd>
        ${significant(value, FLOAT32_DIGITS)}
        <span class="mark">${follows ? t("✓ the reference's value") : t("✗ another value")}</span>
      </dd>
    </dl>
    <p>
      ${follows ? t("The reference's step is right: the difference was carried here.") : madeHere(ours)}
      ${
        follows
          ? html`<button
              type="button"
              class="link"
              @click=${() => {
                goTo(previousStep);
              }}
            >
              ${t("go to t = {0}", previousStep)}
            </button>`
          : nothing
      }
    </p>
    ${ours.length === 0 ? nothing : html`<p class="dim">${taken(ours)}</p>`}
  `;
}

function madeHere(ours: ReferenceStep["ours"]): string {
  if (ours.length === 0) {
    return t(
      "The reference's step does not follow from its own state: the difference is made here.",
    );
  }
  return t("The reference's step does not follow from its own state, as far as it is known.");
}

/** What this check had to take from our run. */
function taken(ours: ReferenceStep["ours"]): string {
  const hasX = ours.includes("x");
  if (hasX && ours.includes("c")) {
    return t(
      "Checked with our x and c: the reference has neither the layer below nor cell states.",
    );
  }
  return hasX
    ? t("Checked with our x: the reference does not have the layer below.")
    : t("Checked with our c: the reference does not have cell states.");
}
