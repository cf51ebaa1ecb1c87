/**
 * The role of an entry in its module: the letters of its axes, and the names of its gate blocks.
 *
 * Sources: torch.nn.RNN, LSTM, GRU, "Variables"; ONNX operators RNN, GRU, LSTM, inputs W, R, B, P; keras LSTMCell.build
 * and GRUCell.build.
 */
import type { ObservationHints } from "../../statistics/observed";
import type { DeclaredModule, KerasRecurrent, OnnxRecurrent } from "../../formats/base/declared";
import { gateLayouts, type GatedRole, type GateLayoutView } from "../../model/gateLayouts";
import { gateCount } from "../../model/gates";
import type { Parameter } from "../../model/parameters";
import { isTransposed, type Shape, type TensorEntry } from "../../tensor/tensor";
import { parameterOf, type ArchiveModule } from "./modules";

export interface EntryRole {
  /** One letter or product an axis, e.g. `4·H`; empty where they are not known. */
  readonly axes: readonly string[];
  /** The first is the one that the entry is read with; empty without gate blocks. */
  readonly layouts: readonly GateLayoutView[];
  /** True for a recurrent weight whose blocks, or which as a whole, are square. */
  readonly hasSpectrum: boolean;
  readonly hints: ObservationHints;
}

/** The role of an entry that belongs to no module. */
export const noRole: EntryRole = {
  axes: [],
  layouts: [],
  hasSpectrum: false,
  hints: { expectedShape: null, hiddenSize: null, blocks: [] },
};

/** The role of an entry of a module in PyTorch's names. */
export function roleIn(module: ArchiveModule, entry: TensorEntry): EntryRole {
  const { config } = module.module;
  const parameter = parameterOf(module, entry);
  if (parameter === undefined) return noRole;
  const { role, shape: expectedShape } = parameter;
  const { shape } = entry;
  const isTurned = isTransposed(shape, expectedShape);
  const axis = isTurned ? 1 : 0;
  const layouts = isGated(role)
    ? gateLayouts(config.cell, role, { axis, size: shape[axis] ?? 0 })
    : [];
  const blocks = isTurned ? [] : (layouts[0]?.blocks ?? []);
  return {
    axes: axesOf(parameter, shape),
    layouts,
    hasSpectrum: role === "weightHh" && hasSquareBlocks(shape, gateCount(config.cell)),
    hints: { expectedShape, hiddenSize: config.hiddenSize, blocks },
  };
}

/** The letters of a parameter as it was saved, transposed or not; none where the file has another number of axes. */
function axesOf({ axes, shape: expected }: Parameter, shape: Shape): readonly string[] {
  if (axes.length !== shape.length) return [];
  return isTransposed(shape, expected) ? [...axes].reverse() : axes;
}

function isGated(role: Parameter["role"]): role is GatedRole {
  return role === "weightIh" || role === "weightHh" || role === "biasIh" || role === "biasHh";
}

function hasSquareBlocks([rows = 0, columns = 0]: Shape, gates: number): boolean {
  return columns > 0 && rows === gates * columns;
}

/** Roles of the entries of other frameworks' modules, by the entries' names. */
export function declaredRoles(
  declared: readonly DeclaredModule[],
  entries: ReadonlyMap<string, TensorEntry>,
): Map<string, EntryRole> {
  const roles = new Map<string, EntryRole>();
  const add = (name: string | null, axes: readonly string[], gated?: GatedStacking): void => {
    const entry = name === null ? undefined : entries.get(name);
    if (entry?.shape.length !== axes.length) return;
    const size = gated === undefined ? 0 : (entry.shape[gated.axis] ?? 0);
    const layouts =
      gated === undefined ? [] : gateLayouts(gated.cell, gated.role, { ...gated, size });
    roles.set(entry.name, { ...noRole, axes, layouts });
  };
  for (const module of declared) {
    if (module.framework === "onnx" && module.kind === "recurrent") addOnnx(module, add);
    if (module.framework === "keras" && module.kind === "recurrent") addKeras(module, add);
  }
  return roles;
}

interface GatedStacking {
  readonly cell: OnnxRecurrent["cell"];
  readonly role: GatedRole;
  readonly axis: number;
  readonly first: string;
}

type Add = (name: string | null, axes: readonly string[], gated?: GatedStacking) => void;

/** W (D, G·H, I), R (D, G·H, H), B (D, 2·G·H) which holds the blocks twice, P (D, 3·H), states (D, B, H). */
function addOnnx({ cell, w, r, b, p, layout, ...given }: OnnxRecurrent, add: Add): void {
  const rows = rowsOf(cell);
  const stacking = { cell, axis: 1, first: "ONNX" };
  add(w, ["D", rows, "I"], { ...stacking, role: "weightIh" });
  add(r, ["D", rows, "H"], { ...stacking, role: "weightHh" });
  add(b, ["D", `${2 * gateCount(cell)}·H`]);
  add(p, ["D", "3·H"]);
  for (const state of [given.initialH, given.initialC]) {
    if (state?.kind === "constant") {
      add(state.entry, layout === 1 ? ["B", "D", "H"] : ["D", "B", "H"]);
    }
  }
}

/** kernel (I, G·H), recurrent_kernel (H, G·H), bias (G·H), or (2, G·H) of a GRU with reset_after. */
function addKeras({ cell, forward, backward, resetAfter }: KerasRecurrent, add: Add): void {
  const rows = rowsOf(cell);
  const stacking = { cell, axis: 1, first: "Keras" };
  const addOne = (
    names: string | readonly string[] | null,
    axes: readonly string[],
    gated: GatedStacking,
  ): void => {
    if (typeof names === "string") add(names, [...axes, rows], gated);
    else
      names?.forEach((name) => {
        add(name, [...axes, "H"]);
      });
  };
  for (const weights of [forward, backward]) {
    if (weights === null) continue;
    const { kernel, recurrentKernel, bias } = weights;
    addOne(kernel, ["I"], { ...stacking, role: "weightIh" });
    addOne(recurrentKernel, ["H"], { ...stacking, role: "weightHh" });
    addOne(bias, [], { ...stacking, axis: 0, role: "biasIh" });
    if (resetAfter !== false && typeof bias === "string") add(bias, ["2", rows]);
  }
}

function rowsOf(cell: OnnxRecurrent["cell"]): string {
  return cell === "RNN" ? "H" : `${gateCount(cell)}·H`;
}
