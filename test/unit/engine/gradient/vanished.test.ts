/** Back-propagation through steps that no gradient reaches: they are passed over, and nothing is lost by that. */
import assert from "node:assert/strict";
import { noControl } from "../../../../src/core/control";
import { inOneGo } from "../../../../src/core/turns";
import type { ForwardInput } from "../../../../src/engine/base/engine";
import { forward } from "../../../../src/engine/forward";
import type { CellGradient } from "../../../../src/engine/gradient/cells";
import { backward, type Gradients } from "../../../../src/engine/gradient/gradient";
import { gradientLanes, type GradientLane } from "../../../../src/engine/gradient/lanes";
import { lossStart, type Loss } from "../../../../src/engine/gradient/loss";
import { GradientPass } from "../../../../src/engine/gradient/pass";
import { rnnConfig } from "../../support/goldens";
import { present } from "../../support/present";
import { randomRun } from "../../support/runs";

describe("back-propagation once nothing flows back any more", () => {
  const long = randomRun({
    config: rnnConfig({ inputSize: 2, hiddenSize: 3 }),
    ...{ seed: 4, seqLength: 4000, batchSize: 2, precision: "f64" },
  });

  function ofLoss(run: ForwardInput, loss: Loss): Gradients {
    const trace = forward(run);
    const { arriving } = lossStart(run, trace, loss);
    return backward(run, trace, arriving, { keepsSteps: true });
  }

  it("gives what the end of the run alone gives, and 0 before it", () => {
    const all = ofLoss(long, { kind: "last" });
    const from = 1000;
    const cut = forward(long).read("h", { layer: 0, directionIndex: 0 }, from - 1, from);
    const end = ofLoss(
      {
        ...long,
        seqLength: long.seqLength - from,
        input: long.input.subarray(from * 2 * 2),
        h0: Float64Array.from(cut),
      },
      { kind: "last" },
    );
    const [norms, ofEnd] = [present(all.norms[0]?.[0]), present(end.norms[0]?.[0])];
    assert.deepEqual(norms.subarray(from * 2), ofEnd);
    assert.ok(norms.subarray(0, from * 2).every((norm) => Object.is(norm, 0)));
    assert.deepEqual(all.parameters, end.parameters);
    assert.ok(all.h0.every((value) => Object.is(value, 0)));
  });

  it("hides no value that is not finite: 0 · ∞ is NaN", () => {
    const input = Float64Array.from(long.input);
    input[0] = Infinity;
    const { parameters } = ofLoss({ ...long, input }, { kind: "last" });
    assert.ok(present(parameters?.[0]?.[0]).weightIh.some(Number.isNaN));
  });

  it("goes through no steps one by one where none of them has a gradient", () => {
    const trace = forward(long);
    const { arriving } = lossStart(long, trace, { kind: "last" });
    let steps = 0;
    const lanes = gradientLanes(long, arriving, { steps: null, needsParameters: false });
    const [[lane]] = lanes.layers as [[GradientLane]];
    const cell: CellGradient = {
      step: (...given) => {
        steps++;
        lane.cell.step(...given);
      },
    };
    const layers = [[{ ...lane, cell }]];
    const work = { run: long, trace, arriving, steps: null, control: noControl };
    inOneGo(new GradientPass({ ...work, lanes: { ...lanes, layers }, maxBytes: 1e9 }).run());
    assert.ok(steps > 0 && steps <= 2 * 1024, String(steps));
  });
});
