/**
 * The options of a run, one entry each: type, default, explanation, flag, and control of the toolbar. The checks of run
 * files, `schema/run.schema.json`, the flags, their help, and the toolbar are made from this table; a new option is one
 * entry here.
 */
import { text } from "../../core/text";
import { dtypesOfPrecisions } from "../../engine/base/precisions";
import { heads } from "../../model/find/head";
import { cellsWith, gateActivationNames } from "../../model/variant";
import { compareKeys, ownKeys, referenceKeys } from "./comparedKeys";
import type { Key, Keys } from "./key";

/** What is known of the weights beside their file and module. */
export const weightKeys = {
  map: {
    kind: "map",
    description:
      "Which tensor, or which part of one, is which parameter, where the file's names do not tell: an object with kind and slots, or the name of a JSON file that holds one. unroll map and the tensor editor write it.",
    examples: ["my.map.json"],
    flag: "map",
    takes: "FILE",
    help: ["which tensors are which parameters; see unroll map"],
  },
} as const satisfies Keys;

/** Tensors besides the weights. */
export const inputKeys = {
  input: {
    kind: "tensor",
    description:
      "The input x: [T, B, I], [B, T, I] with batchFirst, or [T, I] for a single sequence. Written file#tensor; #tensor may be left out when the file holds one tensor. Of an ONNX model also what the whole graph is given: a file with its inputs by name, or a folder of test data.",
    examples: ["input.npy", "batch.npz#x", "test_data_set_0"],
    flag: "input",
  },
  h0: {
    kind: "tensor",
    description:
      "The initial state [L·D, B, H], whatever batchFirst says; P instead of H for an LSTM with a projection. Zeros when left out.",
    examples: ["batch.npz#h0"],
    flag: "h0",
    help: ["initial state [L·D, B, H]; zeros when left out"],
  },
  c0: {
    kind: "tensor",
    description: "The initial cell state of an LSTM, [L·D, B, H]. Zeros when left out.",
    examples: ["batch.npz#c0"],
    flag: "c0",
    help: ["initial cell state of an LSTM; zeros when left out"],
  },
  lengths: {
    kind: "lengths",
    description:
      "How many steps of each sequence are real, as pack_padded_sequence takes them; the rest is padding. All steps when left out.",
    flag: "lengths",
    help: ["real steps of each sequence"],
  },
} as const satisfies Keys;

/** Options of the computation that a state_dict does not contain. */
export const optionKeys = {
  batchFirst: {
    kind: "switch",
    default: false,
    description: "true: input and output are [B, T, ·]. false: they are [T, B, ·].",
    flag: "batch-first",
    help: ["input and output are [B, T, ·]"],
    toolbar: { label: "batch_first" },
    argument: "batch_first",
  },
  nonlinearity: {
    kind: "choice",
    values: ["tanh", "relu"],
    default: "tanh",
    cells: cellsWith.nonlinearity,
    description: "The activation of an RNN.",
    flag: "nonlinearity",
    help: ["activation of an RNN; tanh when left out"],
    toolbar: { label: text("activation") },
    argument: "nonlinearity",
  },
  precision: {
    kind: "choice",
    values: ["f32", "f64", "f16", "bf16"],
    meanings: [
      "float32, as PyTorch computes by default.",
      "float64, as PyTorch computes with float64 weights.",
      "float16: rounded after every operation, as a network that computes in float16.",
      "bfloat16: rounded after every operation, as a network that computes in bfloat16.",
    ],
    default: "f32",
    isOfRun: true,
    description:
      "The arithmetic of the run. Weights stored in 16 bits run in f32 when left out, weights in float64 in f64.",
    flag: "precision",
    help: [
      "f32 when left out, f64 with float64 weights;",
      "f16 and bf16 round after every operation",
    ],
    toolbar: {
      label: text("precision"),
      labels: dtypesOfPrecisions,
    },
  },
  resetAfter: {
    kind: "boolean",
    default: true,
    cells: cellsWith.resetAfter,
    description:
      "Of a GRU. true: the reset gate scales W_hn·h + b_hn (PyTorch, cuDNN, Keras' reset_after=True, ONNX' linear_before_reset=1). false: it scales h before the product (Keras' reset_after=False, ONNX' default).",
    flag: "reset-after",
    help: [
      "GRU: the reset gate acts after the product, as in PyTorch",
      "(true when left out), or before it",
    ],
    toolbar: {
      label: text("reset"),
      labels: { true: text("after the product"), false: text("before the product") },
    },
  },
  gateActivation: {
    kind: "gateActivation",
    values: gateActivationNames,
    default: "sigmoid",
    cells: cellsWith.gateActivation,
    description:
      "What squashes the gates of an LSTM or GRU. hard_sigmoid: max(0, min(1, 0.2·x + 0.5)), Keras 2 and ONNX. hard_sigmoid_keras3: x/6 + 0.5 within the same bounds. Any other line: its alpha and beta.",
    flag: "gate-activation",
    help: [
      "LSTM, GRU: sigmoid when left out; hard_sigmoid is",
      "0.2·x + 0.5 (Keras 2, ONNX), of Keras 3 x/6 + 0.5",
    ],
    toolbar: {
      label: text("gates"),
      labels: {
        hard_sigmoid: text("hard sigmoid, 0.2·x + 0.5"),
        hard_sigmoid_keras3: text("hard sigmoid, x/6 + 0.5"),
      },
    },
  },
  clip: {
    kind: "positive",
    description:
      "Pre-activations are limited to −clip…clip before the activations (ONNX clip). No limit when left out.",
    flag: "clip",
    takes: "C",
    help: ["limits pre-activations to −C…C"],
  },
  coupledInputForget: {
    kind: "switch",
    default: false,
    cells: cellsWith.coupledInputForget,
    description: "Of an LSTM. true: the forget gate is 1 − i (ONNX input_forget).",
    flag: "coupled-input-forget",
    help: ["LSTM: the forget gate is 1 − i"],
  },
  reverse: {
    kind: "switch",
    default: false,
    description:
      "Of a module of one direction. true: it goes from the last step to the first, as the second direction of a bidirectional module does; its output stays in the order of the input.",
    flag: "reverse",
    help: ["goes from the last step to the first"],
  },
  inputOf: {
    kind: "choice",
    values: ["module", "graph"],
    meanings: [
      "The input is what the module itself is given.",
      "The input is that of the whole model: ONNX Runtime computes what the module is given.",
    ],
    isOfRun: true,
    description:
      "Of an ONNX model. Left out: a folder of test data, and a tensor that is called as an input of the model, are inputs of the model.",
    flag: "input-of",
    help: [
      "ONNX: whether the input is the module's or the whole graph's;",
      "follows from its name when left out",
    ],
  },
  repeat: {
    kind: "count",
    isOfRun: true,
    description: "One-to-many: the input has one step, which is given at each of so many steps.",
    flag: "repeat",
    takes: "N",
    help: ["gives the one step of the input N times"],
  },
} as const satisfies Keys;

