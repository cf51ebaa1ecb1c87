/**
 * A button that copies a text and confirms it.
 */
import { html, nothing, type TemplateResult, type PropertyDeclarations } from "lit";
import { t } from "./l10n";
import { StoreElement, type Observable } from "./store/storeElement";

/** Long enough to be read, short enough not to be taken for the button's name. */
const SHOWN_MS = 1600;

/** The part of a store that the button uses. */
interface CopyStore extends Observable {
  readonly client: {
    request(method: "text/copy", params: { readonly text: string }): Promise<unknown>;
  };
  report(error: unknown): void;
}

/** Holds whether it has just copied, for as long as it says so. Ends with its element. */
export class CopyButton extends StoreElement<CopyStore> {
  static override properties: PropertyDeclarations = {
    label: { attribute: false },
    read: { attribute: false },
    copied: { state: true },
  };

  declare label: string;
  /** The text, made only when it is asked for. */
  declare read: (() => string) | undefined;
  declare copied: boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.label = "";
    this.copied = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    this.copied = false;
  }

  protected override render(): TemplateResult {
    return html`<button type="button" class="link" @click=${this.#copy}>${this.label}</button>
      <span class="copied" role="status">${this.copied ? t("✓ copied") : nothing}</span>`;
  }

  readonly #copy = (): void => {
    const { store, read } = this;
    if (store === undefined || read === undefined) return;
    clearTimeout(this.#timer);
    store.client.request("text/copy", { text: read() }).then(
      () => {
        this.copied = true;
        this.#timer = setTimeout(() => {
          this.copied = false;
        }, SHOWN_MS);
      },
      (error: unknown) => {
        store.report(error);
      },
    );
  };
}

customElements.define("unroll-copy", CopyButton);
