import assert from "node:assert/strict";
import * as schemes from "d3-scale-chromatic";
import {
  colourOf,
  colourScale,
  inkOfValue,
  inkOn,
  isSchemeName,
  luminance,
  niceLimit,
  parseColour,
  placeOnCurve,
  SCHEME_NAMES,
  shareAtPlace,
  type Rgb,
  themeInkOn,
} from "../../../../src/drawing/base/colourScale";

const DARK: Rgb = [31, 31, 31];
const LIGHT: Rgb = [255, 255, 255];

function contrast(a: Rgb, b: Rgb): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

describe("colourScale", () => {
  it("has the ends and the colours halfway of d3's schemes", () => {
    const byName = { ...schemes } as unknown as Record<string, (place: number) => string>;
    for (const scheme of SCHEME_NAMES) {
      for (const [background, halfway, places] of [
        [DARK, 0.5, [0.79, 0.84, 0.16, 0.21]],
        [LIGHT, 0.6, [0.92, 0.8, 0.2, 0.08]],
      ] as const) {
        const scale = colourScale(scheme, background, 1);
        const shown = [-1, -halfway, halfway, 1].map((value) => colourOf(scale, value));
        const expected = places.map((place) =>
          parseColour(byName[`interpolate${scheme}`]?.(place) ?? ""),
        );
        shown.forEach((colour, at) => {
          // Halfway no entry of the table is exactly there.
          const apart = colour.map((byte, of) => Math.abs(byte - (expected[at]?.[of] ?? -99)));
          assert.ok(Math.max(...apart) <= (at === 0 || at === 3 ? 0 : 2), `${scheme} ${at}`);
        });
      }
    }
  });

  for (const scheme of SCHEME_NAMES) {
    for (const [name, background] of [
      ["dark", DARK],
      ["light", LIGHT],
    ] as const) {
      it(`${scheme} on ${name}: 0 is near the background, larger values contrast more, signs differ`, () => {
        const scale = colourScale(scheme, background, 1);
        assert.ok(contrast(colourOf(scale, 0), background) < 1.2);
        for (const sign of [-1, 1]) {
          const contrasts = [0, 0.25, 0.5, 0.75, 1].map((value) =>
            contrast(colourOf(scale, sign * value), background),
          );
          const sorted = [...contrasts].sort((a, b) => a - b);
          assert.deepEqual(contrasts, sorted);
          assert.ok((contrasts.at(-1) ?? 0) > 3);
        }
        assert.notDeepEqual(colourOf(scale, 1), colourOf(scale, -1));
      });
    }
  }

  it("is blue below 0 and red above", () => {
    const scale = colourScale("RdBu", DARK, 2);
    const [lowRed, , lowBlue] = colourOf(scale, -2);
    const [highRed, , highBlue] = colourOf(scale, 2);
    assert.ok(lowBlue > lowRed);
    assert.ok(highRed > highBlue);
  });

  it("gives every value the colour of 0 where the limit is infinite", () => {
    const scale = colourScale("RdBu", DARK, Infinity);
    assert.deepEqual(colourOf(scale, 49_999), colourOf(scale, 0));
  });

  it("marks what lies beyond the limit with colours that stand out from the ends", () => {
    for (const background of [DARK, LIGHT]) {
      const scale = colourScale("PuOr", background, 0.5);
      for (const sign of [-1, 1]) {
        const [end, beyond] = [colourOf(scale, sign * 0.5), colourOf(scale, sign * 9)];
        assert.ok(contrast(beyond, background) > contrast(end, background));
        assert.deepEqual(colourOf(scale, sign * 0.5 * (1 + 1e-9)), end, "rounding is not beyond");
      }
      assert.notDeepEqual(colourOf(scale, 9), colourOf(scale, -9));
    }
  });

  it("tells small values apart on a logarithmic scale, whose ends and middle stay", () => {
    const linear = colourScale("RdBu", DARK, 1);
    const symlog = { ...linear, curve: "symlog" } as const;
    for (const value of [-1, 0, 1]) {
      assert.deepEqual(colourOf(symlog, value), colourOf(linear, value));
    }
    const off = (value: number): number => contrast(colourOf(symlog, value), colourOf(symlog, 0));
    assert.ok(off(0.02) > contrast(colourOf(linear, 0.02), colourOf(linear, 0)));
    for (const share of [-1, -0.3, -0.001, 0, 0.02, 1]) {
      assert.ok(Math.abs(shareAtPlace(placeOnCurve(share, "symlog"), "symlog") - share) < 1e-12);
    }
  });
});

