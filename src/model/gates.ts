/**
 * The number of gate blocks in the weights of each cell, and their order in each framework.
 *
 * The only table of it. Canonical order is PyTorch's; readers of other frameworks look up here where each block lies.
 */
import type { CellKind } from "./config";

/** Names of the row blocks of `weight_ih`, `weight_hh` and both biases, top to bottom; an RNN has one, unnamed. */
export const gateOrder: Readonly<Record<CellKind, readonly string[]>> = {
  RNN: [""],
  LSTM: ["i", "f", "g", "o"],
  GRU: ["r", "z", "n"],
};

/** One framework's blocks, top to bottom. */
export interface GateStack {
  readonly framework: "PyTorch" | "Keras" | "TensorFlow 1" | "Haiku" | "ONNX" | "Core ML";
  /** The framework's own letters. */
  readonly letters: readonly string[];
  /** The same gates by PyTorch's letters. */
  readonly gates: readonly string[];
}

/**
 * Every framework's stacking, letter by letter; what PyTorch calls otherwise is named after a colon.
 *
 * Sources: torch.nn.LSTM and GRU, "Variables"; keras LSTMCell.call and GRUCell.call (columns of kernel, recurrent_kernel
 * and bias); TensorFlow 1 BasicLSTMCell; Haiku LSTM; ONNX operators LSTM (W[iofc]) and GRU (W[zrh]), whose Bb = [Wb, Rb]
 * has the same order; Core ML's MIL ops lstm and gru.
 */
export const gateStacks: Readonly<Record<CellKind, readonly GateStack[]>> = {
  RNN: [],
  LSTM: [
    stack("PyTorch", "i f g o"),
    stack("Keras", "i f c:g o"),
    stack("TensorFlow 1", "i j:g f o"),
    stack("Haiku", "i g f o"),
    stack("ONNX", "i o f c:g"),
    stack("Core ML", "i f o z:g"),
  ],
  GRU: [
    stack("PyTorch", "r z n"),
    stack("Keras", "z r h:n"),
    stack("ONNX", "z r h:n"),
    stack("Core ML", "r o:z z:n"),
  ],
};

/** Peepholes of an LSTM in the order of `peephole`'s blocks. */
export const peepholeOrder: readonly string[] = ["i", "f", "o"];
/** P[iof] of ONNX' operator LSTM. */
export const storedPeepholes: readonly string[] = ["i", "o", "f"];

function stack(framework: GateStack["framework"], written: string): GateStack {
  const pairs = written.split(" ").map((gate) => gate.split(":"));
  return {
    framework,
    letters: pairs.map(([letter = ""]) => letter),
    gates: pairs.map(([letter = "", gate = letter]) => gate),
  };
}

/** Number of gate blocks G: the weights have G·H rows. */
export function gateCount(cell: CellKind): number {
  return gateOrder[cell].length;
}

/** Index of the block of another framework that each of PyTorch's blocks is, top to bottom. */
export function gateSources(framework: GateStack["framework"], cell: CellKind): readonly number[] {
  const gates = gateStacks[cell].find((each) => each.framework === framework)?.gates;
  return gateOrder[cell].map((name, block) => gates?.indexOf(name) ?? block);
}

/** A framework's blocks by PyTorch's letters, in the order in which it stacks them. */
export function storedGates(framework: GateStack["framework"], cell: CellKind): readonly string[] {
  const found = gateStacks[cell].find((each) => each.framework === framework);
  return found?.gates ?? gateOrder[cell];
}

/** As `gateSources`, of the peepholes of an ONNX LSTM. */
export function peepholeSources(): readonly number[] {
  return peepholeOrder.map((name) => storedPeepholes.indexOf(name));
}

/** Gates as ONNX stacks and names them, and as PyTorch does: `i o f c → i f g o`. null for an RNN, which has one. */
export function onnxGateNames(cell: CellKind): string | null {
  const onnx = gateStacks[cell].find(({ framework }) => framework === "ONNX");
  return onnx === undefined ? null : `${onnx.letters.join(" ")} → ${gateOrder[cell].join(" ")}`;
}
