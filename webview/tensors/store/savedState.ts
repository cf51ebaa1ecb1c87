/**
 * The state of the tensor editor that survives a reload: the chosen tensor, and its display.
 */
import { clamp } from "../../../src/core/numeric";
import type { Slice } from "../../../src/protocol/archive/messages";
import { isSchemeName, type SchemeName } from "../../../src/drawing/base/colourScale";
import {
  SCALE_KINDS,
  SEQUENTIAL_NAMES,
  type ScaleKind,
  type SequentialName,
} from "../../../src/drawing/tensors/colourMap";
import { RANGE_MODES, type RangeChoice } from "../../../src/drawing/tensors/domain";
import { COMPLEX_PARTS, type Cell } from "../../../src/drawing/tensors/slices";
import type { Zoom } from "../../../src/drawing/tensors/viewport";
import { fieldsOf, fieldsOfVersion, oneOf } from "../../shared/store/savedFields";
import type { SavedAssignment } from "./assigning";
import { TENSOR_VIEW_IDS, type TensorViewId } from "./views";

/** Bumped when a field changes its meaning; older states are then forgotten. */
const SAVED_VERSION = 1;

export const AGGREGATES = ["mean", "extreme"] as const;
export type Aggregate = (typeof AGGREGATES)[number];

/** How values become colours. */
export interface ColourChoice {
  readonly kind: ScaleKind;
  readonly range: RangeChoice;
  readonly diverging: SchemeName;
  readonly sequential: SequentialName;
  readonly aggregate: Aggregate;
}

/** Of what the statistics speak. */
export type Scope = "tensor" | "slice";

export interface SavedTensorState {
  readonly version: typeof SAVED_VERSION;
  readonly tensor: string | null;
  readonly slice: Slice | null;
  /** null shows the whole slice. */
  readonly zoom: Zoom | null;
  readonly cursor: Cell;
  readonly tab: TensorViewId;
  /** Name of the gate layout; null is the one that the weight is read with. */
  readonly layout: string | null;
  readonly colours: ColourChoice;
  readonly scope: Scope;
  readonly isLogHistogram: boolean;
  readonly query: string;
  /** Open groups of the tree; null until the user has opened or closed one. */
  readonly open: readonly string[] | null;
  /** CSS pixels. */
  readonly treeWidth: number;
  /** null where nobody has said: a list of one tensor says what stands beside it. */
  readonly isTreeShown: boolean | null;
  /** The map that is edited by hand; null where none is. */
  readonly assignment: SavedAssignment | null;
}

export const TREE_WIDTH = { least: 180, usual: 292, most: 640 } as const;

function isIndex(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function sliceOf(value: unknown): Slice | null {
  const { rowAxis, columnAxis, index, part } = fieldsOf(value);
  const isAxis = (axis: unknown): axis is number | null => axis === null || isIndex(axis);
  if (!isAxis(rowAxis) || !isAxis(columnAxis)) return null;
  if (!Array.isArray(index) || !index.every(isIndex)) return null;
  return { rowAxis, columnAxis, index, part: oneOf(COMPLEX_PARTS, part, "real") };
}

function zoomOf(value: unknown): Zoom | null {
  const { x, y, cellWidth, cellHeight } = fieldsOf(value);
  const numbers = [x, y, cellWidth, cellHeight].map(Number);
  const [left = 0, top = 0, width = 0, height = 0] = numbers;
  if (!numbers.every(Number.isFinite) || width <= 0 || height <= 0) return null;
  return { x: left, y: top, cellWidth: width, cellHeight: height };
}

function cursorOf(value: unknown): Cell {
  const { row, column } = fieldsOf(value);
  return isIndex(row) && isIndex(column) ? { row, column } : { row: 0, column: 0 };
}

function coloursOf(value: unknown): ColourChoice {
  const { kind, range, diverging, sequential, aggregate } = fieldsOf(value);
  const { mode, low, high } = fieldsOf(range);
  const ends = [Number(low ?? -1), Number(high ?? 1)];
  const [from = -1, to = 1] = ends.every(Number.isFinite) ? ends : [];
  return {
    kind: oneOf(SCALE_KINDS, kind, "linear"),
    range: { mode: oneOf(RANGE_MODES, mode, "auto"), low: from, high: to },
    diverging: isSchemeName(diverging) ? diverging : "RdBu",
    sequential: oneOf(SEQUENTIAL_NAMES, sequential, "viridis"),
    aggregate: oneOf(AGGREGATES, aggregate, "mean"),
  };
}

/** The host checks what the map says; here it only has to be one. */
function assignmentOf(value: unknown): SavedAssignment | null {
  const { map, isOpen } = fieldsOf(value);
  const { kind, slots } = fieldsOf(map);
  if (!["RNN", "LSTM", "GRU"].includes(String(kind))) return null;
  if (typeof slots !== "object" || slots === null) return null;
  return { map: map as SavedAssignment["map"], isOpen: isOpen === true };
}

function widthOf(value: unknown): number {
  const width = Number(value);
  const { least, usual, most } = TREE_WIDTH;
  return Number.isFinite(width) && width > 0 ? clamp(width, least, most) : usual;
}

/** Reads what `setState` was given; whatever is not understood falls back to its default. */
export function readSavedTensorState(value: unknown): SavedTensorState {
  const known = fieldsOfVersion(value, SAVED_VERSION);
  const open = known["open"];
  return {
    version: SAVED_VERSION,
    tensor: typeof known["tensor"] === "string" ? known["tensor"] : null,
    slice: sliceOf(known["slice"]),
    zoom: zoomOf(known["zoom"]),
    cursor: cursorOf(known["cursor"]),
    tab: oneOf(TENSOR_VIEW_IDS, known["tab"], "heatmap"),
    layout: typeof known["layout"] === "string" ? known["layout"] : null,
    colours: coloursOf(known["colours"]),
    scope: oneOf(["tensor", "slice"], known["scope"], "tensor"),
    isLogHistogram: known["isLogHistogram"] === true,
    query: typeof known["query"] === "string" ? known["query"] : "",
    open: Array.isArray(open) && open.every((path) => typeof path === "string") ? open : null,
    treeWidth: widthOf(known["treeWidth"]),
    isTreeShown: typeof known["isTreeShown"] === "boolean" ? known["isTreeShown"] : null,
    assignment: assignmentOf(known["assignment"]),
  };
}

/** The part of a state that survives a reload. */
export function toSavedTensorState(state: SavedTensorState): SavedTensorState {
  const { version, tensor, slice, zoom, cursor, tab, layout, colours, scope } = state;
  const { isLogHistogram, query, open, treeWidth, isTreeShown, assignment } = state;
  const shown = { tensor, slice, zoom, cursor, tab, layout, colours, scope };
  return { version, ...shown, isLogHistogram, query, open, treeWidth, isTreeShown, assignment };
}
