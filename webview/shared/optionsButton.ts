/**
 * A button that opens a box of controls below it; it shows what they are set to.
 */
import { html, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import { DropDown } from "./dropDown";
import { icon } from "./icons";

/** What of a control is said on the button. */
export interface Setting {
  readonly text: string;
  /** True of a value that nobody has stated. */
  readonly isAssumed: boolean;
}

/** Holds what its button says and what its box shows. Ends with its element. */
export class OptionsButton extends DropDown {
  static override properties: PropertyDeclarations = {
    settings: { attribute: false },
    summary: { attribute: false },
    content: { attribute: false },
  };

  declare settings: readonly Setting[];
  /** What the button says where a narrow page has nothing else beside it. */
  declare summary: string;
  /** The controls; called whenever the box is drawn. */
  declare content: () => TemplateResult;

  protected override readonly popupRole = "dialog";

  constructor() {
    super();
    this.settings = [];
    this.summary = "";
    this.content = () => html``;
  }

  protected override face(): TemplateResult {
    const isAssumed = this.settings.some((setting) => setting.isAssumed);
    return html`<span class="options-icon">${icon("options")}</span
      ><span class=${isAssumed ? "options-name assumed" : "options-name"}>${this.label}</span>
      ${
        this.summary === ""
          ? nothing
          : html`<span class="options-summary" aria-hidden="true">${this.summary}</span>`
      }
      <span class="options-values" aria-hidden="true"
        >${this.settings.map(
          ({ text, isAssumed: guessed }) =>
            html`<span class=${guessed ? "assumed" : ""}>${text}</span>`,
        )}</span
      >`;
  }

  protected override buttonTitle(): string {
    return [this.label, ...this.settings.map(({ text }) => text)].join(" · ");
  }

  protected override popup(): TemplateResult {
    return html`<div
      class="menu options"
      role="dialog"
      aria-label=${this.label}
      @keydown=${this.#onKey}
      @focusout=${this.onFocusOut}
    >
      ${this.content()}
    </div>`;
  }

  protected override targets(): HTMLElement[] {
    const all = this.querySelectorAll<HTMLElement>(
      ".options :is(vscode-button, vscode-dropdown, vscode-checkbox, vscode-text-field)",
    );
    // What stands in the bar where that is wide enough is not in the box.
    return [...all].filter((control) => control.checkVisibility());
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    // The keys of the page are not for the controls of the box.
    event.stopPropagation();
    if (event.key === "Escape" && !event.defaultPrevented) this.close();
  };
}

customElements.define("unroll-options", OptionsButton);
