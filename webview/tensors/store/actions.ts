/**
 * Actions on the slice on screen: zoom, go to, find, copy. Pointer, keys and buttons meet here.
 */
import { grouped } from "../../../src/core/numeric";
import type { GateBlock } from "../../../src/protocol/archive/messages";
import { t, tr } from "../../shared/l10n";
import { toTsv } from "../../../src/drawing/run/tablePage";
import { findNext } from "../../../src/drawing/tensors/findIrregular";
import { blockAt, blockWindow } from "../../../src/drawing/tensors/gateBlocks";
import { parseGoal } from "../../../src/drawing/tensors/goTo";
import { isComplex } from "../../../src/drawing/tensors/quantities";
import {
  elementIndex,
  indexText,
  locate,
  pythonElement,
  pythonSlice,
  type Cell,
  type Window,
} from "../../../src/drawing/tensors/slices";
import {
  clampZoom,
  fitZoom,
  isFit,
  revealCell,
  showCell,
  showWindow,
  squareCells,
  visibleWindow,
  zoomAt,
  type Plot,
  type Zoom,
} from "../../../src/drawing/tensors/viewport";
import { blocksOnScreen, plotOnScreen } from "./onScreen";
import type { TensorStore } from "./store";

/** More values than this are exported, not copied. */
const MAX_COPIED = 100_000;
/** Exact values are asked for by blocks of so many rows and columns, so that the pointer meets them. */
const EXACT_BLOCK = 16;

/** The zoom that is on screen. */
export function currentZoom({ state }: TensorStore, plot: Plot): Zoom {
  return state.zoom === null ? fitZoom(plot) : clampZoom(plot, state.zoom);
}

/** Shows a zoom; the whole slice is kept as such, so that it follows the size of the window. */
export function setZoom(store: TensorStore, zoom: Zoom): void {
  const plot = plotOnScreen(store);
  store.update({ zoom: plot !== null && isFit(plot, zoom) ? null : zoom });
}

/** Scales about a point of the plot; about the cursor where it is on screen when none is given. */
export function zoomBy(store: TensorStore, factor: number, at?: readonly [number, number]): void {
  const plot = plotOnScreen(store);
  if (plot === null) return;
  const zoom = currentZoom(store, plot);
  setZoom(store, zoomAt(plot, zoom, factor, at ?? anchorOf(store, plot, zoom)));
}

function anchorOf({ state }: TensorStore, plot: Plot, zoom: Zoom): readonly [number, number] {
  const x = (state.cursor.column + 0.5 - zoom.x) * zoom.cellWidth;
  const y = (state.cursor.row + 0.5 - zoom.y) * zoom.cellHeight;
  const isInside = x >= 0 && y >= 0 && x <= plot.width && y <= plot.height;
  return isInside ? [x, y] : [plot.width / 2, plot.height / 2];
}

/** One value to each pixel of the screen. */
export function oneToOne(store: TensorStore): void {
  const plot = plotOnScreen(store);
  if (plot === null) return;
  setZoom(store, squareCells(plot, 1 / window.devicePixelRatio, store.state.cursor));
}

/** Moves the cursor and keeps it on screen. */
export function travel(store: TensorStore, cell: Cell): void {
  store.moveTo(cell);
  const plot = plotOnScreen(store);
  if (plot === null || store.state.zoom === null) return;
  setZoom(store, revealCell(plot, currentZoom(store, plot), store.state.cursor));
}

/** Zooms to a gate block and puts the cursor at its start. */
export function showBlock(store: TensorStore, block: GateBlock): void {
  const plot = plotOnScreen(store);
  const shown = blocksOnScreen(store);
  if (plot === null || shown === null) return;
  const at = blockWindow(shown, block, plot);
  store.moveTo({ row: at.rowStart, column: at.columnStart });
  setZoom(store, showWindow(plot, at));
  store.update({ message: t("{0}: {1} … {2}", block.name, block.start, block.end - 1) });
}

/** The next gate block, or the one before. */
export function stepBlock(store: TensorStore, by: 1 | -1): void {
  const shown = blocksOnScreen(store);
  if (shown === null) return;
  const { row, column } = store.state.cursor;
  const here = blockAt(shown, row, column);
  const count = shown.blocks.length;
  const at = here === null ? 0 : (shown.blocks.indexOf(here) + by + count) % count;
  const block = shown.blocks[at];
  if (block !== undefined) showBlock(store, block);
}

/** Goes to an index or a gate block; returns the problem of the typed target, otherwise an empty text. */
export function goTo(store: TensorStore, written: string): string {
  const { info, slice } = store.state;
  if (info === null || slice === null) return "";
  const goal = parseGoal(written, info.shape, slice, blocksOnScreen(store));
  if (goal.kind === "problem") return tr(goal.problem);
  if (goal.kind === "block") {
    showBlock(store, goal.block);
    return "";
  }
  const found = locate(info.shape, slice, goal.index);
  store.show(found.slice);
  goToCell(store, found.cell);
  return "";
}

