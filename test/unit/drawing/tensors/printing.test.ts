import { grouped } from "../../../../src/core/numeric";
import assert from "node:assert/strict";
import {
  histogramBars,
  shareOfValue,
  valueAtShare,
} from "../../../../src/drawing/tensors/histogram";
import {
  cellNumber,
  wholeCellWidth,
  formatBytes,
  formatNamedShape,
  formatRoughCount,
  formatShort,
  formatStatistic,
} from "../../../../src/drawing/tensors/quantities";
import { fitZoom } from "../../../../src/drawing/tensors/viewport";
import {
  conditionNumber,
  eigenPlane,
  singularPath,
} from "../../../../src/drawing/tensors/spectrumPlot";
import { escapeXml } from "../../../../src/drawing/base/escapeXml";
import { svgPicture, type Picture } from "../../../../src/drawing/tensors/svgPicture";

describe("quantities", () => {
  it("count bytes as disks do", () => {
    assert.deepEqual([0, 999, 1000, 3200, 1_073_741_952, 5e10].map(formatBytes), [
      ...["0 B", "999 B", "1 kB", "3.2 kB", "1.07 GB", "50 GB"],
    ]);
    assert.equal(formatBytes(999_600), "1 MB");
  });

  it("group digits, and round where the digits do not matter", () => {
    assert.equal(grouped(268_435_456), "268,435,456");
    assert.equal(grouped(12), "12");
    assert.deepEqual([9999, 25_700, 268_435_456].map(formatRoughCount), [
      "9,999",
      "25.7 k",
      "268 M",
    ]);
  });

  it("name the axes of a shape where they are known", () => {
    assert.equal(formatNamedShape([80, 10], ["4·H", "I"]), "[4·H 80, I 10]");
    assert.equal(formatNamedShape([80, 10], []), "[80, 10]");
    assert.equal(formatNamedShape([], []), "[]");
  });

  it("print what fits into a cell, and nothing that would be wrong", () => {
    assert.equal(cellNumber(-0.0021, "float32", 8), "-0.0021");
    assert.equal(cellNumber(0.0000021, "float32", 8), "2.1e-6");
    assert.equal(cellNumber(0.25, "float32", 4), null);
    assert.equal(cellNumber(1234567, "int32", 8), "1234567");
    assert.equal(cellNumber(7, "int8", 1), "7");
    assert.equal(cellNumber(12, "int8", 1), null);
    assert.equal(cellNumber(1, "bool", 5), "True");
    assert.equal(cellNumber(0, "bool", 5), "False");
    assert.equal(cellNumber(0, "bool", 4), "F", "a letter where the word has no room");
    assert.equal(formatStatistic(1, "bool"), "True");
    assert.equal(formatStatistic(0.25, "bool"), "0.250000", "a mean is no truth value");
  });

  it("print whole numbers in a cell with all of their digits, or marked as rounded", () => {
    const digits = "-9223372036854775807";
    assert.equal(cellNumber(-(2 ** 63), "int64", 20, digits), digits);
    assert.equal(cellNumber(-(2 ** 63), "int64", 19, digits), "≈-9.2e+18");
    assert.equal(cellNumber(-(2 ** 63), "int64", 30), "≈-9.2e+18");
    assert.equal(cellNumber(2 ** 60, "uint64", 8), "≈1.2e+18");
    assert.equal(cellNumber(2 ** 60, "uint64", 5), null);
    assert.equal(cellNumber(2 ** 53 - 1, "int64", 16), "9007199254740991");
    assert.equal(cellNumber(1234567, "int32", 6), "≈1e+6");
    assert.equal(cellNumber(2 ** 60, "float64", 8), "1.2e+18");
  });

  it("give the cells of 64-bit integers room for every digit", () => {
    const plot = { width: 2000, height: 500, rows: 4, columns: 4 };
    for (const dtype of ["int64", "uint64"] as const) {
      const widestFit = wholeCellWidth(dtype);
      assert.ok(widestFit !== undefined);
      // A digit of a usual monospaced font of 12 px is 7.2 px wide.
      const room = (fitZoom({ ...plot, widestFit }).cellWidth - 6) / 7.23;
      assert.ok(room >= "-9223372036854775808".length, String(room));
    }
    assert.equal(wholeCellWidth("int32"), undefined);
    assert.equal(fitZoom(plot).cellWidth, 96);
  });

  it("mark what had to be rounded", () => {
    assert.match(formatStatistic(2 ** 53, "int64"), /^≈ 9\.007/);
    assert.match(formatStatistic(-(2 ** 60), "int64"), /^≈ -1\.15/);
    assert.match(formatStatistic(2 ** 63, "uint64"), /^≈ 9\.22/);
    assert.equal(formatStatistic(3, "int64", false), "≈ 3");
    assert.doesNotMatch(formatStatistic(2 ** 60, "float64"), /≈/);
  });

  it("print whole numbers whole", () => {
    assert.equal(formatStatistic(1234567, "int32"), "1,234,567");
    assert.equal(formatStatistic(0.5, "float32"), "0.500000");
    assert.equal(formatStatistic(2 ** 53 - 1, "int64"), "9,007,199,254,740,991");
    assert.equal(formatStatistic(2.5, "int64"), "2.50000");
    assert.deepEqual([-0.0884, 0, 4.6e18, 2.5].map(formatShort), [
      "−0.0884",
      "0",
      "4.6e+18",
      "2.5",
    ]);
  });
});

