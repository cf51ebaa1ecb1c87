/**
 * Exports the heatmap as a PNG or SVG file: cells, rulers, gate blocks, legend.
 */
import { legible } from "../../../src/core/text";
import { titleWithin } from "../../../src/drawing/base/fitName";
import { colourAt, placer, type ColourMap } from "../../../src/drawing/tensors/colourMap";
import { formatNamedShape, formatShort, cellNumber } from "../../../src/drawing/tensors/quantities";
import { rulerTicks } from "../../../src/drawing/tensors/ruler";
import type { TensorInfo } from "../../../src/protocol/archive/messages";
import {
  MAX_RECTANGLES,
  svgPicture,
  type Picture,
  type PictureCell,
  type PictureLabel,
  type PictureLine,
} from "../../../src/drawing/tensors/svgPicture";
import { visibleWindow } from "../../../src/drawing/tensors/viewport";
import { paintHeat } from "./heatPainter";
import { xOf, yOf, type HeatScene } from "./heatScene";
import { paintRulers } from "./rulerPainter";

/** Height of the title above and of the legend below the heatmap, CSS pixels. */
const HEAD = 30;
/** Left and right of the title. */
const MARGIN = 12;
const FOOT = 40;
const BAR = { width: 180, height: 10 } as const;
/** Pictures are sharp in print, too. */
const LEAST_DENSITY = 2;

/** The full description of the picture. */
function titleOf({ state }: HeatScene): string {
  const { info } = state;
  return info === null ? "" : titleAround(info, legible(info.name));
}

/** The same on one line of the picture, drawn with the context's font. */
function lineOf({ state, width }: HeatScene, context: CanvasRenderingContext2D): string {
  const { info } = state;
  if (info === null) return "";
  return titleWithin(width - 2 * MARGIN, info.name, {
    around: (name) => titleAround(info, name),
    measure: (title) => context.measureText(title).width,
  });
}

function titleAround({ shape, axes, dtype }: TensorInfo, name: string): string {
  return `${name}  ${formatNamedShape(shape, axes)}  ${dtype}`;
}

function paintLegend(scene: HeatScene, top: number): void {
  const { context, frame, map, theme } = scene;
  const y = top + 8;
  for (let x = 0; x < BAR.width; x++) {
    context.fillStyle = `rgb(${colourAt(map, x / (BAR.width - 1)).join(",")})`;
    context.fillRect(frame.left + x, y, 1, BAR.height);
  }
  context.fillStyle = theme.muted;
  context.font = `11px ${theme.font}`;
  context.textBaseline = "top";
  for (const { at, text } of legendLabels(map)) {
    context.textAlign = "center";
    context.fillText(text, frame.left + at * BAR.width, y + BAR.height + 4);
  }
}

function legendLabels({ domain }: ColourMap): { at: number; text: string }[] {
  const ends = [
    { at: 0, text: formatShort(domain.low) },
    { at: 1, text: formatShort(domain.high) },
  ];
  return domain.isDiverging ? [...ends, { at: 0.5, text: "0" }] : ends;
}

async function png(scene: HeatScene): Promise<Uint8Array> {
  const dpr = Math.max(LEAST_DENSITY, scene.dpr);
  const canvas = document.createElement("canvas");
  const height = scene.height + HEAD + FOOT;
  canvas.width = Math.round(scene.width * dpr);
  canvas.height = Math.round(height * dpr);
  const context = contextOf(canvas);
  const { theme } = scene;
  context.setTransform(dpr, 0, 0, dpr, 0, 0);
  context.fillStyle = theme.background;
  context.fillRect(0, 0, scene.width, height);
  context.fillStyle = theme.foreground;
  context.font = `600 13px ${theme.font}`;
  context.textBaseline = "middle";
  context.fillText(lineOf(scene, context), MARGIN, HEAD / 2 + 2);
  context.setTransform(dpr, 0, 0, dpr, 0, HEAD * dpr);
  // The tiles stay those that are on screen, whatever the density of the file.
  const drawn = { ...scene, context };
  paintHeat(drawn);
  paintRulers(drawn);
  paintLegend(drawn, scene.height);
  const blob = await new Promise<Blob | null>((resolve) => {
    canvas.toBlob(resolve, "image/png");
  });
  if (blob === null) throw new Error("the picture is too large to be written");
  return new Uint8Array(await blob.arrayBuffer());
}

function rulerLabels({ frame, zoom, state }: HeatScene): PictureLabel[] {
  const { left, top, plot } = frame;
  const rows = rulerTicks({
    start: zoom.y,
    cell: zoom.cellHeight,
    count: plot.rows,
    pixels: plot.height,
    label: 22,
  }).map(({ index, at }): PictureLabel => {
    return { x: left - 8, y: HEAD + top + at, text: String(index), anchor: "end" };
  });
  const columns = rulerTicks({
    start: zoom.x,
    cell: zoom.cellWidth,
    count: plot.columns,
    pixels: plot.width,
    label: 50,
  }).map(({ index, at }): PictureLabel => {
    return { x: left + at, y: HEAD + top - 12, text: String(index), anchor: "middle" };
  });
  return [
    ...(state.slice?.rowAxis === null ? [] : rows),
    ...(state.slice?.columnAxis === null ? [] : columns),
  ];
}

