/** ONNX models run from their files, against what ONNX Runtime and the package's own tests say. */
import assert from "node:assert/strict";
import { joinDirections } from "../../../src/analysis/lanes";
import type { ForwardInput, StateArray } from "../../../src/engine/base/engine";
import { forward } from "../../../src/engine/forward";
import { bindWeights } from "../../../src/model/bind";
import { numDirections, stateSize } from "../../../src/model/config";
import { sequenceSizes, toTimeMajor } from "../../../src/model/sequence";
import { swapLeadingAxes, type Tensor } from "../../../src/tensor/tensor";
import { float64, goldenCases, type Values } from "../../unit/support/goldens";
import { modulesOf, onnxFiles, openOnnx, type BoundModule } from "../../unit/support/onnxFiles";
import { largestDistance, statesOf } from "../../unit/support/runs";

interface States {
  readonly h0: StateArray | null;
  readonly c0: StateArray | null;
  readonly lengths: readonly number[] | null;
}

const noStates: States = { h0: null, c0: null, lengths: null };

/** Output (T, B, D·H), h_n and c_n of a module over an input. */
function outputsOf(
  { config, tensors }: BoundModule,
  x: Tensor,
  states: States,
): { readonly output: StateArray; readonly hn: StateArray; readonly cn: StateArray | null } {
  const sizes = sequenceSizes(x.shape, config.batchFirst);
  assert.ok(sizes);
  const { seqLength, batchSize } = sizes;
  const run: ForwardInput = {
    config,
    weights: bindWeights(config, tensors),
    input: toTimeMajor(x, config.batchFirst),
    seqLength,
    batchSize,
    ...states,
    precision: "f64",
  };
  const trace = forward(run);
  const output = joinDirections(statesOf(run, trace).at(-1) ?? [], trace.stateSize);
  return { output, hn: trace.hn, cn: trace.cn };
}

function assertClose(found: ArrayLike<number>, [, expected]: Values, what: string): void {
  assert.equal(found.length, expected.length, what);
  const distance = largestDistance(found, expected);
  assert.ok(distance < 1e-6, `${what}: ${distance}`);
}

describe("ONNX models", () => {
  for (const [file, { run }] of Object.entries(onnxFiles)) {
    if (run === undefined) continue;
    it(`${file} gives what ONNX Runtime gives`, async () => {
      const [module, ...others] = await modulesOf(await openOnnx(file));
      assert.ok(module);
      assert.deepEqual(others, []);
      const { output, hn } = outputsOf(module, float64(run.x), noStates);
      const [, batch = 0] = run.x[0];
      const { batchFirst } = module.config;
      const [first = 0] = run.x[0];
      const size = numDirections(module.config) * stateSize(module.config);
      const inLayout = batchFirst ? swapLeadingAxes(output, [batch, first, size]) : output;
      const isNodeOutput = run.output[0].length === 3;
      assert.ok(isNodeOutput);
      assertClose(inLayout, run.output, "output");
      const last = hn.subarray(hn.length - run.h_n[1].length);
      assertClose(last, run.h_n, "h_n");
    });
  }
});

interface NodeCase {
  readonly name: string;
  readonly attributes: { readonly layout?: number; readonly hidden_size: number };
  readonly inputs: Readonly<Record<string, Values>>;
  readonly outputs: Readonly<Record<string, Values>>;
}

describe("node tests of ONNX from .onnx files", () => {
  const cases = goldenCases("onnx_nodes.json") as readonly NodeCase[];
  for (const { name, attributes, inputs, outputs } of cases) {
    it(`${name} has the final states that the package expects`, async () => {
      const [module] = await modulesOf(await openOnnx(`nodes/${name}.onnx`));
      assert.ok(module);
      const x = inputs["X"];
      assert.ok(x);
      const stateOf = (key: string): StateArray | null => {
        const values = inputs[key];
        if (values === undefined) return null;
        const { data, shape } = float64(values);
        return attributes.layout === 1 ? swapLeadingAxes(data, shape) : data;
      };
      const lengths = inputs["sequence_lens"]?.[1] ?? null;
      const states = { h0: stateOf("initial_h"), c0: stateOf("initial_c"), lengths };
      const { hn, output } = outputsOf(module, float64(x), states);
      const expected = outputs["Y_h"];
      assert.ok(expected);
      const lanes = numDirections(module.config);
      const size = attributes.hidden_size;
      const batch = hn.length / lanes / size;
      const inLayout = attributes.layout === 1 ? swapLeadingAxes(hn, [lanes, batch, size]) : hn;
      assertClose(inLayout, expected, "Y_h");
      const y = outputs["Y"];
      if (y !== undefined && lanes === 1 && attributes.layout !== 1) assertClose(output, y, "Y");
    });
  }
});
