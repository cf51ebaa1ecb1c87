/**
 * The base of all elements, rendered in the light DOM again whenever their store changes.
 */
import { LitElement, type PropertyDeclarations, type PropertyValues } from "lit";

/** What changed: the state, or only what the host has answered. */
export type Change = "state" | "answer";

export type ChangeListener = (change: Change) => void;

/** A store that elements can follow. */
export interface Observable {
  /** Calls `listener` after every change; returns the function that stops it. */
  subscribe(listener: ChangeListener): () => void;
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

  /**
   * Requests the data of the next rendering from the store and keeps what is here. `render` and painters read the kept
   * data only: they request nothing.
   */
  protected fetch?(store: Followed): void;

  /** One stylesheet serves the whole page, so there is no shadow root. */
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  /**
   * False off the page: an update that was asked for before would subscribe the element again for ever, and two views of
   * different heights would answer each other's zoom without end.
   */
  protected override shouldUpdate(): boolean {
    return this.isConnected;
  }

  protected override update(changed: PropertyValues): void {
    if (this.store !== this.#subscribed) {
      this.#stop?.();
      this.#subscribed = this.store;
      this.#stop = this.store?.subscribe((change) => {
        // An element that fetches nothing shows nothing of an answer.
        if (change === "state" || this.fetch !== undefined) this.requestUpdate();
      });
    }
    if (this.store !== undefined) this.fetch?.(this.store);
    super.update(changed);
  }
}
