/**
 * Diverging colour scales centred on 0, as tables of RGB bytes; no DOM.
 *
 * The ends come from d3-scale-chromatic, as constants: a few colours take less room than what interpolates them. The centre
 * lies near the background, so that what is near zero recedes in dark and in light themes alike. Values that are not finite
 * have no place on the scale.
 */
import { clampIndex, rounded } from "../../core/numeric";

/**
 * Schemes that stay readable with every common colour-vision deficiency: the colours of -1 and of the value halfway, and the
 * same above 0. On dark the ends are the brightest colours, on light the darkest: strength is contrast.
 */
const SCHEMES = {
  RdBu: {
    dark: ["#5099c6", "#3781b9", "#c74440", "#d86755"],
    light: ["#1c5a99", "#4b94c4", "#d56050", "#a0172a"],
  },
  PuOr: {
    dark: ["#e18924", "#cd7211", "#6f549d", "#8676b0"],
    light: ["#a85308", "#dd841f", "#8170ac", "#4d227a"],
  },
  BrBG: {
    dark: ["#3f9d94", "#22847b", "#aa6f21", "#c08a3a"],
    light: ["#055e55", "#39988f", "#bc8435", "#804c0c"],
  },
  PRGn: {
    dark: ["#63b16a", "#429851", "#8b549b", "#9e73ae"],
    light: ["#196e33", "#5cad65", "#9a6daa", "#6a2476"],
  },
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
 * Values from −1 to 1 that have a colour of the scheme, and the centre. Most values lie far from the ends: halfway the colours
 * are already full ones, which on dark a straight way from the centre would only reach at the ends.
 */
const STOPS = { dark: [-1, -0.5, 0, 0.5, 1], light: [-1, -0.6, 0, 0.6, 1] } as const;

/** How values run along a scale: evenly, or so that those of all magnitudes are told apart. */
export type Curve = "linear" | "symlog";

export const CURVES: readonly Curve[] = ["linear", "symlog"];

/** Share of the limit up to which a symlog scale is about linear: two decades are told apart below the limit. */
const SYMLOG_LINEAR = 0.01;

/** Where a share of the limit, −1 to 1, lies on the scale, −1 to 1; beyond them it goes on. */
export function placeOnCurve(share: number, curve: Curve = "linear"): number {
  if (curve === "linear") return share;
  const most = Math.log1p(1 / SYMLOG_LINEAR);
  return (Math.sign(share) * Math.log1p(Math.abs(share) / SYMLOG_LINEAR)) / most;
}

/** The share of the limit at a place of the scale. */
export function shareAtPlace(place: number, curve: Curve = "linear"): number {
  if (curve === "linear") return place;
  const most = Math.log1p(1 / SYMLOG_LINEAR);
  return Math.sign(place) * SYMLOG_LINEAR * Math.expm1(Math.abs(place) * most);
}

export interface ColourScale {
  /** Largest magnitude that still has a colour of its own. */
  readonly limit: number;
  /** The value in the middle; 0 when not given. */
  readonly centre?: number;
  /** `linear` when not given. */
  readonly curve?: Curve;
  /**
   * TABLE_SIZE × 3 bytes, from centre − limit to centre + limit; behind them the two colours of what is less and of what is
   * more, which stand out from the ends.
   */
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
  // Negative is blue, as in PyTorch's and most papers' figures.
  const isDark = luminance(background) < 0.3;
  const centre = mix(background, isDark ? [255, 255, 255] : [0, 0, 0], isDark ? 0.045 : 0.035);
  const ground = isDark ? "dark" : "light";
  const values = STOPS[ground];
  const ends = SCHEMES[name][ground].map(parseColour);
  const colours = [...ends.slice(0, 2), centre, ...ends.slice(2)];
  const table = new Uint8ClampedArray((TABLE_SIZE + 2) * 3);
  for (let index = 0; index < TABLE_SIZE; index++) {
    table.set(colourAt((2 * index) / (TABLE_SIZE - 1) - 1, values, colours), index * 3);
  }
  const beyond: Rgb = isDark ? [255, 255, 255] : [0, 0, 0];
  [colours[0], colours.at(-1)].forEach((end, index) => {
    if (end !== undefined) table.set(mix(end, beyond, BEYOND_SHARE), (TABLE_SIZE + index) * 3);
  });
  return { limit, table };
}

/** How far the colours beyond the ends go on in the direction of the scale. */
const BEYOND_SHARE = 0.4;
/** A limit is written with two digits: what it was made of may lie beyond it by rounding. */
const ON_LIMIT = 1 + 1e-6;

/** Offset of a finite value's colour in the table. */
export function tableOffset(scale: ColourScale, value: number): number {
  const middle = (TABLE_SIZE - 1) / 2;
  const share = (value - (scale.centre ?? 0)) / scale.limit;
  if (Math.abs(share) > ON_LIMIT && scale.table.length > 3 * TABLE_SIZE) {
    return 3 * (share < 0 ? TABLE_SIZE : TABLE_SIZE + 1);
  }
  const index = Math.round(middle + placeOnCurve(share, scale.curve) * middle);
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

/** The ink of a number, and a rim around its digits where the ink alone is too faint. */
export interface NumberInk {
  readonly ink: string;
  readonly rim: string | null;
}

/** Around white digits; translucent, so that it is a shade of the cell. */
const RIM = "rgb(0 0 0 / 40%)";

/** Width of the line that makes a rim, half of which the digits cover, CSS pixels. */
export const RIM_WIDTH = 3;

/**
 * The ink of a number on a colour of a scale whose centre has this colour: that of the centre for as long as it can be
 * read, since black digits beside white ones on nearly the same colour would look like a difference. On a dark scale, whose
 * ends are bright, all white digits have the same rim, or those that need it would look blurred beside the others; on a
 * bright one the ends are so dark that white digits need none. Without a centre it is the ink that reads best.
 */
export function numberInk(colour: Rgb, centre: Rgb | null): NumberInk {
  if (centre === null) return { ink: inkOn(colour), rim: null };
  const ink = inkOn(centre);
  if (ink === WHITE.ink) return { ink, rim: RIM };
  const found = contrast(BLACK.luminance, luminance(colour));
  return { ink: found >= LEGIBLE ? ink : WHITE.ink, rim: null };
}

/** The same of a finite value; what lies beyond the scale stands out by its ink, too. */
export function inkOfValue(scale: ColourScale, value: number): NumberInk {
  const colour = colourOf(scale, value);
  const isBeyond = tableOffset(scale, value) >= 3 * TABLE_SIZE;
  return numberInk(colour, isBeyond ? null : colourOf(scale, scale.centre ?? 0));
}

/** A limit with one or two digits that covers every range; 1 when there is nothing to show. */
export function niceLimit(ranges: readonly (readonly [number, number])[]): number {
  let largest = 0;
  for (const [low, high] of ranges) largest = Math.max(largest, Math.abs(low), Math.abs(high));
  if (!(largest > 0) || !Number.isFinite(largest)) return 1;
  const unit = 10 ** (Math.floor(Math.log10(largest)) - 1);
  return rounded(Math.ceil(largest / unit - 1e-9) * unit, 2);
}
