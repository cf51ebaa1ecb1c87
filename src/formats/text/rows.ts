/**
 * The rows of a table, gathered one after another.
 */
import { FormatError } from "../../core/errors";
import { text } from "../../core/text";
import { float32Digits, isFloat32Size } from "../base/decimals";
import { assertTensorBytes } from "../base/limits";
import { readCell, type Cell } from "./cells";
import type { Dialect } from "./dialect";
import type { Line } from "./lines";

const space = 0x20;
const tab = 0x09;
const quote = 0x22;

/** Numbers that there is room for at first. */
const firstRoom = 2 ** 12;

const latin1 = new TextDecoder("latin1");

export class TableRows {
  readonly #file: string;
  readonly #dialect: Dialect;
  /** null between blanks. */
  readonly #delimiter: number | null;
  readonly #cell: Cell = { value: 0, digits: 0, isInteger: true, isMissing: false };
  #isHeader: boolean;
  #values = new Float64Array(firstRoom);
  #length = 0;
  #firstLine = 0;
  #isLastEmpty = false;
  #isEndEmpty = true;
  /** Numbers in a row; those of the first one decide. */
  columns = 0;
  count = 0;
  missing = 0;
  /** True while all but the missing ones are whole numbers that float64 has exactly. */
  isInteger = true;
  /** True while none says more than a float32. */
  isNarrow = true;

  constructor(file: string, dialect: Dialect) {
    this.#file = file;
    this.#dialect = dialect;
    this.#delimiter = dialect.delimiter?.charCodeAt(0) ?? null;
    this.#isHeader = dialect.header !== null;
  }

  get values(): Float64Array {
    return this.#values.subarray(0, this.#length);
  }

  /** @throws FormatError when it has another number of cells than the first row, or one that is no number. */
  add(line: Line): void {
    if (this.#isHeader) {
      this.#isHeader = false;
      return;
    }
    const before = this.#length;
    const cells = this.#delimiter === null ? this.#addBlanked(line) : this.#addSeparated(line);
    const columns = this.#length - before;
    if (this.count === 0) {
      this.columns = columns;
      this.#firstLine = line.number;
    } else if (columns !== this.columns) {
      throw this.#ragged(line, cells);
    }
    this.count += 1;
    this.#isEndEmpty &&= this.#isLastEmpty;
  }

  /** Takes out the last column where all of its cells are empty, as behind a delimiter at the end of each line. */
  leaveOutEmptyEnd(): boolean {
    const { count, columns } = this;
    if (!this.#isEndEmpty || columns < 2) return false;
    const kept = columns - 1;
    for (let row = 1; row < count; row += 1) {
      this.#values.copyWithin(row * kept, row * columns, row * columns + kept);
    }
    this.#length = count * kept;
    this.columns = kept;
    this.missing -= count;
    return true;
  }

  #addSeparated(line: Line): number {
    const { bytes, end } = line;
    let { start } = line;
    let cells = 0;
    for (;;) {
      const found = bytes.indexOf(this.#delimiter ?? 0, behindQuotes(bytes, start, end));
      const to = found < 0 || found > end ? end : found;
      this.#addCell(line, cells, start, to);
      cells += 1;
      if (to === end) return cells;
      start = to + 1;
    }
  }

  #addBlanked(line: Line): number {
    const { bytes, end } = line;
    let { start } = line;
    let cells = 0;
    for (;;) {
      while (start < end && isBlank(bytes[start] ?? 0)) start += 1;
      if (start === end) return cells;
      let to = start;
      while (to < end && !isBlank(bytes[to] ?? 0)) to += 1;
      this.#addCell(line, cells, start, to);
      cells += 1;
      start = to;
    }
  }

