/**
 * Cells that people write by hand: a tensor for each gate, or one layer for the input and one for the state; and cells
 * of MXNet Gluon and PyTorch.
 *
 * The names tell what a tensor is for, but neither the order of gates within it nor where a GRU resets: what is assumed
 * is said.
 */
import { text, type Text } from "../../core/text";
import type { CellKind } from "../config";
import { gateOrder } from "../gates";
import { partOf, partsOf, type Axes, type LayoutPart, type WeightLayout } from "./layout";

const cells = ["LSTM", "GRU", "RNN"] as const;

/** Letters that people give the gates. */
const letters: Readonly<Record<"LSTM" | "GRU", Readonly<Record<string, readonly string[]>>>> = {
  LSTM: { i: ["i"], f: ["f"], g: ["g", "c", "j"], o: ["o"] },
  GRU: { r: ["r"], z: ["z", "u"], n: ["n", "h", "c", "g"] },
};

/** Names of the weights of input and state; `{}` stands for the gate. */
interface Convention {
  readonly id: string;
  readonly input: string;
  readonly state: string;
}

const perGate: readonly Convention[] = [
  ...["W_x{} W_h{}", "W_i{} W_h{}", "W_{}x W_{}h", "W_{} U_{}", "Wx{} Wh{}", "Wi{} Wh{}"],
  ...["W{}x W{}h", "W{} U{}", "w_x{} w_h{}", "w_i{} w_h{}", "x{} h{}", "i{} h{}", "x2{} h2{}"],
  ...["weight_x{} weight_h{}", "weight_i{} weight_h{}", "W_{}_x W_{}_h", "W_{}i W_{}h"],
].map((pair) => {
  const [input = "", state = ""] = pair.split(" ");
  return { id: `${input}-${state}`, input, state };
});

const bareBiases = (stem: string): readonly string[] => [
  `b_${stem}{}`,
  `b${stem}{}`,
  `bias_${stem}{}`,
];

/** nn.Linear has `weight` (H, I); a bare tensor is multiplied as x·W in most code, where its shape does not tell. */
function perGateLayouts({ id, input, state }: Convention): readonly WeightLayout[] {
  const styles: readonly {
    readonly style: string;
    readonly ending: string;
    readonly axes: readonly Axes[];
    readonly biases: readonly [readonly string[], readonly string[]];
  }[] = [
    {
      style: "linear",
      ending: ".weight",
      axes: ["rows"],
      biases: [[`${input}.bias`], [`${state}.bias`]],
    },
    {
      style: "bare",
      ending: "",
      axes: ["columns", "rows"],
      biases: [[...bareBiases(""), ...bareBiases("x"), ...bareBiases("i")], bareBiases("h")],
    },
  ];
  return styles.flatMap(({ style, ending, axes, biases: [ofInput, ofState] }) =>
    (["LSTM", "GRU"] as const).map((cell): WeightLayout => {
      const shown = (name: string): string => name.replaceAll("{}", gateOrder[cell][0] ?? "");
      return {
        id: `per-gate-${id}-${style}-${cell.toLowerCase()}`,
        title: `a tensor for each gate: ${shown(input + ending)}, ${shown(state + ending)}, …`,
        framework: "PyTorch",
        cell,
        axes,
        isJoined: style === "bare",
        parts: [
          ...partsOf("input", [input + ending], letters[cell]),
          ...partsOf("state", [state + ending], letters[cell]),
          ...partsOf("inputBias", ofInput, letters[cell]),
          ...partsOf("stateBias", ofState, letters[cell]),
        ],
        assumes: resetAssumption(cell),
      };
    }),
  );
}

function resetAssumption(cell: CellKind): readonly Text[] {
  return cell === "GRU"
    ? [text("the reset gate is assumed to scale W_hn·h + b_hn, as in PyTorch (reset_after = True)")]
    : [];
}

/** Two layers or tensors with all gates of the input and of the state. */
interface Pair {
  readonly input: string;
  readonly state: string;
  readonly ending: string;
  readonly axes: readonly Axes[];
  readonly biases: readonly [readonly string[], readonly string[]];
}

function linearPair(input: string, state: string): Pair {
  return {
    input,
    state,
    ending: ".weight",
    axes: ["rows"],
    biases: [[`${input}.bias`], [`${state}.bias`]],
  };
}

