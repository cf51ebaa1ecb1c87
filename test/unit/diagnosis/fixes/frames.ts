/** Networks that fixes are written for in the tests: every cell, layouts, names that are hard to quote. */
import { pytorchVariant, type RecurrentConfig } from "../../../../src/model/config";
import { expectedParameters } from "../../../../src/model/parameters";
import type { Case } from "../../../../src/diagnosis/base/model";
import type { Parameter } from "../../../../src/diagnosis/answer";
import type { FixFrame } from "../../../../src/diagnosis/fixes/fix";

const plain: RecurrentConfig = {
  cell: "LSTM",
  isCellClass: false,
  inputSize: 3,
  hiddenSize: 4,
  numLayers: 1,
  bidirectional: false,
  bias: true,
  projSize: 0,
  batchFirst: false,
  nonlinearity: "tanh",
  variant: pytorchVariant,
};

/** A name with what ends strings, lines and comments of both languages, with invisible characters and half of a surrogate pair. */
const hostile = `*/ """ ''' \\" \\ \` \${x} # // \n\r\u2028\u2029\u0000\u202e\u00a0{end} é 中 \u{1f600} \ud800`;

/** Batch first; sizes such that layers and directions could be exchanged. */
const alike = { inputSize: 8, numLayers: 2, bidirectional: true } as const;

function frame(config: Partial<RecurrentConfig>, more: Partial<FixFrame> = {}): FixFrame {
  return {
    config: { ...plain, ...config },
    seqLength: 5,
    batchSize: 3,
    lengths: null,
    weightsFile: "encoder.pt",
    prefix: "encoder.rnn.",
    ...more,
  };
}

function ownNames(config: RecurrentConfig): ReadonlyMap<string, string> {
  return new Map(
    expectedParameters(config).map(({ name }, index) => [name, `${hostile} ${index}`]),
  );
}

const lengths = [3, 5, 2];
const hardSigmoid = { kind: "hard_sigmoid", alpha: 0.2, beta: 0.5 } as const;
/** So steep that gates reach 0 and 1. */
const steepSigmoid = { kind: "hard_sigmoid", alpha: 2, beta: 0.5 } as const;
const named = { ...plain, ...alike };

export const frames: readonly FixFrame[] = [
  frame({ cell: "RNN", ...alike }),
  frame({ cell: "RNN", inputSize: 4, nonlinearity: "relu", batchFirst: true }, { prefix: "" }),
  frame({ cell: "RNN", inputSize: 6, numLayers: 3, bias: false }, { lengths }),
  frame({ ...alike, batchFirst: true }),
  frame({ inputSize: 4, numLayers: 2 }, { batchSize: 4 }),
  frame(
    { inputSize: 6, hiddenSize: 5, numLayers: 2, bidirectional: true, projSize: 3 },
    { lengths },
  ),
  frame({ inputSize: 5, hiddenSize: 4, bidirectional: true, projSize: 2, batchFirst: true }),
  frame({
    ...alike,
    variant: { ...pytorchVariant, peephole: true, gateActivation: hardSigmoid, clip: 0.9 },
  }),
  frame({ variant: { ...pytorchVariant, peephole: true } }, { lengths }),
  frame({ variant: { ...pytorchVariant, coupledInputForget: true, clip: 0.5 } }),
  frame({ bias: false, batchFirst: true }, { lengths }),
  frame({ isCellClass: true }),
  frame(alike, { prefix: hostile, weightsFile: hostile }),
  frame(named, { weightsFile: hostile, tensorNames: ownNames(named) }),
  frame({ cell: "GRU", ...alike, batchFirst: true }, { lengths }),
  frame({ cell: "GRU", inputSize: 8, numLayers: 5, bidirectional: true }),
  frame({ cell: "GRU", inputSize: 4, bias: false }),
  frame({
    cell: "GRU",
    variant: { ...pytorchVariant, resetAfter: false, gateActivation: steepSigmoid },
  }),
  frame({ cell: "GRU", bias: false, variant: { ...pytorchVariant, resetAfter: false, clip: 0.7 } }),
];

/** Only what conditions of alternatives look at. */
export function caseOf({ config, seqLength, batchSize, lengths: own }: FixFrame): Case {
  const model = { config, seqLength, batchSize } as Case["model"];
  return {
    model,
    reference: { output: null, hn: null, cn: null },
    hasLengths: own !== null,
    hasH0: false,
    unbatched: false,
    hasPadding: own !== null,
  };
}

/** A permutation of `count` that is no inverse of itself where there are three or more. */
function rotated(count: number, by = 1): number[] {
  return Array.from({ length: count }, (_, index) => (index + by) % count);
}

/** What an id with a free parameter was found with. */
export function parameterOf(id: string, { config, batchSize }: FixFrame): Parameter | null {
  const slots = config.numLayers * (config.bidirectional ? 2 : 1);
  switch (id) {
    case "permutation/batch-rows":
      return { kind: "rows", rows: rotated(batchSize) };
    case "permutation/units":
      return {
        kind: "units",
        units: Array.from({ length: slots }, (_, slot) =>
          rotated(config.projSize || config.hiddenSize, slot + 1),
        ),
      };
    default:
      return null;
  }
}
