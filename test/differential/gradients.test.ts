/** Gradients against those of torch.autograd: of stored cases, and of random runs made by the PyTorch installed here. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { linearCrossEntropy } from "../../src/engine/gradient/crossEntropy";
import type { ForwardInput } from "../../src/engine/base/engine";
import { forward, type ForwardOptions } from "../../src/engine/forward";
import { backward, type Gradients } from "../../src/engine/gradient/gradient";
import { headFeatures, headGradient } from "../../src/engine/gradient/head";
import { lossStart, type Loss } from "../../src/engine/gradient/loss";
import { gradientTensors } from "../../src/session/gradients/tensors";
import type { OutputGradient } from "../../src/engine/gradient/outputGradient";
import type { ForwardTrace } from "../../src/engine/base/trace";
import { bindWeights } from "../../src/model/bind";
import { pytorchVariant, stateSize, type RecurrentConfig } from "../../src/model/config";
import { toTimeMajor } from "../../src/model/sequence";
import type { Tensor } from "../../src/tensor/tensor";
import { present } from "../unit/support/present";
import { describePython, seed } from "../unit/support/python/python";
import { runPython } from "../unit/support/python/warmPython";
import { caseConfig, parametersIn, runOf, tensorsOf, type LiveCase } from "./gradientCases";
import { fixtures, listCases, describeCase, Workplace } from "./cases";

const count = process.env["UNROLL_LIVE_GRADIENTS"] ?? "100";

/** Gradients are sums of as many rounded products; autograd's are in another order. */
const relative = 1e-10;

describe("gradients of stored cases", () => {
  const workplace = new Workplace();
  const losses = { sum: "sum", weighted: "weighted", last: "last" } as const;

  after(() => {
    workplace.remove();
  });

  for (const folder of listCases(join(fixtures, "gradients"))) {
    const description = describeCase(folder);
    for (const kind of Object.values(losses)) {
      it(`${description.id}, loss ${kind}`, async () => {
        const [weights, io, expected] = await Promise.all(
          ["weights.npz", "io.npz", `grads.${kind}.npz`].map((name) =>
            workplace.readAll(join(folder, name)),
          ),
        );
        const config = caseConfig(folder);
        const run = runOf(config, present(weights), present(io));
        const trace = forward(run);
        const factors = present(expected).get("R");
        const loss: Loss =
          kind === "weighted"
            ? { kind, weights: wide(toTimeMajor(present(factors), config.batchFirst)) }
            : { kind };
        const { value, arriving } = lossStart(run, trace, loss);
        const gradients = backward(run, trace, arriving, { keepsSteps: true });
        const stored = present(present(present(expected).get("loss")).data[0]);
        assert.ok(Math.abs(value - stored) <= relative * Math.max(1, Math.abs(stored)));
        assertEqualGradients(description.id, run, gradients, present(expected));
        assertEqualNorms(run, gradients, present(expected));
      });
    }
  }
});

describePython("live gradients", ["torch"], ({ torch = "" }) => {
  it(`${count} random runs have the gradients of PyTorch ${torch} (UNROLL_SEED=${seed})`, async function () {
    this.slow(300_000);
    const script = join(fixtures, "generate/random_gradients.py");
    const stdout = await runPython({
      packages: ["torch"],
      arguments: [script, String(seed), count],
    });
    const lines = stdout.trim().split("\n");
    assert.equal(lines.length, Number(count));
    lines.forEach((line, index) => {
      checkLive(`run ${index}`, JSON.parse(line) as LiveCase);
    });
  });
});

function checkLive(name: string, item: LiveCase): void {
  const arrays = tensorsOf(item.arrays);
  const config: RecurrentConfig = { ...item.config, variant: pytorchVariant };
  const { seqLength, batchSize, lengths } = item.config;
  const run: ForwardInput = {
    config,
    weights: bindWeights(config, parametersIn(config, arrays)),
    input: present(arrays.get("input")).data,
    seqLength,
    batchSize,
    h0: arrays.get("h0")?.data ?? null,
    c0: arrays.get("c0")?.data ?? null,
    lengths,
    precision: "f64",
  };
  const label = `${name}: ${JSON.stringify(item.config)}`;
  // Blocks that are computed again must give the same numbers as whole traces.
  for (const options of [{}, { maxTraceBytes: 1 }] satisfies ForwardOptions[]) {
    const trace = forward(run, options);
    const { value, arriving, linear } = startOf(item, run, trace, arrays);
    const expectedValue = Number(item.value);
    assert.ok(isClose(value, expectedValue, Math.abs(expectedValue)), `${label}: ${value}`);
    const maxBytes = options.maxTraceBytes ?? 2 ** 20;
    const gradients = backward(run, trace, arriving, { keepsSteps: true, maxBytes });
    const expected = new Map(tensorsOf(item.gradients));
    for (const [key, values] of Object.entries(linear)) {
      if (expected.has(key))
        assertClose(`${label} ${key}`, values, present(expected.get(key)).data);
      expected.delete(key);
    }
    assertEqualGradients(label, { ...run, config: timeMajor(config) }, gradients, expected);
  }
}

