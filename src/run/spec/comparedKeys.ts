/**
 * The keys of what a run is compared with: a reference, engines that compute it as well, and the user's own output.
 */
import { engineIds } from "./engineIds";
import type { Keys } from "./key";

/** The references of the results. They share the flag `--reference name=FILE#tensor`. */
export const referenceKeys = {
  output: {
    kind: "tensor",
    description: "What the module returned first.",
    examples: ["expected.npz#output"],
  },
  h_n: {
    kind: "tensor",
    description: "The final states [L·D, B, H].",
    examples: ["expected.npz#h_n"],
  },
  c_n: {
    kind: "tensor",
    description: "The final cell states of an LSTM.",
    examples: ["expected.npz#c_n"],
  },
  embedded: {
    kind: "tensor",
    description: "What the embedding made of the tokens: [T, B, I], or [B, T, I] with batchFirst.",
    examples: ["expected.npz#embedded"],
  },
  logits: {
    kind: "tensor",
    description:
      "What the linear layer returned: [B, out], or the output's axes with out features for the head every.",
    examples: ["expected.npz#logits"],
  },
  states: {
    kind: "archive",
    description:
      "States and gates inside the layers, in one file: any of layer{l}.{forward|reverse}.{h|c|i|f|g|o|r|z|n}, each [T, B, ·] whatever batchFirst says, as unroll run --trace --out writes h and c.",
    examples: ["states.npz"],
  },
} as const satisfies Keys;

/** What the user's own implementation gave. They share the flag `--own name=FILE#tensor`. */
export const ownKeys = {
  output: {
    kind: "tensor",
    description: "What your own implementation returned first.",
    examples: ["mine.npz#output"],
  },
  h_n: {
    kind: "tensor",
    description: "Its final states [L·D, B, H].",
    examples: ["mine.npz#h_n"],
  },
  c_n: {
    kind: "tensor",
    description: "Its final cell states, of an LSTM.",
    examples: ["mine.npz#c_n"],
  },
  embedded: {
    kind: "tensor",
    description: "What your own embedding made of the tokens.",
    examples: ["mine.npz#embedded"],
  },
  logits: {
    kind: "tensor",
    description: "What your own linear layer returned.",
    examples: ["mine.npz#logits"],
  },
  states: {
    kind: "archive",
    description:
      "States and gates inside your own layers, in one file and by the names of the reference's states.",
    examples: ["mine.npz"],
  },
} as const satisfies Keys;

/** Engines that compute the run as well, and how. Their names share the flag `--reference`. */
export const compareKeys = {
  engines: {
    kind: "engines",
    values: engineIds,
    description:
      "Engines that compute the same run, as references with every state. onnxruntime is embedded; pytorch and keras run in your own Python. An empty list: none, whatever the settings say.",
  },
  device: {
    kind: "choice",
    values: ["cpu", "gpu"],
    default: "cpu",
    description: "Where PyTorch and Keras compute.",
    flag: "device",
    help: ["where PyTorch and Keras compute; cpu when left out"],
  },
  tf32: {
    kind: "switch",
    default: false,
    description: "true: a GPU may round the factors of float32 products to 10 bits (TF32).",
    flag: "tf32",
    help: ["lets a GPU round factors to TF32"],
  },
} as const satisfies Keys;
