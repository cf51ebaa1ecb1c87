/**
 * Steps recomputed from PyTorch's own states, against the gates that the same cases hold in float64.
 *
 * The trace is built from the case's states, so that every step stands alone and no error is carried.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import type { ForwardInput, StateArray } from "../../src/engine/base/engine";
import { createRecomputer, type RecomputedStep } from "../../src/engine/recompute";
import { cellSizeOf, completeTrace, type ForwardTrace } from "../../src/engine/base/trace";
import { bindWeights } from "../../src/model/bind";
import { stateSize, type RecurrentConfig } from "../../src/model/config";
import { directionsOf } from "../../src/model/directions";
import { gateOrder } from "../../src/model/gates";
import { sequenceSizes, toTimeMajor } from "../../src/model/sequence";
import type { Tensor } from "../../src/tensor/tensor";
import { configOf } from "../unit/support/goldens";
import { present, stepsOf } from "../unit/support/places";
import { describeCase, fixtures, listCases, Workplace } from "./cases";

type Tensors = ReadonlyMap<string, Tensor>;

/** A case as a run in float64, with the states of every lane. */
interface Recorded {
  readonly run: ForwardInput;
  readonly states: Tensors;
}

/** Products of float64 numbers are summed in another order here than there. */
const tolerance = 1e-12;

const folders = listCases(join(fixtures, "cases")).filter((folder) =>
  existsSync(join(folder, "states64.npz")),
);

describe("gates and pre-activations recomputed from neighbouring states", () => {
  const workplace = new Workplace();
  after(() => {
    workplace.remove();
  });

  it("has cases to compare with", () => {
    assert.ok(folders.length >= 20);
  });

  for (const folder of folders) {
    it(`equal those of PyTorch's states: ${basename(folder)}`, async () => {
      const recorded = await readCase(workplace, folder);
      const { config, seqLength, batchSize } = recorded.run;
      const recomputer = createRecomputer(recorded.run, traceOf(recorded));
      let compared = 0;
      for (const place of stepsOf(recorded.run)) {
        const result = recomputer.step(place);
        if (result === null) continue;
        const suffix = `_l${place.layer}${place.direction === "reverse" ? "_reverse" : ""}`;
        compareStep(recorded, suffix, place.step * batchSize + place.batch, result);
        compared += 1;
      }
      const steps = recorded.run.lengths?.reduce((sum, length) => sum + length, 0);
      const perLane = steps ?? seqLength * batchSize;
      assert.equal(compared, config.numLayers * directionsOf(config).length * perLane);
    });
  }
});

async function readCase(place: Workplace, folder: string): Promise<Recorded> {
  const description = describeCase(folder);
  const config = configOfCase({ ...description.constructor });
  const weights = await place.readAll(join(folder, "weights.npz"));
  const io = await place.readAll(join(folder, "io.npz"));
  const states = await place.readAll(join(folder, "states64.npz"));
  const input = present(wide(io.get("input")));
  const sizes = present(sequenceSizes(input.shape, config.batchFirst));
  const run: ForwardInput = {
    config,
    weights: bindWeights(config, withoutPrefix(weights)),
    input: toTimeMajor(input, config.batchFirst),
    seqLength: sizes.seqLength,
    batchSize: sizes.batchSize,
    h0: wide(io.get("h0"))?.data ?? null,
    c0: wide(io.get("c0"))?.data ?? null,
    lengths: description.lengths,
    precision: "f64",
  };
  return { run, states };
}

/** Arguments of the constructor as `case.json` has them. */
type PythonArguments = Readonly<Record<string, number | boolean | string | undefined>>;

function configOfCase(args: PythonArguments): RecurrentConfig {
  return configOf({
    class: String(args["class"]).replace("torch.nn.", ""),
    sizes: [args["input_size"], args["hidden_size"], args["num_layers"] ?? 1].map(Number),
    options: {
      bidirectional: args["bidirectional"] === true,
      batch_first: args["batch_first"] === true,
      bias: args["bias"] !== false,
      nonlinearity: args["nonlinearity"] === "relu" ? "relu" : "tanh",
      proj_size: Number(args["proj_size"] ?? 0),
    },
  });
}

function withoutPrefix(weights: Tensors): Tensors {
  const first = [...weights.keys()].find((name) => /weight_ih(_l0)?$/.test(name)) ?? "";
  const prefix = first.replace(/weight_ih(_l0)?$/, "");
  return new Map([...weights].map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}

function wide(tensor: Tensor | undefined): Tensor | null {
  if (tensor === undefined) return null;
  return { ...tensor, data: Float64Array.from(tensor.data) };
}

function traceOf({ run, states }: Recorded): ForwardTrace {
  const { config, seqLength, batchSize } = run;
  const lanes = Array.from({ length: config.numLayers }, (_, layer) =>
    directionsOf(config).map((direction) => {
      const suffix = `_l${layer}${direction === "reverse" ? "_reverse" : ""}`;
      return {
        h: present(states.get(`h${suffix}`)).data,
        c: states.get(`c${suffix}`)?.data ?? null,
      };
    }),
  );
  const path = { engine: "readable", threads: 1, checkpoints: false } as const;
  const frame = { seqLength, batchSize, stateSize: stateSize(config), path };
  return completeTrace(
    { ...frame, cellSize: cellSizeOf(config), hn: new Float64Array(), cn: null },
    lanes,
  );
}

/** Compares everything that the case holds of one step; at least one array must be there. */
function compareStep(
  { run, states }: Recorded,
  suffix: string,
  row: number,
  { record, state }: RecomputedStep,
): void {
  const { config } = run;
  const H = config.hiddenSize;
  const expect = (name: string, found: StateArray): void => {
    const expected = states.get(`${name}${suffix}`);
    assert.ok(expected !== undefined, `${name}${suffix}`);
    const size = found.length;
    compareRow(found, expected.data.subarray(row * size, (row + 1) * size), `${name} row ${row}`);
  };
  if (config.cell === "RNN") expect("pre", record.preActivations);
  else {
    gateOrder[config.cell].forEach((gate, block) => {
      expect(gate, record.gates.subarray(block * H, (block + 1) * H));
    });
  }
  if (state.c !== null) expect("c", state.c);
  if (config.projSize > 0) expect("h_unprojected", record.unprojected);
  expect("h", state.h);
}

function compareRow(found: StateArray, expected: StateArray, what: string): void {
  found.forEach((value, index) => {
    const reference = expected[index] ?? Number.NaN;
    if (Object.is(value, reference)) return;
    const limit = tolerance * Math.max(1, Math.abs(reference));
    assert.ok(Math.abs(value - reference) <= limit, `${what}: ${value}, not ${reference}`);
  });
}
