/**
 * Markdown tables of foreign text: nothing in a cell is markup.
 */
import { legible } from "../../core/text";

/** A table with a heading, as lines. */
export function markdownTable(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const lines = [heading, heading.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.map(markdownCell).join(" | ")} |\n`).join("");
}

/** Foreign text in a cell: nothing in it is Markdown or HTML, nor a link. */
function markdownCell(content: string): string {
  return legible(content)
    .replace(/[\\`*_[\]<>|&~#!()@]/g, "\\$&")
    .replace(/:(?=\/\/)/g, "\\:")
    .replace(/\bwww\./gi, (start) => `${start.slice(0, -1)}\\.`);
}
