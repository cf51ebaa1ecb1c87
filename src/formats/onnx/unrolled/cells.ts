/**
 * The cells that an unrolled layer may be, as equations on numbers: what the graph's own states are compared with.
 *
 * Source: torch.nn.RNN, GRU and LSTM, "the following function"; h_0 and c_0 are zeros where they are not given.
 */
import { product, sigmoid, type Values } from "./operators";

/** A cell, and where its gates lie in the file's matrices. */
export interface CellGuess {
  readonly cell: "RNN" | "GRU" | "LSTM";
  readonly activation: "Tanh" | "Relu";
  /** Letters of PyTorch's gates in the order of the file; one empty letter without gates. */
  readonly gates: readonly string[];
}

/** What a layer is computed from: x·W_ih + b_ih of each step (B, G·H), W_hh and b_hh. */
export interface CellInputs {
  readonly projected: readonly Float64Array[];
  readonly weight: Values;
  readonly isTurned: boolean;
  /** (G·H) */
  readonly bias: Float64Array;
  readonly batch: number;
  readonly hidden: number;
  /** (B, H) */
  readonly h0: Float64Array | null;
  readonly c0: Float64Array | null;
}

/** The guesses for a number of gates; PyTorch's order is the first. */
export function guessesFor(gateCount: number): readonly CellGuess[] {
  switch (gateCount) {
    case 1:
      return (["Tanh", "Relu"] as const).map((activation) => ({
        cell: "RNN",
        activation,
        gates: [""],
      }));
    case 3:
      return permutations(["r", "z", "n"]).map((gates) => ({
        cell: "GRU",
        activation: "Tanh",
        gates,
      }));
    case 4:
      return permutations(["i", "f", "g", "o"]).map((gates) => ({
        cell: "LSTM",
        activation: "Tanh",
        gates,
      }));
    default:
      return [];
  }
}

function permutations(letters: readonly string[]): readonly (readonly string[])[] {
  if (letters.length <= 1) return [letters];
  return letters.flatMap((letter) =>
    permutations(letters.filter((each) => each !== letter)).map((rest) => [letter, ...rest]),
  );
}

/** The states h_1 … h_steps (B, H) of a cell. */
export function statesOf(guess: CellGuess, inputs: CellInputs, steps: number): Float64Array[] {
  const { batch, hidden, projected, weight, isTurned } = inputs;
  const states: Float64Array[] = [];
  let h: Float64Array = inputs.h0 ?? new Float64Array(batch * hidden);
  let c: Float64Array = inputs.c0 ?? new Float64Array(batch * hidden);
  for (const projection of projected.slice(0, steps)) {
    const recurrent = product({ shape: [batch, hidden], data: h }, weight, isTurned);
    if (recurrent === null) return [];
    const step = { ...inputs, projection, recurrent: recurrent.data, h, c };
    ({ h, c } = nextStates(guess, step));
    states.push(h);
  }
  return states;
}

interface Step extends CellInputs {
  readonly projection: Float64Array;
  readonly recurrent: Float64Array;
  readonly h: Float64Array;
  readonly c: Float64Array;
}

function nextStates(
  { cell, activation, gates }: CellGuess,
  { batch, hidden, bias, projection, recurrent, ...before }: Step,
): { readonly h: Float64Array; readonly c: Float64Array } {
  const [h, c] = [new Float64Array(batch * hidden), before.c.slice()];
  const width = gates.length * hidden;
  for (let row = 0; row < batch; row += 1) {
    for (let unit = 0; unit < hidden; unit += 1) {
      const place = (gate: string): number => gates.indexOf(gate) * hidden + unit;
      const input = (gate: string): number => projection[row * width + place(gate)] ?? NaN;
      const state = (gate: string): number =>
        (recurrent[row * width + place(gate)] ?? NaN) + (bias[place(gate)] ?? NaN);
      const sum = (gate: string): number => input(gate) + state(gate);
      const at = row * hidden + unit;
      const previous = before.h[at] ?? NaN;
      if (cell === "RNN") {
        h[at] = activation === "Tanh" ? Math.tanh(sum("")) : Math.max(0, sum(""));
      } else if (cell === "GRU") {
        const n = Math.tanh(input("n") + sigmoid(sum("r")) * state("n"));
        const z = sigmoid(sum("z"));
        h[at] = (1 - z) * n + z * previous;
      } else {
        c[at] = sigmoid(sum("f")) * (before.c[at] ?? NaN) + sigmoid(sum("i")) * Math.tanh(sum("g"));
        h[at] = sigmoid(sum("o")) * Math.tanh(c[at] ?? NaN);
      }
    }
  }
  return { h, c };
}
