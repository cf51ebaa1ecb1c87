/**
 * Values that have no place on a colour scale: NaN and the infinities. No DOM.
 */

export type Irregular = "nan" | "+inf" | "-inf";

/** As they are written. */
export const IRREGULAR_GLYPHS: Readonly<Record<Irregular, string>> = {
  nan: "NaN",
  "+inf": "+∞",
  "-inf": "−∞",
};

/** What keeps a value off the scale; null for a finite one. */
export function irregularKind(value: number): Irregular | null {
  if (Number.isFinite(value)) return null;
  if (Number.isNaN(value)) return "nan";
  return value > 0 ? "+inf" : "-inf";
}

/** NaN and the infinities as glyphs; null for a finite number. */
export function irregularGlyph(value: number): string | null {
  const kind = irregularKind(value);
  return kind === null ? null : IRREGULAR_GLYPHS[kind];
}
