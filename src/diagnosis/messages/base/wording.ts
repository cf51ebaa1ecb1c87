/**
 * Wordings of messages: templates with typed places, such as `Expected {expected:n}, got {found:n}`.
 *
 * The text that they are looked for in is foreign and may have a megabyte. Every place is bounded and cannot match
 * what follows it, so that a search takes time in proportion to the text whatever stands there.
 */
import type { Shape } from "../../../tensor/tensor";

/** A size; null where a framework leaves it open (`None`, `?`, −1). */
export type OpenShape = readonly (number | null)[];

/** What stands in a place of a message. */
type Value = number | string | OpenShape | readonly string[] | readonly object[];

/** What stood in the places of a wording, by their names. */
export type Values = Readonly<Record<string, Value>>;

/** What a place takes. */
type PlaceKind = "n" | "shape" | "pair" | "cell" | "dtype" | "word" | "key" | "list";

/** Where a wording was found, and with what. */
export interface Found {
  readonly start: number;
  readonly end: number;
  readonly values: Values;
}

/** One message stands in a text a few times; more is a log, and tells nothing new. */
const MAX_FOUND = 50;

const patterns: Readonly<Record<PlaceKind, string>> = {
  n: String.raw`(-?\d{1,15})`,
  shape: String.raw`(?:torch\.Size\(|TensorShape\()?([[({][\d,x*?None -]{0,200}[\])}])\)?`,
  // A place that ends in digits must not stop within them.
  pair: String.raw`\[?(\d{1,12} ?x ?\d{1,12})(?!\d)\]?`,
  cell: "(RNNCell|LSTMCell|GRUCell|RNN|LSTM|GRU)",
  dtype: "(Float|Double|Half|BFloat16|Long|Int|Short|Byte|Char|Bool)",
  word: String.raw`([\w.:/<>-]{1,120})`,
  key: String.raw`([^\s"'\u0060]{1,400})`,
  list: String.raw`(\[[^[\]]{0,800}\])`,
};

const decoders: Readonly<Record<PlaceKind, (written: string) => number | string | OpenShape>> = {
  n: Number,
  shape: shapeOf,
  pair: shapeOf,
  cell: (written) => written,
  dtype: (written) => written,
  word: (written) => written.replace(/[.:]$/, ""),
  key: (written) => written,
  list: (written) => written,
};

/** A wording, ready to be looked for. */
export interface Wording {
  /** Every place of the text where it stands, in order. */
  find(text: string, lowerCase: string): Found[];
  /** True where its beginning stands in the text, whatever follows. */
  begins(lowerCase: string): boolean;
}

/** Characters that a beginning has at least, so that it is no other message's. */
const TELLING_BEGINNING = 24;

/** Makes a wording from its template. Letters match in either case: versions differ in it. */
export function wording(template: string): Wording {
  const places: { name: string; kind: PlaceKind }[] = [];
  const parts = template.split(/\{(\w+:\w+)\}/);
  const source = parts
    .map((part, index) => {
      if (index % 2 === 0) return part.replace(/[.*+?^$()|[\]{}\\]/g, "\\$&");
      const [name = "", kind = ""] = part.split(":");
      places.push({ name, kind: kind as PlaceKind });
      return patterns[kind as PlaceKind];
    })
    .join("");
  const literals = parts.filter((_, index) => index % 2 === 0);
  const longest = literals.reduce((left, right) => (right.length > left.length ? right : left), "");
  const pattern = new RegExp(source, "gi");
  const beginning = (literals[0] ?? "").slice(0, TELLING_BEGINNING).toLowerCase();
  return {
    begins: (lowerCase) => beginning.length === TELLING_BEGINNING && lowerCase.includes(beginning),
    find: (text, lowerCase) =>
      // Most texts hold few of the messages, and this is far quicker than the pattern.
      lowerCase.includes(longest.toLowerCase()) ? matchesOf(text, pattern, places) : [],
  };
}

function matchesOf(
  text: string,
  pattern: RegExp,
  places: readonly { name: string; kind: PlaceKind }[],
): Found[] {
  const found: Found[] = [];
  for (const match of text.matchAll(pattern)) {
    const values = Object.fromEntries(
      places.map(({ name, kind }, index) => [name, decoders[kind](match[index + 1] ?? "")]),
    );
    found.push({ start: match.index, end: match.index + match[0].length, values });
    if (found.length === MAX_FOUND) break;
  }
  return found;
}

/** `[2, None, 3]`, `(4,)`, `{1,4*8}`, `4x3` → sizes. */
function shapeOf(written: string): OpenShape {
  const inside = written.replace(/[[\](){}]/g, "");
  const sizes = inside.includes(",") ? inside.split(",") : inside.split("x");
  return sizes
    .map((size) => size.trim())
    .filter((size) => size !== "")
    .map((size) => (/^\d[\d* ]*$/.test(size) ? productOf(size) : null));
}

/** ONNX Runtime writes 8 · H as `8*4`. */
function productOf(size: string): number {
  return size.split("*").reduce((product, factor) => product * Number(factor), 1);
}

/** The number in a place. */
export function numberIn(values: Values, name: string): number {
  const value = values[name];
  if (typeof value !== "number") throw new Error(`no number in ${name}`);
  return value;
}

/** The word in a place; empty where this wording has no such place. */
export function wordIn(values: Values, name: string): string {
  const value = values[name];
  return typeof value === "string" ? value : "";
}

/** The sizes in a place; none where this wording has no such place. */
export function sizesIn(values: Values, name: string): OpenShape {
  const value = values[name];
  return Array.isArray(value) ? (value as OpenShape) : [];
}

/** The sizes in a place where all of them are known; null otherwise. */
export function shapeIn(values: Values, name: string): Shape | null {
  const sizes = sizesIn(values, name);
  return sizes.every((size) => size !== null) ? sizes : null;
}

/** `[None, 5, 3]`. */
export function formatSizes(sizes: OpenShape): string {
  return `[${sizes.map((size) => size ?? "None").join(", ")}]`;
}
