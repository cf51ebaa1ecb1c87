/**
 * Elements of SVG as text; no DOM. Numbers have two decimals, text and attributes are escaped.
 */
import { escapeXml } from "../base/escapeXml";
import type { Rgb } from "../base/colourScale";

export const SANS = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";
export const MONO = "ui-monospace, 'Cascadia Mono', Menlo, Consolas, monospace";

/** A share of the font's size that a letter of sans-serif is wide, seldom more. */
const LETTER = 0.56;
/** The same of a monospaced digit. */
export const DIGIT = 0.61;

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export type Attributes = Readonly<Record<string, string | number>>;

function attribute(value: string | number): string {
  return typeof value === "number" ? String(Number(value.toFixed(2))) : escapeXml(value);
}

/** An element; `content` is markup. */
export function element(name: string, attributes: Attributes, content = ""): string {
  const written = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${attribute(value)}"`)
    .join("");
  return content === "" ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}

export function rect(at: Rect, attributes: Attributes = {}): string {
  return element("rect", { ...at, ...attributes });
}

export function group(attributes: Attributes, parts: readonly string[]): string {
  const content = parts.join("");
  return content === "" ? "" : element("g", attributes, content);
}

/** A line of text at its vertical middle. */
export function label(x: number, y: number, content: string, attributes: Attributes = {}): string {
  if (content === "") return "";
  return element(
    "text",
    { x, y, "dominant-baseline": "central", ...attributes },
    escapeXml(content),
  );
}

export function path(d: string, attributes: Attributes): string {
  return d === "" ? "" : element("path", { d, fill: "none", ...attributes });
}

/** `rgb(1,2,3)` */
export function rgb(colour: Rgb): string {
  return `rgb(${colour.join(",")})`;
}

/** How wide a line of text is at most in most fonts. */
export function widthOf(content: string, size: number): number {
  let letters = 0;
  // Letters of East Asian scripts are as wide as they are high.
  for (const letter of content) letters += (letter.codePointAt(0) ?? 0) > 0x2e80 ? 1.8 : 1;
  return letters * size * LETTER;
}

/** The first of some lines that `width` has room for, the longest of which come first; as much as fits of the last where none has. */
export function fittedForm(forms: readonly string[], size: number, width: number): string {
  const whole = forms.find((form) => widthOf(form, size) <= width);
  return whole ?? fitted(forms.at(-1) ?? "", size, width);
}

/** As much of a line as `width` has room for, with `…` where it was cut. */
export function fitted(content: string, size: number, width: number): string {
  if (widthOf(content, size) <= width) return content;
  const letters = Array.from(content);
  while (letters.length > 1 && widthOf(`${letters.join("")}…`, size) > width) letters.pop();
  return `${letters.join("").trimEnd()}…`;
}