function goToCell(store: TensorStore, cell: Cell): void {
  store.moveTo(cell);
  const plot = plotOnScreen(store);
  if (plot !== null) setZoom(store, showCell(plot, currentZoom(store, plot), cell));
}

/** Goes to the next value of the slice that is not finite. */
export async function goToIrregular(store: TensorStore): Promise<void> {
  const { info, slice, cursor } = store.state;
  if (info === null || slice === null) return;
  try {
    const cell = await findNext(
      (at, maxRows, maxColumns) =>
        store.client.request("tensor/tile", {
          tensor: info.name,
          slice,
          ...at,
          maxRows,
          maxColumns,
          aggregate: "mean",
        }),
      cursor,
      store.extent,
    );
    if (store.state.info !== info) return;
    if (cell === null) store.update({ message: t("Every value of this slice is finite") });
    else goToCell(store, cell);
  } catch (error) {
    store.report(error);
  }
}

/** The stored value of a cell as text; undefined while it is fetched. */
export function exactText(store: TensorStore, { row, column }: Cell): string | undefined {
  const { info, slice } = store.state;
  const { rows, columns } = store.extent;
  if (info === null || slice === null) return undefined;
  const rowStart = Math.floor(row / EXACT_BLOCK) * EXACT_BLOCK;
  const columnStart = Math.floor(column / EXACT_BLOCK) * EXACT_BLOCK;
  const columnEnd = Math.min(columns, columnStart + EXACT_BLOCK);
  const cells = store.cells({
    tensor: info.name,
    slice,
    rowStart,
    rowEnd: Math.min(rows, rowStart + EXACT_BLOCK),
    columnStart,
    columnEnd,
  });
  return cells?.texts[(row - rowStart) * (columnEnd - columnStart) + column - columnStart];
}

/** The index of the cursor in the whole tensor. */
export function cursorIndex({ state }: TensorStore): readonly number[] {
  return state.slice === null ? [] : elementIndex(state.slice, state.cursor);
}

async function readTexts(store: TensorStore, at: Window): Promise<string[][]> {
  const { info, slice } = store.state;
  if (info === null || slice === null) return [];
  const { texts } = await store.client.request("tensor/cells", {
    tensor: info.name,
    slice,
    ...at,
  });
  const width = at.columnEnd - at.columnStart;
  return Array.from({ length: at.rowEnd - at.rowStart }, (_, row) =>
    texts.slice(row * width, (row + 1) * width),
  );
}

export async function copyValue(store: TensorStore): Promise<void> {
  const { row, column } = store.state.cursor;
  try {
    const at = { rowStart: row, rowEnd: row + 1, columnStart: column, columnEnd: column + 1 };
    const value = (await readTexts(store, at))[0]?.[0] ?? "";
    await store.copy(value, t("Copied the value {0}", value));
  } catch (error) {
    store.report(error);
  }
}

export async function copyIndex(store: TensorStore): Promise<void> {
  const index = indexText(cursorIndex(store));
  await store.copy(index, t("Copied the index {0}", index));
}

/** The element under the cursor, in Python. */
export async function copyElement(store: TensorStore): Promise<void> {
  const { info } = store.state;
  if (info === null) return;
  const python = pythonElement(info.name, cursorIndex(store));
  await store.copy(python, t("Copied {0}", python));
}

/** The slice on screen as a Python expression. */
export async function copySlice(store: TensorStore): Promise<void> {
  const { info, slice } = store.state;
  if (info === null || slice === null) return;
  const tensor = { name: info.name, shape: info.shape, isComplex: isComplex(info.dtype) };
  const python = pythonSlice(tensor, slice, windowOnScreen(store));
  await store.copy(python, t("Copied {0}", python));
}

function windowOnScreen(store: TensorStore): Window {
  const plot = plotOnScreen(store);
  const { rows, columns } = store.extent;
  if (plot === null) {
    return { rowStart: 0, rowEnd: rows, columnStart: 0, columnEnd: columns };
  }
  return visibleWindow(plot, currentZoom(store, plot));
}

/** The values on screen, as a spreadsheet takes them. */
export async function copyValues(store: TensorStore): Promise<void> {
  const at = windowOnScreen(store);
  const count = (at.rowEnd - at.rowStart) * (at.columnEnd - at.columnStart);
  if (count > MAX_COPIED) {
    const most = grouped(MAX_COPIED);
    store.update({
      message: t(
        "{0} values are too many to copy: zoom in to {1}, or export",
        grouped(count),
        most,
      ),
    });
    return;
  }
  try {
    await store.copy(
      toTsv(await readTexts(store, at)),
      count === 1 ? t("Copied one value") : t("Copied {0} values", grouped(count)),
    );
  } catch (error) {
    store.report(error);
  }
}

/** Cancels the host's current work. */
export function cancelWork(store: TensorStore): void {
  store.send("work/cancel", null);
}
