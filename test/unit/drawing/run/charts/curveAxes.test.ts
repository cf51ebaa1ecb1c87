import assert from "node:assert/strict";
import {
  deltaTicks,
  gradientTicks,
  linearTicks,
} from "../../../../../src/drawing/run/charts/curveAxes";
import { curvePath, deltaCurves, logCurvePath } from "../../../../../src/drawing/run/charts/curves";

const HEIGHT = 100;

/** The last y of a path of straight lines. */
function lastY(path: string): number {
  return Number(/,([-\d.]+)$/.exec(path)?.[1]);
}

describe("the axes of the timeline", () => {
  it("have round numbers where the curve of them lies, up to its largest value", () => {
    const cases: [number, string[]][] = [
      [0.878, ["0", "0.5"]],
      [1.9, ["0", "1"]],
      [0.47, ["0", "0.2", "0.4"]],
      [42, ["0", "20", "40"]],
      [6e-5, ["0", "5e-5"]],
      [123_456, ["0", "1e5"]],
      [0, ["0"]],
    ];
    for (const [largest, texts] of cases) {
      const ticks = linearTicks([largest / 3, largest]);
      assert.deepEqual(
        ticks.map(({ text }) => text),
        texts,
      );
      for (const { place, text } of ticks) {
        // A curve that ends at the tick's value, on the scale of the same largest one.
        const path = curvePath([largest, Number(text)], { width: 10, height: HEIGHT });
        assert.ok(Math.abs(lastY(path) - HEIGHT * place) < 0.1, `${text} of ${largest}`);
      }
    }
  });

  it("have powers of ten for differences and gradients, each on its own scale", () => {
    const deltas = { maxDelta: [3e-8, 2e-3], floor: [1e-7, 1e-7] };
    for (const { place, text } of deltaTicks(deltas)) {
      const more = { ...deltas, maxDelta: [...deltas.maxDelta, Number(text)], floor: [1e-7] };
      const { line } = deltaCurves(more, { width: 10, height: HEIGHT });
      assert.ok(Math.abs(lastY(line) - HEIGHT * place) < 0.1, text);
    }
    const sizes = [7.5e-28, 2];
    const ticks = gradientTicks(sizes);
    assert.deepEqual([ticks[0]?.text, ticks.at(-1)?.text], ["1e-27", "1"]);
    for (const { place, text } of ticks) {
      const path = logCurvePath([...sizes, Number(text)], { width: 10, height: HEIGHT });
      assert.ok(Math.abs(lastY(path) - HEIGHT * place) < 0.1, text);
    }
    assert.deepEqual(gradientTicks([0, NaN]), []);
  });

  it("are three labels at most", () => {
    for (let power = -20; power < 20; power++) {
      for (const factor of [1, 1.7, 2, 4.99, 5, 9.9]) {
        assert.ok(linearTicks([factor * 10 ** power]).length <= 3);
        assert.ok(gradientTicks([1e-9, factor * 10 ** power]).length <= 3);
      }
    }
  });
});
