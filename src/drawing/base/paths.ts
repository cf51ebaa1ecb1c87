/**
 * Curves and bands as the data of SVG paths; no DOM.
 */

import type { WindowData } from "../../protocol/run/windowMessages";
import { FRAME_FROM } from "./cellSizes";
import { markGrid, outsideEdges } from "./rasterize";

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

/** A line around what is outside tolerance, in a window at a place. */
export function outlinePath(
  data: WindowData,
  at: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): string {
  const grid = markGrid(data, at, FRAME_FROM);
  const width = at.width / grid.columns;
  const height = at.height / grid.rows;
  return outsideEdges(data, grid)
    .map(([fromColumn, fromRow, toColumn, toRow]) =>
      linePath([
        [at.x + fromColumn * width, at.y + fromRow * height],
        [at.x + toColumn * width, at.y + toRow * height],
      ]),
    )
    .join("");
}
