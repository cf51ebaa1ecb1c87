/**
 * One slot of the form: what it must be, the tensor that stands there or one for each gate, and whether it fits.
 */
import { html, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import type {
  CheckedPart,
  CheckedSlot,
  ModuleMap,
  PartChoice,
  SlotFix,
  SlotPart,
} from "../../../src/protocol/archive/assignMessages";
import { partsOf, slotValue } from "../../../src/model/assign/map";
import { formatNamedShape } from "../../../src/drawing/tensors/quantities";
import { icon } from "../../shared/icons";
import { t, tr } from "../../shared/l10n";
import { StoreElement } from "../../shared/store/storeElement";
import type { TensorStore } from "../store/store";
import { without, withGates, withoutPart, withPart, withSlot } from "./mapEdits";
import { partFields } from "./partFields";
import "./tensorChooser";
import type { OtherChoice } from "./tensorChooser";

const MARKS = { fits: "✓", wrong: "✗", missing: "✗", zeros: "–" } as const;

/** Holds which of its parts show how they lie. Ends with its element. */
export class SlotRow extends StoreElement<TensorStore> {
  static override properties: PropertyDeclarations = {
    slotState: { attribute: false },
    detailed: { state: true },
  };

  declare slotState: CheckedSlot | undefined;
  /** Index of a part; null for none. */
  declare detailed: number | null;

  constructor() {
    super();
    this.detailed = null;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { store, slotState: slot } = this;
    const map = store?.assign.form?.now;
    if (store === undefined || slot === undefined || map === undefined) return nothing;
    const { id, symbol, expected, axes, state, why, fix } = slot;
    const says = `says-${id}`;
    const shape = expected.length === 0 ? `[${axes.join(", ")}]` : formatNamedShape(expected, axes);
    return html`<div class=${`slot is-${state}`} role="group" aria-label=${id}>
      <span class="slot-name" title=${id}
        ><b>${symbol}</b><span class="slot-shape">${shape}</span></span
      >
      <span class="slot-parts">${this.#parts(store, map, slot, says)}</span>
      <span class="slot-says" id=${says}
        ><span class="slot-mark" aria-hidden="true">${MARKS[state]}</span
        ><span
          >${why === null ? (state === "fits" ? t("fits") : nothing) : tr(why)}
          ${fix === null ? nothing : this.#fix(store, map, id, fix)}</span
        ></span
      >
    </div>`;
  }

  #fix(
    store: TensorStore,
    map: ModuleMap,
    id: string,
    { index, part, how }: SlotFix,
  ): TemplateResult {
    return html`<button
      type="button"
      class="link"
      @click=${() => {
        store.assign.edit(withPart(map, id, index, part));
      }}
    >
      ${t("Take it so: {0}", tr(how))}
    </button>`;
  }

  #parts(
    store: TensorStore,
    map: ModuleMap,
    slot: CheckedSlot,
    says: string,
  ): TemplateResult | TemplateResult[] {
    const { parts } = slot;
    if (parts.length === 0) return this.#chooser(store, map, slot, { index: 0, says });
    return parts.map(
      (part, index) =>
        html`<span class=${parts.length > 1 ? "part is-gate" : "part"}>
          ${
            parts.length > 1
              ? html`<span class="part-gate" aria-hidden="true"
                  >${part.gates.join(" ") || "+"}</span
                >`
              : nothing
          }
          ${this.#chooser(store, map, slot, { index, part, says })}
          <button
            type="button"
            class="icon-button"
            aria-expanded=${this.detailed === index ? "true" : "false"}
            aria-label=${t("How it lies: slice, transposed, gates")}
            title=${t("How it lies: slice, transposed, gates")}
            @click=${() => {
              this.detailed = this.detailed === index ? null : index;
            }}
          >
            ${icon("more")}
          </button>
          ${
            this.detailed === index
              ? partFields(part, (next) => {
                  store.assign.edit(withPart(map, slot.id, index, next));
                })
              : nothing
          }
        </span>`,
    );
  }

  #chooser(
    store: TensorStore,
    map: ModuleMap,
    slot: CheckedSlot,
    {
      index,
      part,
      says,
    }: { readonly index: number; readonly part?: CheckedPart; readonly says: string },
  ): TemplateResult {
    const { id, parts, symbol } = slot;
    const isOne = parts.length > 1;
    const gate = isOne ? (part?.gates.join("") ?? null) : null;
    const choose = ({ part: chosen }: PartChoice): void => {
      const value = isOne
        ? withPart(map, id, index, keepGates(part?.part, chosen))
        : withSlot(map, id, slotValue([chosen]));
      store.assign.edit(value);
    };
    return html`<unroll-tensor-chooser
      .store=${store}
      .label=${gate === null ? `${symbol} (${id})` : `${symbol} ${gate} (${id})`}
      .tensor=${part === undefined || part.part.tensor === "" ? null : part.part.tensor}
      .isWrong=${part !== undefined && part.why !== null}
      .describedBy=${says}
      .slotId=${id}
      .gate=${gate}
      .choose=${choose}
      .others=${this.#others(store, map, slot, index)}
    ></unroll-tensor-chooser>`;
  }

  #others(store: TensorStore, map: ModuleMap, slot: CheckedSlot, index: number): OtherChoice[] {
    const { id, gates, parts, isOptional } = slot;
    const edit = (next: ModuleMap) => (): void => {
      store.assign.edit(next);
    };
    const isOne = parts.length > 1;
    const none: OtherChoice = isOne
      ? {
          label: t("none"),
          detail: t("without this part"),
          pick: edit(withoutPart(map, id, index)),
        }
      : {
          label: t("none"),
          detail: isOptional ? t("zeros, or not there") : t("leave it open"),
          pick: edit(withSlot(map, id, undefined)),
        };
    if (gates.length < 2) return [none];
    const [first] = partsOf(map.slots[id]);
    const split: OtherChoice = isOne
      ? {
          label: t("one tensor"),
          detail: t("all gates in one: {0}", gates.join(" ")),
          pick: edit(withSlot(map, id, first?.tensor === "" ? undefined : first?.tensor)),
        }
      : {
          label: t("one tensor per gate"),
          detail: gates.join(" "),
          pick: edit(withGates(map, id, gates)),
        };
    return [split, none];
  }
}

/** A part that says which gate it holds goes on saying so, and one whose place in the list does, does not begin to. */
function keepGates(before: SlotPart | undefined, chosen: SlotPart): SlotPart {
  return before?.gates === undefined
    ? without(chosen, "gates")
    : { ...chosen, gates: before.gates };
}

customElements.define("unroll-slot-row", SlotRow);
