/**
 * Keeps an element as high as it has been, so that what is above it stays where it is while its content changes.
 */

/** Follows one element at a time, from `follow` to `stop`. Made by the unrolled view, and ends with it. */
export class SteadyHeight {
  readonly #resize = new ResizeObserver(() => {
    this.#keep();
  });
  #element: HTMLElement | null = null;
  #width = 0;
  #height = 0;

  follow(element: HTMLElement | null): void {
    if (element === this.#element) return;
    this.stop();
    this.#element = element;
    if (element !== null) this.#resize.observe(element);
  }

  stop(): void {
    this.#resize.disconnect();
    this.#element = null;
    this.#width = 0;
  }

  #keep(): void {
    const element = this.#element;
    if (element === null) return;
    const { offsetWidth: width } = element;
    // Not while another view has its place.
    if (width === 0) return;
    if (width !== this.#width) {
      // Of another width it has other lines.
      element.style.minHeight = "";
      this.#width = width;
      this.#height = 0;
    }
    // Of its content, as `min-height` is.
    const height = parseFloat(getComputedStyle(element).height);
    if (!(height > this.#height)) return;
    this.#height = height;
    element.style.minHeight = `${height}px`;
  }
}
