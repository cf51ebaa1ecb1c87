/**
 * The tools above the heatmap: go to, zoom, find non-finite values.
 */
import { html, nothing, type TemplateResult } from "lit";
import { t } from "../../shared/l10n";
import { icon } from "../../shared/icons";
import { goTo, goToIrregular, oneToOne, zoomBy } from "../store/actions";
import { indexText } from "../../../src/drawing/tensors/slices";
import { cursorIndex } from "../store/actions";
import type { TensorStore } from "../store/store";

const STEP = 1.5;

export interface HeatToolsRequest {
  readonly store: TensorStore;
  /** The stored value under the cursor. */
  readonly value: string;
  /** The problem of the typed target; empty when there is none. */
  readonly problem: string;
  readonly answered: (problem: string) => void;
  readonly hasIrregular: boolean;
}

function button(
  name: Parameters<typeof icon>[0],
  label: string,
  key: string,
  run: () => void,
): TemplateResult {
  return html`<button
    type="button"
    class="icon-button"
    aria-label=${label}
    title=${`${label} (${key})`}
    @click=${run}
  >
    ${icon(name)}
  </button>`;
}

function zoomButtons(store: TensorStore): TemplateResult {
  const zoom = (factor: number) => (): void => {
    zoomBy(store, factor);
  };
  return html`<span class="button-group" role="group" aria-label=${t("Zoom")}>
    ${button("minus", t("Zoom out"), "−", zoom(1 / STEP))}
    ${button("plus", t("Zoom in"), "+", zoom(STEP))}
    ${button("fit", t("Whole slice"), "0", () => {
      store.update({ zoom: null });
    })}
    <button
      type="button"
      class="icon-button"
      aria-label=${t("One value a pixel")}
      title=${`${t("One value a pixel")} (1)`}
      @click=${() => {
        oneToOne(store);
      }}
    >
      1:1
    </button>
  </span>`;
}

function goToField(request: HeatToolsRequest): TemplateResult | typeof nothing {
  const { store, problem, answered } = request;
  const axes = store.state.info?.shape.length ?? 0;
  if (axes === 0) return nothing;
  const go = (field: HTMLInputElement): void => {
    if (field.value.trim() === "") {
      answered("");
      return;
    }
    const wrong = goTo(store, field.value);
    answered(wrong);
    if (wrong !== "") return;
    field.value = "";
    field.closest("unroll-heatmap")?.querySelector<HTMLElement>(".heat-plot")?.focus();
  };
  const hasProblem = problem !== "";
  return html`<span class="go-to-field">
    <input
      type="text"
      class="text-input go-to"
      placeholder=${axes === 1 ? t("go to 17") : t("go to 3, 17")}
      aria-label=${t("Go to an index or a gate block")}
      title=${`${t("Go to an index or a gate block")} (G)`}
      spellcheck="false"
      aria-invalid=${hasProblem ? "true" : "false"}
      aria-describedby=${hasProblem ? "go-to-problem" : nothing}
      @input=${() => {
        answered("");
      }}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key === "Enter") go(event.currentTarget as HTMLInputElement);
        if (event.key === "Escape") (event.currentTarget as HTMLInputElement).blur();
      }}
    />
    ${
      hasProblem
        ? html`<span class="field-problem" id="go-to-problem" role="alert">${problem}</span>`
        : nothing
    }
  </span>`;
}

export function heatTools(request: HeatToolsRequest): TemplateResult {
  const { store, value, hasIrregular } = request;
  return html`<div class="heat-tools" role="toolbar" aria-label=${t("Heatmap")}>
    <span class="cursor-value" aria-hidden="true">
      <span class="cursor-index">${indexText(cursorIndex(store))}</span>
      <span class="number">${value}</span>
    </span>
    ${goToField(request)} ${zoomButtons(store)}
    ${
      hasIrregular
        ? html`<button
            type="button"
            class="link next-irregular"
            title=${`${t("Next value that is not finite")} (N)`}
            @click=${() => void goToIrregular(store)}
          >
            ${t("next NaN or ∞")}
          </button>`
        : nothing
    }
  </div>`;
}
