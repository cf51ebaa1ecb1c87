/** Options of a run, from the spec to its numbers. */
import assert from "node:assert/strict";
import { roundToBfloat16 } from "../../../../src/engine/base/rounding";
import type { RunOptions, RunSpec } from "../../../../src/run/spec/spec";
import type { Session } from "../../../../src/session/session";
import { renderText } from "../../../../src/core/text";
import { float32, goldenCases, type ForwardCase } from "../../support/goldens";
import { archiveOf, filesOf, open, openCase, type Tensors } from "../../support/memory";
import { offeredOptions } from "../../../../src/run/spec/offered";

const [golden] = goldenCases("forward.json") as readonly ForwardCase[];
assert.ok(golden);

/** Values from −1 to 1 that no 16-bit type has. */
function wave(...shape: number[]): ReturnType<typeof float32> {
  const size = shape.reduce((product, each) => product * each, 1);
  return float32([shape, Array.from({ length: size }, (_, k) => Math.sin(1 + 3.7 * k))]);
}

/** nn.GRU(2, 3). */
const gru: Tensors = {
  weight_ih_l0: wave(9, 2),
  weight_hh_l0: wave(9, 3),
  bias_ih_l0: wave(9),
  bias_hh_l0: wave(9),
};
const spec: RunSpec = { weights: { file: "w" }, input: "x", options: { batchFirst: false } };

function openGru(options: RunOptions, input = wave(5, 2, 2), weights = gru): Promise<Session> {
  const files = filesOf({ w: archiveOf(weights), x: archiveOf({ input }) });
  return open({ ...spec, options: { ...spec.options, ...options } }, files);
}

function outputOf(session: Session): number[] {
  return [...(session.tensors({ states: false }).get("output")?.data ?? [])];
}

describe("a run in 16 bits", () => {
  it("gives values of the type, from weights that are rounded to it first", async () => {
    const ours = outputOf(await openGru({ precision: "bf16" }));
    assert.deepEqual(ours, ours.map(roundToBfloat16));
    const rounded = Object.entries(gru).map(([name, tensor]) => {
      const data = Float32Array.from(tensor.data, roundToBfloat16);
      return [name, { ...tensor, data }] as const;
    });
    const stored = await openGru({ precision: "bf16" }, wave(5, 2, 2), Object.fromEntries(rounded));
    assert.deepEqual(outputOf(stored), ours);
    assert.notDeepEqual(outputOf(await openGru({})), ours);
  });

  it("is judged by what rounding to its own type makes of it", async () => {
    const session = await openCase(golden, {
      spec: { options: { precision: "bf16" }, tolerance: { rtol: 0, atol: 0 } },
    });
    const [output] = session.view.verdicts;
    assert.equal(output?.verdict, "rounding");
    assert.match(
      renderText(output.sentence),
      /no further than bfloat16 and float64 differ there: 36 of 36 values$/,
    );
  });

  it("has the tolerance of its type when none is given", async () => {
    const { view } = await openCase(golden, { spec: { options: { precision: "bf16" } } });
    assert.deepEqual(view.tolerance, { rtol: 1.6e-2, atol: 1e-5, equalNan: false });
  });
});

describe("a cell of another framework", () => {
  it("computes what its options say, and the view lists them", async () => {
    const plain = outputOf(await openGru({}));
    const options = { resetAfter: false, gateActivation: "hard_sigmoid", clip: 0.5 } as const;
    for (const [name, value] of Object.entries(options)) {
      assert.notDeepEqual(outputOf(await openGru({ [name]: value })), plain, name);
    }
    const { view } = await openGru(options);
    assert.deepEqual(view.options, {
      ...{ ...offeredOptions(), ...options },
      ...{ batchFirst: false, nonlinearity: "tanh", precision: "f32", coupledInputForget: false },
    });
  });
});

describe("an input that is repeated", () => {
  it("gives what the same input at every step gives", async () => {
    const step = wave(1, 2, 2);
    const repeated = await openGru({ repeat: 4 }, step);
    assert.equal(repeated.view.seqLength, 4);
    const data = Float32Array.from({ length: 16 }, (_, k) => step.data[k % 4] ?? Number.NaN);
    const whole = await openGru({}, { ...step, shape: [4, 2, 2], data });
    assert.deepEqual(outputOf(repeated), outputOf(whole));
  });
});