describe("histogramBars", () => {
  it("cover the width, with heights as shares of the tallest", () => {
    const bars = histogramBars({ counts: [1, 4, 0, 2], min: 0, max: 8, isLog: false });
    assert.deepEqual(
      bars.map(({ height }) => height),
      [0.25, 1, 0, 0.5],
    );
    assert.deepEqual([bars[1]?.from, bars[1]?.to], [2, 4]);
  });

  it("joins bins that would be too thin, and loses none", () => {
    const counts = Array.from({ length: 200 }, (_, index) => index);
    const bars = histogramBars({ counts, min: 0, max: 1, isLog: true });
    assert.ok(bars.length <= 96);
    const sum = bars.reduce((total, { count }) => total + count, 0);
    assert.equal(sum, (199 * 200) / 2);
    const last = bars.at(-1);
    assert.ok(Math.abs((last?.x ?? 0) + (last?.width ?? 0) - 1) < 1e-9);
  });

  it("is empty without bins, and flat without values", () => {
    assert.deepEqual(histogramBars({ counts: [], min: 0, max: 1, isLog: false }), []);
    const [bar] = histogramBars({ counts: [0], min: 0, max: 1, isLog: false });
    assert.equal(bar?.height, 0);
  });

  it("reads values off its width", () => {
    assert.equal(valueAtShare(-1, 3, 0.25), 0);
    assert.equal(shareOfValue(-1, 3, 0), 0.25);
    assert.equal(shareOfValue(2, 2, 2), 0.5);
  });
});

describe("spectrum drawings", () => {
  it("put eigenvalues around the unit circle", () => {
    const { points, unit } = eigenPlane(Float64Array.of(1, 0, 0, -2, NaN, 0), 100);
    assert.equal(points.length, 2);
    assert.ok(Math.abs((points[0]?.x ?? 0) - (50 + unit)) < 1e-9);
    assert.deepEqual(
      points.map(({ isOutside }) => isOutside),
      [false, true],
    );
    assert.ok((points[1]?.y ?? 0) > 50 && (points[1]?.y ?? 0) < 100);
  });

  it("draw singular values from the top down, below the largest and above the smallest written", () => {
    const path = singularPath(Float64Array.of(10, 1, 0.1), { width: 100, height: 90 });
    assert.equal(path, "M0,20L50,45L100,70");
    assert.equal(singularPath(Float64Array.of(0, 0), { width: 100, height: 50 }), "");
  });

  it("tell the condition number", () => {
    assert.equal(conditionNumber([10, 2]), 5);
    assert.equal(conditionNumber([10, 0]), Infinity);
    assert.ok(Number.isNaN(conditionNumber([0, 0])));
    assert.ok(Number.isNaN(conditionNumber([])));
  });
});

describe("svgPicture", () => {
  const picture: Picture = {
    title: '<script>"&',
    width: 100,
    height: 60,
    background: "#fff",
    ink: "#000",
    cells: [
      { x: 0, y: 0, width: 10, height: 10, colour: [1, 2, 3] },
      { x: 10, y: 0, width: 10, height: 10, colour: null, mark: "NaN" },
    ],
    image: null,
    lines: [{ from: [0, 5], to: [9, 5] }],
    labels: [{ x: 1.23456, y: 2, text: "a\u0000<b>", anchor: "start" }],
    legend: {
      stops: [
        [0, 0, 0],
        [9, 9, 9],
      ],
      box: [0, 50, 90, 5],
    },
  };

  it("draws a rectangle a cell, and NaN as a mark without a colour", () => {
    const file = svgPicture(picture);
    assert.match(file, /<rect x="0" y="0" width="10" height="10" fill="rgb\(1,2,3\)"\/>/);
    assert.match(file, /fill="none"[^>]*\/><text[^>]*>NaN<\/text>/);
    assert.match(file, /x="1\.23"/);
  });

  it("writes names as text only", () => {
    const file = svgPicture(picture);
    assert.ok(file.includes("<title>&lt;script&gt;&quot;&amp;</title>"));
    assert.ok(file.includes("a&lt;b&gt;"));
    assert.equal(escapeXml("x\u0001\ud800y"), "xy");
  });
});
