/** Random configurations through the live PyTorch of a Python process: every state and gate of every lane. */
import assert from "node:assert/strict";
import { noControl } from "../../../src/core/control";
import { renderText } from "../../../src/core/text";
import { chooseEngine } from "../../../src/engine/choose";
import type { CellKind, CellVariant, RecurrentConfig } from "../../../src/model/config";
import { pytorchVariant } from "../../../src/model/config";
import { directionsOf } from "../../../src/model/directions";
import { withAnswer } from "../../../src/reference/answer";
import type { ReferenceAnswer } from "../../../src/reference/engine";
import { executeRun, type RunResult } from "../../../src/run/execute";
import { GradientReader } from "../../../src/session/gradients/gradients";
import { describePython, python, seed } from "../../unit/support/python/python";
import {
  configOf,
  inputsOf,
  PythonPlace,
  sizesOf,
  type RunOptions,
} from "../../unit/support/python/pythonRuns";
import { numbersFrom } from "../../unit/support/runs";

const count = Math.ceil(Number(process.env["UNROLL_LIVE_CASES"] ?? 60));

type Pick = <Value>(values: readonly Value[]) => Value;

/** A random module and a random run of it. */
function randomCase(index: number): { config: RecurrentConfig; options: RunOptions } {
  const next = numbersFrom(seed + 7919 * index);
  const pick: Pick = (values) =>
    values[Math.floor(((next() + 1) / 2) * values.length * 0.999999)] as (typeof values)[number];
  return { config: randomConfig(pick), options: { ...randomRun(pick), seed: index } };
}

function randomConfig(pick: Pick): RecurrentConfig {
  const cell = pick<CellKind>(["RNN", "LSTM", "GRU"]);
  const isCellClass = pick([false, false, false, false, true]);
  const bidirectional = !isCellClass && pick([false, true]);
  const hasVariant = pick([false, false, true]);
  const hiddenSize = pick([1, 2, 5, 8]);
  const isProjected = cell === "LSTM" && !isCellClass && hiddenSize > 2 && pick([false, true]);
  const isReversed = hasVariant && !isCellClass && !bidirectional && pick([true, false]);
  return configOf(cell, {
    isCellClass,
    bidirectional,
    hiddenSize,
    inputSize: pick([1, 3, 6]),
    numLayers: isCellClass ? 1 : pick([1, 2, 3]),
    bias: pick([true, true, false]),
    projSize: isProjected ? 2 : 0,
    batchFirst: pick([false, true]),
    nonlinearity: pick(["tanh", "relu"] as const),
    ...(isReversed ? { reverseOnly: true } : {}),
    variant: hasVariant ? variantFor(cell, pick) : pytorchVariant,
  });
}

function randomRun(pick: Pick): RunOptions {
  const seqLength = pick([1, 2, 7, 20]);
  const unbatched = pick([false, false, false, true]);
  const batchSize = unbatched ? 1 : pick([1, 2, 4]);
  const hasLengths = !unbatched && pick([false, true]);
  const lengths = hasLengths
    ? Array.from({ length: batchSize }, () => pick([1, Math.ceil(seqLength / 2), seqLength]))
    : null;
  const precision = pick(["f32", "f64"] as const);
  return { seqLength, batchSize, unbatched, lengths, precision, hasStates: pick([true, false]) };
}

function variantFor(cell: CellKind, pick: Pick): CellVariant {
  const hard = { kind: "hard_sigmoid", alpha: 0.2, beta: 0.5 } as const;
  return {
    resetAfter: cell !== "GRU" || pick([true, false]),
    gateActivation: cell !== "RNN" && pick([true, false]) ? hard : { kind: "sigmoid" },
    clip: pick([null, 0.4]),
    coupledInputForget: cell === "LSTM" && pick([true, false]),
    peephole: cell === "LSTM" && pick([true, false]),
  };
}

/** Everything that the answer holds, compared with our run. */
function compared(
  answer: ReferenceAnswer,
  { config, options }: ReturnType<typeof randomCase>,
): RunResult {
  const inputs = withAnswer(inputsOf(config, options), answer);
  return executeRun(inputs, { control: noControl, createEngine: chooseEngine });
}

/** Lanes whose gradient PyTorch has otherwise, of both losses and every row. */
async function otherGradients(answer: ReferenceAnswer, result: RunResult): Promise<string[]> {
  const { config, seqLength, batchSize } = result.forwardInput;
  const reader = new GradientReader(result, {});
  const rows = Array.from({ length: batchSize }, (_, batch) => batch);
  const lanes = Array.from({ length: config.numLayers }, (_, layer) =>
    directionsOf(config).flatMap((direction) => rows.map((batch) => ({ layer, direction, batch }))),
  ).flat();
  const steps = { stepStart: 0, stepEnd: seqLength, maxColumns: seqLength };
  const found: string[] = [];
  for (const kind of ["sum", "last"] as const) {
    for (const lane of lanes) {
      const request = { ...lane, ...steps, loss: { kind } };
      const { reference } = await reader.curve(request, noControl, [answer]);
      const told = `gradient of ${kind}, ${JSON.stringify(lane)}`;
      if (reference === null) found.push(`${told} is not there`);
      else if (!reference.agrees) found.push(`${told}: ${renderText(reference.sentence)}`);
    }
  }
  reader.dispose();
  return found;
}

describePython("live PyTorch", ["torch"], ({ torch = "" }) => {
  const place = new PythonPlace();

  after(() => place.dispose());

  it(`${count} random modules have every state and gate of PyTorch ${torch} (UNROLL_SEED=${seed})`, async function () {
    this.slow(300_000);
    const engine = place.engine("pytorch");
    const failures: string[] = [];
    for (let index = 0; index < count; index++) {
      const item = randomCase(index);
      const choice = { id: "pytorch", interpreter: python } as const;
      const request = { choice, inputs: inputsOf(item.config, item.options), file: null };
      const answer = await engine.run(request, noControl);
      const told = `case ${index}: ${JSON.stringify(item)}`;
      if (answer.kind !== "answer") {
        failures.push(
          `${told}: ${answer.sentence.template} ${JSON.stringify(answer.sentence.args)}`,
        );
        continue;
      }
      const { cell } = item.config;
      const quantities = { RNN: 1, LSTM: 6, GRU: 4 }[cell];
      assert.equal(answer.states.length, quantities * sizesOf(item.config).lanes, told);
      assert.deepEqual(answer.notCovered, []);
      const result = compared(answer, item);
      const gradients = await otherGradients(answer, result);
      failures.push(...gradients.map((line) => `${told}: ${line}`));
      for (const { name, comparison } of result.compared) {
        if (comparison === null) failures.push(`${told}: ${name} has another shape`);
        else if (comparison.outside > 0) failures.push(`${told}: ${name} differs`);
      }
    }
    assert.deepEqual(failures, []);
  });
});
