/**
 * Maps values to colours: range, scale and colour table. No DOM.
 *
 * Data with both signs is coloured from the centre, which is 0; other data from one end of a scheme to the other.
 * Values that are not finite have no place here.
 */
import { clamp } from "../../core/numeric";
import { interpolateCividis, interpolateMagma, interpolateViridis } from "d3-scale-chromatic";
import {
  colourScale,
  luminance,
  numberInk,
  parseColour,
  TABLE_SIZE,
  type NumberInk,
  type Rgb,
  type SchemeName,
} from "../base/colourScale";
import type { Domain } from "./domain";

/** One-ended schemes that stay readable with every common colour-vision deficiency. */
const SEQUENTIAL = {
  viridis: interpolateViridis,
  cividis: interpolateCividis,
  magma: interpolateMagma,
} as const;

export type SequentialName = keyof typeof SEQUENTIAL;

export const SEQUENTIAL_NAMES = Object.keys(SEQUENTIAL) as SequentialName[];

export const SCALE_KINDS = ["linear", "log", "symlog"] as const;

export type ScaleKind = (typeof SCALE_KINDS)[number];

/** Where symlog turns from linear to logarithmic, as a share of the largest magnitude: three decades are told apart. */
const SYMLOG_SHARE = 1e-3;
/** Decades of a logarithmic scale where the range begins at 0. */
const LOG_DECADES = 6;

export interface ColourMap {
  readonly domain: Domain;
  readonly kind: ScaleKind;
  /** TABLE_SIZE × 3 bytes, from the low end to the high end. */
  readonly table: Uint8ClampedArray;
}

/** The scale that is used: data with both signs has no logarithm. */
export function usableKind(kind: ScaleKind, domain: Domain): ScaleKind {
  return kind === "log" && (domain.isDiverging || domain.high <= 0) ? "symlog" : kind;
}

function sequentialTable(name: SequentialName, background: Rgb): Uint8ClampedArray {
  const interpolate = SEQUENTIAL[name];
  // Strength is contrast: on a light background the light end stands for little.
  const isDark = luminance(background) < 0.3;
  const table = new Uint8ClampedArray(TABLE_SIZE * 3);
  for (let index = 0; index < TABLE_SIZE; index++) {
    const share = index / (TABLE_SIZE - 1);
    table.set(parseColour(interpolate(isDark ? share : 1 - share)), index * 3);
  }
  return table;
}

export interface ColourMapChoice {
  readonly domain: Domain;
  readonly kind: ScaleKind;
  readonly diverging: SchemeName;
  readonly sequential: SequentialName;
  readonly background: Rgb;
}

export function colourMap(choice: ColourMapChoice): ColourMap {
  const { domain, kind, diverging, sequential, background } = choice;
  const table = domain.isDiverging
    ? colourScale(diverging, background, 1).table.slice(0, 3 * TABLE_SIZE)
    : sequentialTable(sequential, background);
  return { domain, kind: usableKind(kind, domain), table };
}

function symlog(value: number, knee: number): number {
  return Math.sign(value) * Math.log1p(Math.abs(value) / knee);
}

/** The transform that is linear between the ends of the scale. */
function transformOf({ domain, kind }: ColourMap): (value: number) => number {
  const { low, high } = domain;
  const largest = Math.max(Math.abs(low), Math.abs(high));
  if (kind === "symlog" && largest > 0) {
    const knee = largest * SYMLOG_SHARE;
    return (value) => symlog(value, knee);
  }
  if (kind === "log") {
    const smallest = low > 0 ? low : high * 10 ** -LOG_DECADES;
    return (value) => Math.log10(Math.max(value, smallest));
  }
  return (value) => value;
}

/** A function from finite values to places on the scale, 0 to 1. */
export function placer(map: ColourMap): (value: number) => number {
  const { low, high, isDiverging } = map.domain;
  const transform = transformOf(map);
  if (isDiverging) {
    const limit = transform(Math.max(Math.abs(low), Math.abs(high)));
    if (!(limit > 0)) return () => 0.5;
    return (value) => 0.5 + (0.5 * transform(clamp(value, low, high))) / limit;
  }
  const [bottom, top] = [transform(low), transform(high)];
  if (!(top > bottom)) return () => 0.5;
  return (value) => clamp((transform(value) - bottom) / (top - bottom), 0, 1);
}

/** Offset of a place's colour in the table. */
export function offsetAt(place: number): number {
  return 3 * Math.round(place * (TABLE_SIZE - 1));
}

/** The colour of a place on the scale. */
export function colourAt({ table }: ColourMap, place: number): Rgb {
  const offset = offsetAt(place);
  return [table[offset]!, table[offset + 1]!, table[offset + 2]!];
}

/** The ink of a number at a place on the scale; a scale without a centre has the better ink everywhere. */
export function inkAt(map: ColourMap, place: number): NumberInk {
  const colour = colourAt(map, place);
  return numberInk(colour, map.domain.isDiverging ? colourAt(map, 0.5) : null);
}

/** The value that stands at a place of the scale: the inverse of `placer`, by bisection, for ticks of the legend. */
export function valueAt(map: ColourMap, place: number): number {
  const { low, high, isDiverging } = map.domain;
  const limit = Math.max(Math.abs(low), Math.abs(high));
  let [bottom, top] = isDiverging ? [-limit, limit] : [low, high];
  const placeOf = placer(map);
  for (let step = 0; step < 60; step++) {
    const middle = (bottom + top) / 2;
    if (placeOf(middle) < place) bottom = middle;
    else top = middle;
  }
  return (bottom + top) / 2;
}