const pairs: readonly Pair[] = [
  ...["i2h h2h", "x2h h2h", "ih hh", "W_ih W_hh", "input2hidden hidden2hidden", "x_map h_map"]
    .map((names) => names.split(" "))
    .map(([input = "", state = ""]) => linearPair(input, state)),
  ...["W U", "W_ih W_hh", "W_x W_h", "w_ih w_hh", "kernel_i kernel_h", "W_xh W_hh", "Wxh Whh"]
    .map((names) => names.split(" "))
    .map(([input = "", state = ""]): Pair => ({
      input,
      state,
      ending: "",
      axes: ["columns", "rows"],
      biases: [
        ["bias", "b", "b_ih", "bias_ih", "b_h", "bh"],
        ["b_hh", "bias_hh"],
      ],
    })),
];

/** Matrices beside which square W and U are factors of one matrix, or of attention. */
const factors = "A B C D E K P Q S V X Y Z v s".split(" ");

/** Orders of gates that people write beside PyTorch's. */
const otherOrders: Readonly<Record<CellKind, readonly (readonly string[])[]>> = {
  LSTM: [["i", "f", "o", "g"]],
  GRU: [["z", "r", "n"]],
  RNN: [],
};

function pairLayouts(pair: Pair): readonly WeightLayout[] {
  return cells.flatMap((cell) =>
    [gateOrder[cell], ...otherOrders[cell]].map((gates, index) =>
      pairLayout(pair, cell, { gates, isAlternative: index > 0 }),
    ),
  );
}

function pairLayout(
  { input, state, ending, axes, biases: [ofInput, ofState] }: Pair,
  cell: CellKind,
  { gates, isAlternative }: { readonly gates: readonly string[]; readonly isAlternative: boolean },
): WeightLayout {
  const parts: readonly LayoutPart[] = [
    partOf(cell, "input", [input + ending], gates),
    partOf(cell, "state", [state + ending], gates),
    partOf(cell, "inputBias", ofInput, gates),
    partOf(cell, "stateBias", ofState, gates),
  ];
  const order = text(
    "the gates are assumed to be in the order {0}, which names do not tell",
    gates.join(" "),
  );
  return {
    id: `pair-${input}-${state}${ending}-${cell.toLowerCase()}${isAlternative ? `-${gates.join("")}` : ""}`,
    title: `all gates in one: ${input + ending}, ${state + ending}`,
    framework: "PyTorch",
    cell,
    axes,
    parts,
    isAlternative,
    ...(input === "W" && cell === "RNN" ? { isCommon: true, noneBeside: factors } : {}),
    assumes: cell === "RNN" ? [] : [order, ...resetAssumption(cell)],
  };
}

/** Gluon's layers have their names in one word, `lstm0_l0_i2h_weight`, with r0 for the other direction. */
const gluonLayouts: readonly WeightLayout[] = cells.map((cell) => ({
  id: `gluon-${cell.toLowerCase()}`,
  title: `MXNet Gluon ${cell}`,
  framework: "MXNet",
  cell,
  axes: ["rows"],
  isJoined: true,
  parts: [
    partOf(cell, "input", ["i2h_weight"]),
    partOf(cell, "state", ["h2h_weight"]),
    partOf(cell, "inputBias", ["i2h_bias"]),
    partOf(cell, "stateBias", ["h2h_bias"]),
  ],
}));

/** nn.LSTMCell, GRUCell and RNNCell, and those of PaddlePaddle, which are the same. */
const ownCells: readonly WeightLayout[] = cells.map((cell) => ({
  id: `cell-${cell.toLowerCase()}`,
  title: `PyTorch nn.${cell}Cell`,
  framework: "PyTorch",
  cell,
  axes: ["rows"],
  isOwnCell: true,
  parts: [
    partOf(cell, "input", ["weight_ih"]),
    partOf(cell, "state", ["weight_hh"]),
    partOf(cell, "inputBias", ["bias_ih"]),
    partOf(cell, "stateBias", ["bias_hh"]),
  ],
}));

export const handWrittenLayouts: readonly WeightLayout[] = [
  ...perGate.flatMap(perGateLayouts),
  ...pairs.flatMap(pairLayouts),
  ...gluonLayouts,
  ...ownCells,
];
