/**
 * Curves and bands as the data of SVG paths; no DOM.
 */

import type { WindowData } from "../../protocol/run/windowMessages";
import { FRAME_FROM } from "./cellSizes";
import { markGrid, outsideEdges, type Edge, type Grid } from "./rasterize";

export type Point = readonly [x: number, y: number];

/** A place of a band: its horizontal place, and its two edges. */
export type Span = readonly [x: number, from: number, to: number];

const written = (points: readonly Point[]): string =>
  points.map((point) => point.map((each) => Math.round(10 * each) / 10).join(",")).join("L");

/** The neighbours that are there, run by run. */
function runsOf<Each>(items: readonly (Each | null)[]): Each[][] {
  const runs: Each[][] = [[]];
  for (const item of items) {
    if (item === null) runs.push([]);
    else runs.at(-1)?.push(item);
  }
  return runs.filter(({ length }) => length > 0);
}

/** A line through the points, interrupted where there is none. */
export function linePath(points: readonly (Point | null)[]): string {
  return runsOf(points)
    .map((run) => `M${written(run)}${run.length === 1 ? "Z" : ""}`)
    .join("");
}

/** What lies between the edges, interrupted where there are none. */
export function bandPath(spans: readonly (Span | null)[]): string {
  return runsOf(spans)
    .map((run) => {
      const there = run.map(([x, , to]): Point => [x, to]);
      const back = run.map(([x, from]): Point => [x, from]).reverse();
      return `M${written([...there, ...back])}Z`;
    })
    .join("");
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

type Line = readonly [from: Point, to: Point];

/** True for a line on the border of a window, inside of what it is a part of. */
function isSeam(
  [from, to]: readonly [number, number],
  count: number,
  at: number,
  [start, length]: readonly [number, number],
): boolean {
  const isBorder = from === to && (from === 0 || from === count);
  return isBorder && at > start + 1 && at < start + length - 1;
}

/**
 * Edges of the cells of a grid as lines in pixels. Where the window is a part of `whole`, the next one goes on at its
 * border, and so does the outline.
 */
export function edgeLines(edges: readonly Edge[], grid: Grid, at: Place, whole: Place): Line[] {
  const width = at.width / grid.columns;
  const height = at.height / grid.rows;
  const lines: Line[] = [];
  for (const [fromColumn, fromRow, toColumn, toRow] of edges) {
    const x = at.x + fromColumn * width;
    const y = at.y + fromRow * height;
    if (isSeam([fromColumn, toColumn], grid.columns, x, [whole.x, whole.width])) continue;
    if (isSeam([fromRow, toRow], grid.rows, y, [whole.y, whole.height])) continue;
    lines.push([
      [x, y],
      [at.x + toColumn * width, at.y + toRow * height],
    ]);
  }
  return lines;
}

/** A line around what is outside tolerance, in a window at a place; `whole` is what the window is a part of. */
export function outlinePath(data: WindowData, at: Place, whole: Place = at): string {
  const grid = markGrid(data, at, FRAME_FROM);
  return edgeLines(outsideEdges(data, grid), grid, at, whole).map(linePath).join("");
}
