/**
 * What the heatmap shows of a slice: its gate blocks, and its frame by the size that was measured last.
 */
import { layoutFrame, type Frame } from "../../../src/drawing/tensors/frame";
import {
  chosenLayout,
  shownBlocks,
  type ShownBlocks,
} from "../../../src/drawing/tensors/gateBlocks";
import { wholeCellWidth } from "../../../src/drawing/tensors/quantities";
import type { Plot } from "../../../src/drawing/tensors/viewport";
import type { TensorStore } from "./store";

/** The gate blocks of the slice on screen. */
export function blocksOnScreen({ state }: TensorStore): ShownBlocks | null {
  const { info, slice, layout } = state;
  if (info === null || slice === null) return null;
  return shownBlocks(chosenLayout(info.layouts, layout), slice);
}

/** The frame of the heatmap; null while there is no tensor. */
export function frameOnScreen(store: TensorStore): Frame | null {
  const { info, slice, heatmapSize } = store.state;
  if (info === null) return null;
  return layoutFrame({
    ...heatmapSize,
    extent: store.extent,
    shown: blocksOnScreen(store),
    hasRows: slice?.rowAxis !== null,
    widestFit: wholeCellWidth(info.dtype),
  });
}

/** What keys that zoom are measured against; null while there is no heatmap on screen. */
export function plotOnScreen(store: TensorStore): Plot | null {
  const { tab, heatmapSize } = store.state;
  if (tab !== "heatmap" || heatmapSize.width === 0) return null;
  return frameOnScreen(store)?.plot ?? null;
}
