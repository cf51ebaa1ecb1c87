/**
 * The heatmap as an SVG file: cells as rectangles, or one embedded image if there are too many. No DOM.
 */
import type { Rgb } from "../base/colourScale";
import { escapeXml } from "../base/escapeXml";

/** More rectangles than this make a file that other programs open slowly. */
export const MAX_RECTANGLES = 10_000;

export interface PictureLabel {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly anchor: "start" | "middle" | "end";
  readonly isBold?: boolean;
}

export interface PictureCell {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** null: not finite, drawn as an outlined cell with `mark`. */
  readonly colour: Rgb | null;
  readonly mark?: string;
}

export interface PictureLine {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
}

export interface Picture {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly background: string;
  readonly ink: string;
  /** Cells drawn one by one; empty where `image` stands for them. */
  readonly cells: readonly PictureCell[];
  readonly image: { readonly href: string; readonly box: readonly number[] } | null;
  readonly lines: readonly PictureLine[];
  readonly labels: readonly PictureLabel[];
  /** Stops of the legend's gradient, and where it lies. */
  readonly legend: { readonly stops: readonly Rgb[]; readonly box: readonly number[] };
}

function number(value: number): string {
  return String(Number(value.toFixed(2)));
}

function box([x = 0, y = 0, width = 0, height = 0]: readonly number[]): string {
  return `x="${number(x)}" y="${number(y)}" width="${number(width)}" height="${number(height)}"`;
}

function cellMarkup({ x, y, width, height, colour, mark }: PictureCell, ink: string): string {
  const area = box([x, y, width, height]);
  if (colour !== null) return `<rect ${area} fill="rgb(${colour.join(",")})"/>`;
  const size = Math.min(11, height - 2, width / 2.4);
  const label = `<text x="${number(x + width / 2)}" y="${number(y + height / 2)}" font-size="${number(Math.max(4, size))}" text-anchor="middle" dominant-baseline="central">${escapeXml(mark ?? "")}</text>`;
  return `<rect ${area} fill="none" stroke="${escapeXml(ink)}" stroke-width="0.75"/>${label}`;
}

function labelMarkup({ x, y, text, anchor, isBold = false }: PictureLabel): string {
  const weight = isBold ? ' font-weight="600"' : "";
  return `<text x="${number(x)}" y="${number(y)}" text-anchor="${anchor}"${weight} dominant-baseline="central">${escapeXml(text)}</text>`;
}

function gradient(stops: readonly Rgb[]): string {
  const last = Math.max(1, stops.length - 1);
  const marks = stops.map(
    (colour, index) =>
      `<stop offset="${number(index / last)}" stop-color="rgb(${colour.join(",")})"/>`,
  );
  return `<defs><linearGradient id="scale">${marks.join("")}</linearGradient></defs>`;
}

/** The file's text. */
export function svgPicture(picture: Picture): string {
  const { title, width, height, background, ink, cells, image, lines, labels, legend } = picture;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${number(width)}" height="${number(height)}" viewBox="0 0 ${number(width)} ${number(height)}" font-family="sans-serif" font-size="11" fill="${escapeXml(ink)}">`,
    `<title>${escapeXml(title)}</title>`,
    gradient(legend.stops),
    `<rect width="100%" height="100%" fill="${escapeXml(background)}"/>`,
    image === null
      ? ""
      : `<image ${box(image.box)} preserveAspectRatio="none" style="image-rendering:pixelated" href="${escapeXml(image.href)}"/>`,
    `<g shape-rendering="crispEdges">${cells.map((cell) => cellMarkup(cell, ink)).join("")}</g>`,
    `<g stroke="${escapeXml(ink)}" stroke-width="1">${lines
      .map(
        ({ from, to }) =>
          `<line x1="${number(from[0])}" y1="${number(from[1])}" x2="${number(to[0])}" y2="${number(to[1])}"/>`,
      )
      .join("")}</g>`,
    `<rect ${box(legend.box)} fill="url(#scale)"/>`,
    labels.map(labelMarkup).join(""),
    "</svg>",
    "",
  ].join("\n");
}
