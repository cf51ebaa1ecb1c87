/**
 * A button that opens something below it: a menu, or a box of controls.
 */
import { html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import { icon } from "./icons";

/** Holds whether it is open, and listens for presses beside it while it is. Ends with its element. */
export abstract class DropDown extends LitElement {
  static override properties: PropertyDeclarations = {
    label: { attribute: false },
    isOpen: { state: true },
  };

  declare label: string;
  declare isOpen: boolean;

  constructor() {
    super();
    this.label = "";
    this.isOpen = false;
  }

  /** What stands below the button while it is open. */
  protected abstract popup(): TemplateResult;

  /** What takes the focus when it opens, and gets it in this order by the arrow keys. */
  protected abstract targets(): HTMLElement[];

  /** The role of what opens. */
  protected abstract readonly popupRole: "menu" | "dialog";

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
        aria-label=${this.label}
        title=${this.buttonTitle()}
        aria-haspopup=${this.popupRole}
        aria-expanded=${this.isOpen ? "true" : "false"}
        @click=${() => {
          this.open(!this.isOpen);
        }}
        >${this.face()} <span class="drop-down-mark">${icon("down")}</span></vscode-button
      >
      ${this.isOpen ? this.popup() : nothing}`;
  }

  /** What the button shows. */
  protected face(): TemplateResult {
    return html`<span class="drop-down-label">${this.label}</span>`;
  }

  /** What is cut short is said in full. */
  protected buttonTitle(): string {
    return this.label;
  }

  protected open(isOpen: boolean): void {
    this.isOpen = isOpen;
    if (isOpen) document.addEventListener("pointerdown", this.#onOutside, true);
    else document.removeEventListener("pointerdown", this.#onOutside, true);
    if (isOpen) void this.updateComplete.then(() => this.targets()[0]?.focus());
  }

  /** Closes it, and gives the focus back to the button. */
  protected close(): void {
    this.open(false);
    this.querySelector<HTMLElement>("vscode-button")?.focus();
  }

  protected readonly onFocusOut = (event: FocusEvent): void => {
    const { relatedTarget } = event;
    if (relatedTarget instanceof Node && !this.contains(relatedTarget)) this.open(false);
  };

  readonly #onOutside = (event: Event): void => {
    if (!event.composedPath().includes(this)) this.open(false);
  };
}
