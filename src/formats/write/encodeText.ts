/**
 * Encodes values as text: JSON in Python's style, and lines of CSV.
 */
import { isComplex, type DType } from "../../tensor/dtype";
import { elementTexts, partTexts } from "../../tensor/elementText";
import type { RawValues } from "../../tensor/raw";
import { indexAt, type Shape } from "../../tensor/tensor";

/**
 * Values as items of a JSON list: NaN and the infinities by name, whole floats with a point, integers exactly, complex
 * numbers as pairs.
 */
export function jsonItems(raw: RawValues): string[] {
  const { dtype } = raw;
  if (isComplex(dtype)) {
    const parts = partTexts(raw, dtype).map(jsonFloat);
    return Array.from(
      { length: parts.length / 2 },
      (_, index) => `[${parts.slice(2 * index, 2 * index + 2).join(", ")}]`,
    );
  }
  const texts = elementTexts(raw);
  if (dtype === "bool") return texts.map((each) => each.toLowerCase());
  return isInteger(dtype) ? texts : texts.map(jsonFloat);
}

function isInteger(dtype: DType): boolean {
  return /^u?int/.test(dtype);
}

function jsonFloat(digits: string): string {
  return /^-?\d+$/.test(digits) ? `${digits}.0` : digits;
}

/**
 * Lines of CSV: a row of the last axis a line; of a vector, a value a line. Where there are more than two axes, the
 * indices of the outer ones come first in each line, and a line of titles before all.
 */
export class CsvLines {
  readonly #width: number;
  /** Outer axes whose indices are written. */
  readonly #outer: Shape;
  #flat = 0;

  constructor(shape: Shape) {
    this.#width = shape.length > 1 ? (shape.at(-1) ?? 1) : 1;
    this.#outer = shape.length > 2 ? shape.slice(0, -1) : [];
  }

  /** The titles, with a line end; empty for a matrix. */
  get head(): string {
    if (this.#outer.length === 0) return "";
    const axes = this.#outer.map((_, axis) => `axis ${axis}`);
    const values = Array.from({ length: this.#width }, (_, index) => String(index));
    return `${[...axes, ...values].join(",")}\n`;
  }

  /** The next values, in reading order. */
  add(raw: RawValues): string {
    let lines = "";
    for (const each of elementTexts(raw)) {
      const column = this.#flat % this.#width;
      if (column === 0) lines += this.#indices();
      this.#flat += 1;
      lines += column === this.#width - 1 ? `${each}\n` : `${each},`;
    }
    return lines;
  }

  #indices(): string {
    const indices = indexAt(this.#flat / this.#width, this.#outer);
    return indices.map((index) => `${index},`).join("");
  }
}
