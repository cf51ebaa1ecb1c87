/** Recurrent layers of ONNX and Keras, whose cells compute otherwise than PyTorch's, through the engines. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { joinDirections } from "../../src/analysis/lanes";
import type { ForwardInput } from "../../src/engine/base/engine";
import { forward } from "../../src/engine/forward";
import type { ForwardTrace } from "../../src/engine/base/trace";
import { MemorySource } from "../../src/formats/base/bytes";
import { openArchive } from "../../src/formats/open";
import { swapLeadingAxes, type Tensor } from "../../src/tensor/tensor";
import { engines, type EngineUnderTest } from "../unit/support/engines";
import {
  kerasRun,
  onnxOutputs,
  onnxRun,
  type KerasLayer,
  type OnnxNode,
} from "../unit/support/frameworks";
import { fixtures, fixtureSource } from "../unit/formats/support";
import { float64, goldenCases, type Values } from "../unit/support/goldens";
import { kerasLayers } from "../unit/support/kerasFiles";
import { describePython, seed } from "../unit/support/python/python";
import { runPython } from "../unit/support/python/warmPython";
import { largestDistance, statesOf } from "../unit/support/runs";
import { largestError } from "./accuracy";
import { Workplace } from "./cases";
import { streamFrames, type Frame } from "./stream";

/** A case of onnx_nodes.json. */
interface NodeCase extends Omit<OnnxNode, "inputs"> {
  readonly name: string;
  readonly inputs: Readonly<Record<string, Values>>;
  readonly outputs: Readonly<Record<string, Values>>;
}

/** A case of keras_layers.json. */
interface LayerCase extends KerasLayer {
  readonly input: Values;
  readonly initial: readonly Values[];
  readonly output: Values;
  readonly final: readonly Values[];
}

/** A network through an engine; null where the engine does not compute it. */
function traceOf(engine: EngineUnderTest, run: ForwardInput): ForwardTrace | null {
  const made = engine.create(run);
  return made === null ? null : forward(run, { createEngine: () => made });
}

describe("nodes of the ONNX backend tests", () => {
  const cases = goldenCases("onnx_nodes.json") as readonly NodeCase[];

  it("are all there", () => {
    const names = cases.map(({ name }) => name);
    assert.equal(names.length, 18);
    for (const ending of [
      "defaults",
      "with_initial_bias",
      "batchwise",
      "reverse",
      "bidirectional",
    ]) {
      for (const start of ["simple_rnn", "lstm", "gru"]) {
        assert.ok(names.includes(`test_${start}_${ending}`), `test_${start}_${ending}`);
      }
    }
    for (const name of ["test_rnn_seq_length", "test_gru_seq_length", "test_lstm_with_peepholes"]) {
      assert.ok(names.includes(name), name);
    }
  });

  for (const { inputs, outputs, ...rest } of cases) {
    it(`${rest.name} has the outputs that the package expects`, () => {
      const tensors = Object.entries(inputs).map(
        ([name, value]) => [name, float64(value)] as const,
      );
      const node = { ...rest, inputs: new Map(tensors) };
      for (const precision of ["f64", "f32"] as const) {
        for (const engine of engines) {
          const run = onnxRun(node, precision);
          const trace = traceOf(engine, run);
          if (trace === null) continue;
          const found = onnxOutputs(node, run, trace);
          assert.ok(Object.keys(outputs).length > 0);
          for (const [name, [shape, values]] of Object.entries(outputs)) {
            assert.equal(found.get(name)?.length, values.length, name);
            const distance = largestDistance(found.get(name) ?? [], values);
            assert.ok(
              distance < 5e-7,
              `${engine.name} ${precision} ${name} ${shape.join("×")}: ${distance}`,
            );
          }
        }
      }
    });
  }
});

/** Asserts that every engine has the outputs and final states that Keras computed. */
function assertCase(item: LayerCase, run: ForwardInput, relative = 5e-7): void {
  for (const engine of engines) {
    const trace = traceOf(engine, run);
    if (trace === null) continue;
    const joined = joinDirections(statesOf(run, trace)[0] ?? [], trace.stateSize);
    const [batch = 0, steps = 0, features = 0] = item.output[0];
    const output = swapLeadingAxes(joined, [steps, batch, features]);
    const allowed = relative * Math.max(1, ...item.output[1].map(Math.abs));
    assert.ok(largestDistance(output, item.output[1]) < allowed, engine.name);
    const stateNames = [trace.hn, ...(trace.cn === null ? [] : [trace.cn])];
    item.final.forEach(([, values], index) => {
      const lane = Math.floor(index / stateNames.length);
      const all = stateNames[index % stateNames.length] ?? new Float64Array();
      const found = all.subarray(lane * values.length, (lane + 1) * values.length);
      assert.ok(largestDistance(found, values) < allowed, engine.name);
    });
  }
}

const kerasCases = goldenCases("keras_layers.json") as readonly LayerCase[];

describe("layers of Keras", () => {
  for (const item of kerasCases) {
    it(`${item.class} ${JSON.stringify(item.options)} has the states that Keras computes`, () => {
      const states = item.initial.map((values) => float64(values).data);
      assertCase(item, kerasRun(item, float64(item.input), states));
    });
  }
});

