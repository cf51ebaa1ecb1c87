/**
 * The slots of a map in place: each part with its gates, and the shape that it must have.
 */
import type { Shape } from "../../tensor/tensor";
import type { CellKind, RecurrentConfig } from "../config";
import { gateOrder, peepholeOrder } from "../gates";
import { layerInputSize, stateSize } from "../config";
import type { ParameterRole } from "../parameters";
import { lettersIn, peepholesIn, type Conventions } from "./conventions";
import { partsOf, type SlotPart, type SlotValue } from "./map";
import type { PlacedAs } from "./place";

/** A part of a slot with nothing left out. */
export interface GatedPart {
  readonly part: SlotPart;
  /** Letters in the order in which they lie in it; one empty letter without gates. */
  readonly gates: readonly string[];
  readonly isTransposed: boolean;
}

/** PyTorch's gates of a parameter, top to bottom. */
export function gatesOfRole(kind: CellKind, role: ParameterRole): readonly string[] {
  if (role === "weightHr") return [""];
  return role === "peephole" ? peepholeOrder : gateOrder[kind];
}

/** True for a role whose parameter is a matrix. */
export function isMatrixRole(role: ParameterRole): boolean {
  return role.startsWith("weight");
}

/** What a part of a slot may be: the weights of one feature may lie in a vector. */
export function placedAs(
  { role, layer }: { readonly role: ParameterRole; readonly layer: number },
  isTransposed: boolean,
): PlacedAs {
  const takesVector = role === "weightIh" && layer === 0;
  return { isMatrix: isMatrixRole(role), takesVector, isTransposed };
}

/** The parts of a slot. A text of gates that is none counts as all gates: the check of the map has said so. */
export function gatedParts(
  value: SlotValue | undefined,
  role: ParameterRole,
  { kind, conventions }: { readonly kind: CellKind; readonly conventions: Conventions },
): readonly GatedPart[] {
  const parts = partsOf(value);
  const all = layoutGates(role, conventions);
  const isOneEach =
    all.length > 1 &&
    parts.length === all.length &&
    parts.every(({ gates }) => gates === undefined);
  return parts.map((part, index) => ({
    part,
    gates: isOneEach ? [all[index] ?? ""] : (ownGates(kind, role, part.gates) ?? all),
    isTransposed: isMatrixRole(role) && (part.transposed ?? conventions.transposed),
  }));
}

function layoutGates(role: ParameterRole, { gates, peepholes }: Conventions): readonly string[] {
  if (role === "weightHr") return [""];
  return role === "peephole" ? peepholes : gates;
}

function ownGates(
  kind: CellKind,
  role: ParameterRole,
  written: string | undefined,
): readonly string[] | null {
  if (written === undefined || role === "weightHr") return null;
  const letters = lettersIn(kind, written);
  return role === "peephole" && letters?.includes("g") ? peepholesIn(written) : letters;
}

/** Rows that a gate of a parameter has. */
export function rowsOfGate(
  config: Pick<RecurrentConfig, "hiddenSize" | "projSize">,
  role: ParameterRole,
): number {
  return role === "weightHr" ? config.projSize : config.hiddenSize;
}

/** Columns of a parameter; undefined of a vector. */
export function columnsOfRole(
  config: RecurrentConfig,
  role: ParameterRole,
  layer: number,
): number | undefined {
  if (role === "weightIh") return layerInputSize(config, layer);
  if (role === "weightHh") return stateSize(config);
  return role === "weightHr" ? config.hiddenSize : undefined;
}

/** The shape that a part with so many gates must have. */
export function partShape(
  config: RecurrentConfig,
  { role, layer }: { readonly role: ParameterRole; readonly layer: number },
  gates: number,
): Shape {
  const rows = gates * rowsOfGate(config, role);
  const columns = columnsOfRole(config, role, layer);
  return columns === undefined ? [rows] : [rows, columns];
}
