import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { text } from "../../../../src/core/text";
import { fixedAlternatives } from "../../../../src/diagnosis/alternatives/registry";
import { fixedIds, fixOf } from "../../../../src/diagnosis/fixes/registry";
import { frameOf, type FixFrame } from "../../../../src/diagnosis/fixes/fix";
import { numDirections } from "../../../../src/model/config";
import { expectedParameters } from "../../../../src/model/parameters";
import { describePython, environment, python } from "../../support/python/python";
import { cases, isTorch } from "./cases";
import { caseOf, frames, parameterOf } from "./frames";
import { modelOf } from "./network";
import { present } from "../../support/present";

const free = [
  "permutation/batch-rows",
  "permutation/units",
  "dropout/between-layers",
  "dropout/on-output",
  "precision/bfloat16",
  "precision/float16",
  "data/isolated-values",
  "data/other-weights",
];
const ids = [...fixedAlternatives.map(({ id }) => id), ...free];

/** A frame as check.py takes it. */
function described(frame: FixFrame): object {
  const { config, seqLength, batchSize, lengths, prefix, tensorNames } = frame;
  const { variant } = config;
  const parameters = expectedParameters(config);
  const gate = variant.gateActivation;
  const units = parameterOf("permutation/units", frame);
  const rows = parameterOf("permutation/batch-rows", frame);
  return {
    cell: config.cell,
    isCellClass: config.isCellClass,
    relu: config.nonlinearity === "relu",
    bias: config.bias,
    batchFirst: config.batchFirst,
    I: config.inputSize,
    H: config.hiddenSize,
    L: config.numLayers,
    D: numDirections(config),
    P: config.projSize,
    T: seqLength,
    B: batchSize,
    lengths,
    parameter: { ...units, ...rows },
    names: Object.fromEntries(
      parameters.map(({ name }) => [name, tensorNames?.get(name) ?? prefix + name]),
    ),
    shapes: parameters.map(({ shape }) => shape),
    variant: isTorch(frame)
      ? null
      : {
          clip: variant.clip,
          coupled: variant.coupledInputForget,
          resetBefore: !variant.resetAfter,
          ...(gate.kind === "sigmoid" ? {} : { alpha: gate.alpha, beta: gate.beta }),
        },
  };
}

describe("fixes", () => {
  it("are there for every id of the catalogue, and for no other", () => {
    assert.deepEqual([...fixedIds].sort(), [...ids].sort());
  });

  it("are written for the sizes of a case, and its lengths where it has some", () => {
    for (const frame of frames) {
      const { weightsFile, prefix, tensorNames } = frame;
      const the = { ...caseOf(frame), model: modelOf(frame) };
      const names = tensorNames === undefined ? {} : { tensorNames };
      assert.deepEqual(frameOf(the, { weightsFile, prefix, ...names }), frame);
    }
  });

  it("of an unknown id are refused", () => {
    assert.throws(
      () => fixOf({ id: "gates/none", title: text("none") }, present(frames[0])),
      RangeError,
    );
  });

  it("are tried with at least one frame each", () => {
    const tried = new Set(cases.map(({ id }) => id));
    assert.deepEqual(
      ids.filter((id) => !tried.has(id)),
      [],
    );
  });

  it("say what was wrong, and for which file", () => {
    const mistake = present(fixedAlternatives.find(({ id }) => id === "gates/iofg"));
    const fix = fixOf(mistake, present(frames[3]));
    for (const lines of [fix.pytorch, fix.numpy, fix.typescript]) {
      assert.match(lines, /"encoder\.pt": LSTM, T = 5, B = 3, I = 8, H = 4, L = 2, D = 2/);
      assert.match(lines, /was: the gates are taken in the order i o f g \(ONNX\)/);
      assert.match(lines, /"encoder\.rnn\." \+ part \+ end/);
    }
  });
});

describePython("fixes in Python", ["torch", "numpy"], ({ torch = "" }) => {
  it(`give what torch.nn ${torch} gives`, function () {
    this.slow(120_000);
    const given = JSON.stringify({ frames: frames.map(described), cases });
    const printed = execFileSync(python, ["test/unit/diagnosis/fixes/check.py"], {
      input: given,
      env: environment,
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
    });
    const { failures, checked } = JSON.parse(printed) as { failures: string[]; checked: number };
    assert.deepEqual(failures, []);
    assert.equal(checked, 2 * cases.length);
  });
});
