/**
 * Values of a tensor as the view draws and reads them.
 */
import { NotFoundError } from "../../errors";
import {
  PERCENTILES,
  TILE_NAN,
  TILE_NEGATIVE_INFINITY,
  TILE_POSITIVE_INFINITY,
  type Cells,
  type CellsRequest,
  type Slice,
  type StatisticsRequest,
  type TensorStatistics,
  type Tile,
  type TileRequest,
} from "../../protocol/tensorMessages";
import { decodeRaw, wholeBox, type Box, type RawValues } from "../../tensor/raw";
import { gatherRowMajor, rowMajorStrides } from "../../tensor/strided";
import { elementCount, type Shape, type Tensor } from "../../tensor/tensor";
import { text } from "../../text";

export interface Readable {
  readonly name: string;
  readonly shape: Shape;
  readonly readBox: (box: Box) => Promise<RawValues>;
}

type Window = Pick<CellsRequest, "rowStart" | "rowEnd" | "columnStart" | "columnEnd" | "slice">;

async function readWindow(tensor: Readable, window: Window): Promise<Tensor["data"]> {
  const { rowAxis, columnAxis, index } = window.slice;
  const start = [...index];
  const size = tensor.shape.map(() => 1);
  if (rowAxis !== null) {
    start[rowAxis] = window.rowStart;
    size[rowAxis] = window.rowEnd - window.rowStart;
  }
  if (columnAxis !== null) {
    start[columnAxis] = window.columnStart;
    size[columnAxis] = window.columnEnd - window.columnStart;
  }
  if (size.some((length, axis) => length < 0 || start[axis]! + length > tensor.shape[axis]!)) {
    throw new NotFoundError(tensor.name, text("there is no such part"));
  }
  const { data } = decodeRaw(await tensor.readBox({ start, size }), tensor.name);
  if (rowAxis === null || columnAxis === null || rowAxis < columnAxis) return data;
  const rows = window.rowEnd - window.rowStart;
  const columns = window.columnEnd - window.columnStart;
  const strides = rowMajorStrides([columns, rows]).reverse();
  return gatherRowMajor(data as Float64Array<ArrayBuffer>, [rows, columns], strides);
}

export async function readTile(tensor: Readable, request: TileRequest): Promise<Tile> {
  const data = await readWindow(tensor, request);
  const height = request.rowEnd - request.rowStart;
  const width = request.columnEnd - request.columnStart;
  const rows = Math.min(height, request.maxRows);
  const columns = Math.min(width, request.maxColumns);
  const values = new Float64Array(rows * columns);
  const counts = new Float64Array(rows * columns);
  const flags = new Uint8Array(rows * columns);
  data.forEach((value, at) => {
    const row = Math.floor((Math.floor(at / width) * rows) / height);
    const cell = row * columns + Math.floor(((at % width) * columns) / width);
    if (!Number.isFinite(value)) {
      flags[cell]! |= Number.isNaN(value)
        ? TILE_NAN
        : value > 0
          ? TILE_POSITIVE_INFINITY
          : TILE_NEGATIVE_INFINITY;
      return;
    }
    counts[cell]! += 1;
    if (request.aggregate === "mean") values[cell]! += value;
    else if (counts[cell] === 1 || Math.abs(value) > Math.abs(values[cell]!)) values[cell] = value;
  });
  const isMean = request.aggregate === "mean";
  return {
    kind: "exact",
    rows,
    columns,
    flags,
    values: values.map((value, cell) =>
      counts[cell] === 0 ? NaN : isMean ? value / counts[cell]! : value,
    ),
  };
}

export async function readCells(tensor: Readable, request: CellsRequest): Promise<Cells> {
  return { texts: Array.from(await readWindow(tensor, request), String) };
}

function windowOf({ shape }: Readable, slice: Slice): Window {
  const sizeOf = (axis: number | null): number => (axis === null ? 1 : (shape[axis] ?? 0));
  return {
    slice,
    ...{ rowStart: 0, rowEnd: sizeOf(slice.rowAxis) },
    ...{ columnStart: 0, columnEnd: sizeOf(slice.columnAxis) },
  };
}

export async function readStatistics(
  tensor: Readable,
  { slice }: StatisticsRequest,
): Promise<TensorStatistics> {
  const data =
    slice === null
      ? decodeRaw(await tensor.readBox(wholeBox(tensor.shape)), tensor.name).data
      : await readWindow(tensor, windowOf(tensor, slice));
  const finite = Float64Array.from(data.filter((value) => Number.isFinite(value))).sort();
  const min = finite[0] ?? NaN;
  const max = finite.at(-1) ?? NaN;
  const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
  const variance = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0) / finite.length;
  const histogram = new Float64Array(128);
  for (const value of finite) {
    histogram[Math.min(127, Math.floor(((value - min) / (max - min || 1)) * 128))]! += 1;
  }
  const count = (test: (value: number) => boolean): number => data.filter(test).length;
  return {
    kind: "exact",
    seen: data.length,
    total: elementCount(tensor.shape),
    moments: Float64Array.of(min, max, mean, Math.sqrt(variance)),
    percentiles: Float64Array.from(PERCENTILES, (percentile) => {
      const place = (percentile / 100) * (finite.length - 1);
      const below = finite[Math.floor(place)] ?? NaN;
      return below + (place % 1) * ((finite[Math.ceil(place)] ?? NaN) - below);
    }),
    percentilesAreExact: true,
    zeros: count((value) => value === 0),
    nans: count(Number.isNaN),
    positiveInfinities: count((value) => value === Infinity),
    negativeInfinities: count((value) => value === -Infinity),
    histogram,
    observations: [],
  };
}
