/**
 * Matrices as text (.csv, .tsv, .txt, .dat): what numpy.savetxt, pandas' to_csv and spreadsheets write.
 *
 * Reads:   numbers between commas, semicolons, tabs, bars or blanks; a first row of names, a column of an index and an
 *          empty last column, which are left out and said; comments behind #; empty cells, which are nan; one [rows, columns] entry.
 * Refuses: rows of different lengths, and cells that are no numbers, with their line: FormatError.
 * The file is read in pieces; its numbers are kept, since a row of text is found by reading those before it.
 */
import { FormatError } from "../../core/errors";
import { text, type Text } from "../../core/text";
import { byteWidth, type DType } from "../../tensor/dtype";
import { cropRaw, encodeRaw, type RawValues } from "../../tensor/raw";
import type { TensorEntry } from "../../tensor/tensor";
import { nameFromFile, tensorsOf, type Archive } from "../base/archive";
import type { ByteSource } from "../base/bytes";
import { assertTensorBytes } from "../base/limits";
import { delimiterName, dialectOf, type Dialect } from "./dialect";
import { eachLine } from "./lines";
import { TableRows } from "./rows";

/** Lines by which a table is judged. */
const judgedLines = 64;

const emptyEnd = text("the last column is empty in every row and is left out");

/**
 * Reads a table as one matrix, named after the file.
 * @throws FormatError when it is none, LimitError when it does not fit a buffer.
 */
export async function readTable(source: ByteSource): Promise<Archive> {
  const { name: file } = source;
  const dialect = await judge(source);
  const rows = new TableRows(file, dialect);
  await eachLine(source, (line) => {
    rows.add(line);
    return true;
  });
  const hadEmptyEnd = rows.leaveOutEmptyEnd();
  const values = matrixOf(file, rows);
  const { dtype, shape, bytes } = values;
  const entry: TensorEntry = {
    name: nameFromFile(file),
    dtype,
    shape,
    byteLength: bytes.byteLength,
  };
  return {
    format: "text",
    notes: [...notesOf(dialect, rows), ...(hadEmptyEnd ? [emptyEnd] : [])],
    declared: [],
    ...tensorsOf(file, new Map([[entry, values]]), (known, box) =>
      Promise.resolve(cropRaw(known, box)),
    ),
  };
}

async function judge(source: ByteSource): Promise<Dialect> {
  const lines: string[] = [];
  const decoder = new TextDecoder();
  await eachLine(source, ({ bytes, start, end }) => {
    lines.push(decoder.decode(bytes.subarray(start, end)));
    return lines.length < judgedLines;
  });
  const dialect = lines.length === 0 ? null : dialectOf(lines);
  if (dialect === null) {
    throw new FormatError(source.name, text("this is a text file, not a table of numbers"));
  }
  return dialect;
}

function matrixOf(file: string, rows: TableRows): RawValues {
  const { values, count, columns } = rows;
  const dtype = dtypeOf(rows);
  assertTensorBytes(file, nameFromFile(file), values.length * byteWidth(dtype));
  return encodeRaw(dtype, [count, columns], values);
}

/** Whole numbers are int64, as `torch.tensor` would choose; others float32 where that is all they say. */
function dtypeOf({ isInteger, isNarrow, missing }: TableRows): DType {
  if (isInteger && missing === 0) return "int64";
  return isNarrow ? "float32" : "float64";
}

function notesOf(dialect: Dialect, { missing, count, columns }: TableRows): readonly Text[] {
  const holes =
    missing === 1
      ? text("one empty cell is read as nan")
      : text("{0} empty cells are read as nan", missing);
  return [
    sizeOf(count, columns, delimiterName(dialect.delimiter)),
    ...dialect.notes,
    ...(missing === 0 ? [] : [holes]),
  ];
}

function sizeOf(count: number, columns: number, delimiter: Text): Text {
  if (columns > 1) {
    return count === 1
      ? text("a table of text, one row of {0} numbers between {1}", columns, delimiter)
      : text(
          "a table of text, {0} rows of {1} numbers between {2}",
          ...([count, columns, delimiter] as const),
        );
  }
  return count === 1
    ? text("a table of text, one number")
    : text("a table of text, {0} numbers below each other", count);
}
