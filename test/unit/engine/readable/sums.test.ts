/** A step whose products have been computed before gives what it gives by itself, with every option of a cell. */
import assert from "node:assert/strict";
import { multiplyEach } from "../../../../src/engine/products/product";
import { roundingOf } from "../../../../src/engine/base/rounding";
import { createCell, widenWeights, type CellState } from "../../../../src/engine/readable/cells";
import { bindWeights } from "../../../../src/model/bind";
import { present } from "../../support/present";
import { filled, numbersFrom, randomParameters } from "../../support/runs";
import { cellVariants } from "../../support/variants";

describe("a step with sums that are known", () => {
  for (const { name, config, precision } of cellVariants()) {
    it(`of ${name} gives the same`, () => {
      const next = numbersFrom(5);
      const [directions] = bindWeights(config, randomParameters(config, next));
      const weights = widenWeights(present(directions?.[0]));
      const round = roundingOf(precision);
      const state = (): CellState => ({
        h: filled(weights.stateSize, next).map(round),
        c: config.cell === "LSTM" ? filled(weights.hiddenSize, next).map(round) : null,
      });
      const x = filled(weights.inputSize, next).map(round);
      const [previous, alone, known] = [state(), state(), state()];
      const cell = createCell(config, weights, round);
      cell.step(x, previous, alone);
      const own = Float64Array.from(cell.record.gates);
      const [ofInput] = multiplyEach({ matrix: weights.weightIh, bias: weights.biasIh }, [x]);
      const [ofState] = multiplyEach({ matrix: weights.weightHh, bias: weights.biasHh }, [
        previous.h,
      ]);
      cell.step(x, previous, known, {
        ofInput: present(ofInput).map(round),
        ofState: present(ofState).map(round),
      });
      const isNear = (left: ArrayLike<number>, right: ArrayLike<number>): void => {
        Array.from(left).forEach((value, k) => {
          assert.ok(Math.abs(value - (right[k] ?? NaN)) <= 1e-12, `${value} and ${right[k] ?? ""}`);
        });
      };
      isNear(known.h, alone.h);
      isNear(known.c ?? [], alone.c ?? []);
      isNear(cell.record.gates, own);
    });
  }
});
