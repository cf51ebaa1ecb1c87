import assert from "node:assert/strict";
import { luminance, type Rgb } from "../../../../src/drawing/base/colourScale";
import {
  colourAt,
  colourMap,
  placer,
  SCALE_KINDS,
  SEQUENTIAL_NAMES,
  usableKind,
  valueAt,
  type ColourMap,
  type ScaleKind,
} from "../../../../src/drawing/tensors/colourMap";
import type { Domain } from "../../../../src/drawing/tensors/domain";

const DARK: Rgb = [31, 31, 31];
const LIGHT: Rgb = [255, 255, 255];
const SIGNED: Domain = { low: -2, high: 2, isDiverging: true };
const POSITIVE: Domain = { low: 0.01, high: 100, isDiverging: false };

function mapOf(domain: Domain, kind: ScaleKind = "linear", background = DARK): ColourMap {
  return colourMap({ domain, kind, diverging: "RdBu", sequential: "viridis", background });
}

describe("placer", () => {
  it("puts 0 in the middle of data with both signs, on every scale", () => {
    for (const kind of SCALE_KINDS) {
      const placeOf = placer(mapOf(SIGNED, kind));
      assert.equal(placeOf(0), 0.5);
      assert.ok(Math.abs(placeOf(2) - 1) < 1e-12 && Math.abs(placeOf(-2)) < 1e-12);
      assert.ok(Math.abs(placeOf(0.3) + placeOf(-0.3) - 1) < 1e-12);
    }
  });

  it("uses the end colours beyond the range", () => {
    const placeOf = placer(mapOf(SIGNED));
    assert.deepEqual([placeOf(9), placeOf(-9)], [1, 0]);
    const one = placer(mapOf({ low: -1, high: 3, isDiverging: true }));
    assert.equal(one(-7), one(-1));
    assert.ok(one(-1) > 0, "an end that lies nearer to 0 is no stronger than its magnitude");
  });

  it("distinguishes decades on log, and small values of both signs on symlog", () => {
    const log = placer(mapOf(POSITIVE, "log"));
    assert.ok(Math.abs(log(1) - 0.5) < 1e-12);
    assert.equal(log(0), 0);
    const linear = placer(mapOf(SIGNED));
    const symlog = placer(mapOf(SIGNED, "symlog"));
    assert.ok(symlog(0.02) - 0.5 > 4 * (linear(0.02) - 0.5));
  });

  it("never decreases", () => {
    for (const kind of SCALE_KINDS) {
      for (const domain of [SIGNED, POSITIVE, { low: 0, high: 5, isDiverging: false }]) {
        const placeOf = placer(mapOf(domain, kind));
        let last = -1;
        for (let value = -3; value < 120; value += 0.37) {
          const place = placeOf(value);
          assert.ok(place >= last && place >= 0 && place <= 1);
          last = place;
        }
      }
    }
  });

  it("has one colour for data of one value", () => {
    assert.equal(placer(mapOf({ low: 3, high: 3, isDiverging: false }))(3), 0.5);
    assert.equal(placer(mapOf({ low: 0, high: 0, isDiverging: true }))(0), 0.5);
  });
});

describe("valueAt", () => {
  it("is the value at a position of the legend", () => {
    for (const kind of SCALE_KINDS) {
      const map = mapOf(POSITIVE, kind);
      for (const place of [0.25, 0.5, 0.75]) {
        assert.ok(Math.abs(placer(map)(valueAt(map, place)) - place) < 1e-9);
      }
    }
  });
});

describe("usableKind", () => {
  it("is symlog where values have no logarithm", () => {
    assert.equal(usableKind("log", SIGNED), "symlog");
    assert.equal(usableKind("log", POSITIVE), "log");
    assert.equal(usableKind("log", { low: 0, high: 0, isDiverging: false }), "symlog");
  });
});

describe("colours of one-ended data", () => {
  it("contrast more the larger the values are, on dark and on light", () => {
    for (const sequential of SEQUENTIAL_NAMES) {
      for (const [background, sign] of [
        [DARK, 1],
        [LIGHT, -1],
      ] as const) {
        const map = colourMap({
          domain: POSITIVE,
          kind: "linear",
          diverging: "RdBu",
          sequential,
          background,
        });
        const shades = [0, 0.25, 0.5, 0.75, 1].map(
          (place) => sign * luminance(colourAt(map, place)),
        );
        assert.deepEqual(
          shades,
          [...shades].sort((a, b) => a - b),
          sequential,
        );
      }
    }
  });
});
