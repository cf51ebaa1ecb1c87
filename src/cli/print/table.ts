/**
 * Plain text for a terminal: aligned columns, readable numbers, no control characters from files.
 */
import { rounded } from "../../core/numeric";
import { cut, visible } from "../../core/text";

/** Lines for a terminal: characters that would steer it are written as `\u{…}`, but for the line breaks. */
export function printable(lines: string): string {
  return lines.split("\n").map(visible).join("\n");
}

/** A cell that is longer sticks out of its column: one long name would make every line as long. */
const maxColumn = 200;

/** Longer cells are cut: no sentence of ours is as long, names out of files may be. */
const maxCell = 1000;

/** Rows as lines, columns padded to the same width and two spaces apart, no spaces at line ends. */
export function formatTable(rows: readonly (readonly string[])[], indent = 0): string {
  const cleaned = rows.map((row) => row.map((cell) => visible(cut(cell, maxCell))));
  const widths: number[] = [];
  for (const row of cleaned) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, Math.min(cell.length, maxColumn));
    }
  }
  return cleaned
    .map((row) => {
      const cells = row.map((cell, column) => cell.padEnd(widths[column] ?? 0));
      return `${" ".repeat(indent)}${cells.join("  ")}`.trimEnd();
    })
    .map((line) => `${line}\n`)
    .join("");
}

/** `5.96046e-8`, `0.25`, `1152`: at most six significant digits, small and large numbers with an exponent. */
export function formatNumber(value: number): string {
  const magnitude = Math.abs(value);
  if (!Number.isFinite(value) || magnitude === 0) return String(value);
  const short = rounded(value, 6);
  return magnitude < 1e-3 || magnitude >= 1e6 ? short.toExponential() : String(short);
}

/** `1 tensor`, `2 tensors`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
