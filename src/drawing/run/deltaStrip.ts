/**
 * The strip of the largest |Δ| over time of a lane, of the values that its picture has; no DOM.
 */
import type { WindowData, WindowRequest } from "../../protocol/run/windowMessages";

/** Values of a window and what they were asked with. */
interface Tile {
  readonly request: Pick<WindowRequest, "stepStart" | "stepEnd">;
  readonly data: Pick<WindowData, "rows" | "columns" | "values" | "outside">;
}

/** Steps of a column with the largest difference of its units. */
export interface StripColumn {
  readonly stepStart: number;
  readonly stepEnd: number;
  /** |Δ|; Infinity where one is not finite. */
  readonly size: number;
  readonly isOutside: boolean;
}

/** The smallest first: what is drawn last is seen. */
export function stripColumns(tiles: readonly Tile[]): StripColumn[] {
  const all = tiles.flatMap(({ request, data }) => {
    const { rows, columns, values, outside } = data;
    const width = (request.stepEnd - request.stepStart) / columns;
    return Array.from({ length: columns }, (_, column): StripColumn => {
      let size = 0;
      let isOutside = false;
      for (let cell = column; cell < rows * columns; cell += columns) {
        const value = Math.abs(values[cell]!);
        if (!(value <= size)) size = Number.isNaN(value) ? Infinity : value;
        isOutside ||= outside[cell] === 1;
      }
      const stepStart = request.stepStart + column * width;
      return { stepStart, stepEnd: stepStart + width, size, isOutside };
    });
  });
  return all
    .filter(({ size }) => size > 0)
    .sort((left, right) =>
      left.isOutside === right.isOutside
        ? left.size - right.size
        : Number(left.isOutside) - Number(right.isOutside),
    );
}
