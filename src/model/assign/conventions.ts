/**
 * The layouts that a map may name: order of gates, how matrices lie, what the cell adds.
 */
import type { CellKind } from "../config";
import { gateOrder, peepholeOrder, storedGates, storedPeepholes } from "../gates";
import type { WeightLayout } from "../layouts/layout";
import { layouts } from "../layouts/registry";
import type { LayoutSpec, ModuleMap } from "./map";

/** A layout with nothing left out. */
export interface Conventions {
  /** PyTorch's letters in the order of the file; one empty letter of an RNN. */
  readonly gates: readonly string[];
  readonly transposed: boolean;
  /** 0 where nothing is added. */
  readonly forgetBias: number;
  readonly resetAfter: boolean;
  readonly updateTurned: boolean;
  readonly peepholes: readonly string[];
}

/** A layout that has a name. */
export interface NamedLayout {
  readonly id: string;
  /** For people; names of frameworks are the same in every language. */
  readonly title: string;
  readonly spec: LayoutSpec;
}

/** Other letters that people give PyTorch's gates. */
const aliases: Readonly<Record<CellKind, Readonly<Record<string, string>>>> = {
  RNN: {},
  LSTM: { c: "g", j: "g" },
  GRU: { u: "z", h: "n", c: "n", g: "n" },
};

const columns = { transposed: true } as const;
const order = (framework: Parameters<typeof storedGates>[0], kind: CellKind): string =>
  storedGates(framework, kind).join("");

/** The layouts that are offered, each with conventions of its own. */
const offered: Readonly<Record<CellKind, readonly NamedLayout[]>> = {
  RNN: [
    { id: "pytorch", title: "PyTorch, MXNet, ONNX: W·x", spec: {} },
    { id: "keras", title: "Keras, TensorFlow 1, Flax, Haiku: x·W", spec: columns },
  ],
  LSTM: [
    { id: "pytorch", title: "PyTorch, MLX, MXNet: i f g o, W·x", spec: {} },
    {
      id: "keras",
      title: "Keras, Flax: i f g o, x·W",
      spec: { ...columns, gates: order("Keras", "LSTM") },
    },
    {
      id: "tensorflow1",
      title: "TensorFlow 1, Haiku: i g f o, x·W, 1 added to f",
      spec: { ...columns, gates: order("TensorFlow 1", "LSTM"), forgetBias: 1 },
    },
    { id: "onnx", title: "ONNX: i o f g, W·x", spec: onnxSpec() },
    { id: "coreml", title: "Core ML: i f o g, W·x", spec: { gates: order("Core ML", "LSTM") } },
  ],
  GRU: [
    { id: "pytorch", title: "PyTorch, MLX, MXNet: r z n, W·x", spec: {} },
    {
      id: "keras",
      title: "Keras reset_after=True: z r n, x·W",
      spec: { ...columns, gates: order("Keras", "GRU") },
    },
    {
      id: "keras-reset-before",
      title: "Keras reset_after=False: z r n, x·W",
      spec: { ...columns, gates: order("Keras", "GRU"), resetAfter: false },
    },
    {
      id: "tensorflow1",
      title: "TensorFlow 1: r z n, x·W, reset before the product",
      spec: { ...columns, gates: "rzn", resetAfter: false },
    },
    {
      id: "haiku",
      title: "Haiku: z r n, x·W, update gate 1 − z, reset before the product",
      spec: { ...columns, gates: "zrn", resetAfter: false, updateTurned: true },
    },
    {
      id: "onnx",
      title: "ONNX: z r n, W·x, reset before the product",
      spec: { gates: order("ONNX", "GRU"), resetAfter: false },
    },
    {
      id: "onnx-linear-before-reset",
      title: "ONNX linear_before_reset=1: z r n, W·x",
      spec: { gates: order("ONNX", "GRU") },
    },
  ],
};

function onnxSpec(): LayoutSpec {
  return { gates: order("ONNX", "LSTM"), peepholes: storedPeepholes.join("") };
}

/** The layouts that a map of this kind is offered, PyTorch's first. */
export function layoutsFor(kind: CellKind): readonly NamedLayout[] {
  return offered[kind];
}

/** Every name that `layout` may have: those offered, and those of the registry of recognised layouts. */
export function layoutNames(kind: CellKind): readonly string[] {
  const registered = layouts.filter((layout) => layout.cell === kind).map(({ id }) => id);
  return [...offered[kind].map(({ id }) => id), ...registered];
}

/** What the layout of a map says, by name or one by one; null for a name that there is not. */
export function layoutSpec({
  kind,
  layout = {},
}: Pick<ModuleMap, "kind" | "layout">): LayoutSpec | null {
  if (typeof layout !== "string") return layout;
  const named = offered[kind].find(({ id }) => id === layout);
  if (named !== undefined) return named.spec;
  const registered = layouts.find(({ id, cell }) => id === layout && cell === kind);
  return registered === undefined ? null : registeredSpec(registered);
}

function registeredSpec({ cell, parts, axes, ...layout }: WeightLayout): LayoutSpec {
  const whole = parts.find(
    ({ holds, gates }) =>
      /^(?:input|joint)$/.test(holds) && gates.length === gateOrder[cell].length,
  );
  return {
    gates: (whole?.gates ?? gateOrder[cell]).join(""),
    transposed: axes[0] === "columns",
    ...(layout.forgetBias === undefined ? {} : { forgetBias: layout.forgetBias }),
    ...(layout.variant?.resetAfter === undefined ? {} : { resetAfter: layout.variant.resetAfter }),
    ...(layout.isUpdateTurned === undefined ? {} : { updateTurned: layout.isUpdateTurned }),
  };
}

/** The conventions of a map; those of PyTorch where it says nothing, or names a layout that there is not. */
export function conventionsOf(map: Pick<ModuleMap, "kind" | "layout">): Conventions {
  const { kind } = map;
  const spec = layoutSpec(map) ?? {};
  return {
    gates: gatesIn(kind, spec.gates) ?? gateOrder[kind],
    transposed: spec.transposed ?? false,
    forgetBias: kind === "LSTM" ? (spec.forgetBias ?? 0) : 0,
    resetAfter: spec.resetAfter ?? true,
    updateTurned: kind === "GRU" && spec.updateTurned === true,
    peepholes: peepholesIn(spec.peepholes) ?? peepholeOrder,
  };
}

/** Gates as a map writes them: `ifgo`, `z r h`. null where they are not letters of this kind, each once. */
export function lettersIn(kind: CellKind, written: string): readonly string[] | null {
  const letters = Array.from(written.slice(0, longestGates).replace(/[\s,]/g, "")).map(
    (letter) => aliases[kind][letter] ?? letter,
  );
  const isRight =
    letters.length > 0 &&
    new Set(letters).size === letters.length &&
    letters.every((letter) => gateOrder[kind].includes(letter));
  return isRight ? letters : null;
}

/** Longer texts are no gates. */
const longestGates = 32;

/** The same, all of them; null also where nothing is written. */
export function gatesIn(kind: CellKind, written: string | undefined): readonly string[] | null {
  const letters = written === undefined ? null : lettersIn(kind, written);
  return letters?.length === gateOrder[kind].length ? letters : null;
}

/** Peepholes in their order. */
export function peepholesIn(written: string | undefined): readonly string[] | null {
  const letters = written === undefined ? null : lettersIn("LSTM", written);
  const isRight = letters?.length === peepholeOrder.length && !letters.includes("g");
  return isRight ? letters : null;
}
