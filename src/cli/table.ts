/**
 * Plain text for a terminal: aligned columns, readable numbers, and no control characters out of files.
 */

// What files hold (tensor names above all) may carry escape sequences, and a terminal would act on them:
// controls (Cc) but the newline, format characters such as bidirectional overrides (Cf), line separators (Zl, Zp).
const UNSAFE_CHARACTERS = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The same text with characters that steer a terminal written as `\u{…}`. */
export function printable(content: string): string {
  return content.replace(
    UNSAFE_CHARACTERS,
    (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ""}}`,
  );
}

/** A cell that is longer sticks out of its column: one long name would make every line as long. */
const maxColumn = 200;

/** Rows as lines, columns padded to the same width and two spaces apart, no spaces at line ends. */
export function formatTable(rows: readonly (readonly string[])[], indent = 0): string {
  const cleaned = rows.map((row) => row.map((cell) => printable(cell.replaceAll("\n", " "))));
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
  const rounded = Number(value.toPrecision(6));
  return magnitude < 1e-3 || magnitude >= 1e6 ? rounded.toExponential() : String(rounded);
}

/** `1 tensor`, `2 tensors`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
