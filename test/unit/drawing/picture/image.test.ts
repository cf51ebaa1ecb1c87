/** Windows as images with a palette, and the PNG files that are made of them. */
import assert from "node:assert/strict";
import { inflateSync } from "node:zlib";
import { colourOf, colourScale } from "../../../../src/drawing/base/colourScale";
import { indexedImage, TRANSPARENT } from "../../../../src/drawing/picture/image";
import { windowMarkup } from "../../../../src/drawing/picture/windowMarkup";
import { PICTURE_THEMES } from "../../../../src/drawing/picture/theme";
import { fitted } from "../../../../src/drawing/picture/svg";
import { encodePng } from "../../../../src/node/png";
import type { WindowData } from "../../../../src/protocol/run/windowMessages";

const scale = colourScale("RdBu", [255, 255, 255], 1);

function windowOf(columns: number, values: readonly number[]): WindowData {
  return {
    columns,
    rows: values.length / columns,
    values: Float32Array.from(values),
    outside: new Uint8Array(values.length),
    valid: new Uint8Array(values.length).fill(1),
  };
}

describe("a window as an image", () => {
  const alone = { onlyOutside: false, more: { columns: 0, rows: 0 } };
  const data = windowOf(3, [-1, 0, 1, NaN, 0.5, -7]);

  it("has the colours of the scale, and none where a value has none", () => {
    const { pixels, palette } = indexedImage(data, scale, alone);
    assert.deepEqual([pixels[0], pixels[1], pixels[2], pixels[3]], [0, 126, 252, TRANSPARENT]);
    assert.equal(pixels[5], 253, "beyond the scale");
    assert.deepEqual([...palette.subarray(126 * 3, 127 * 3)], [...colourOf(scale, 0)]);
    assert.deepEqual([...palette.subarray(0, 3)], [...colourOf(scale, -1)]);
  });

  it("goes on with its last column and row under what lies beside it", () => {
    const { pixels } = indexedImage(data, scale, alone);
    const more = indexedImage(data, scale, { ...alone, more: { columns: 1, rows: 1 } });
    assert.deepEqual([more.width, more.height], [4, 3]);
    const at = (row: number, column: number): number | undefined => pixels[3 * row + column];
    const expected = [0, 1, 1].flatMap((row) => [0, 1, 2, 2].map((column) => at(row, column)));
    assert.deepEqual([...more.pixels], expected);
  });

  it("is a PNG whose rows are the pixels", () => {
    const image = indexedImage(data, scale, alone);
    const png = Buffer.from(encodePng(image));
    assert.equal(png.toString("latin1", 1, 4), "PNG");
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [3, 2]);
    const at = png.indexOf("IDAT");
    const rows = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
    assert.deepEqual(
      [...rows],
      [0, ...image.pixels.subarray(0, 3), 0, ...image.pixels.subarray(3)],
    );
  });
});

describe("images of a lane beside each other", () => {
  const plain = { scale, isDelta: false, isUlps: false, isExact: false, words: null, encodePng };
  const style = { ...plain, theme: PICTURE_THEMES.light };
  const lane = { x: 10.25, y: 5, width: 8, height: 2 };
  const sizes = (markup: string): number[] =>
    ["width", "height"].map((name) => Number(new RegExp(` ${name}="([^"]+)"`).exec(markup)?.[1]));

  it("overlap by a column, so that no ground shows between them, and end with the lane", () => {
    const data = windowOf(4, [-1, 0, 1, 0.5, 0, 1, 0, 1]);
    const first = windowMarkup(data, { ...lane, width: 4 }, style, lane);
    assert.deepEqual(sizes(first), [5, 2]);
    const last = windowMarkup(data, { ...lane, x: 14.25, width: 4 }, style, lane);
    assert.deepEqual(sizes(last), [4, 2]);
    const upper = windowMarkup(data, { ...lane, height: 1 }, style, lane);
    assert.deepEqual(sizes(upper), [8, 1.5]);
  });
});

describe("a window as markup", () => {
  const theme = PICTURE_THEMES.light;
  const style = {
    scale,
    theme,
    isDelta: false,
    isUlps: false,
    isExact: true,
    words: null,
    encodePng,
  };

  it("has a rectangle and a number for each cell with room, and marks what is off the scale", () => {
    const at = { x: 0, y: 0, width: 120, height: 40 };
    const markup = windowMarkup(windowOf(2, [0.25, NaN, -1, 1]), at, style);
    assert.equal(markup.match(/<rect/g)?.length, 4);
    assert.match(markup, />0\.25\d*<\/text>/);
    assert.match(markup, />NaN<\/text>/);
  });

  it("is one image where cells are small, and keeps the one value that is not finite", () => {
    const values = new Array<number>(10_000).fill(0.5);
    values[4_321] = Infinity;
    const at = { x: 0, y: 0, width: 200, height: 100 };
    const markup = windowMarkup(windowOf(200, values), at, style);
    assert.equal(markup.match(/<image/g)?.length, 1);
    assert.equal(markup.match(/<rect/g)?.length, 1);
    assert.ok(markup.length < 5_000);
  });
});

describe("a line of a picture", () => {
  it("is cut where it is too long", () => {
    assert.equal(fitted("short", 12, 200), "short");
    assert.match(fitted("x".repeat(500), 12, 200), /^x+…$/);
  });
});
