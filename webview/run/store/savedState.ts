/**
 * The state that survives a window reload: the display of the run, and the run itself.
 */
import type { LossChoice } from "../../../src/protocol/run/curveMessages";
import type { Place, StateName, RunView } from "../../../src/protocol/run/messages";
import {
  CURVES,
  isSchemeName,
  type Curve,
  type SchemeName,
} from "../../../src/drawing/base/colourScale";
import { STATE_RANGES, type StateRange } from "../../../src/drawing/run/domains";
import { ALL_LANES, LANE_ORDERS, type LaneChoice } from "../../../src/drawing/run/laneChoice";
import { DELTA_MEASURES } from "../../../src/drawing/run/measures";
import type { DeltaAs } from "../../../src/protocol/run/windowMessages";
import { MODES, type Mode, type StepRange } from "../../../src/drawing/run/modes";
import { STATE_NAMES } from "../../../src/drawing/run/state";
import type { RowZoom } from "../../../src/drawing/run/laneStack";
import { fieldsOf, fieldsOfVersion, oneOf } from "../../shared/store/savedFields";
import { FIX_LANGUAGES, VIEW_IDS, type FixLanguage, type ViewId } from "./views";

/** Bumped when a field changes its meaning; older states are then forgotten. */
export const SAVED_VERSION = 1;

export interface SavedState {
  readonly version: typeof SAVED_VERSION;
  readonly spec: RunView["spec"] | null;
  /** Base name of the run file the run came from. */
  readonly runFile: string | null;
  readonly mode: Mode;
  /** How differences are measured. */
  readonly deltaAs: DeltaAs;
  /** The state in the lanes of the layers; `c` only for an LSTM. */
  readonly stateName: StateName;
  /** The view that was chosen. */
  readonly tab: ViewId;
  readonly cursor: Place | null;
  readonly colourScheme: SchemeName;
  /** The range of the colours of states. */
  readonly stateRange: StateRange;
  /** What the colours of Δ run to; by its values where it is null. */
  readonly deltaRange: number | null;
  /** How values run along the colours. */
  readonly curve: Curve;
  readonly laneChoice: LaneChoice;
  /** Steps on screen; null shows the whole sequence. */
  readonly steps: StepRange | null;
  /** How much higher lanes are than where all of them fit, or the lane that has the whole height. */
  readonly rowZoom: RowZoom;
  /** The loss whose gradient the timeline shows; null shows none. */
  readonly gradient: LossChoice | null;
  readonly fixLanguage: FixLanguage;
}

/** What of the display both a page's state and what is saved of it have. */
export type Display = Pick<
  SavedState,
  | "mode"
  | "deltaAs"
  | "stateName"
  | "tab"
  | "colourScheme"
  | "stateRange"
  | "deltaRange"
  | "curve"
  | "laneChoice"
  | "steps"
  | "rowZoom"
  | "gradient"
  | "fixLanguage"
>;

/** The display of a state, or of a saved one. */
export function displayOf(state: Display): Display {
  const { mode, deltaAs, stateName, tab, colourScheme, stateRange, curve, laneChoice } = state;
  const { deltaRange, steps, rowZoom, gradient, fixLanguage } = state;
  return {
    ...{ mode, deltaAs, stateName, tab, colourScheme, stateRange, curve, laneChoice },
    ...{ deltaRange, steps, rowZoom, gradient, fixLanguage },
  };
}

/** What is saved of a page: of the run what was saved `before`, while there is none. */
export function savedOf(
  state: Display & { readonly view: RunView | null; readonly cursor: Place },
  before: SavedState,
): SavedState {
  const { view, cursor } = state;
  return {
    version: SAVED_VERSION,
    spec: view?.spec ?? before.spec,
    runFile: view === null ? before.runFile : view.labels.runFile,
    ...displayOf(state),
    cursor: view === null ? before.cursor : cursor,
  };
}

function isPlace(value: unknown): value is Place {
  const { layer, direction, step, batch, unit } = fieldsOf(value);
  return (
    [layer, step, batch, unit].every((index) => Number.isSafeInteger(index)) &&
    (direction === "forward" || direction === "reverse")
  );
}

function isStepRange(value: unknown): value is StepRange {
  return (
    Array.isArray(value) &&
    value.length === 2 &&
    value.every((edge) => Number.isFinite(edge)) &&
    Number(value[0]) < Number(value[1])
  );
}

function isLimit(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value > 0;
}

function stateRangeOf(value: unknown): StateRange {
  return isLimit(value) ? value : oneOf(STATE_RANGES, value, "auto");
}

function rowZoomOf(value: unknown): RowZoom {
  const { fill } = fieldsOf(value);
  if (typeof fill === "string") return { fill };
  return Number.isFinite(value) && Number(value) >= 1 ? Number(value) : 1;
}

function lossOf(value: unknown): LossChoice | null {
  const { kind, place, stateName } = fieldsOf(value);
  if (kind === "sum" || kind === "last") return { kind };
  if (kind !== "unit" || !isPlace(place)) return null;
  return { kind, place, stateName: stateName === "c" ? "c" : "h" };
}

function namesOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

function laneChoiceOf(value: unknown): LaneChoice {
  const { hidden, collapsed, quantities, order } = fieldsOf(value);
  return {
    hidden: namesOf(hidden),
    collapsed: namesOf(collapsed),
    quantities: namesOf(quantities),
    order: oneOf(LANE_ORDERS, order, ALL_LANES.order),
  };
}

/** Reads a state that was saved by `setState`; each invalid field falls back to its default. */
export function readSavedState(value: unknown): SavedState {
  const known = fieldsOfVersion(value, SAVED_VERSION) as Partial<SavedState>;
  return {
    version: SAVED_VERSION,
    spec: known.spec ?? null,
    runFile: known.runFile ?? null,
    mode: oneOf(MODES, known.mode, "ours"),
    deltaAs: oneOf(DELTA_MEASURES, known.deltaAs, "absolute"),
    stateName: oneOf(STATE_NAMES, known.stateName, "h"),
    tab: oneOf(VIEW_IDS, known.tab, VIEW_IDS[0] ?? "unrolled"),
    cursor: isPlace(known.cursor) ? known.cursor : null,
    colourScheme: isSchemeName(known.colourScheme) ? known.colourScheme : "RdBu",
    stateRange: stateRangeOf(known.stateRange),
    deltaRange: isLimit(known.deltaRange) ? known.deltaRange : null,
    curve: oneOf(CURVES, known.curve, "linear"),
    laneChoice: laneChoiceOf(known.laneChoice),
    steps: isStepRange(known.steps) ? known.steps : null,
    rowZoom: rowZoomOf(known.rowZoom),
    gradient: lossOf(known.gradient),
    fixLanguage: oneOf(FIX_LANGUAGES, known.fixLanguage, "pytorch"),
  };
}
