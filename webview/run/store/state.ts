/**
 * The state of a run's page.
 */
import type { LossChoice } from "../../../src/protocol/run/curveMessages";
import type { CompareState } from "../../../src/protocol/run/comparedMessages";
import type { Place, StateName, RunView } from "../../../src/protocol/run/messages";
import type { NumbersRequest } from "../../../src/protocol/run/numbersMessages";
import type { Text } from "../../../src/core/text";
import type { Curve, SchemeName } from "../../../src/drawing/base/colourScale";
import type { StateRange } from "../../../src/drawing/run/domains";
import type { LaneChoice } from "../../../src/drawing/run/laneChoice";
import type { RowZoom } from "../../../src/drawing/run/zoom/laneStack";
import type { DeltaAs, UnitSort } from "../../../src/protocol/run/windowMessages";
import type { Mode, StepRange } from "../../../src/drawing/run/modes";
import { NEW_PAGE, type PageState } from "../../shared/pageStore";
import { ORIGIN } from "./places";
import { displayOf, type SavedState } from "./savedState";
import type { DiagnosisState } from "./diagnosis";
import type { FixLanguage, ViewId } from "./views";

export interface ViewState extends PageState {
  /** The run as it is; null while nothing has been run. */
  readonly run: RunView | null;
  /** The run with its lanes as they are shown: h or c. */
  readonly view: RunView | null;
  /** The state in the lanes of the layers; `c` only for an LSTM. */
  readonly stateName: StateName;
  readonly mode: Mode;
  /** How differences are measured. */
  readonly deltaAs: DeltaAs;
  /** The view that was chosen. */
  readonly tab: ViewId;
  readonly cursor: Place;
  readonly colourScheme: SchemeName;
  /** The range of the colours of states. */
  readonly stateRange: StateRange;
  readonly curve: Curve;
  readonly laneChoice: LaneChoice;
  /** What the units of layers are ordered by; null for their numbers. */
  readonly unitSort: UnitSort | null;
  /** Steps on screen; null shows the whole sequence. */
  readonly steps: StepRange | null;
  /** How much higher lanes are than where all of them fit, or the lane that has the whole height. */
  readonly rowZoom: RowZoom;
  /** The same as the unrolled view shows it. */
  readonly rowZoomShown: number;
  /** The loss whose gradient the timeline shows; null shows none. */
  readonly gradient: LossChoice | null;
  /** Width of the unrolled view, CSS pixels: the timeline lies below its steps; 0 until it was shown. */
  readonly unrolledWidth: number;
  /** Links followed so far: after each, its place is brought on screen. */
  readonly jumps: number;
  readonly playing: boolean;
  /** Times the usual speed. */
  readonly playSpeed: number;
  readonly diagnosis: DiagnosisState;
  /** True where lanes that the reference does not have show, in Δ, what the finding does to them. */
  readonly showsFinding: boolean;
  /** How far a comparison with engines is. */
  readonly compare: CompareState;
  /** The language of the fix. */
  readonly fixLanguage: FixLanguage;
  /** What the numbers are judged by in the place of the run's tolerance. */
  readonly judged: NumbersRequest;
  /** True after the measurement of the numbers was stopped or failed. */
  readonly numbersStopped: boolean;
  /** Why units of the run on screen are not explained; null where they are. */
  readonly unexplained: Text | null;
}

/** The state of a page that has just been opened, with the display that was saved. */
export function firstState(saved: SavedState): ViewState {
  return {
    ...NEW_PAGE,
    ...displayOf(saved),
    diagnosis: { kind: "none" },
    showsFinding: false,
    unitSort: null,
    compare: { kind: "idle" },
    judged: {},
    numbersStopped: false,
    unexplained: null,
    run: null,
    view: null,
    cursor: saved.cursor ?? ORIGIN,
    jumps: 0,
    playing: false,
    playSpeed: 1,
    unrolledWidth: 0,
    rowZoomShown: 1,
  };
}
