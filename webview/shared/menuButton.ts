/**
 * A button that opens a menu below it.
 */
import { html, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import { LitElement } from "lit";
import { icon } from "./icons";

export type MenuItem =
  | { readonly kind: "heading"; readonly label: string }
  | {
      readonly kind: "item";
      readonly label: string;
      /** Key that does the same. */
      readonly key?: string;
      readonly run: () => void;
    };

/** Holds whether its menu is open, and listens for presses beside it while it is. Ends with its element. */
export class MenuButton extends LitElement {
  static override properties: PropertyDeclarations = {
    label: { attribute: false },
    items: { attribute: false },
    isOpen: { state: true },
  };

  declare label: string;
  declare items: readonly MenuItem[];
  declare isOpen: boolean;

  constructor() {
    super();
    this.label = "";
    this.items = [];
    this.isOpen = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("pointerdown", this.#onOutside, true);
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    return html`<vscode-button
        appearance="secondary"
        aria-haspopup="menu"
        aria-expanded=${this.isOpen ? "true" : "false"}
        @click=${() => {
          this.#open(!this.isOpen);
        }}
        >${this.label} ${icon("down")}</vscode-button
      >
      ${
        this.isOpen
          ? html`<div
              class="menu"
              role="menu"
              aria-label=${this.label}
              @keydown=${this.#onKey}
              @focusout=${this.#onFocusOut}
            >
              ${this.items.map((item) => this.#item(item))}
            </div>`
          : nothing
      }`;
  }

  protected override updated(): void {
    if (this.isOpen && !this.contains(document.activeElement)) this.#focusAt(0);
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
        this.#open(false);
        item.run();
      }}
    >
      <span>${item.label}</span>
      ${item.key === undefined ? nothing : html`<kbd>${item.key}</kbd>`}
    </button>`;
  }

  #open(isOpen: boolean): void {
    this.isOpen = isOpen;
    if (isOpen) document.addEventListener("pointerdown", this.#onOutside, true);
    else document.removeEventListener("pointerdown", this.#onOutside, true);
    if (isOpen) void this.updateComplete.then(() => this.#focusAt(0));
  }

  #buttons(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>("[role=menuitem]")];
  }

  #focusAt(index: number): void {
    const all = this.#buttons();
    all[(index + all.length) % all.length]?.focus();
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const all = this.#buttons();
    const at = all.findIndex((button) => button === document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to !== undefined) this.#focusAt(to);
    else if (event.key === "Escape") {
      this.#open(false);
      this.querySelector<HTMLElement>("vscode-button")?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  readonly #onFocusOut = (event: FocusEvent): void => {
    const { relatedTarget } = event;
    if (relatedTarget instanceof Node && !this.contains(relatedTarget)) this.#open(false);
  };

  readonly #onOutside = (event: Event): void => {
    if (!event.composedPath().includes(this)) this.#open(false);
  };
}

customElements.define("unroll-menu", MenuButton);