/** Asserts that a file's layer, as it is declared there, computes what Keras did. */
async function assertFileCase(
  file: MemorySource,
  prefix: string,
  item: LayerCase,
  relative?: number,
): Promise<void> {
  const layer = (await kerasLayers(await openArchive(file))).get(prefix);
  assert.ok(layer, prefix);
  const { config, weights, facts } = layer;
  assert.equal(config.batchFirst, true);
  assert.deepEqual(facts.departures, []);
  const states = item.initial.map((values) => float64(values).data);
  const run = kerasRun(item, float64(item.input), states);
  // Keras 2's line of the hard sigmoid is another one than that of the Keras which computed the case.
  const { variant } = file.name === "keras2.h5" ? run.config : config;
  assertCase(item, { ...run, config: { ...config, variant }, weights }, relative);
}

describe("layers of Keras out of files", () => {
  const runs = [
    ...kerasCases.flatMap((_, index) =>
      ["layers.h5", "layers.keras"].map((name) => [name, index, `case_${index}.`] as const),
    ),
    ["keras2.h5", 7, "gru."],
    ["keras2.h5", 10, "bidirectional."],
  ] as const;

  for (const [name, index, prefix] of runs) {
    const item = kerasCases[index];
    assert.ok(item);
    it(`${name}: ${prefix} ${item.class} ${JSON.stringify(item.options)}`, async () => {
      await assertFileCase(fixtureSource(`keras/${name}`), prefix, item);
    });
  }
});

const count = Math.ceil(Number(process.env["UNROLL_LIVE_CASES"] ?? 60) / 2);

describePython(
  "files of the Keras that is installed",
  ["keras", "torch", "h5py"],
  ({ keras = "" }) => {
    const workplace = new Workplace();

    after(() => {
      workplace.remove();
    });

    it(`hold layers that compute what Keras ${keras} does (UNROLL_SEED=${seed})`, async function () {
      this.slow(120_000);
      const { folder } = workplace;
      const script = join(fixtures, "generate/keras_files.py");
      await runPython({ packages: ["keras"], arguments: [script, folder, String(seed)] });
      const list = await readFile(join(folder, "keras_layers.json"), "utf8");
      const { cases } = JSON.parse(list) as { cases: readonly LayerCase[] };
      assert.equal(cases.length, kerasCases.length);
      for (const name of ["layers.h5", "layers.keras"]) {
        const bytes = await readFile(join(folder, name));
        for (const [index, item] of cases.entries()) {
          // Keras computes in float32, and the values are whichever the seed gives.
          await assertFileCase(new MemorySource(name, bytes), `case_${index}.`, item, 3e-6);
        }
      }
    });
  },
);

/** A random node with its results by ONNX Runtime and in float64. */
type LiveNode = Frame &
  Omit<OnnxNode, "inputs"> & { readonly seed: number; readonly index: number };

describePython("random nodes of ONNX", ["numpy", "onnx", "onnxruntime"], ({ onnxruntime = "" }) => {
  it(`${count} compute what ONNX Runtime ${onnxruntime} does (UNROLL_SEED=${seed})`, async function () {
    this.slow(120_000);
    let compared = 0;
    const frames = streamFrames("random_onnx.py", [seed, count]) as AsyncGenerator<LiveNode>;
    for await (const frame of frames) {
      compareNode(frame);
      compared++;
    }
    assert.equal(compared, count);
  });

  /** To the equations exactly, and to ONNX Runtime's float32 as far as float32 goes. */
  function compareNode(frame: LiveNode): void {
    const { operator, attributes, index } = frame;
    const node = { operator, attributes, inputs: groupOf(frame, "inputs") };
    const exact = groupOf(frame, "exact");
    const theirs = groupOf(frame, "outputs");
    const run = onnxRun(node, "f64");
    const found = new Map(
      [...onnxOutputs(node, run, forward(run))].map(([name, data]) => [name, { data }]),
    );
    const what = `node ${index}: ${operator} ${JSON.stringify(attributes)}`;
    const fromExact = largestError(found, exact, exact) / scaleOf(exact);
    assert.ok(fromExact < 1e-11, `${what}: ${fromExact} off the equations`);
    const fromTheirs = largestError(found, theirs, theirs) / scaleOf(exact);
    assert.ok(fromTheirs < 1e-4, `${what}: ${fromTheirs} off ONNX Runtime`);
  }

  /** relu lets values grow. */
  function scaleOf(results: ReadonlyMap<string, Tensor>): number {
    return [...results.values()].reduce(
      (scale, { data }) => Math.max(scale, largestDistance(data, new Float64Array(data.length))),
      1,
    );
  }

  function groupOf({ values }: Frame, group: string): ReadonlyMap<string, Tensor> {
    const start = `${group}/`;
    return new Map(
      [...values].flatMap(([name, tensor]) =>
        name.startsWith(start) ? [[name.slice(start.length), tensor] as const] : [],
      ),
    );
  }
});
