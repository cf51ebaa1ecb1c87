/**
 * Diverging colour scales centred on 0, as tables of RGB bytes; no DOM.
 *
 * The ends come from d3-scale-chromatic; the centre lies near the background, so that what is near zero recedes in
 * dark and in light themes alike. Values that are not finite have no place on the scale.
 */
import { clampIndex, rounded } from "../../core/numeric";
import {
  interpolateBrBG,
  interpolatePRGn,
  interpolatePuOr,
  interpolateRdBu,
} from "d3-scale-chromatic";

/** Schemes that stay readable with every common colour-vision deficiency. */
const SCHEMES = {
  RdBu: interpolateRdBu,
  PuOr: interpolatePuOr,
  BrBG: interpolateBrBG,
  PRGn: interpolatePRGn,
} as const;

export type SchemeName = keyof typeof SCHEMES;

export const SCHEME_NAMES = Object.keys(SCHEMES) as SchemeName[];

export function isSchemeName(value: unknown): value is SchemeName {
  return typeof value === "string" && Object.hasOwn(SCHEMES, value);
}

export type Rgb = readonly [red: number, green: number, blue: number];

/** Entries of the table: odd, so that 0 has one of its own. */
export const TABLE_SIZE = 511;

/**
 * Values from −1 to 1 and the places on d3's scheme that colour them; null is the centre. On dark the ends are the
 * brightest colours, on light the darkest: strength is contrast.
 */
const STOPS = {
  dark: { values: [-1, 0, 1], places: [0.79, null, 0.21] },
  light: { values: [-1, -0.6, 0, 0.6, 1], places: [0.92, 0.8, null, 0.2, 0.08] },
} as const;

export interface ColourScale {
  /** Largest magnitude that still has a colour of its own. */
  readonly limit: number;
  /** The value in the middle; 0 when not given. */
  readonly centre?: number;
  /** TABLE_SIZE × 3 bytes, from centre − limit to centre + limit. */
  readonly table: Uint8ClampedArray;
}

/** Reads `rgb(r, g, b)`, `rgba(…)` and `#rrggbb`; black for anything else. */
export function parseColour(colour: string): Rgb {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})/i.exec(colour.trim());
  if (hex !== null) {
    const [, red, green, blue] = hex;
    return [parseInt(red ?? "0", 16), parseInt(green ?? "0", 16), parseInt(blue ?? "0", 16)];
  }
  const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number);
  return [red, green, blue];
}

/** WCAG relative luminance, 0 (black) to 1 (white). */
export function luminance([red, green, blue]: Rgb): number {
  const linear = (byte: number): number => {
    const value = byte / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function mix(a: Rgb, b: Rgb, share: number): Rgb {
  const at = (index: 0 | 1 | 2): number => Math.round(a[index] + (b[index] - a[index]) * share);
  return [at(0), at(1), at(2)];
}

/** The colour of a value between those of ascending values; the first value is the least there is. */
function colourAt(value: number, values: readonly number[], colours: readonly Rgb[]): Rgb {
  const next = values.findIndex((each, index) => index > 0 && value <= each);
  const [from = 0, to = 1] = [values[next - 1], values[next]];
  const [before = [0, 0, 0] as const, after = [0, 0, 0] as const] = [
    colours[next - 1],
    colours[next],
  ];
  return mix(before, after, (value - from) / (to - from));
}

/** Builds the table of a scheme for a background; `limit` must be positive and finite. */
export function colourScale(name: SchemeName, background: Rgb, limit: number): ColourScale {
  const interpolate = SCHEMES[name];
  // d3's RdBu runs from red to blue; negative is blue here, as in PyTorch's and most papers' figures.
  const isDark = luminance(background) < 0.3;
  const centre = mix(background, isDark ? [255, 255, 255] : [0, 0, 0], isDark ? 0.045 : 0.035);
  const { values, places } = isDark ? STOPS.dark : STOPS.light;
  const colours = places.map((place) =>
    place === null ? centre : parseColour(interpolate(place)),
  );
  const table = new Uint8ClampedArray(TABLE_SIZE * 3);
  for (let index = 0; index < TABLE_SIZE; index++) {
    table.set(colourAt((2 * index) / (TABLE_SIZE - 1) - 1, values, colours), index * 3);
  }
  return { limit, table };
}

/** Offset of a finite value's colour in the table. */
export function tableOffset(scale: ColourScale, value: number): number {
  const middle = (TABLE_SIZE - 1) / 2;
  const from = value - (scale.centre ?? 0);
  const index = Math.round(middle + (from / scale.limit) * middle);
  return 3 * clampIndex(index, TABLE_SIZE);
}

/** The colour of a finite value. */
export function colourOf(scale: ColourScale, value: number): Rgb {
  const offset = tableOffset(scale, value);
  const [red = 0, green = 0, blue = 0] = scale.table.subarray(offset, offset + 3);
  return [red, green, blue];
}

/** WCAG contrast of two luminances, 1 to 21. */
function contrast(left: number, right: number): number {
  return (Math.max(left, right) + 0.05) / (Math.min(left, right) + 0.05);
}

const BLACK = { ink: "#000000", luminance: 0 } as const;
const WHITE = { ink: "#ffffff", luminance: 1 } as const;
/** WCAG's least contrast of text. */
const LEGIBLE = 4.5;

/** Black or white, whichever has the better contrast on a colour. */
export function inkOn(colour: Rgb): string {
  const ground = luminance(colour);
  const isBlack = contrast(BLACK.luminance, ground) >= contrast(WHITE.luminance, ground);
  return (isBlack ? BLACK : WHITE).ink;
}

/** An ink of the theme where it can be read on a colour, else black or white. */
export function themeInkOn(colour: Rgb, ink: string): string {
  const found = contrast(luminance(parseColour(ink)), luminance(colour));
  return found >= LEGIBLE ? ink : inkOn(colour);
}

/** A limit with one or two digits that covers every range; 1 when there is nothing to show. */
export function niceLimit(ranges: readonly (readonly [number, number])[]): number {
  let largest = 0;
  for (const [low, high] of ranges) largest = Math.max(largest, Math.abs(low), Math.abs(high));
  if (!(largest > 0) || !Number.isFinite(largest)) return 1;
  const unit = 10 ** (Math.floor(Math.log10(largest)) - 1);
  return rounded(Math.ceil(largest / unit - 1e-9) * unit, 2);
}
