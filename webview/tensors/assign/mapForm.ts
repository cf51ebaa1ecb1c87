/**
 * The form of a map: kind, sizes, layout, layers and directions, and below them the slots of each layer.
 */
import { html, nothing, type TemplateResult } from "lit";
import type {
  CellKind,
  CheckedSlot,
  CheckedMap,
  ModuleMap,
} from "../../../src/protocol/archive/assignMessages";
import { choiceList } from "../../shared/choiceList";
import { t, tr } from "../../shared/l10n";
import { StoreElement } from "../../shared/store/storeElement";
import type { TensorStore } from "../store/store";
import {
  directionsOf,
  withBatchFirst,
  withDirections,
  withKind,
  withLayers,
  withLayout,
  withNonlinearity,
  withSize,
  type Directions,
  type SizeField,
} from "./mapEdits";
import "./slotRow";

/** More layers than a form is filled in for; a run file takes any number. */
const MOST_LAYERS = 64;
/** A larger size is none of a network. */
const LARGEST_SIZE = 10_000_000;
/** Layers whose slots are in the page at once. */
const SHOWN_LAYERS = 16;

const KINDS: readonly CellKind[] = ["RNN", "LSTM", "GRU"];

/** Slots of one layer and direction. */
interface Group {
  readonly layer: number;
  readonly direction: CheckedSlot["direction"];
  readonly slots: readonly CheckedSlot[];
}

/** Holds nothing of its own. */
export class MapForm extends StoreElement<TensorStore> {
  protected override render(): TemplateResult | typeof nothing {
    const { store } = this;
    const map = store?.assign.form?.now;
    if (store === undefined || map === undefined) return nothing;
    const { check } = store.state.assign;
    if (check === null) return html`<p class="dim" aria-busy="true">…</p>`;
    const groups = groupsOf(check.slots);
    return html`
      <h3>${t("The module")}</h3>
      <div class="assign-fields">${this.#fields(store, map, check)}</div>
      ${
        check.problems.length === 0
          ? nothing
          : html`<ul class="assign-problems">
              ${check.problems.map(
                (problem) =>
                  html`<li><span aria-hidden="true">✗</span> <span>${tr(problem)}</span></li>`,
              )}
            </ul>`
      }
      ${groups.slice(0, SHOWN_LAYERS).map((group) => this.#group(store, group))}
      ${
        groups.length > SHOWN_LAYERS
          ? html`<p class="dim">
              ${t("{0} more layers and directions are checked and not shown", groups.length - SHOWN_LAYERS)}
            </p>`
          : nothing
      }
    `;
  }