/** Names of gate blocks and the lines between them. */
function blockMarks(scene: HeatScene): { labels: PictureLabel[]; lines: PictureLine[] } {
  const { frame, shown } = scene;
  const { left, top, plot, names } = frame;
  const labels: PictureLabel[] = [];
  const lines: PictureLine[] = [];
  const right = Math.min(left + plot.width, xOf(scene, plot.columns));
  const bottom = Math.min(top + plot.height, yOf(scene, plot.rows));
  for (const { name, start, end } of shown?.blocks ?? []) {
    const isRow = shown?.along === "rows";
    const [low, high] = isRow ? [top, bottom] : [left, right];
    const place = isRow ? yOf : xOf;
    const from = Math.max(low, place(scene, start));
    const to = Math.min(high, place(scene, end));
    if (to - from < 12) continue;
    const middle = (from + to) / 2;
    labels.push(
      isRow
        ? { x: names - 10, y: HEAD + middle, text: name, anchor: "end", isBold: true }
        : { x: middle, y: HEAD + 7, text: name, anchor: "middle", isBold: true },
    );
    if (start === 0 || from <= low) continue;
    lines.push(
      isRow
        ? { from: [left, HEAD + from], to: [right, HEAD + from] }
        : { from: [from, HEAD + top], to: [from, HEAD + bottom] },
    );
  }
  return { labels, lines };
}

/** Cells that are wholly or partly on screen, cut to the plot. */
function cellsOf(scene: HeatScene): PictureCell[] {
  const { frame, map, state } = scene;
  const { left, top, plot } = frame;
  const [right, bottom] = [left + plot.width, top + plot.height];
  const placeOf = placer(map);
  const cells: PictureCell[] = [];
  for (const { request, tile } of scene.data.tiles) {
    const wide = (request.columnEnd - request.columnStart) / tile.columns;
    const high = (request.rowEnd - request.rowStart) / tile.rows;
    for (const [index, value] of tile.values.entries()) {
      const row = request.rowStart + Math.floor(index / tile.columns) * high;
      const column = request.columnStart + (index % tile.columns) * wide;
      const x = Math.max(left, xOf(scene, column));
      const y = Math.max(top, yOf(scene, row));
      const width = Math.min(right, xOf(scene, column + wide)) - x;
      const height = Math.min(bottom, yOf(scene, row + high)) - y;
      if (width <= 0 || height <= 0) continue;
      const isPlain = Number.isFinite(value) && tile.flags[index] === 0;
      const colour = Number.isFinite(value) ? colourAt(map, placeOf(value)) : null;
      cells.push({ x, y: y + HEAD, width, height, colour });
      if (isPlain) continue;
      const mark = cellNumber(value, state.info?.dtype ?? "float32", 8) ?? "";
      const word = Number.isFinite(value) ? "!" : mark;
      cells.push({ x, y: y + HEAD, width, height, colour: null, mark: word });
    }
  }
  return cells;
}

/** The plot alone as a data address, for pictures of more cells than a file of rectangles should have. */
function imageOf(scene: HeatScene): string {
  const { frame, dpr, theme } = scene;
  const { left, top, plot } = frame;
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(plot.width * dpr);
  canvas.height = Math.round(plot.height * dpr);
  const context = contextOf(canvas);
  context.fillStyle = theme.background;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.setTransform(dpr, 0, 0, dpr, -left * dpr, -top * dpr);
  paintHeat({ ...scene, context });
  return canvas.toDataURL("image/png");
}

/** The title as programs that show SVG draw it, in a font of about this width. */
function svgLine(scene: HeatScene): string {
  const context = contextOf(document.createElement("canvas"));
  context.font = "600 11px sans-serif";
  return lineOf(scene, context);
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("this page cannot draw");
  return context;
}

function svg(scene: HeatScene): Uint8Array {
  const { frame, zoom, map, theme, width, height } = scene;
  const { left, top, plot } = frame;
  const at = visibleWindow(plot, zoom);
  const count = (at.rowEnd - at.rowStart) * (at.columnEnd - at.columnStart);
  const isFew = count <= MAX_RECTANGLES;
  const blocks = blockMarks(scene);
  const legendTop = HEAD + height + 8;
  const picture: Picture = {
    title: titleOf(scene),
    width,
    height: height + HEAD + FOOT,
    background: theme.background,
    ink: theme.foreground,
    cells: isFew ? cellsOf(scene) : [],
    image: isFew
      ? null
      : { href: imageOf(scene), box: [left, top + HEAD, plot.width, plot.height] },
    lines: blocks.lines,
    labels: [
      { x: MARGIN, y: HEAD / 2, text: svgLine(scene), anchor: "start", isBold: true },
      ...rulerLabels(scene),
      ...blocks.labels,
      ...legendLabels(map).map((label): PictureLabel => ({
        x: left + label.at * BAR.width,
        y: legendTop + BAR.height + 9,
        text: label.text,
        anchor: "middle",
      })),
    ],
    legend: {
      stops: Array.from({ length: 33 }, (_, index) => colourAt(map, index / 32)),
      box: [left, legendTop, BAR.width, BAR.height],
    },
  };
  return new TextEncoder().encode(svgPicture(picture));
}

export async function pictureOf(scene: HeatScene, format: "png" | "svg"): Promise<Uint8Array> {
  return format === "png" ? png(scene) : svg(scene);
}
