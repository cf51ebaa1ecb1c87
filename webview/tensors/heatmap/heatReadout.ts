/**
 * Shows the index and the value of the cell under the pointer of the heatmap.
 */
import { html, nothing, type TemplateResult } from "lit";
import { blockAt } from "../../../src/drawing/tensors/gateBlocks";
import { elementIndex, indexText } from "../../../src/drawing/tensors/slices";
import { blocksOnScreen } from "../store/onScreen";
import type { TensorStore } from "../store/store";
import type { Hover } from "./heatGestures";

/** Room that the read-out needs at the right of the pointer. */
const READOUT_WIDTH = 220;

/** The read-out beside the pointer, inside of `viewport`; nothing when the pointer is over no cell. */
export function heatReadout(
  store: TensorStore,
  hover: Hover | null,
  value: string,
  viewport: { readonly width: number; readonly height: number },
): TemplateResult | typeof nothing {
  const { info, slice } = store.state;
  if (hover === null || info === null || slice === null) return nothing;
  const { cell, x, y } = hover;
  const { rows, columns } = store.extent;
  if (cell.row >= rows || cell.column >= columns) return nothing;
  const block = blockAt(blocksOnScreen(store), cell.row, cell.column);
  const left = x + 16 + READOUT_WIDTH > viewport.width ? x - READOUT_WIDTH : x + 16;
  const top = y + 70 > viewport.height ? y - 58 : y + 18;
  return html`<div
    class="readout"
    aria-hidden="true"
    .style=${`left:${Math.max(4, left)}px;top:${top}px`}
  >
    <div class="readout-title">
      ${indexText(elementIndex(slice, cell))}${block === null ? nothing : ` · ${block.name}`}
    </div>
    <div class="readout-value">${value}</div>
  </div>`;
}
