/**
 * How many gate blocks each cell stacks along the rows of its weights, and in which order.
 *
 * Canonical order is PyTorch's (torch.nn.LSTM and torch.nn.GRU documentation, "Variables"). Readers of other
 * frameworks permute into it here and nowhere else.
 */
import type { CellKind } from "./config";

/** Names of the row blocks of `weight_ih`, `weight_hh` and both biases, top to bottom; an RNN has one, unnamed. */
export const gateOrder: Readonly<Record<CellKind, readonly string[]>> = {
  RNN: [""],
  LSTM: ["i", "f", "g", "o"],
  GRU: ["r", "z", "n"],
};

/** Number of gate blocks G: the weights have G·H rows. */
export function gateCount(cell: CellKind): number {
  return gateOrder[cell].length;
}
