/**
 * A button that leads to the origin of an operand.
 */
import { html, type TemplateResult } from "lit";
import type { Place } from "../../../src/protocol/run/messages";
import { t } from "../../shared/l10n";
import type { TermSource } from "../../../src/drawing/run/unit/unitTerms";

export interface SourceButton {
  readonly source: TermSource;
  /** The unit that the operand belongs to. */
  readonly place: Place;
  readonly label: TemplateResult;
  readonly className: "of-state" | "of-input";
  readonly follow: (source: TermSource) => void;
}

/** `h₁₄[19]`, which leads to that state. */
export function sourceButton({
  source,
  place,
  label,
  className,
  follow,
}: SourceButton): TemplateResult {
  return html`<button
    type="button"
    class="link operand ${className}"
    title=${sourceTitle(source, place)}
    @click=${() => {
      follow(source);
    }}
  >
    ${label}
  </button>`;
}

function sourceTitle(source: TermSource, { step }: Place): string {
  switch (source.kind) {
    case "initial":
      return source.stateName === "h"
        ? t("Initial state h0, before t = {0}", step)
        : t("Initial state c0, before t = {0}", step);
    case "lane":
      return t("Go to where it comes from: t = {0}, unit {1}", source.step, source.unit);
  }
}
