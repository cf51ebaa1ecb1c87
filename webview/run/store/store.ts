/**
 * The store of a run's page: the only place that changes its state and requests data from the host.
 */
import type {
  FinalStates,
  FinalStatesRequest,
  GradientCurve,
  GradientRequest,
  HostEvents,
  LaneId,
  Place,
  StateName,
  RunView,
  Timeline,
  TimelineRequest,
  UnitExplanation,
  UnitRequest,
  ViewRequests,
  WindowData,
  WindowRequest,
} from "../../../src/protocol/run/messages";
import { followStep } from "../../../src/drawing/run/navigate";
import { hasCellStates, stateNameOfLane, shownRun } from "../../../src/drawing/run/state";
import { PageStore, type PageHost } from "../../shared/pageStore";
import { clampPlace, firstPlace } from "./places";
import { readSavedState, SAVED_VERSION, type SavedState } from "./savedState";
import { firstState, type ViewState } from "./state";

/**
 * Holds the run on screen, its display, and the host's answers about it, which are dropped with the run. Owned by the
 * page, and ends with it.
 */
export class Store extends PageStore<ViewState, SavedState, ViewRequests, HostEvents> {
  /** False while the cursor is where it started, so that a divergence may move it. */
  #cursorPlaced: boolean;
  #failedGradients = 0;

  constructor(host: PageHost<SavedState>) {
    const saved = readSavedState(host.getState());
    super(host, saved, firstState(saved));
    this.#cursorPlaced = saved.cursor !== null;
    this.client.on("run/changed", () => void this.refresh());
    this.client.on("run/progress", (progress) => {
      this.update({ progress });
    });
    this.client.on("run/problem", ({ problem }) => {
      this.fail(problem);
    });
  }

  override update(patch: Partial<ViewState>): void {
    if (patch.cursor !== undefined) this.#cursorPlaced = true;
    super.update(patch);
  }

  /** Shows h or c in the lanes; c where the run has it. */
  show(stateName: StateName): void {
    const { run } = this.state;
    if (run !== null && (stateName === "h" || hasCellStates(run))) {
      this.update(this.#shown(run, stateName));
    }
  }

  /** Moves the cursor to the nearest place that exists, and its step on screen where it is not. */
  moveTo(place: Partial<Place>, jumps = this.state.jumps): void {
    const { view, steps } = this.state;
    if (view === null) return;
    const cursor = clampPlace(view, { ...this.state.cursor, ...place });
    this.update({ cursor, jumps, steps: followStep(steps, view.seqLength, cursor.step) });
  }

  /** Goes where a link leads: as `moveTo`, and its lane and unit are brought on screen as well. */
  jumpTo(place: Partial<Place>): void {
    this.moveTo(place, this.state.jumps + 1);
  }

  /** Fetches the run that the host holds now. */
  async refresh(): Promise<void> {
    try {
      const run = await this.client.request("run/describe", null);
      if (run !== null && run.revision < (this.state.run?.revision ?? 0)) return;
      this.cache.clear();
      const reset = { ready: true, progress: null, problem: null };
      if (run === null) this.update({ ...reset, run, view: null });
      else this.update({ ...reset, ...this.#fit(run) });
    } catch (error) {
      this.report(error);
    }
  }

  /** Values of a window, of h or c as the lane shows it unless one is named; undefined while they are fetched. */
  window(
    request: Omit<WindowRequest, "stateName">,
    stateName = this.#stateNameOf(request.lane),
  ): WindowData | undefined {
    return this.#askRun("lane/window", { ...request, stateName });
  }

  /** h_n, or c_n where c is shown. */
  finalStates(request: Omit<FinalStatesRequest, "stateName">): FinalStates | undefined {
    return this.#askRun("finalStates/read", { ...request, stateName: this.state.stateName });
  }

  timeline(request: Omit<TimelineRequest, "stateName">): Timeline | undefined {
    return this.#askRun("timeline/read", {
      ...request,
      stateName: this.#stateNameOf(request.lane),
    });
  }

  /** A gradient's curve. It may take long: its progress is shown, and a cancel switches the curve off. */
  gradient(request: GradientRequest): GradientCurve | undefined {
    if (!this.#hasValues()) return undefined;
    const key = `run/gradients ${this.#failedGradients} ${JSON.stringify(request)}`;
    return this.cache.get(key, async () => {
      try {
        return await this.client.request("run/gradients", request);
      } catch (error) {
        // Asked for again, it is tried again.
        this.#failedGradients++;
        this.update({ gradient: null });
        throw error;
      } finally {
        if (this.state.progress !== null) this.update({ progress: null });
      }
    });
  }

  explain(request: UnitRequest): UnitExplanation | undefined {
    return this.#askRun("unit/explain", request);
  }

  /** A question about the values of the run, where it has any. */
  #askRun<Method extends "lane/window" | "finalStates/read" | "timeline/read" | "unit/explain">(
    method: Method,
    params: ViewRequests[Method]["params"],
  ): ViewRequests[Method]["result"] | undefined {
    return this.#hasValues() ? this.ask(method, params) : undefined;
  }

  #hasValues(): boolean {
    const { view } = this.state;
    return view !== null && view.lanes.length > 0;
  }

  #stateNameOf(id: LaneId): StateName {
    const { run, stateName } = this.state;
    return stateNameOfLane(
      run?.lanes.find((lane) => lane.id === id),
      stateName,
    );
  }

  /** Keeps cursor, zoom and mode where they still exist; the first run puts the cursor on its first divergence. */
  #fit(run: RunView): Partial<ViewState> {
    const { cursor, steps, mode, stateName, run: before } = this.state;
    const bad = this.#cursorPlaced ? null : firstPlace(run);
    const wanted = bad?.stateName ?? stateName;
    const sameLength = before === null || before.seqLength === run.seqLength;
    const inside = steps !== null && sameLength && steps[1] <= run.seqLength;
    return {
      ...this.#shown(run, hasCellStates(run) ? wanted : "h", bad?.place ?? cursor),
      steps: inside ? steps : null,
      mode: run.verdicts.length > 0 ? mode : "ours",
    };
  }

  /** A run as h or c show it, with the cursor at a place that exists. */
  #shown(
    run: RunView,
    stateName: StateName,
    cursor: Place | null = this.state.cursor,
  ): Pick<ViewState, "run" | "view" | "stateName" | "cursor"> {
    const view = shownRun(run, stateName);
    return { run, view, stateName, cursor: clampPlace(view, cursor ?? this.state.cursor) };
  }

  protected override toSave(): SavedState {
    const { view, cursor } = this.state;
    const { mode, stateName, tab, colourScheme, stateRange, steps, gradient } = this.state;
    return {
      version: SAVED_VERSION,
      spec: view?.spec ?? this.saved.spec,
      runFile: view === null ? this.saved.runFile : view.labels.runFile,
      mode,
      stateName,
      tab,
      colourScheme,
      stateRange,
      steps,
      gradient,
      cursor: view === null ? this.saved.cursor : cursor,
    };
  }
}