/** The value of a case's loss, where its gradient begins, and the gradients of its head. */
function startOf(
  item: LiveCase,
  run: ForwardInput,
  trace: ForwardTrace,
  arrays: ReadonlyMap<string, Tensor>,
): { value: number; arriving: OutputGradient; linear: Readonly<Record<string, Float64Array>> } {
  const { loss, head, reduction } = item.config;
  if (loss === "h_n") {
    const [hn, cn] = [present(arrays.get("R_h")).data, arrays.get("R_c")?.data ?? null];
    const value = product(trace.hn, hn) + (cn === null ? 0 : product(present(trace.cn), cn));
    const arriving = { output: null, hn: wide(hn), cn: cn === null ? null : wide(cn) };
    return { value, arriving, linear: {} };
  }
  if (loss === "cross-entropy") {
    const weight = present(arrays.get("linear.weight"));
    const inFeatures = present(weight.shape[1]);
    const result = linearCrossEntropy({
      features: headFeatures(head, run, trace, inFeatures),
      weight: wide(weight.data),
      bias: arrays.has("linear.bias") ? wide(present(arrays.get("linear.bias")).data) : null,
      targets: present(item.targets),
      reduction,
    });
    const arriving = headGradient(head, run, result.features, inFeatures);
    const linear = {
      "d_linear.weight": result.weight,
      ...(result.bias === null ? {} : { "d_linear.bias": result.bias }),
    };
    return { value: result.loss, arriving, linear };
  }
  return { ...lossStart(run, trace, lossOf(item, loss, run.config, arrays)), linear: {} };
}

function lossOf(
  { unit }: LiveCase,
  kind: Loss["kind"],
  config: RecurrentConfig,
  arrays: ReadonlyMap<string, Tensor>,
): Loss {
  switch (kind) {
    case "weighted":
      return { kind, weights: wide(present(arrays.get("R")).data) };
    case "unit": {
      const [step, batch, feature] = present(unit);
      const units = stateSize(config);
      const direction = feature < units ? "forward" : "reverse";
      const layer = config.numLayers - 1;
      const place = { layer, direction, step, batch, unit: feature % units } as const;
      return { kind, place, stateName: "h" };
    }
    case "sum":
    case "last":
      return { kind };
  }
}

/** The live cases keep every array time-major and batched. */
function timeMajor(config: RecurrentConfig): RecurrentConfig {
  return { ...config, batchFirst: false };
}

/** Every gradient that `expected` has is there and the same. */
function assertEqualGradients(
  label: string,
  run: ForwardInput,
  gradients: Gradients,
  expected: ReadonlyMap<string, Tensor>,
): void {
  const ours = gradientTensors(run, gradients, { unbatched: false });
  const names = [...expected.keys()].filter((name) => name.startsWith("d_"));
  assert.ok(names.length >= 4, `${label}: ${names.join(", ")}`);
  for (const name of names) {
    const found = ours.get(name);
    assert.ok(found !== undefined, `${label}: no ${name} among ${[...ours.keys()].join(", ")}`);
    assertClose(`${label} ${name}`, found.data, present(expected.get(name)).data);
  }
}

/** ‖∂L/∂h_t‖ step by step, each within `relative` of itself: also where it has vanished. */
function assertEqualNorms(
  { config, batchSize }: ForwardInput,
  { norms }: Gradients,
  expected: ReadonlyMap<string, Tensor>,
): void {
  norms.forEach((directions, layer) => {
    directions.forEach((found, directionIndex) => {
      const name = `d_h_l${layer}${directionIndex === 1 ? "_reverse" : ""}`;
      const { data } = present(expected.get(name));
      found.forEach((value, row) => {
        const units = data.subarray(row * config.hiddenSize, (row + 1) * config.hiddenSize);
        const wanted = Math.hypot(...units);
        const place = `${name} step ${Math.floor(row / batchSize)}, row ${row % batchSize}`;
        assert.ok(Math.abs(value - wanted) <= relative * wanted, `${place}: ${value}, ${wanted}`);
      });
    });
  });
}

/** Within `relative` of the tensor's largest element, element by element; NaN where the other has NaN. */
function assertClose(label: string, found: ArrayLike<number>, expected: ArrayLike<number>): void {
  assert.equal(found.length, expected.length, label);
  const largest = Math.max(1e-6, ...Array.from(expected, Math.abs).filter(Number.isFinite));
  for (let k = 0; k < expected.length; k++) {
    const pair = `${found[k]} is not ${expected[k]} at ${k}`;
    assert.ok(isClose(present(found[k]), present(expected[k]), largest), `${label}: ${pair}`);
  }
}

function isClose(found: number, expected: number, scale: number): boolean {
  if (Number.isNaN(expected)) return Number.isNaN(found);
  return found === expected || Math.abs(found - expected) <= relative * Math.max(scale, 1e-6);
}

function product(left: ArrayLike<number>, right: ArrayLike<number>): number {
  return Array.from(left).reduce((sum, value, k) => sum + value * present(right[k]), 0);
}

function wide(values: Float32Array | Float64Array): Float64Array {
  return Float64Array.from(values);
}