  #addCell(line: Line, index: number, from: number, to: number): void {
    if (index === 0 && this.#dialect.hasIndex) return;
    const { bytes } = line;
    const [start, end] = bared(bytes, from, to);
    this.#isLastEmpty = start === end;
    if (!readCell(bytes, start, end, this.#dialect.decimal, this.#cell)) {
      throw this.#noNumber(
        line,
        index,
        latin1.decode(bytes.subarray(start, Math.min(end, start + 80))),
      );
    }
    this.#push();
  }

  #push(): void {
    const { value, digits, isInteger, isMissing } = this.#cell;
    if (this.#length === this.#values.length) this.#grow();
    this.#values[this.#length] = value;
    this.#length += 1;
    if (isMissing) this.missing += 1;
    else if (!isInteger || !Number.isSafeInteger(value)) this.isInteger = false;
    if (!isPrintedFloat32(value, digits)) this.isNarrow = false;
  }

  #grow(): void {
    const bytes = 2 * this.#values.byteLength;
    assertTensorBytes(this.#file, this.#file, this.#values.byteLength + 8);
    const grown = new Float64Array(bytes / 8);
    grown.set(this.#values);
    this.#values = grown;
  }

  #ragged({ number }: Line, cells: number): FormatError {
    const expected = this.columns + (this.#dialect.hasIndex ? 1 : 0);
    return new FormatError(
      this.#file,
      cells === 1
        ? text(
            "line {0} has one cell, line {1} has {2}; every row of a matrix has as many",
            ...([number, this.#firstLine, expected] as const),
          )
        : text(
            "line {0} has {1} cells, line {2} has {3}; every row of a matrix has as many",
            ...([number, cells, this.#firstLine, expected] as const),
          ),
      { data: { line: number, expected, found: cells } },
    );
  }

  #noNumber({ number }: Line, index: number, found: string): FormatError {
    const column = index + 1;
    const data = { line: number, column, found };
    const quoted = JSON.stringify(found);
    const { header, hasMoreNames } = this.#dialect;
    if (hasMoreNames && this.count === 0) {
      const problem = text(
        "line {0}: {1} in column {2} is no number, and the line before has names already: write one row of names",
        ...([number, quoted, column] as const),
      );
      return new FormatError(this.#file, problem, { data });
    }
    const name = header?.[index] ?? "";
    if (name !== "") {
      const problem = text(
        "line {0}: {1} in column {2}, {3}, is no number",
        ...([number, quoted, column, name] as const),
      );
      return new FormatError(this.#file, problem, {
        data,
        remedies: [{ do: "leave-out-column", column }],
      });
    }
    const noNumber = text("line {0}: {1} in column {2} is no number", number, quoted, column);
    return header === null && this.count === 0
      ? new FormatError(
          this.#file,
          text("{0}; the first row has numbers alone, or names alone", noNumber),
          { data },
        )
      : new FormatError(this.#file, noNumber, { data, remedies: [{ do: "save-numbers-alone" }] });
  }
}

/** Behind the quotes around a cell that begins at `start`; `start` where it has none. */
function behindQuotes(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isBlank(bytes[at] ?? 0)) at += 1;
  if (bytes[at] !== quote || at >= end) return start;
  const close = bytes.indexOf(quote, at + 1);
  return close < 0 || close >= end ? start : close + 1;
}

/** Where a cell begins and ends without blanks and quotes around it. */
function bared(bytes: Uint8Array, from: number, to: number): readonly [number, number] {
  let [start, end] = [from, to];
  while (start < end && isBlank(bytes[start] ?? 0)) start += 1;
  while (end > start && isBlank(bytes[end - 1] ?? 0)) end -= 1;
  const isQuoted = end - start > 1 && bytes[start] === quote && bytes[end - 1] === quote;
  return isQuoted ? [start + 1, end - 1] : [start, end];
}

function isPrintedFloat32(value: number, digits: number): boolean {
  if (Math.fround(value) === value || !Number.isFinite(value)) return true;
  return digits <= float32Digits && isFloat32Size(Math.abs(value));
}

function isBlank(byte: number): boolean {
  return byte === space || byte === tab;
}
