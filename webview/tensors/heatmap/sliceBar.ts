/**
 * The choice of row and column axes, of the indices of the other axes, and of the part of complex numbers.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { ComplexPart, Slice, TensorInfo } from "../../../src/protocol/archive/messages";
import { t } from "../../shared/l10n";
import { StoreElement } from "../../shared/store/storeElement";
import { choiceList } from "../../shared/choiceList";
import { icon } from "../../shared/icons";
import { isComplex } from "../../../src/drawing/tensors/quantities";
import {
  COMPLEX_PARTS,
  exchanged,
  heldAxes,
  holdAt,
  withAxis,
} from "../../../src/drawing/tensors/slices";
import type { TensorStore } from "../store/store";

function axisName({ axes, shape }: TensorInfo, axis: number): string {
  const letter = axes.length === shape.length ? axes[axis] : undefined;
  return letter ?? t("axis {0}", axis);
}

function partName(part: ComplexPart): string {
  switch (part) {
    case "real":
      return t("real part");
    case "imaginary":
      return t("imaginary part");
    case "magnitude":
      return t("magnitude");
    case "phase":
      return t("phase");
  }
}

const PART_SYMBOLS: Readonly<Record<ComplexPart, string>> = {
  real: "Re",
  imaginary: "Im",
  magnitude: "|z|",
  phase: "∠",
};

export class SliceBar extends StoreElement<TensorStore> {
  protected override render(): TemplateResult | typeof nothing {
    const { store } = this;
    if (store === undefined) return nothing;
    const { info, slice } = store.state;
    if (info === null || slice === null) return nothing;
    const held = heldAxes(info.shape, slice);
    return html`<div class="slice-bar" role="group" aria-label=${t("Rows and columns")}>
        ${info.shape.length < 2 ? this.#vector(store, info, slice) : this.#axes(store, info, slice)}
        ${isComplex(info.dtype) ? this.#parts(store, slice) : nothing}
      </div>
      ${
        held.length === 0
          ? nothing
          : html`<div class="held-axes" role="group" aria-label=${t("Other axes")}>
              ${held.map((axis) => this.#held(store, info, slice, axis))}
            </div>`
      }`;
  }

  #vector(store: TensorStore, info: TensorInfo, slice: Slice): TemplateResult | typeof nothing {
    return info.shape.length === 0 ? nothing : this.#exchange(store, slice);
  }

  #exchange(store: TensorStore, slice: Slice): TemplateResult {
    return html`<button
      type="button"
      class="icon-button"
      aria-label=${t("Exchange rows and columns")}
      title=${`${t("Exchange rows and columns")} (X)`}
      @click=${() => {
        store.show(exchanged(slice));
      }}
    >
      ${icon("exchange")}
    </button>`;
  }

  #axes(store: TensorStore, info: TensorInfo, slice: Slice): TemplateResult {
    const names = info.shape.map((_, axis) => [String(axis), axisName(info, axis)] as const);
    const list = (which: "rowAxis" | "columnAxis", label: string): TemplateResult =>
      choiceList({
        label,
        named: true,
        value: String(slice[which]),
        options: names,
        change: (axis) => {
          store.show(withAxis(slice, which, Number(axis)));
        },
      });
    return html`<span class="axes">
      ${list("rowAxis", t("rows"))} ${this.#exchange(store, slice)}
      ${list("columnAxis", t("columns"))}
    </span>`;
  }

  #held(store: TensorStore, info: TensorInfo, slice: Slice, axis: number): TemplateResult {
    const last = Math.max(0, (info.shape[axis] ?? 1) - 1);
    const at = slice.index[axis] ?? 0;
    const name = axisName(info, axis);
    const hold = (event: Event): void => {
      const field = event.currentTarget as HTMLInputElement;
      const value = field.valueAsNumber;
      if (Number.isSafeInteger(value)) store.show(holdAt(info.shape, slice, axis, value));
      // What was typed may be none of its indices.
      field.value = String(store.state.slice?.index[axis] ?? at);
    };
    return html`<label class="held">
      <span class="field-name">${name}</span>
      <input
        type="range"
        min="0"
        max=${last}
        aria-label=${t("index of {0}", name)}
        .value=${String(at)}
        ?disabled=${last === 0}
        @input=${hold}
      />
      <input
        type="number"
        class="text-input"
        min="0"
        max=${last}
        aria-label=${t("index of {0}, 0 to {1}", name, last)}
        .value=${String(at)}
        ?disabled=${last === 0}
        @change=${hold}
      />
      <span class="dim">/ ${last + 1}</span>
    </label>`;
  }

  #parts(store: TensorStore, slice: Slice): TemplateResult {
    return html`<span class="segments" role="group" aria-label=${t("Part of the complex numbers")}>
      ${COMPLEX_PARTS.map(
        (part) =>
          html`<button
            type="button"
            class="segment"
            aria-label=${partName(part)}
            title=${partName(part)}
            aria-pressed=${part === slice.part ? "true" : "false"}
            @click=${() => {
              store.show({ ...slice, part });
            }}
          >
            ${PART_SYMBOLS[part]}
          </button>`,
      )}
    </span>`;
  }
}

customElements.define("unroll-slice-bar", SliceBar);
