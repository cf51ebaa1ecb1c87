import assert from "node:assert/strict";
import {
  distributionOf,
  legendAxis,
  limitAt,
  placeOnAxis,
  valueOnAxis,
} from "../../../../../src/drawing/run/charts/distribution";
import type { WindowData } from "../../../../../src/protocol/run/windowMessages";

function windowOf(values: readonly number[], valid = values.map(() => 1)): WindowData {
  return {
    ...{ rows: 1, columns: values.length, outside: new Uint8Array(values.length) },
    values: Float32Array.from(values),
    valid: Uint8Array.from(valid),
  };
}

describe("the axis of a legend", () => {
  it("shows the range, room to drag it wider, and not more than that where values lie far outside", () => {
    assert.equal(legendAxis(0.5, 0.1, "linear").extent, 0.575);
    assert.equal(legendAxis(0.5, 1, "linear").extent, 1);
    assert.equal(legendAxis(0.5, 900, "linear").extent, 1.5);
  });

  it("finds the value of each place again", () => {
    for (const curve of ["linear", "symlog"] as const) {
      const axis = legendAxis(0.5, 1, curve);
      for (const value of [-1, -0.2, 0, 0.003, 0.7]) {
        assert.ok(Math.abs(valueOnAxis(axis, placeOnAxis(axis, value)) - value) < 1e-12);
      }
      assert.equal(placeOnAxis(axis, 17), 1);
    }
  });

  it("gives a limit of two digits for a drag on either side, and never 0", () => {
    const axis = legendAxis(0.5, 1, "linear");
    assert.equal(limitAt(axis, placeOnAxis(axis, -0.3456)), 0.35);
    assert.equal(limitAt(axis, placeOnAxis(axis, 0.3456)), 0.35);
    assert.equal(limitAt(axis, 0.5), 0.004);
  });
});

describe("distributionOf", () => {
  it("counts what is valid and finite, and what lies beyond the colours", () => {
    const data = windowOf([0.1, 0.1, -0.9, NaN, 5, 0.1], [1, 1, 1, 1, 1, 0]);
    const { bars, beyond, counted, largest } = distributionOf(
      [data],
      legendAxis(0.5, 1, "linear"),
      0.5,
    );
    assert.deepEqual([counted, beyond, largest], [4, 2, 5]);
    assert.equal(bars.at(-1), 0.5, "5 is in the last bar");
    assert.equal(Math.max(...bars), 1);
  });

  it("samples many values", () => {
    const data = windowOf(Array.from({ length: 200_000 }, (_, k) => (k % 7) / 7));
    const { counted, bars } = distributionOf([data], legendAxis(1, 1, "linear"), 1);
    assert.ok(counted > 40_000 && counted < 70_000);
    assert.equal(bars.filter((share) => share > 0).length, 7);
  });
});
