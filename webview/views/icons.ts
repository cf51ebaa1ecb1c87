/**
 * Drawn symbols: icon fonts are not part of the page.
 */
import { svg, html, type TemplateResult } from "lit";

const PATHS = {
  run: "M4 2.5v11l9-5.5z",
  play: "M4 2.5v11l9-5.5z",
  pause: "M4 3h3v10H4zM9 3h3v10H9z",
  back: "M11 3v10L4.5 8z",
  forward: "M5 3v10l6.5-5z",
  first: "M3 3h2v10H3zM13 3v10L6 8z",
  last: "M11 3h2v10h-2zM3 3v10l7-5z",
  down: "M3.5 6h9L8 11z",
  close: "M4.3 3.3 8 7l3.7-3.7 1 1L9 8l3.7 3.7-1 1L8 9l-3.7 3.7-1-1L7 8 3.3 4.3z",
} as const;

/** A symbol in the colour of the text around it. */
export function icon(name: keyof typeof PATHS): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    ${svg`<path d=${PATHS[name]} fill="currentColor"></path>`}
  </svg>`;
}
