/**
 * Rows of a lane whose cell is as PyTorch has it: all of their steps by the kernel.
 */
import type { RecurrentConfig } from "../../model/config";
import { gateCount } from "../../model/gates";
import { relu, sigmoid, type Activation } from "./activations";
import { exact } from "./cells";
import {
  operandBytes,
  productKernel,
  type ProductKernel,
} from "../../engine/products/kernelProducts";
import type { LaneRun, LaneStates } from "./laneStates";
import type { Switches } from "./switches";

/** Runs a row of a lane from the states that it begins in. */
export type RowKernel = (states: LaneStates, row: number) => void;

/** null where the cell is another one, is rounded, or has too few units for the kernel, or too many. */
export function rowKernel(run: LaneRun): RowKernel | null {
  const { model, weights, switches, round, roundState } = run;
  const isExact = round === exact && roundState === exact && switches.operands === null;
  const isPlain = weights.weightHr === null && weights.peephole === null && switches.clip === null;
  const cell = cellOf(model.config, switches);
  if (!isExact || !isPlain || cell === null || switches.carrying === "notCarried") return null;
  const kernel = productKernel(weights.weightHh, model.config.hiddenSize);
  const { most } = placesOf(model.config, 0);
  if (kernel === null || most < 1 || !kernel.hold(weights.weightHh)) return null;
  return (states, row) => {
    runRow({ run, cell, kernel }, states, row);
  };
}

/** The cell as the kernel knows it; null for one with another equation or activation. */
function cellOf({ cell }: RecurrentConfig, switches: Switches): number | null {
  const { tanh, candidate, cellTanh, gate } = switches;
  switch (cell) {
    case "RNN":
      return tanh === Math.tanh ? 0 : tanh === relu ? 1 : null;
    case "LSTM":
      return switches.lstm === "right" && areOwn(gate, [candidate, cellTanh]) ? 2 : null;
    case "GRU":
      return switches.gru === "right" && areOwn(gate, [tanh]) ? 3 : null;
  }
}

/** True for σ and tanh where they belong. */
function areOwn(gate: Activation, others: readonly Activation[]): boolean {
  return gate === sigmoid && others.every((other) => other === Math.tanh);
}

/** Where the kernel has what, by the number of values before it, for so many steps; and the most steps at a time. */
interface Places {
  readonly h: number;
  readonly c: number;
  readonly inputs: number;
  readonly shown: number;
  readonly cells: number;
  readonly most: number;
}

function placesOf({ cell, hiddenSize }: RecurrentConfig, steps: number): Places {
  const gates = gateCount(cell) * hiddenSize;
  const h = 2 * gates + 2;
  const c = h + hiddenSize + 2;
  const inputs = c + hiddenSize + 2;
  const shown = inputs + steps * gates + 2;
  const cells = shown + steps * hiddenSize + 2;
  const rest = operandBytes / 8 - inputs - 6;
  return { h, c, inputs, shown, cells, most: Math.floor(rest / (gates + 2 * hiddenSize)) };
}

interface Running {
  readonly run: LaneRun;
  readonly cell: number;
  readonly kernel: ProductKernel;
}

function runRow({ run, cell, kernel }: Running, states: LaneStates, row: number): void {
  const { model, weights } = run;
  const { config, batchSize } = model;
  const units = config.hiddenSize;
  const cells = states.c0.length / batchSize;
  const gates = gateCount(config.cell) * units;
  const { steps, readsAt, readRow } = states.orders[row]!;
  const h = states.hn.subarray(row * units, (row + 1) * units);
  const c = states.cn.subarray(row * cells, (row + 1) * cells);
  h.set(states.h0.subarray(row * units, (row + 1) * units));
  c.set(states.c0.subarray(row * cells, (row + 1) * cells));
  const { most } = placesOf(config, 0);
  for (let first = 0; first < steps; first += most) {
    const count = Math.min(most, steps - first);
    const at = placesOf(config, count);
    const fill = (values: Float64Array): void => {
      if (weights.biasHh === null) values.fill(0, 0, gates);
      else values.set(weights.biasHh);
      values.set(h, at.h);
      values.set(c, at.c);
      for (let s = 0; s < count; s++) {
        const from = (readsAt(first + s) * batchSize + readRow) * gates;
        values.set(states.inputSums.subarray(from, from + gates), at.inputs + s * gates);
      }
    };
    const to = row * states.steps + first;
    const take = (values: Float64Array): void => {
      states.h.set(values.subarray(at.shown, at.shown + count * units), to * units);
      states.c.set(values.subarray(at.cells, at.cells + count * cells), to * cells);
      h.set(values.subarray(at.h, at.h + units));
      c.set(values.subarray(at.c, at.c + cells));
    };
    kernel.steps({ matrix: weights.weightHh, cell, units, count }, fill, take);
  }
}
