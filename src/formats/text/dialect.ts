/**
 * How a table of text is written: what stands between its cells, whether its first row has names, and an index column.
 *
 * Judged by the first lines: a first row in which nothing looks like a number has names; a column whose name is empty, or
 * missing, is the index that pandas and R write.
 */
import { text, type Text } from "../../core/text";
import { readCell, type Cell } from "./cells";

/** What stands between cells; null for blanks, any number of them. */
export type Delimiter = "\t" | ";" | "," | "|" | null;

export interface Dialect {
  readonly delimiter: Delimiter;
  /** The byte that is the decimal point. */
  readonly decimal: number;
  /** The names in the first row; null where it has values. */
  readonly header: readonly string[] | null;
  /** True where the first column is an index. */
  readonly hasIndex: boolean;
  /** True where names stand in the row below as well, as those of pandas with several levels do. */
  readonly hasMoreNames: boolean;
  /** What was taken for granted, one sentence each. */
  readonly notes: readonly Text[];
}

const point = 0x2e;
const comma = 0x2c;

/** The order in which they are tried: what also may stand in numbers or names comes last. */
const delimiters: readonly Exclude<Delimiter, null>[] = ["\t", ";", ",", "|"];

/** Numbers as tables have them, and what was meant to be one: no names of columns. */
const numberLike: readonly RegExp[] = [
  // Two points, thousands, Fortran's D, percent, and the suffixes of imaginary numbers and of C.
  /^[+-]?[.,]?\d[\d.,'_ ]*(?:[ed][+-]?\d+)?[%ijf]?$/i,
  /^[+-]?0x[\da-f]+$/i,
  /^\(?[+-]?[\d.]+(?:e[+-]?\d+)?[+-][\d.]+(?:e[+-]?\d+)?[ij]\)?$/i,
  /^[+-]?(?:nan|inf|infinity)(?:\(.*\))?$/i,
  /^[+-]?1\.#[a-z]+$/i,
];

const delimiterNames: Readonly<Record<string, Text>> = {
  "\t": text("tabs"),
  ";": text("semicolons"),
  ",": text("commas"),
  "|": text("vertical bars"),
};

/** The name of a delimiter in sentences. */
export function delimiterName(delimiter: Delimiter): Text {
  return delimiterNames[delimiter ?? ""] ?? text("spaces");
}

/** Judges the first lines of a table, without comments and empty ones; null where they hold no number. */
export function dialectOf(lines: readonly string[]): Dialect | null {
  const delimiter = delimiterOf(lines);
  const rows = withoutEmptyEnds(lines.map((line) => cellsOf(line, delimiter)));
  const [first = [], ...others] = rows;
  const decimal = hasDecimalCommas(delimiter, rows) ? comma : point;
  const header = isHeader(first, others, decimal) ? first : null;
  if (!isTable(header, rows, decimal)) return null;
  const { hasIndex, note } = indexOf(header, others, decimal);
  const notes = [
    decimal === comma ? text("a comma is read as the decimal point") : null,
    header === null ? null : text("the first row is read as names: {0}", header),
    note,
    header === null && others.length > 0 ? doubtOf(first) : null,
  ];
  const said = notes.filter((note) => note !== null);
  const hasMoreNames = header !== null && hasNamesBelow(others, decimal);
  return { delimiter, decimal, header, hasIndex, hasMoreNames, notes: said };
}

/** True where no cell of the row below the names is a number, its index aside. */
function hasNamesBelow([row = []]: readonly (readonly string[])[], decimal: number): boolean {
  const below = row.slice(1);
  return below.length > 0 && !below.some((cell) => isNumeric(cell, decimal));
}

/** Whether the first column is an index, and what is to be said about it. */
function indexOf(
  header: readonly string[] | null,
  rows: readonly (readonly string[])[],
  decimal: number,
): { readonly hasIndex: boolean; readonly note: Text | null } {
  if (header === null) return { hasIndex: false, note: null };
  const [name = ""] = header;
  if (isCounted(header.slice(1)) && !isIndexName(name)) {
    const hasIndex = isRising(rows, decimal);
    return { hasIndex, note: namedColumnNote(name, hasIndex) };
  }
  return hasIndexColumn(header, rows)
    ? {
        hasIndex: true,
        note: text("the first column has no name and is left out: it is an index"),
      }
    : { hasIndex: false, note: null };
}

/** Rows that all end with a delimiter, without the empty cell behind it; the first row may have names and end otherwise. */
function withoutEmptyEnds(rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const endsEmpty = (row: readonly string[]): boolean => row.length > 1 && row.at(-1) === "";
  if (!rows.slice(rows.length > 1 ? 1 : 0).every(endsEmpty)) return rows;
  return rows.map((row) => (endsEmpty(row) ? row.slice(0, -1) : row));
}

/**
 * True for a first row with a name and without anything like a number, which may be a value that cannot be read; also for
 * pandas' numbers of columns, where its numbers of rows, or times, stand below.
 */
function isHeader(
  first: readonly string[],
  others: readonly (readonly string[])[],
  decimal: number,
): boolean {
  const [corner = "", ...columns] = first;
  const index = others.map(([cell = ""]) => cell);
  const isIndex = isCounted(index) || (isBegin(index[0], decimal) && isRising(others, decimal));
  if (isIndexName(corner) && isCounted(columns) && isIndex) return true;
  const isLikeNumber = (cell: string): boolean => numberLike.some((like) => like.test(cell));
  const isNamed = corner !== "" && !isNumeric(corner, decimal) && !isLikeNumber(corner);
  if (isNamed && isCounted(columns)) return true;
  return first.some((cell) => !isNumeric(cell, decimal)) && !first.some(isLikeNumber);
}

/** True for 0, or a date: what the times of a recording begin with. */
function isBegin(first: string | undefined, decimal: number): boolean {
  if (first === undefined || first === "") return false;
  return !isNumeric(first, decimal) || Number(first) === 0;
}

/**
 * True for a first column that rises from row to row, or holds no numbers: an index beside columns that are counted. A
 * column of values among them would have a number for its name.
 */
function isRising(rows: readonly (readonly string[])[], decimal: number): boolean {
  const cells = rows.map(([cell = ""]) => cell);
  if (cells.every((cell) => !isNumeric(cell, decimal))) return true;
  const values = cells.map((cell) => Number(decimal === comma ? cell.replace(",", ".") : cell));
  return values.every((value, index) => index === 0 || value > (values[index - 1] ?? NaN));
}

function namedColumnNote(name: string, hasIndex: boolean): Text {
  return hasIndex
    ? text(
        "the first column, {0}, is taken for an index and left out: the other columns are counted from 0, and it rises from row to row or has no numbers",
        name,
      )
    : text(
        "the first column, {0}, is read as values: it does not rise from row to row, as an index would",
        name,
      );
}

/** Numbers below names; without names not a text in which numbers occur. */
function isTable(
  header: readonly string[] | null,
  rows: readonly (readonly string[])[],
  decimal: number,
): boolean {
  const cells = rows.slice(header === null ? 0 : 1).flatMap((row) => row.filter(Boolean));
  const numbers = cells.filter((cell) => isNumeric(cell, decimal)).length;
  const [first = []] = rows;
  const isReadable = header !== null || first.every((cell) => isNumeric(cell, decimal));
  return numbers > 0 && (isReadable || 2 * numbers >= cells.length);
}

/** The one that leaves the most numbers; it stands in at least half of the lines, since one of them may be cut short. */
function delimiterOf(lines: readonly string[]): Delimiter {
  let best: Delimiter = null;
  let bestShare = 0;
  for (const each of [...delimiters, null]) {
    const within = lines.filter((line) => each === null || line.includes(each)).length;
    const rows = lines.slice(lines.length > 1 ? 1 : 0).map((line) => cellsOf(line, each));
    const cells = rows.flat();
    const decimal = hasDecimalCommas(each, rows) ? comma : point;
    const share = cells.filter((cell) => isNumeric(cell, decimal)).length / cells.length;
    if (2 * within >= lines.length && share > bestShare) [best, bestShare] = [each, share];
  }
  return best;
}

/** The cells of a line, without quotes and blanks around them. */
function cellsOf(line: string, delimiter: Delimiter): string[] {
  if (delimiter === null) return line.trim().split(/[ \t]+/);
  const cells: string[] = [];
  let cell = "";
  let isQuoted = false;
  for (const character of line) {
    if (character === '"') isQuoted = !isQuoted;
    else if (character === delimiter && !isQuoted) {
      cells.push(cell.trim());
      cell = "";
    } else cell += character;
  }
  return [...cells, cell.trim()];
}

/** Pandas leaves the name of the index empty or calls it so when it reads it again; R writes a name less. */
function hasIndexColumn(header: readonly string[], rows: readonly (readonly string[])[]): boolean {
  const [name = ""] = header;
  if (isIndexName(name)) return header.length > 1;
  return rows.length > 0 && rows.every((row) => row.length === header.length + 1);
}

function isIndexName(name: string): boolean {
  return name === "" || /^Unnamed: 0$/i.test(name);
}

/** The note about a first row of values that may be names. */
function doubtOf(first: readonly string[]): Text | null {
  return isCounted(first)
    ? text("the first row, {0}, is read as values; if it has names, take it out", first)
    : null;
}

/** 0, 1, 2, …: the names of columns without names. */
function isCounted(row: readonly string[]): boolean {
  return row.length > 0 && row.every((cell, index) => cell === String(index));
}

/** Between semicolons, tabs or blanks, where points are never decimal ones. */
function hasDecimalCommas(delimiter: Delimiter, rows: readonly (readonly string[])[]): boolean {
  const cells = rows.flat();
  const has = (pattern: RegExp): boolean => cells.some((cell) => pattern.test(cell));
  return delimiter !== "," && has(/^[+-]?\d+,\d+(?:e[+-]?\d+)?$/i) && !has(/^[+-]?\d+\.\d/);
}

function isNumeric(written: string, decimal: number): boolean {
  const bytes = new TextEncoder().encode(written);
  const cell: Cell = { value: 0, digits: 0, isInteger: false, isMissing: false };
  return readCell(bytes, 0, bytes.length, decimal, cell);
}
