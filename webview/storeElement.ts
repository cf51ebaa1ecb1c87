/**
 * What all elements of the panel are: drawn in the light DOM, and again whenever the store changes.
 */
import { LitElement, type PropertyDeclarations, type PropertyValues } from "lit";
import type { Store } from "./store";

export abstract class StoreElement extends LitElement {
  static override properties: PropertyDeclarations = { store: { attribute: false } };

  declare store: Store | undefined;
  #subscribed: Store | undefined;
  #stop: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop?.();
    this.#stop = undefined;
    this.#subscribed = undefined;
  }

  /** One stylesheet serves the whole page, so there is no shadow root. */
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override update(changed: PropertyValues): void {
    if (this.store !== this.#subscribed) {
      this.#stop?.();
      this.#subscribed = this.store;
      this.#stop = this.store?.subscribe(() => {
        this.requestUpdate();
      });
    }
    super.update(changed);
  }
}
