/**
 * Keeps a line in one line: its parts are shortened one after another until all of them fit. What each step shortens is
 * the stylesheet's: `[data-tight*="3"]` holds from the third step on; after the last one there are several lines.
 */
const STEPS = "123456789";

/** Follows one line at a time, from `follow` to `stop`. Made by the bar, and ends with it. */
export class TightLine {
  /**
   * Of the page, and of buttons, which draw themselves after the line. It is told of each that it begins to observe before
   * the next frame is painted, when the page is laid out anyway.
   */
  readonly #resize = new ResizeObserver(() => {
    this.#fit();
  });
  #line: HTMLElement | null = null;
  #said: string | null = null;

  /** A line that says what it said is as it was. */
  follow(line: HTMLElement | null): void {
    if (line === this.#line && line?.textContent === this.#said) return;
    this.stop();
    this.#line = line;
    if (line === null) return;
    this.#said = line.textContent;
    this.#resize.observe(document.body);
    for (const button of line.querySelectorAll("unroll-menu")) this.#resize.observe(button);
  }

  stop(): void {
    this.#resize.disconnect();
    this.#line = null;
  }

  #fit(): void {
    const line = this.#line;
    if (line === null) return;
    for (let step = 0; step <= STEPS.length; step++) {
      line.dataset["tight"] = STEPS.slice(0, step);
      if (isOneLine(line)) return;
    }
  }
}

function isOneLine(line: HTMLElement): boolean {
  const parts = [...line.querySelectorAll<HTMLElement>(":scope > *, .tail > *")].filter(
    // What is hidden or empty is in no line.
    (part) => part.offsetWidth > 0 && !part.matches(".compare-problem, .visually-hidden"),
  );
  const lowest = Math.max(...parts.map((part) => part.offsetTop));
  // A label that is cut has a short form.
  const long = line.querySelector(".drop-down-label:has(+ .drop-down-short)");
  return (
    parts.every((part) => part.offsetTop + part.offsetHeight > lowest) &&
    (long === null || long.scrollWidth <= long.clientWidth)
  );
}
