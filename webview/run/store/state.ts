/**
 * The state of a run's page.
 */
import type { CompareState } from "../../../src/protocol/run/comparedMessages";
import type { Place, RunView } from "../../../src/protocol/run/messages";
import type { UnitSort } from "../../../src/protocol/run/windowMessages";
import type { NumbersRequest } from "../../../src/protocol/run/numbersMessages";
import type { Text } from "../../../src/core/text";
import { NEW_PAGE, type PageState } from "../../shared/store/pageStore";
import { ORIGIN } from "../../../src/drawing/run/places";
import { displayOf, type Display, type SavedState } from "./savedState";
import type { DiagnosisState } from "./diagnosis";

export interface ViewState extends PageState, Display {
  /** The run as it is; null while nothing has been run. */
  readonly run: RunView | null;
  /** The run with its lanes as they are shown: h or c. */
  readonly view: RunView | null;
  /** What the units of layers are ordered by; null for their numbers. */
  readonly unitSort: UnitSort | null;
  readonly cursor: Place;
  /** The logit that is looked into, in the cursor's row of the batch; null where the unit at the cursor is. */
  readonly logit: Pick<Place, "step" | "unit"> | null;
  /** `rowZoom` as the unrolled view shows it. */
  readonly rowZoomShown: number;
  /** Width of the unrolled view, CSS pixels: the timeline lies below its steps; 0 until it was shown. */
  readonly unrolledWidth: number;
  /** Links followed so far: after each, its place is brought on screen. */
  readonly jumps: number;
  readonly playing: boolean;
  /** True while the timeline asks for the step to go to. */
  readonly asksStep: boolean;
  /** Times the usual speed. */
  readonly playSpeed: number;
  readonly diagnosis: DiagnosisState;
  /** True where lanes that the reference does not have show, in Δ, what the finding does to them. */
  readonly showsFinding: boolean;
  /** How far a comparison with engines is. */
  readonly compare: CompareState;
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
    logit: null,
    compare: { kind: "idle" },
    judged: {},
    numbersStopped: false,
    unexplained: null,
    run: null,
    view: null,
    cursor: saved.cursor ?? ORIGIN,
    jumps: 0,
    playing: false,
    asksStep: false,
    playSpeed: 1,
    unrolledWidth: 0,
    rowZoomShown: 1,
  };
}
