/**
 * Renders one step of a strip of the flip picture: its cells, or one image where they are too small for numbers.
 */
import { nothing, svg, type SVGTemplateResult } from "lit";
import { t } from "../../shared/l10n";
import {
  colourOf,
  inkOfValue,
  RIM_WIDTH,
  type ColourScale,
  type Rgb,
} from "../../../src/drawing/base/colourScale";
import { formatCell } from "../../../src/drawing/base/numbers";
import type { StripBox, StripPart } from "../../../src/drawing/run/flip/boxes";
import type { Cell } from "../../../src/drawing/run/flip/values";
import { NUMBER_CELL } from "../../../src/drawing/run/flip/layout";
import { columnImage } from "./columnImage";
import type { FlipScene } from "./scene";

/** Width of a character of the code font in a cell. */
export const CELL_CHARACTER = 6.6;
const CELL_MARGIN = 3;
/** Cells from here on have larger letters: their height, and how much larger. */
const LARGE = { height: 32, letters: 13 / 11 } as const;

/** The cells of the step of a column. */
export function drawColumn(
  strip: StripBox,
  part: StripPart,
  { step, belongs }: { readonly step: number; readonly belongs: number },
  width: number,
  scene: FlipScene,
): SVGTemplateResult {
  const height = part.rows * strip.rowHeight;
  const isPadding = step >= scene.length;
  const scale = scene.scale(part);
  const rows = Array.from({ length: part.rows }, (_, row) => row);
  return svg`
    <g>
      ${
        isPadding
          ? svg`<rect class="padding" x="1" y="1" width=${width - 2} height=${height - 2}><title>${t("padding behind the sequence's length")}</title></rect>`
          : isDense(strip, width)
            ? denseColumn(strip, part, step, width, scene)
            : rows.map((row) => {
                const at = { y: row * strip.rowHeight, width, height: strip.rowHeight };
                return drawCell(scene.cell(part, row, step), at, scale);
              })
      }
      ${belongs === scene.pointedStep && belongs !== scene.litStep ? svg`<rect class="pointed" x="0.5" y="0.5" width=${width - 1} height=${height - 1}></rect>` : nothing}
      ${belongs === scene.litStep ? svg`<rect class="lit-frame" x="0.5" y="0.5" width=${width - 1} height=${height - 1}></rect>` : nothing}
      ${belongs === scene.litStep ? litCell(strip, part, width, scene) : nothing}
      ${step === scene.lastOfReference[part.values] ? svg`<rect class="last of-reference" width=${width} height=${height}></rect>` : nothing}
      ${step === scene.last[part.values] ? svg`<rect class="last" width=${width} height=${height}></rect>` : nothing}
    </g>
  `;
}

function litCell(
  strip: StripBox,
  part: StripPart,
  width: number,
  scene: FlipScene,
): SVGTemplateResult | typeof nothing {
  const row = scene.litRow(part);
  if (row === undefined) return nothing;
  const height = Math.max(strip.rowHeight, CELL_MARGIN);
  return svg`<rect class="lit-cell" x="-1" y=${row * strip.rowHeight - 1} width=${width + 2} height=${height + 2}></rect>`;
}

/** True where cells are too small for numbers. */
function isDense({ rowHeight }: StripBox, width: number): boolean {
  return width < NUMBER_CELL.width || rowHeight < NUMBER_CELL.height;
}

/** A column as one image: thousands of cells would take too long. */
function denseColumn(
  strip: StripBox,
  part: StripPart,
  step: number,
  width: number,
  scene: FlipScene,
): SVGTemplateResult {
  const scale = scene.scale(part);
  const colours = Array.from({ length: part.rows }, (_, row) => {
    const cell = scene.cell(part, row, step);
    return cell === undefined ? null : (colourIn(scale, cell) ?? "irregular");
  });
  const height = part.rows * strip.rowHeight;
  const gap = width > 2 * CELL_MARGIN ? 1 : 0;
  return svg`<image
    href=${columnImage(colours)}
    x=${gap} width=${width - 2 * gap} height=${height}
    preserveAspectRatio="none" class="dense"
  ></image>`;
}

/** What a cell's colour stands for: in a difference, what agrees is quiet. */
function coloured({ value, isOutside }: Cell): number {
  return isOutside === false ? 0 : value;
}

/** null for what is not finite, which has no colour of the scale. */
function colourIn(scale: ColourScale, cell: Cell): Rgb | null {
  return Number.isFinite(cell.value) ? colourOf(scale, coloured(cell)) : null;
}

function drawCell(
  cell: Cell | undefined,
  { y, width, height }: { readonly y: number; readonly width: number; readonly height: number },
  scale: ColourScale,
): SVGTemplateResult {
  if (cell === undefined) {
    return svg`<rect class="pending" x="1" y=${y + 1} width=${width - 2} height=${height - 2}></rect>`;
  }
  const { value } = cell;
  const colour = colourIn(scale, cell);
  const fill = colour === null ? "url(#flip-padding)" : `rgb(${colour.join(",")})`;
  const { ink, rim } =
    colour === null ? { ink: "currentColor", rim: null } : inkOfValue(scale, coloured(cell));
  const isLarge = height >= LARGE.height;
  const character = CELL_CHARACTER * (isLarge ? LARGE.letters : 1);
  const characters = Math.floor((width - CELL_MARGIN) / character);
  const label = formatCell(value, characters, cell.isOutside !== undefined);
  return svg`
    <rect x="1" y=${y + 1} width=${width - 2} height=${height - 2} fill=${fill}></rect>
    <text class=${isLarge ? "cell large" : "cell"} x=${width / 2} y=${y + height / 2 + 4} fill=${ink} stroke=${rim ?? nothing} stroke-width=${RIM_WIDTH} text-anchor="middle">${label.length <= characters ? label : ""}</text>
  `;
}
