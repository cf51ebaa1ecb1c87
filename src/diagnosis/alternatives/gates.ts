/**
 * Gate blocks taken in another order than PyTorch's.
 */
import type { CellKind } from "../../model/config";
import { gateOrder } from "../../model/gates";
import { text, type Text } from "../../core/text";
import type { Alternative } from "./alternative";
import { all, hasBias, isCell } from "./conditions";
import { eachLayer, takeBlocks, takeBlocksOrNull } from "./edits";

/** Frameworks that stack gates in an order, by the letters of torch.nn. */
const frameworks: Readonly<Record<string, string>> = {
  iofg: "ONNX",
  igfo: "TensorFlow 1, Haiku",
  ifog: "Core ML",
  zrn: "Keras, TensorFlow 2, ONNX",
  rnz: "Core ML",
};

/** Where each of PyTorch's gates lies among blocks that are read by `letters`. */
export function blockOrder(cell: CellKind, letters: string): number[] {
  return gateOrder[cell].map((gate) => letters.indexOf(gate));
}

function titleOf(letters: string): Text {
  const order = letters.replace(/\B/g, " ");
  const framework = frameworks[letters];
  return framework === undefined
    ? text("the gates are taken in the order {0}", order)
    : text("the gates are taken in the order {0} ({1})", order, framework);
}

function permutations(letters: readonly string[]): string[] {
  if (letters.length < 2) return [letters.join("")];
  return letters.flatMap((first) =>
    permutations(letters.filter((letter) => letter !== first)).map((rest) => first + rest),
  );
}

function orderOf(cell: CellKind, letters: string): Alternative {
  const order = blockOrder(cell, letters);
  return {
    id: `gates/${letters}`,
    title: titleOf(letters),
    applies: isCell(cell),
    edit: (model) =>
      eachLayer(model, (weights) => ({
        ...weights,
        weightIh: takeBlocks(weights.weightIh, order),
        weightHh: takeBlocks(weights.weightHh, order),
        biasIh: takeBlocksOrNull(weights.biasIh, order),
        biasHh: takeBlocksOrNull(weights.biasHh, order),
      })),
  };
}

function biasOrder(cell: CellKind, letters: string): Alternative {
  const order = blockOrder(cell, letters);
  return {
    id: `bias/order-${letters}`,
    title: text("the biases alone are taken in the gate order {0}", letters.replace(/\B/g, " ")),
    applies: all(isCell(cell), hasBias),
    edit: (model) =>
      eachLayer(model, (weights) => ({
        ...weights,
        biasIh: takeBlocksOrNull(weights.biasIh, order),
        biasHh: takeBlocksOrNull(weights.biasHh, order),
      })),
  };
}

const orders = (["LSTM", "GRU"] as const).flatMap((cell) =>
  permutations(gateOrder[cell])
    .filter((letters) => letters !== gateOrder[cell].join(""))
    .map((letters) => orderOf(cell, letters)),
);

export const gateAlternatives: readonly Alternative[] = [
  ...orders,
  biasOrder("LSTM", "iofg"),
  biasOrder("GRU", "zrn"),
];
