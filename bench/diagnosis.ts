/** Diagnoses that the benchmark times: of a reference with a mistake, and of one that nothing explains. */
import { noControl } from "../src/core/control";
import { fixedAlternatives } from "../src/diagnosis/alternatives/registry";
import { caseOf, type Case } from "../src/diagnosis/base/model";
import { diagnose } from "../src/diagnosis/search/diagnose";
import { likelyText } from "../src/diagnosis/search/firstLook";
import { returnedUnder, runUnder } from "../src/diagnosis/search/trial";
import { pytorchVariant, type RecurrentConfig } from "../src/model/config";
import { expectedParameters } from "../src/model/parameters";
import { elementCount, type Shape, type Tensor } from "../src/tensor/tensor";

export interface DiagnosisSize {
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly seqLength: number;
  readonly batchSize: number;
}

interface TimedDiagnosis {
  readonly milliseconds: number;
  /** Until it was said what the run looks like; null where nothing was. */
  readonly first: number | null;
  /** The first finding; null for none. */
  readonly id: string | null;
  /** Mistakes and pairs of them that were tried. */
  readonly count: number;
}

/** Diagnoses a bidirectional LSTM of two layers whose reference has the mistake `id`, or for null values of no forward. */
export function timeDiagnosis(size: DiagnosisSize, id: string | null): TimedDiagnosis {
  const the = caseOfSize(size);
  const mistakes = fixedAlternatives.filter((one) => one.id === (id ?? "gates/iofg"));
  const run = runUnder(the, mistakes);
  const [mistake] = mistakes;
  if (run === null || mistake === undefined) throw new Error("one mistake runs");
  const { output, hn, cn } = returnedUnder(the, run, mistakes);
  const shifted = output && { ...output, data: output.data.map((value, k) => value * Math.sin(k)) };
  const reference = { output: id === null ? shifted : output, hn, cn };
  const likely = likelyText(mistake).template;
  const started = performance.now();
  let first: number | null = null;
  const { findings, count } = diagnose(
    { ...the, reference },
    {
      ...noControl,
      report: (_, activity) => {
        if (activity.template === likely) first ??= performance.now() - started;
      },
    },
  );
  const milliseconds = performance.now() - started;
  return { milliseconds, first, id: findings[0]?.id ?? null, count };
}

function caseOfSize({ inputSize, hiddenSize, seqLength, batchSize }: DiagnosisSize): Case {
  const config: RecurrentConfig = {
    cell: "LSTM",
    isCellClass: false,
    inputSize,
    hiddenSize,
    numLayers: 2,
    bidirectional: true,
    bias: true,
    projSize: 0,
    batchFirst: false,
    nonlinearity: "tanh",
    variant: pytorchVariant,
  };
  let state = 1;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  const tensor = (shape: Shape, scale: number): Tensor => ({
    dtype: "float32",
    shape,
    data: Float32Array.from({ length: elementCount(shape) }, () => scale * next()),
  });
  const scale = 1 / Math.sqrt(hiddenSize);
  const parameters = expectedParameters(config).map(
    ({ name, shape }) => [name, tensor(shape, scale)] as const,
  );
  const states: Shape = [4, batchSize, hiddenSize];
  return caseOf({
    config,
    parameters: new Map(parameters),
    lengths: null,
    precision: "f32",
    tolerance: {},
    input: tensor([seqLength, batchSize, inputSize], 1),
    h0: tensor(states, 1),
    c0: tensor(states, 1),
    reference: { output: null, hn: null, cn: null },
  });
}