/** What lies next to the digits: the rim over the colour, else the colour. */
function groundOf(colour: Rgb, rim: string | null): Rgb {
  const found = /^rgb\((\d+) (\d+) (\d+) \/ (\d+)%\)$/.exec(rim ?? "");
  if (found === null) return colour;
  const [red = 0, green = 0, blue = 0, percent = 0] = found.slice(1).map(Number);
  const over = (index: 0 | 1 | 2, byte: number): number =>
    colour[index] + ((byte - colour[index]) * percent) / 100;
  return [over(0, red), over(1, green), over(2, blue)];
}

describe("the ink along a scale", () => {
  const scales = SCHEME_NAMES.flatMap((scheme) =>
    [DARK, LIGHT].map((background) => colourScale(scheme, background, 1)),
  );

  it("always reads with a contrast of 4.5 or more", () => {
    for (const scale of scales) {
      for (let value = -1.2; value <= 1.2; value += 0.01) {
        const { ink, rim } = inkOfValue(scale, value);
        const ground = groundOf(colourOf(scale, value), rim);
        assert.ok(contrast(parseColour(ink), ground) >= 4.5, `at ${value}`);
      }
    }
  });

  it("changes at most once from the centre to an end, and on a dark scale never", () => {
    const values = Array.from({ length: 101 }, (_, index) => index / 100);
    for (const scale of scales) {
      for (const sign of [-1, 1]) {
        const inks = values.map((value) => inkOfValue(scale, sign * value));
        const changes = inks.filter(({ ink }, index) => index > 0 && ink !== inks[index - 1]?.ink);
        const isDark = inkOn(colourOf(scale, 0)) === "#ffffff";
        assert.ok(changes.length <= (isDark ? 0 : 1), `${changes.length} changes`);
        const rims = new Set(inks.map(({ rim }) => rim !== null));
        assert.deepEqual([...rims], [isDark], "on a dark scale all digits have a rim, or none");
      }
    }
  });
});

describe("the ink of a number", () => {
  it("is the one of black and white that measures better, also close to where they meet", () => {
    for (let grey = 0; grey <= 255; grey++) {
      const colour = [grey, grey, grey] as const;
      const [black, white] = [contrast([0, 0, 0], colour), contrast([255, 255, 255], colour)];
      assert.equal(inkOn(colour), black >= white ? "#000000" : "#ffffff", `grey ${grey}`);
    }
  });

  it("is the theme's where that can be read, else black or white", () => {
    assert.equal(themeInkOn([31, 31, 31], "#9d9d9d"), "#9d9d9d");
    assert.equal(themeInkOn([120, 120, 120], "#9d9d9d"), "#000000");
    assert.equal(themeInkOn([20, 60, 120], "rgb(90, 90, 90)"), "#ffffff");
  });
});

describe("niceLimit", () => {
  it("covers every range with two digits", () => {
    assert.equal(niceLimit([[-0.84, 0.3]]), 0.84);
    assert.equal(
      niceLimit([
        [-0.1, 1.234],
        [0, 0.5],
      ]),
      1.3,
    );
    assert.equal(niceLimit([[-1, 1]]), 1);
    assert.equal(niceLimit([[0, 3.01e-8]]), 3.1e-8);
  });

  it("is 1 where there is nothing to show", () => {
    assert.equal(niceLimit([]), 1);
    assert.equal(niceLimit([[0, 0]]), 1);
    assert.equal(niceLimit([[NaN, 0]]), 1);
    assert.equal(niceLimit([[0, Infinity]]), 1);
  });
});

describe("parseColour", () => {
  it("reads what getComputedStyle and d3 write", () => {
    assert.deepEqual(parseColour("#1f1f1f"), [31, 31, 31]);
    assert.deepEqual(parseColour(" rgb(1, 2, 3)"), [1, 2, 3]);
    assert.deepEqual(parseColour("rgba(4, 5, 6, 0.5)"), [4, 5, 6]);
    assert.deepEqual(parseColour(""), [0, 0, 0]);
  });
});

describe("isSchemeName", () => {
  it("knows its schemes only", () => {
    assert.ok(isSchemeName("RdBu"));
    assert.ok(!isSchemeName("toString"));
    assert.ok(!isSchemeName(3));
  });
});
