/**
 * Renders the flip picture: strips of cells, chips with their steps, frames, connectors.
 */
import { nothing, svg, type SVGTemplateResult } from "lit";
import type { Connector, StripBox, StripPart } from "../../../src/drawing/run/flip/boxes";
import { GAP_WIDTH, type FlipLayout } from "../../../src/drawing/run/flip/layout";
import { chipsOf, type Chip } from "../../../src/drawing/run/flip/chips";
import { columnMotion, PHASES } from "../../../src/drawing/run/flip/motion";
import { tr } from "../../shared/l10n";
import { namedColumns } from "../../../src/drawing/run/flip/finals";
import { headingWithin } from "../../../src/drawing/run/flip/headings";
import { CELL_CHARACTER, drawColumn } from "./column";
import { textWidth } from "../unrolled/textWidth";
import type { FlipScene } from "./scene";

/** Width of a character of code, and of one of a title that is cut. */
const CHARACTER = 7.2;
/** From the cells down to the name of what of h_n a column is. */
const FINAL_BELOW = 38;
/** Between two headings. */
const HEADING_GAP = 8;
/** Half of the cross over a connector. */
const CROSS = 5;

/** The contents of the svg element. */
export function flipPicture(layout: FlipLayout, scene: FlipScene): SVGTemplateResult {
  return svg`
    <defs>
      <marker id="flip-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">
        <path class="arrow-head" d="M0,0.5 L8,4 L0,7.5 z"></path>
      </marker>
      <pattern id="flip-padding" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <line class="hatch" x1="0" y1="0" x2="0" y2="6"></line>
      </pattern>
    </defs>
    ${layout.connectors.map((connector) => connectorLine(connector, scene))}
    ${layout.strips.map((strip) => drawStrip(layout, strip, scene))}
  `;
}

function connectorLine({ from, to, points }: Connector, scene: FlipScene): SVGTemplateResult {
  const label = scene.labels[`${from}>${to}`];
  const path = points.map((point) => point.join(",")).join(" ");
  return svg`
    <polyline class="connector" marker-end="url(#flip-arrow)" points=${path}></polyline>
    ${label === undefined || isTooShort(label, points) ? nothing : connectorLabel(label, points)}
    ${from === "reverse" && scene.isUnflipped ? missingMark(points) : nothing}
  `;
}

/** Crosses a connector out: what it leads to was not done. */
function missingMark(points: Connector["points"]): SVGTemplateResult {
  const [x, y] = middleOf(points);
  return svg`<g transform="translate(${x},${y})">${[-1, 1].map(
    (side) =>
      svg`<line class="outside" x1=${-CROSS} y1=${-CROSS * side} x2=${CROSS} y2=${CROSS * side}></line>`,
  )}</g>`;
}

function middleOf(points: Connector["points"]): readonly [x: number, y: number] {
  const [[x1, y1], [x2, y2]] = [points[0] ?? [0, 0], points.at(-1) ?? [0, 0]];
  return [(x1 + x2) / 2, (y1 + y2) / 2];
}

/** True where a label does not fit above its connector. */
function isTooShort(label: string, points: Connector["points"]): boolean {
  const [x1] = points[0] ?? [0];
  const [x2] = points.at(-1) ?? [0];
  return x1 !== x2 && (label.length - 1) * CHARACTER > Math.abs(x2 - x1);
}

/** Above the middle of a connector, or beside it where it runs down. */
function connectorLabel(label: string, points: Connector["points"]): SVGTemplateResult {
  const [x, y] = middleOf(points);
  return points[0]?.[0] === points.at(-1)?.[0]
    ? svg`<text class="label" x=${x + 10} y=${y + 4}>${label}</text>`
    : svg`<text class="label" x=${x} y=${y - 10} text-anchor="middle">${label}</text>`;
}

