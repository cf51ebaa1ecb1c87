/**
 * Icons as SVG, because the page has no icon font.
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
  right: "M6 3.5v9L11 8z",
  plus: "M7.25 3h1.5v4.25H13v1.5H8.75V13h-1.5V8.75H3v-1.5h4.25z",
  minus: "M3 7.25h10v1.5H3z",
  fit: "M2 2h5v1.5H3.5V7H2zM9 2h5v5h-1.5V3.5H9zM2 9h1.5v3.5H7V14H2zM12.5 9H14v5H9v-1.5h3.5z",
  exchange: "M5 2 1.5 5.5 5 9V6.4h8V4.6H5zM11 7l3.5 3.5L11 14v-2.6H3V9.6h8z",
  sidebar: "M1.5 2.5h13v11h-13zM3 4v8h2.5V4zM7 4v8h6V4z",
  next: "M3 2.5h1.5v11H3zM6 3l7 5-7 5z",
  save: "M2.5 2.5h9l2 2v9h-11zM4 4v3.5h6.5V4zM4.5 9.5V12h7V9.5z",
  options: "M2 4h5v-1.5h2V4h5v1.5H9V7H7V5.5H2zM2 10.5h2V9h2v1.5h8V12H6v1.5H4V12H2z",
  close: "M4.3 3.3 8 7l3.7-3.7 1 1L9 8l3.7 3.7-1 1L8 9l-3.7 3.7-1-1L7 8 3.3 4.3z",
  more: "M2 7h2.2v2.2H2zM6.9 7h2.2v2.2H6.9zM11.8 7H14v2.2h-2.2z",
  undo: "M6.5 2.5 2 6.5l4.5 4V8c3 0 5 1 6.5 4-.3-4-2.5-7-6.5-7z",
  redo: "M9.5 2.5 14 6.5l-4.5 4V8c-3 0-5 1-6.5 4 .3-4 2.5-7 6.5-7z",
  assign: "M2 2h5v4H5.2v2.2H9V7h5v4H9V9.8H3.6V6H2z",
} as const;

/** A symbol in the colour of the text around it. */
export function icon(name: keyof typeof PATHS): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    ${svg`<path d=${PATHS[name]} fill="currentColor"></path>`}
  </svg>`;
}
