/**
 * A button that opens a menu below it.
 */
import { html, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import { DropDown } from "./dropDown";

export type MenuItem =
  | { readonly kind: "heading"; readonly label: string }
  | {
      readonly kind: "item";
      readonly label: string;
      /** Key that does the same. */
      readonly key?: string;
      readonly run: () => void;
    };

/** Holds the entries of its menu. Ends with its element. */
export class MenuButton extends DropDown {
  static override properties: PropertyDeclarations = {
    items: { attribute: false },
    short: { attribute: false },
  };

  declare items: readonly MenuItem[];
  /** What the button shows of its label where a narrow page has no room for all of it; all where it is empty. */
  declare short: string;

  protected override readonly popupRole = "menu";

  constructor() {
    super();
    this.items = [];
    this.short = "";
  }

  protected override face(): TemplateResult {
    if (this.short === "") return super.face();
    return html`${super.face()}<span class="drop-down-label drop-down-short">${this.short}</span>`;
  }

  protected override updated(): void {
    if (this.isOpen && !this.contains(document.activeElement)) this.#focusAt(0);
  }

  protected override popup(): TemplateResult {
    return html`<div
      class="menu"
      role="menu"
      aria-label=${this.label}
      @keydown=${this.#onKey}
      @focusout=${this.onFocusOut}
    >
      ${this.items.map((item) => this.#item(item))}
    </div>`;
  }

  protected override targets(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>("[role=menuitem]")];
  }

  #item(item: MenuItem): TemplateResult {
    if (item.kind === "heading") {
      return html`<div class="menu-heading" role="presentation">${item.label}</div>`;
    }
    return html`<button
      type="button"
      class="menu-item"
      role="menuitem"
      tabindex="-1"
      @click=${() => {
        this.open(false);
        item.run();
      }}
    >
      <span>${item.label}</span>
      ${item.key === undefined ? nothing : html`<kbd>${item.key}</kbd>`}
    </button>`;
  }

  #focusAt(index: number): void {
    const all = this.targets();
    all[(index + all.length) % all.length]?.focus();
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const all = this.targets();
    const at = all.findIndex((button) => button === document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to !== undefined) this.#focusAt(to);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
}

customElements.define("unroll-menu", MenuButton);
