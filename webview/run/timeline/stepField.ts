/**
 * The cursor's step in words, and the field that asks for another one.
 */
import { html, type TemplateResult } from "lit";
import type { RunView } from "../../../src/protocol/run/messages";
import { t } from "../../shared/l10n";
import type { Store } from "../store/store";

const FIELD = "input.step-field";

/** The step that is meant; negative numbers count from the end, as in Python. Null where there is none. */
function stepOf(text: string, { seqLength }: RunView): number | null {
  if (!/^[-+]?\d+$/.test(text.trim())) return null;
  const number = Number(text);
  const step = number < 0 ? seqLength + number : number;
  return step >= 0 && step < seqLength ? step : null;
}

function goTo(store: Store, view: RunView, field: HTMLInputElement): void {
  const step = stepOf(field.value, view);
  field.setAttribute("aria-invalid", String(step === null));
  if (step === null) return;
  store.jumpTo({ step });
  leave(field);
}

/** The field goes when it loses the focus; keys are the picture's again where there is one. */
function leave(field: HTMLInputElement): void {
  const plot = field.closest("unroll-app")?.querySelector<HTMLElement>(".unrolled-scroll");
  field.blur();
  plot?.focus();
}

export function stepField(store: Store, view: RunView): TemplateResult {
  const { asksStep, cursor } = store.state;
  const last = view.seqLength - 1;
  // The letters are as small as the column of the buttons asks for: a step is never cut.
  const letters = `--letters:${2 * String(last).length + 7}`;
  const label = t("Go to a step, 0 to {0}; −1 is the last one", last);
  if (!asksStep) {
    return html`<button
      type="button"
      class="timeline-step number"
      .style=${letters}
      title=${`${label} (J)`}
      @click=${() => {
        store.update({ asksStep: true });
      }}
    >
      t = ${cursor.step} / ${last}
    </button>`;
  }
  return html`<span class="timeline-step number" .style=${letters}
    ><input
      type="text"
      inputmode="numeric"
      class="step-field"
      aria-label=${label}
      .style=${`width:calc(${String(last).length + 1}ch + 10px)`}
      .value=${String(cursor.step)}
      @keydown=${(event: KeyboardEvent & { readonly currentTarget: HTMLInputElement }) => {
        if (event.key === "Enter") goTo(store, view, event.currentTarget);
        if (event.key === "Escape") leave(event.currentTarget);
      }}
      @blur=${() => {
        store.update({ asksStep: false });
      }}
    />
    / ${last}</span
  >`;
}

/** Puts the focus into the field when it has come. */
export function focusStepField(host: Element): void {
  const field = host.querySelector<HTMLInputElement>(FIELD);
  if (field === null || field.contains(document.activeElement)) return;
  field.focus();
  field.select();
}