function drawStrip(layout: FlipLayout, strip: StripBox, scene: FlipScene): SVGTemplateResult {
  const room = headingRoom(layout, strip);
  const whole = scene.headings[strip.id];
  const fits = (written: string, part: "title" | "line"): boolean =>
    (part === "title" ? textWidth(written) : written.length * CHARACTER) <= room;
  const { title, lines } = headingWithin(whole, scene.sideOf(strip), tr, fits);
  const top = -10 - lines.length * 17;
  return svg`
    <g transform="translate(${strip.x},${strip.y})">
      <text class="title" y=${top}>${fits(title, "title") ? title : cut(title, room / CHARACTER)}<title>${title}</title></text>
      ${lines.map((line, index) => svg`<text class="code" y=${top + 17 * (index + 1)} text-decoration=${whole.isMissing === true && index === 0 ? "line-through" : nothing}>${cut(line, room / CHARACTER)}<title>${whole.lines[index]?.[0]}</title></text>`)}
      <rect class="ground" width=${strip.width} height=${strip.height}></rect>
      ${strip.parts.map((part) => drawPart(layout, strip, part, scene))}
      ${scene.clock < PHASES ? nothing : strip.parts.map((part) => svg`<path class="outside" d=${scene.outline(strip, part)}></path>`)}
      ${chipsOf(strip, layout.cellWidth, scene.litStep).map((chip) => drawChip(strip, chip, scene))}
      ${namedColumns(strip, scene, CELL_CHARACTER, tr).map(([index, name]) => drawFinal(layout, strip, index, name))}
    </g>
  `;
}

/** Width above a strip up to the next one at its right. */
function headingRoom({ strips, width }: FlipLayout, strip: StripBox): number {
  const next = strips.filter(({ x }) => x > strip.x).map(({ x }) => x);
  return Math.min(width, ...next) - strip.x - HEADING_GAP;
}

function cut(text: string, characters: number): string {
  const kept = Math.max(1, Math.floor(characters) - 1);
  return text.length <= characters ? text : `${text.slice(0, kept)}…`;
}

function drawFinal(
  layout: FlipLayout,
  strip: StripBox,
  index: number,
  name: string,
): SVGTemplateResult {
  const middle = (strip.columnX[index] ?? 0) + layout.cellWidth / 2;
  const half = (name.length * CELL_CHARACTER) / 2;
  const x = Math.min(Math.max(middle, half), Math.max(half, strip.width - half));
  return svg`<text class="final" x=${x} y=${strip.height + FINAL_BELOW} text-anchor="middle">${name}</text>`;
}

function drawPart(
  layout: FlipLayout,
  strip: StripBox,
  part: StripPart,
  scene: FlipScene,
): SVGTemplateResult {
  return svg`${strip.columns.map((step, index) => {
    const { dx, dy, opacity } = columnMotion(layout.strips, strip, part, index, scene.clock);
    const x = (strip.columnX[index] ?? 0) + dx;
    const y = part.row * strip.rowHeight + dy;
    const width = step === null ? GAP_WIDTH : layout.cellWidth;
    const content =
      step === null
        ? svg`<text class="gap" x=${width / 2} y=${(part.rows * strip.rowHeight) / 2 + 4} text-anchor="middle">⋯</text>`
        : drawColumn(strip, part, { step, belongs: strip.belongs?.[index] ?? step }, width, scene);
    return svg`<g transform="translate(${x},${y})" opacity=${opacity}>${content}</g>`;
  })}`;
}

function drawChip(
  strip: StripBox,
  { step, label, x, width }: Chip,
  scene: FlipScene,
): SVGTemplateResult {
  const lit = step === scene.litStep ? "lit" : "";
  return svg`
    <g transform="translate(${x},${strip.height + 7})" class="chip ${lit}">
      <rect x=${-width / 2} width=${width} height="18" rx="9"></rect>
      <text y="13" text-anchor="middle">${label}</text>
    </g>
  `;
}
