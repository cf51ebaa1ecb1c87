/**
 * The base of all elements, rendered in the light DOM again whenever their store changes.
 */
import { LitElement, type PropertyDeclarations, type PropertyValues } from "lit";

/** What an element needs of a store to follow it. */
export interface Observable {
  /** Calls `listener` after every change; returns the function that stops it. */
  subscribe(listener: () => void): () => void;
}

/** Holds its subscription to the store, which begins with the first update and ends when the element leaves the page. */
export abstract class StoreElement<Followed extends Observable> extends LitElement {
  static override properties: PropertyDeclarations = { store: { attribute: false } };

  declare store: Followed | undefined;
  #subscribed: Followed | undefined;
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