  #fields(store: TensorStore, map: ModuleMap, check: CheckedMap): TemplateResult {
    const edit = (next: ModuleMap): void => {
      store.assign.edit(next);
    };
    const directions: readonly (readonly [Directions, string])[] = [
      ["forward", t("→ forward")],
      ["reverse", t("← from the last step to the first")],
      ["both", t("⇄ both")],
    ];
    const layouts = check.layouts.map(({ id, title }) => [id, title] as const);
    return html`
      ${choiceList({
        label: t("kind"),
        named: true,
        value: map.kind,
        options: KINDS.map((kind) => [kind, `nn.${kind}`] as const),
        change: (kind) => {
          edit(withKind(map, kind as CellKind));
        },
      })}
      ${this.#size(store, map, "inputSize", check.sizes.inputSize)}
      ${this.#size(store, map, "hiddenSize", check.sizes.hiddenSize)}
      ${map.kind === "LSTM" ? this.#size(store, map, "projection", check.sizes.projection) : nothing}
      ${numberField({
        label: t("layers"),
        value: check.sizes.layers,
        most: MOST_LAYERS,
        isFollowed: false,
        change: (layers) => {
          if (layers !== null) edit(withLayers(map, layers));
        },
      })}
      ${choiceList({
        label: t("directions"),
        named: true,
        value: directionsOf(map, check.sizes),
        options: directions,
        change: (chosen) => {
          edit(withDirections(map, chosen as Directions));
        },
      })}
      ${this.#batchFirst(map, edit)} ${map.kind === "RNN" ? this.#nonlinearity(map, edit) : nothing}
      ${choiceList({
        label: t("layout"),
        named: true,
        value: check.layout ?? "",
        options: check.layout === null ? [["", t("as written in the map")], ...layouts] : layouts,
        change: (layout) => {
          edit(withLayout(map, layout));
        },
      })}
    `;
  }

  #batchFirst(map: ModuleMap, edit: (next: ModuleMap) => void): TemplateResult {
    return choiceList({
      label: "batch_first",
      named: true,
      value: map.batchFirst === undefined ? "" : String(map.batchFirst),
      options: [
        ["", t("not known: False")],
        ["false", t("False: time, batch")],
        ["true", t("True: batch, time")],
      ],
      change: (chosen) => {
        edit(withBatchFirst(map, chosen === "" ? null : chosen === "true"));
      },
    });
  }

  #nonlinearity(map: ModuleMap, edit: (next: ModuleMap) => void): TemplateResult {
    return choiceList({
      label: t("activation"),
      named: true,
      value: map.nonlinearity ?? "",
      options: [
        ["", t("not known: tanh")],
        ["tanh", "tanh"],
        ["relu", "relu"],
      ],
      change: (chosen) => {
        edit(withNonlinearity(map, chosen === "tanh" || chosen === "relu" ? chosen : null));
      },
    });
  }

  #size(
    store: TensorStore,
    map: ModuleMap,
    field: SizeField,
    value: number | null,
  ): TemplateResult {
    const label = {
      inputSize: t("input I"),
      hiddenSize: t("hidden H"),
      projection: t("projection P"),
    };
    return numberField({
      label: label[field],
      value,
      most: LARGEST_SIZE,
      isFollowed: value !== null && map[field] === undefined,
      change: (size) => {
        store.assign.edit(withSize(map, field, size));
      },
    });
  }

  #group(store: TensorStore, { layer, direction, slots }: Group): TemplateResult {
    const arrow = direction === "reverse" ? "←" : "→";
    const isDone = slots.every(({ state }) => state === "fits" || state === "zeros");
    return html`<section class="slots" aria-label=${t("Layer {0} {1}", layer, arrow)}>
      <h4>
        ${t("Layer {0}", layer)} <span aria-hidden="true">${arrow}</span>
        <span class=${isDone ? "fits" : "dim"} aria-hidden="true">${isDone ? "✓" : ""}</span>
      </h4>
      ${slots.map(
        (slot) => html`<unroll-slot-row .store=${store} .slotState=${slot}></unroll-slot-row>`,
      )}
    </section>`;
  }
}

interface NumberField {
  readonly label: string;
  readonly value: number | null;
  readonly most: number;
  /** True where it is not written and follows from the shapes. */
  readonly isFollowed: boolean;
  /** null for an empty field; what is no such number is put back. */
  readonly change: (value: number | null) => void;
}

function numberField({ label, value, most, isFollowed, change }: NumberField): TemplateResult {
  const hint = isFollowed ? t("{0}: follows from the shapes", label) : label;
  const shown = value === null ? "" : String(value);
  return html`<label class=${isFollowed ? "field assumed" : "field"} title=${hint}
    ><span class="field-name">${label}</span
    ><input
      type="number"
      class="text-input size-input"
      min="1"
      max=${most}
      step="1"
      placeholder="—"
      .value=${shown}
      @change=${(event: Event) => {
        const field = event.currentTarget as HTMLInputElement;
        const number = Number(field.value);
        if (field.value.trim() === "") change(null);
        else if (Number.isInteger(number) && number >= 1 && number <= most) change(number);
        else field.value = shown;
      }}
  /></label>`;
}

function groupsOf(slots: readonly CheckedSlot[]): Group[] {
  const groups = new Map<
    string,
    { layer: number; direction: Group["direction"]; slots: CheckedSlot[] }
  >();
  for (const slot of slots) {
    const { layer, direction } = slot;
    const key = `${layer} ${direction}`;
    const group = groups.get(key) ?? { layer, direction, slots: [] };
    group.slots.push(slot);
    groups.set(key, group);
  }
  return [...groups.values()];
}

customElements.define("unroll-map-form", MapForm);
