/**
 * What PyTorch or Keras has computed as the answer of an engine.
 */
import { text, type Text } from "../../core/text";
import { outputShapes, sequenceSizes } from "../../model/sequence";
import { parseStateName } from "../../model/stateNames";
import type { ResultName } from "../../run/references";
import type { RunInputs } from "../../run/inputs";
import { swapLeadingAxes, type Shape, type Tensor } from "../../tensor/tensor";
import type { AnsweredGradient, AnsweredState, NotCovered, ReferenceAnswer } from "../engine";
import type { NamedTensors, PythonAnswer, TorchHeader } from "./wire";

/** An answer as it came, and the time that it took. */
export interface Answered {
  readonly answer: PythonAnswer;
  readonly tensors: NamedTensors;
  readonly milliseconds: number;
}

/** PyTorch's answer to a run. */
export function torchAnswer(
  inputs: RunInputs,
  header: TorchHeader,
  answered: Answered,
): ReferenceAnswer {
  const { answer, tensors, milliseconds } = answered;
  const { version, dtype, device, tf32 = false } = answer;
  const gates: NotCovered = {
    what: "gates",
    reason: text("they would take too much memory; the states are there"),
  };
  return {
    kind: "answer",
    engine: "pytorch",
    version,
    dtype,
    device: deviceName(device, tf32),
    tensors: resultsOf(inputs, tensors),
    states: statesOf(inputs, tensors),
    gradients: gradientsOf(inputs, tensors),
    notCovered: [
      ...(inputs.config.cell !== "RNN" && !header.gates ? [gates] : []),
      ...(header.losses.length === 0 ? [noGradients] : []),
    ],
    notes: [...roundedNote(inputs, dtype), ...torchNotes(inputs, answer)],
    milliseconds,
  };
}

/** `CPU`, or the GPU by its name; MPS has no TF32. */
function deviceName(device: string, tf32: boolean): string {
  if (device === "cpu" || device === "mps") return device.toUpperCase();
  return `${device}, TF32 ${tf32 ? "on" : "off"}`;
}

const noGradients: NotCovered = {
  what: "gradients",
  reason: text("they would take too much memory; the states are there"),
};

/** Gradients by loss and lane. */
function gradientsOf({ config }: RunInputs, tensors: NamedTensors): AnsweredGradient[] {
  return [...tensors].flatMap(([name, norms]) => {
    const [, loss, lane = ""] = /^gradient\.(sum|last)\.(.+)$/.exec(name) ?? [];
    const named = parseStateName(`${lane}.h`, config);
    if (named === null || (loss !== "sum" && loss !== "last")) return [];
    const { layer, direction } = named;
    return [{ layer, direction, loss, norms }];
  });
}

/** Keras' answer to a run. */
export function kerasAnswer(inputs: RunInputs, answered: Answered): ReferenceAnswer {
  const { answer, tensors, milliseconds } = answered;
  const { version, dtype, device, backend = "", missing = [] } = answer;
  const names: readonly ResultName[] = ["embedded", "logits"];
  const reason = text("the whole model does not give it as the run has it");
  const left = inputs.surrounding?.tokens == null ? [] : missing;
  return {
    kind: "answer",
    engine: "keras",
    version,
    dtype,
    device: `${backend}, ${device.toUpperCase()}`,
    tensors: resultsOf(inputs, tensors),
    states: statesOf(inputs, tensors),
    notCovered: [
      ...(inputs.config.cell === "RNN"
        ? []
        : [{ what: "gates", reason: text("Keras' cells do not hand them out") }]),
      ...names
        .filter((name) => left.includes(name) || left.includes("whole"))
        .map((what) => ({ what, reason })),
    ],
    notes: [
      text(
        "output and final states are those of the layers' own calls, states those of their cells; at most {0} apart",
        farthest(answer),
      ),
    ],
    milliseconds,
  };
}

function torchNotes({ config }: RunInputs, answer: PythonAnswer): Text[] {
  const why = answer.why ?? [];
  if (answer.fused === true) {
    const name = `torch.nn.${config.cell}${config.isCellClass ? "Cell" : ""}`;
    return [
      text(
        "output and final states are those of {0}, states and gates those of the same operations step by step; at most {1} apart",
        name,
        farthest(answer),
      ),
    ];
  }
  return [
    text(
      "torch.nn has no such module, so it is computed from PyTorch's single operations: {0}",
      why.map((name) => reasonNames[name] ?? name),
    ),
  ];
}

/** What torch.nn does not have, in the words of its documentation and ONNX'. */
const reasonNames: Readonly<Record<string, string>> = {
  reverse: "direction = reverse",
  clip: "clip",
  gateActivation: "hard_sigmoid",
  resetAfter: "reset_after = False",
  coupledInputForget: "input_forget",
  peephole: "peepholes",
  emptySequence: "length 0",
};

function roundedNote({ precision }: RunInputs, dtype: string): Text[] {
  if (precision !== "f16" && precision !== "bf16") return [];
  return [text("it computed in {0}, the run rounds to 16 bits after every operation", dtype)];
}

/** The largest of the differences, as a short number. */
function farthest({ apart }: PythonAnswer): string {
  const all = Object.values(apart);
  const strange = all.find((value): value is string => typeof value === "string");
  return strange ?? Math.max(0, ...all.map(Number)).toPrecision(2);
}

/** Results in the layout in which a file of the run has them. */
function resultsOf(inputs: RunInputs, tensors: NamedTensors): ReferenceAnswer["tensors"] {
  const { config, input } = inputs;
  const sizes = sequenceSizes(input.shape, config.batchFirst);
  if (sizes === null) return {};
  const { output, hn, cn } = outputShapes(config, sizes);
  const turns = config.batchFirst && !sizes.unbatched;
  const found: Partial<Record<ResultName, Tensor>> = {};
  const take = (name: ResultName, shape: Shape | null, isSequence: boolean): void => {
    const tensor = tensors.get(name);
    if (tensor === undefined) return;
    const turned = isSequence && turns && tensor.shape.length === 3;
    const data = turned ? swapLeadingAxes(tensor.data, tensor.shape) : tensor.data;
    found[name] = { ...tensor, shape: shape ?? turnedShape(tensor.shape, turned), data };
  };
  take("output", output, true);
  take("h_n", hn, false);
  take("c_n", cn, false);
  take("embedded", input.shape, true);
  take("logits", null, true);
  return found;
}

function turnedShape([first = 0, second = 0, ...rest]: Shape, isTurned: boolean): Shape {
  return isTurned ? [second, first, ...rest] : [first, second, ...rest];
}

/** The states and gates among the tensors. */
function statesOf({ config }: RunInputs, tensors: NamedTensors): AnsweredState[] {
  return [...tensors].flatMap(([name, tensor]) => {
    const named = parseStateName(name, config);
    return named === null ? [] : [{ ...named, tensor }];
  });
}
