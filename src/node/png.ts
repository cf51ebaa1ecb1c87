/**
 * PNG files of images with a palette.
 */
import { deflateSync } from "node:zlib";
import type { IndexedImage } from "../drawing/picture/image";
import { crc32 } from "../formats/base/crc32";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** IHDR: 8 bits a pixel, colours of a palette; deflate, no filter of the picture, not interlaced. */
const FORMAT = [8, 3, 0, 0, 0];

/** The file's bytes; the last colour of the palette is transparent. Source: PNG (Third Edition), W3C. */
export function encodePng({ width, height, pixels, palette }: IndexedImage): Uint8Array {
  const size = Buffer.alloc(8);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  // Each row begins with the number of its filter: 0, none.
  const rows = Buffer.alloc(height * (width + 1));
  for (let row = 0; row < height; row++) {
    rows.set(pixels.subarray(row * width, (row + 1) * width), row * (width + 1) + 1);
  }
  const alphas = Buffer.alloc(palette.length / 3, 255);
  alphas[alphas.length - 1] = 0;
  return Buffer.concat([
    Buffer.from(SIGNATURE),
    chunk("IHDR", Buffer.concat([size, Buffer.from(FORMAT)])),
    chunk("PLTE", palette),
    chunk("tRNS", alphas),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", new Uint8Array(0)),
  ]);
}

/** Length, name, content, and the checksum of the two last. */
function chunk(name: string, content: Uint8Array): Uint8Array {
  const named = Buffer.concat([Buffer.from(name, "latin1"), content]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(content.length, 0);
  ends.writeUInt32BE(crc32(named), 4);
  return Buffer.concat([ends.subarray(0, 4), named, ends.subarray(4)]);
}