/** Layers around the module. */
export const surroundingKeys = {
  embedding: {
    kind: "layer",
    description:
      "The embedding's name in the weights file. Left out: the one that fits, used when the input is tokens. null: none.",
    examples: ["embedding"],
    flag: "embedding",
    help: ["layer that tokens are looked up in; what fits when left out"],
  },
  linear: {
    kind: "layer",
    description:
      "The linear layer's name in the weights file. Left out: the one that fits. null: none.",
    examples: ["fc"],
    flag: "linear",
    help: ["linear layer after the module; what fits when left out"],
  },
  head: {
    kind: "choice",
    values: [...heads, null],
    description:
      "What the linear layer is given. last: output[:, -1], the step T − 1. every: the output at every step. h_n: the last layer's final states, both directions joined. null: it does not run. Left out: it runs where the reference has the shape of its logits.",
    flag: "head",
    help: [
      "what it is given: output[:, -1], the output of every step,",
      "or the last layer's h_n, both directions joined",
    ],
  },
  vocabulary: {
    kind: "file",
    description:
      "A file that says which word each token is: JSON (word → number, number → word, a list, or a tokenizer.json), or text with a word a line.",
    examples: ["vocabulary.json", "vocab.txt"],
    flag: "vocabulary",
    takes: "FILE",
    help: ["which word each token is: .json, or .txt with a word a line"],
  },
  classes: {
    kind: "file",
    description:
      "A file that says which class each logit is, in the forms of a vocabulary, or a configuration with id2label. Left out: the vocabulary's words, where there are as many logits as tokens.",
    examples: ["classes.txt", "config.json"],
    flag: "classes",
    takes: "FILE",
    help: ["which class each logit is: .json (id2label too), or .txt"],
  },
} as const satisfies Keys;

/** When a value counts as close. */
export const toleranceKeys = {
  rtol: {
    kind: "tolerance",
    default: 1.3e-6,
    description: "Relative tolerance.",
    flag: "rtol",
    takes: "R",
    help: ["allowed |ours − reference| ≤ A + R·|reference|"],
  },
  atol: {
    kind: "tolerance",
    default: 1e-5,
    description: "Absolute tolerance.",
    flag: "atol",
    takes: "A",
    help: ["both are torch.testing.assert_close's when left out"],
  },
  each: {
    kind: "tolerances",
    values: Object.keys(referenceKeys),
    description:
      "Tolerances of single results by their names, as far as they have another one: rtol, atol or both.",
    flag: "tolerance",
    takes: "NAME=R:A,…",
    help: [
      "rtol and atol of a result: output, h_n, c_n, logits,",
      "embedded, states; c_n=:1e-3 is atol alone",
    ],
  },
  equalNan: {
    kind: "switch",
    default: false,
    description: "true: NaN equals NaN.",
    flag: "equal-nan",
    help: ["NaN equals NaN"],
  },
} as const satisfies Keys;

/** Objects of keys in a run file, in the order they are written. */
export const groups = {
  options: { keys: optionKeys, description: "What a state_dict does not say." },
  pipeline: {
    keys: surroundingKeys,
    description: "The layers around the module: an nn.Embedding before it, an nn.Linear after it.",
  },
  reference: {
    keys: referenceKeys,
    description: "The tensors that the results are compared with.",
  },
  compareWith: {
    keys: compareKeys,
    description: "Engines that compute the run as well, to be compared with.",
  },
  own: {
    keys: ownKeys,
    description:
      "What your own implementation gave, as a third beside the run and the reference: who stands alone is said.",
  },
  tolerance: {
    keys: toleranceKeys,
    description:
      "A value is close when |ours − reference| ≤ atol + rtol · |reference|, or within the rounding noise of its step, which is measured where something exceeds that. Defaults: those of torch.testing.assert_close for the reference's dtype.",
  },
} as const;

/** The names of some keys with their entries, typed as `Key` whatever each of them holds. */
export function entriesOf<Name extends string>(
  keys: Readonly<Record<Name, Key>>,
): readonly (readonly [Name, Key])[] {
  return Object.entries(keys) as unknown as readonly (readonly [Name, Key])[];
}

/** Paths of all keys whose values name tensors in files. */
export const tensorPaths: readonly (readonly string[])[] = [
  ...Object.keys(inputKeys).map((name) => [name]),
  ...Object.keys(referenceKeys).map((name) => ["reference", name]),
  ...Object.keys(ownKeys).map((name) => ["own", name]),
];
