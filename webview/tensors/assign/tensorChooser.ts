/**
 * A field that names a tensor, with a list below it while it is typed in: what fits comes first.
 *
 * A combobox as the ARIA practices describe it: the focus stays in the field, the list lies in the top layer, so that
 * no pane cuts it off.
 */
import { grouped } from "../../../src/core/numeric";
import { html, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import type { ChoicesPage, PartChoice } from "../../../src/protocol/archive/assignMessages";
import { cut, legible, visible } from "../../../src/core/text";
import {} from "../../../src/drawing/tensors/quantities";
import { formatShape } from "../../../src/tensor/tensor";
import { t, tr } from "../../shared/l10n";
import { StoreElement } from "../../shared/store/storeElement";
import type { TensorStore } from "../store/store";

/** CSS pixels between the field and its list, and from the list to the edge of the window. */
const GAP = 2;
const EDGE = 8;
const LEAST_HEIGHT = 140;
const MOST_HEIGHT = 340;
const LEAST_WIDTH = 300;
/** UTF-16 units that a line has room for; the end of a name tells the most. */
const LONGEST_NAME = 72;

/** A line of the list: a tensor, or what the slot may be instead. */
interface Line {
  readonly content: TemplateResult;
  readonly hint: string;
  readonly pick: () => void;
}

/** What a slot may be beside a tensor. */
export interface OtherChoice {
  readonly label: string;
  readonly detail: string;
  readonly pick: () => void;
}

/** Holds whether its list is open, what is typed, and the line that Enter takes. Ends with its element. */
export class TensorChooser extends StoreElement<TensorStore> {
  static override properties: PropertyDeclarations = {
    label: { attribute: false },
    tensor: { attribute: false },
    isWrong: { attribute: false },
    describedBy: { attribute: false },
    slotId: { attribute: false },
    gate: { attribute: false },
    others: { attribute: false },
    isOpen: { state: true },
    typed: { state: true },
    at: { state: true },
  };

  declare label: string;
  /** What the slot has now; null for nothing. */
  declare tensor: string | null;
  declare isWrong: boolean;
  /** Id of the element that says whether it fits. */
  declare describedBy: string;
  declare slotId: string;
  /** The gate that is chosen for, where each has a tensor of its own. */
  declare gate: string | null;
  declare others: readonly OtherChoice[];
  declare choose: ((choice: PartChoice) => void) | undefined;
  declare isOpen: boolean;
  /** null until the user types: then the whole list is there. */
  declare typed: string | null;
  /** null until the user goes to a line: then it is that of the tensor which the slot has. */
  declare at: number | null;
  #page: ChoicesPage | undefined;

  constructor() {
    super();
    this.label = "";
    this.tensor = null;
    this.isWrong = false;
    this.describedBy = "";
    this.slotId = "";
    this.gate = null;
    this.others = [];
    this.isOpen = false;
    this.typed = null;
    this.at = null;
  }

  /** The list stays as it is while the one for what was typed last is on its way. */
  protected override fetch(store: TensorStore): void {
    const map = store.assign.form?.now;
    if (!this.isOpen || map === undefined) return;
    const { slotId: slot, gate } = this;
    this.#page = store.assign.choices({ map, slot, gate, query: this.typed ?? "" }) ?? this.#page;
  }

  protected override render(): TemplateResult {
    const lines = this.isOpen ? this.#lines() : [];
    const at = Math.min(this.at ?? this.#current, lines.length - 1);
    const name = this.tensor === null ? "" : visible(this.tensor);
    return html`<input
        type="text"
        class="text-input chooser-input"
        role="combobox"
        spellcheck="false"
        autocomplete="off"
        aria-label=${this.label}
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-expanded=${this.isOpen ? "true" : "false"}
        aria-controls=${this.isOpen ? this.#listId : nothing}
        aria-activedescendant=${this.isOpen && at >= 0 ? `${this.#listId}-${at}` : nothing}
        aria-invalid=${this.isWrong ? "true" : "false"}
        aria-describedby=${this.describedBy}
        placeholder=${t("none")}
        title=${legible(name)}
        .value=${this.typed ?? cut(name, LONGEST_NAME)}
        @input=${this.#onInput}
        @keydown=${(event: KeyboardEvent) => {
          this.#onKey(event, lines, at);
        }}
        @pointerdown=${this.#onPress}
        @blur=${this.#close}
      />${this.isOpen ? this.#list(lines, at) : nothing}`;
  }

  protected override updated(): void {
    const list = this.querySelector<HTMLElement>(".chooser-list");
    if (list === null) return;
    if (!list.matches(":popover-open")) list.showPopover();
    this.#place(list);
    list.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }

  /** The line of what the slot has, so that Enter changes nothing; the first one where it is not listed. */
  get #current(): number {
    const choices = this.#page?.choices ?? [];
    const own = choices.findIndex(({ part }) => part.tensor === this.tensor);
    return Math.max(0, own);
  }

  get #listId(): string {
    return `choices-${this.slotId}${this.gate ?? ""}`;
  }

  #lines(): Line[] {
    const tensors = (this.#page?.choices ?? []).map((choice): Line => ({
      content: choiceLine(choice),
      hint: legible(choice.part.tensor),
      pick: () => this.choose?.(choice),
    }));
    if ((this.typed ?? "") !== "") return tensors;
    const others = this.others.map(({ label, detail, pick }): Line => ({
      content: html`<span class="choice-other">${label}</span
        ><span class="choice-facts">${detail}</span>`,
      hint: detail,
      pick,
    }));
    return [...tensors, ...others];
  }

  #list(lines: readonly Line[], at: number): TemplateResult {
    const { total, choices } = this.#page ?? { total: 0, choices: [] };
    const more = total - choices.length;
    const shown = lines.map((line, index) => this.#option(line, index, index === at));
    const tensors = this.#tensorCount;
    const keepFocus = (event: Event): void => {
      event.preventDefault();
    };
    return html`<div class="chooser-list" popover="manual" @mousedown=${keepFocus}>
      <div role="listbox" class="choices" id=${this.#listId} aria-label=${this.label}>
        <div role="group" class="choices-tensors" aria-label=${t("Tensors")}>
          ${shown.slice(0, tensors)} ${this.#note(total, more)}
        </div>
        ${
          shown.length === tensors
            ? nothing
            : html`<div role="group" class="choices-others" aria-label=${t("Instead")}>
                ${shown.slice(tensors)}
              </div>`
        }
      </div>
    </div>`;
  }

  #option({ content, hint, pick }: Line, index: number, isAt: boolean): TemplateResult {
    return html`<div
      role="option"
      id=${`${this.#listId}-${index}`}
      class="choice"
      aria-selected=${isAt ? "true" : "false"}
      title=${hint}
      @pointermove=${() => {
        this.at = index;
      }}
      @click=${() => {
        this.#take(pick);
      }}
    >
      ${content}
    </div>`;
  }

  /** What the list does not show, or that it is still on its way. */
  #note(total: number, more: number): TemplateResult | typeof nothing {
    const note =
      this.#page === undefined
        ? "…"
        : total === 0
          ? t("nothing found")
          : more > 0
            ? t("{0} more; type a name, a shape or a dtype", grouped(more))
            : "";
    if (note === "") return nothing;
    return html`<p class="choice-note" role="presentation">${note}</p>`;
  }

  get #tensorCount(): number {
    return this.#page?.choices.length ?? 0;
  }

  /** Below the field where there is room, else above it. */
  #place(list: HTMLElement): void {
    const field = this.getBoundingClientRect();
    const width = Math.min(innerWidth - 2 * EDGE, Math.max(LEAST_WIDTH, field.width));
    const left = Math.max(EDGE, Math.min(field.left, innerWidth - EDGE - width));
    const below = innerHeight - field.bottom - GAP - EDGE;
    const above = field.top - GAP - EDGE;
    const isBelow = below >= LEAST_HEIGHT || below >= above;
    const height = Math.min(MOST_HEIGHT, isBelow ? below : above);
    const edge = isBelow
      ? `top:${field.bottom + GAP}px`
      : `bottom:${innerHeight - field.top + GAP}px`;
    list.style.cssText = `left:${left}px;width:${width}px;max-height:${height}px;${edge}`;
  }

  #open(): void {
    if (this.isOpen) return;
    this.isOpen = true;
    this.typed = null;
    this.at = null;
  }

  #take(pick: () => void): void {
    this.#close();
    pick();
  }

  readonly #close = (): void => {
    this.isOpen = false;
    this.typed = null;
    this.#page = undefined;
  };

  readonly #onPress = (event: PointerEvent): void => {
    if (this.isOpen) return;
    const field = event.currentTarget as HTMLInputElement;
    this.#open();
    // The click that follows would put the caret into the name.
    event.preventDefault();
    field.focus();
    field.select();
  };

  readonly #onInput = (event: Event): void => {
    const { value } = event.currentTarget as HTMLInputElement;
    this.isOpen = true;
    this.typed = value;
    this.at = 0;
  };

  #onKey(event: KeyboardEvent, lines: readonly Line[], at: number): void {
    if (event.ctrlKey || event.metaKey) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined) this.#step(by, at, lines.length);
    else if (!this.isOpen || !this.#end(event.key, lines[at])) return;
    event.preventDefault();
    event.stopPropagation();
  }

  #step(by: number, at: number, count: number): void {
    if (this.isOpen) this.at = (at + by + count) % Math.max(1, count);
    else this.#open();
  }

  /** Takes a line, or leaves the list; false for other keys. */
  #end(key: string, line: Line | undefined): boolean {
    if (key === "Escape") this.#close();
    else if (key !== "Enter") return false;
    else if (line !== undefined) this.#take(line.pick);
    return true;
  }
}

function choiceLine({ part, shape, dtype, how, fits, usedBy }: PartChoice): TemplateResult {
  return html`<span class=${fits ? "choice-mark fits" : "choice-mark wrong"} aria-hidden="true"
      >${fits ? "✓" : "✗"}</span
    ><span class="choice-name">${cut(visible(part.tensor), LONGEST_NAME)}</span
    ><span class="choice-facts"
      >${formatShape(shape)} ${dtype} ·
      ${tr(how)}${usedBy === null ? nothing : html` · ${t("now {0}", usedBy)}`}<span
        class="visually-hidden"
        >${fits ? t("fits") : t("does not fit")}</span
      ></span
    >`;
}

customElements.define("unroll-tensor-chooser", TensorChooser);
