/**
 * Tiles of slices of any size: read directly where that is quick, otherwise from a pyramid that is built once.
 */
import { clamp } from "../../core/numeric";
import type { RunControl } from "../../core/control";
import { Lru } from "../../core/lru";
import { isComplex, isNarrowFloat, type DType } from "../../tensor/dtype";
import {
  isTurned,
  sliceExtent,
  turnedSlice,
  turnedWindow,
  windowBox,
  type Slice,
} from "../../tensor/slice";
import type { TensorSource } from "../../tensor/source";
import { text } from "../../core/text";
import { buildPyramid, type Pyramid } from "./pyramid";
import { readSampledRows, type SampledRows } from "./sampledRows";
import { sampledExtent, sampledTile } from "./sampledTile";
import { plainTile, turnedTile, type Tile, type TileWindow } from "./tile";
import { WorkProgress } from "../../core/workProgress";
import { readPatches, readValues } from "./windows";
import { windowSums } from "./windowSums";

/** A window of at most so many elements is read anew for every tile. */
const directElements = 2 ** 24;

/** Bytes of the pyramids that are kept. */
const maxPyramidBytes = 2 ** 28;

/**
 * The pyramids of the slices that were looked at last, and rows of the one that was sampled last. One for each state of a
 * file, whose session owns it.
 */
export class TileCache extends Lru<string, Pyramid> {
  readonly #building = new Map<string, Promise<Pyramid>>();
  readonly #sampling = new Set<Promise<unknown>>();
  #rows: { readonly key: string; readonly rows: Promise<SampledRows | null> } | undefined;

  constructor(maxBytes = maxPyramidBytes) {
    super(maxBytes, ({ byteLength }) => byteLength);
  }

  /** The pyramid under `key`, which `build` makes where it is neither here nor being made for another tile. */
  async pyramid(key: string, build: () => Promise<Pyramid>): Promise<Pyramid> {
    const known = this.get(key) ?? this.#building.get(key);
    if (known !== undefined) return known;
    const building = this.#afterSamples(build);
    this.#building.set(key, building);
    try {
      const pyramid = await building;
      this.set(key, pyramid);
      if (this.#rows?.key === key) this.#rows = undefined;
      return pyramid;
    } finally {
      this.#building.delete(key);
    }
  }

  /** Reads a sample: before any pyramid, whose long reads its many short ones would wait for one by one. */
  async sample<Result>(read: () => Promise<Result>): Promise<Result> {
    const sampling = read();
    this.#sampling.add(sampling);
    try {
      return await sampling;
    } finally {
      this.#sampling.delete(sampling);
    }
  }

  /** The rows under `key`, which `read` fetches where they are not the last ones that were asked for. */
  rows(key: string, read: () => Promise<SampledRows | null>): Promise<SampledRows | null> {
    if (this.#rows?.key === key) return this.#rows.rows;
    const reading = { key, rows: this.sample(read) };
    this.#rows = reading;
    // Whoever asks after a failure has them read again.
    reading.rows.catch(() => {
      if (this.#rows === reading) this.#rows = undefined;
    });
    return reading.rows;
  }

  async #afterSamples(build: () => Promise<Pyramid>): Promise<Pyramid> {
    await Promise.allSettled(this.#sampling);
    return build();
  }
}

/**
 * The tile of a window. The first one of a large slice reads all of it, once; with `effort` `sample` it is a sample
 * until then.
 * @throws NotFoundError when there is no such window, CancelledError when `control` says so; what reading throws.
 */
export async function readTile(
  source: TensorSource,
  window: TileWindow,
  cache: TileCache,
  control: RunControl,
): Promise<Tile> {
  windowBox(source.name, source.shape, window.slice, window);
  if (isTurned(window.slice)) {
    const { slice, maxRows, maxColumns } = window;
    const turned: TileWindow = {
      ...window,
      ...turnedWindow(window),
      slice: turnedSlice(slice),
      maxRows: maxColumns,
      maxColumns: maxRows,
    };
    return turnedTile(await readTile(source, turned, cache, control));
  }
  const height = window.rowEnd - window.rowStart;
  const width = window.columnEnd - window.columnStart;
  const rows = clamp(Math.floor(window.maxRows), 1, height);
  const columns = clamp(Math.floor(window.maxColumns), 1, width);
  if (rows === height && columns === width && height * width <= directElements) {
    return plainTile(
      rows,
      columns,
      (await readValues(source, window.slice, window, control)).slice(),
    );
  }
  return aggregatedTile(source, window, { rows, columns }, { cache, control });
}

async function aggregatedTile(
  source: TensorSource,
  window: TileWindow,
  { rows, columns }: { rows: number; columns: number },
  { cache, control }: { cache: TileCache; control: RunControl },
): Promise<Tile> {
  const { slice, aggregate } = window;
  const isWide = holdsDoubles(source.dtype);
  const height = window.rowEnd - window.rowStart;
  const width = window.columnEnd - window.columnStart;
  if (height * width > directElements) {
    const key = pyramidKey(source, slice);
    if (window.effort === "sample" && cache.get(key) === undefined) {
      return cache.sample(async () => {
        const sampled = await rowsOf(source, slice, cache);
        const tile = sampled?.tile(window, sampledExtent({ rows, columns }), isWide);
        return tile ?? sampledTile(source, window, { rows, columns }, isWide);
      });
    }
    const pyramid = await cache.pyramid(key, () => buildPyramid(source, slice, isWide, control));
    const tile = pyramid.tile(window, rows, columns);
    if (tile !== null) return tile;
  }
  const sums = windowSums({ rows: height, columns: width }, { rows, columns }, isWide);
  const progress = new WorkProgress(control, text("Reading {0}", source.name));
  await readPatches(source, slice, window, (patch) => sums.add(patch), progress);
  return sums.tile(aggregate);
}

/**
 * Begins to read what a first picture of a slice is made of, where all of it would take long.
 * @throws what reading throws.
 */
export async function prepareTiles(
  source: TensorSource,
  slice: Slice,
  cache: TileCache,
): Promise<void> {
  const { rows, columns } = sliceExtent(source.shape, slice);
  if (rows * columns > directElements && !isTurned(slice)) await rowsOf(source, slice, cache);
}

/** Rows of a slice that is not turned. */
function rowsOf(source: TensorSource, slice: Slice, cache: TileCache): Promise<SampledRows | null> {
  return cache.rows(pyramidKey(source, slice), () => readSampledRows(source, slice));
}

/** Same tensor, same elements of it. */
function pyramidKey({ name, shape }: TensorSource, slice: Slice): string {
  const { rowAxis, columnAxis, index, part } = slice;
  const held = index.map((at, axis) => (axis === rowAxis || axis === columnAxis ? -1 : at));
  return JSON.stringify([name, shape, rowAxis, columnAxis, held, part]);
}

/** True for dtypes whose values float32 does not hold. */
function holdsDoubles(dtype: DType): boolean {
  if (isComplex(dtype)) return dtype === "complex128";
  if (isNarrowFloat(dtype) || dtype === "bool") return false;
  return !["int8", "uint8", "int16", "uint16"].includes(dtype);
}
