/**
 * Exact values of a window as text.
 */
import { LimitError } from "../../core/errors";
import { elementTexts } from "../../tensor/elementText";
import { isTurned, turnedSlice, turnedWindow, type Slice, type Window } from "../../tensor/slice";
import type { TensorSource } from "../../tensor/source";
import { readRawWindow } from "./windows";

export interface CellsWindow extends Window {
  readonly slice: Slice;
}

/** Exact values as text, row-major: the shortest digits that read back as the same stored value. */
export interface Cells {
  readonly texts: readonly string[];
}

/** The largest number of values at a time; a table shows some thousand. */
const maxCells = 2 ** 18;

/**
 * Texts of the values of a window.
 * @throws NotFoundError when there is no such window, LimitError when it is too large to be text; what reading throws.
 */
export async function readCells(source: TensorSource, window: CellsWindow): Promise<Cells> {
  const { slice } = window;
  const rows = window.rowEnd - window.rowStart;
  const columns = window.columnEnd - window.columnStart;
  if (rows * columns > maxCells) {
    const bound = { of: "written-value-count" } as const;
    throw new LimitError({ tensor: source.name }, bound, maxCells, rows * columns, [
      { do: "export" },
    ]);
  }
  if (!isTurned(slice)) return { texts: elementTexts(await readRawWindow(source, slice, window)) };
  const turned = elementTexts(
    await readRawWindow(source, turnedSlice(slice), turnedWindow(window)),
  );
  const texts = turned.map(
    (_, to) => turned[(to % columns) * rows + Math.floor(to / columns)] ?? "",
  );
  return { texts };
}
