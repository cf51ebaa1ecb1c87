/**
 * Images of cells, one pixel a cell, and the latest complete image.
 */
import { Lru } from "../../../src/core/lru";

/** Bytes of the pictures that are kept: a few screens of them. */
const MAX_BYTES = 64 * 1024 * 1024;
/** Places whose last complete picture is kept. */
const MAX_PLACES = 256;

/** The image of some data. */
export interface CellImage {
  /** Of its canvases and what stands beside them. */
  readonly bytes: number;
}

/** A canvas of `rows` × `columns` pixels; `pixels` are RGBA bytes in row-major order. */
export function cellCanvas(
  { rows, columns }: { readonly rows: number; readonly columns: number },
  pixels: Uint8ClampedArray<ArrayBuffer>,
): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = columns;
  canvas.height = rows;
  // In memory, where putImageData is a copy and no upload.
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  brush?.putImageData(new ImageData(pixels, columns, rows), 0, 0);
  return canvas;
}

/**
 * Holds the pictures that were drawn last, bounded in bytes, and for each place what it last showed completely, which
 * stands in while new data is fetched. Owned by the view that draws them, which clears it when it shows something else.
 */
export class CellImages<Data extends object, Image extends CellImage, Placed> {
  readonly #images = new Lru<Data, { readonly colours: object; readonly image: Image }>(
    MAX_BYTES,
    ({ image }) => image.bytes,
  );
  readonly #lastDrawn = new Lru<string, readonly Placed[]>(MAX_PLACES, () => 1);

  /** The picture of data; `make` draws it anew when the colours are another object than before. */
  imageOf(data: Data, colours: object, make: () => Image): Image {
    const known = this.#images.get(data);
    if (known?.colours === colours) return known.image;
    const image = make();
    this.#images.set(data, { colours, image });
    return image;
  }

  /** The latest complete image of a place. */
  lastDrawn(place: string): readonly Placed[] {
    return this.#lastDrawn.get(place) ?? [];
  }

  remember(place: string, placed: readonly Placed[]): void {
    this.#lastDrawn.set(place, placed);
  }

  clear(): void {
    this.#images.clear();
    this.#lastDrawn.clear();
  }
}
