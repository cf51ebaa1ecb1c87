/**
 * The store of a run's page: the only place that changes its state and requests data from the host.
 */
import type {
  GradientCurve,
  GradientRequest,
  ResidualCurve,
  ResidualRequest,
  Timeline,
  TimelineRequest,
} from "../../../src/protocol/run/curveMessages";
import type {
  HostEvents,
  Place,
  StateName,
  RunView,
  ViewRequests,
} from "../../../src/protocol/run/messages";
import type { NumbersRequest, NumbersView } from "../../../src/protocol/run/numbersMessages";
import type { UnitExplanation, UnitRequest } from "../../../src/protocol/run/unitMessages";
import type {
  DivergenceRequest,
  FinalStates,
  FinalStatesRequest,
  LaneId,
  UnitOrder,
  UnitOrderRequest,
  WindowData,
  WindowRequest,
} from "../../../src/protocol/run/windowMessages";
import { CancelledError } from "../../../src/core/errors";
import { RemoteError } from "../../../src/protocol/rpc";
import type { Mode } from "../../../src/drawing/run/modes";
import { followStep } from "../../../src/drawing/run/navigate";
import { hasCellStates, stateNameOfLane, shownRun } from "../../../src/drawing/run/state";
import { PageStore, type PageHost } from "../../shared/pageStore";
import { askDiagnosis, canBeDiagnosed, diagnosisOf, needsReason } from "./diagnosis";
import { History } from "./history";
import { clampPlace, firstPlace } from "./places";
import { Player } from "./player";
import { displayOf, readSavedState, SAVED_VERSION, type SavedState } from "./savedState";
import { firstState, type ViewState } from "./state";

/**
 * Holds the run on screen, its display, and the host's answers about it, which are dropped with the run. Owned by the
 * page, and ends with it.
 */
export class Store extends PageStore<ViewState, SavedState, ViewRequests, HostEvents> {
  /** False while the cursor is where it started, so that a divergence may move it. */
  #cursorPlaced: boolean;
  /** Work that failed or was cancelled so far. */
  #failed = 0;
  readonly #history = new History();
  readonly player = new Player(this);
  /** Counts the diagnoses that were asked for, so that late answers are told from the last one. */
  #diagnoses = 0;

  constructor(host: PageHost<SavedState>) {
    const saved = readSavedState(host.getState());
    super(host, saved, firstState(saved));
    this.#cursorPlaced = saved.cursor !== null;
    this.client.on("run/changed", () => void this.refresh());
    this.client.on("run/progress", (progress) => {
      this.update({ progress });
    });
    this.client.on("diagnosis/progress", (progress) => {
      if (this.state.diagnosis.kind === "searching") {
        this.update({ diagnosis: { kind: "searching", ...progress } });
      }
    });
    this.client.on("compare/changed", (compare) => {
      this.update({ compare });
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
    this.#history.leave(this.state.cursor);
    this.moveTo(place, this.state.jumps + 1);
  }

  /** Goes to a place that was pointed at: it is on screen, and nothing moves under the pointer. */
  visit(place: Partial<Place>): void {
    this.#history.leave(this.state.cursor);
    this.moveTo(place);
  }

  hasInHistory(way: "back" | "forward"): boolean {
    return this.#history.has(way);
  }

  /** Goes back to where the last jump started, or forward again. */
  goInHistory(way: "back" | "forward"): void {
    const place = this.#history.go(way, this.state.cursor);
    if (place !== undefined) this.moveTo(place, this.state.jumps + 1);
  }

  /** Jumps to a step with a state outside tolerance; stays where there is none. */
  async findDivergence(want: DivergenceRequest["want"]): Promise<void> {
    const { cursor: from, stateName, run } = this.state;
    if (run === null || run.verdicts.length === 0 || !this.#hasValues()) return;
    try {
      const { place } = await this.client.request("divergence/find", { want, from, stateName });
      // The run may be another one by now.
      if (place !== null && this.state.run === run) this.jumpTo(place);
    } catch (error) {
      this.report(error);
    }
  }

  /** Fetches the run that the host holds now. */
  async refresh(): Promise<void> {
    try {
      const run = await this.client.request("run/describe", null);
      if (run !== null && run.revision < (this.state.run?.revision ?? 0)) return;
      this.cache.clear();
      const reset = {
        ...{ ready: true, progress: null, problem: null, unexplained: null },
        ...{ judged: {}, numbersStopped: false, unitSort: null },
      };
      const diagnosis = diagnosisOf(this.state, run);
      // What was asked about another run is no answer about this one.
      if (diagnosis !== this.state.diagnosis) this.#diagnoses++;
      if (run === null) this.update({ ...reset, run, diagnosis, view: null });
      else this.update({ ...reset, diagnosis, ...this.#fit(run) });
      if (run !== null && needsReason(run) && diagnosis.kind === "none") await this.diagnose();
    } catch (error) {
      this.report(error);
    }
  }

  /** Values of a window, of h or c as the lane shows it unless one is named; undefined while they are fetched. */
  window(
    request: Omit<WindowRequest, "stateName">,
    stateName = this.#stateNameOf(request.lane),
  ): WindowData | undefined {
    const params = { ...request, stateName };
    return request.under === undefined
      ? this.#askRun("lane/window", params)
      : this.#windowUnder(params);
  }

  /** h_n, or c_n where c is shown. */
  finalStates(request: Omit<FinalStatesRequest, "stateName">): FinalStates | undefined {
    return this.#askRun("finalStates/read", { ...request, stateName: this.state.stateName });
  }

  /** The units of a lane in an order. */
  unitOrder(request: UnitOrderRequest): UnitOrder | undefined {
    return this.#askRun("units/order", request);
  }

  timeline(
    request: Omit<TimelineRequest, "stateName">,
    stateName = this.#stateNameOf(request.lane),
  ): Timeline | undefined {
    return this.#askRun("timeline/read", { ...request, stateName });
  }

  /** A gradient's curve. It may take long: its progress is shown, and a cancel switches the curve off. */
  gradient(request: GradientRequest): GradientCurve | undefined {
    const key = `run/gradients ${this.#failed} ${JSON.stringify(request)}`;
    return this.#askLong(key, "run/gradients", request, { gradient: null });
  }

  /** The numbers of the differences; undefined while they are measured, and after that was stopped. */
  numbers(): readonly NumbersView[] | undefined {
    const { judged, numbersStopped } = this.state;
    if (numbersStopped) return undefined;
    const key = `numbers/read ${this.#failed} ${JSON.stringify(judged)}`;
    return this.#askLong(key, "numbers/read", judged, { numbersStopped: true });
  }

  /** Judges the numbers by another tolerance than the run's, as far as one is given. */
  judgeBy(judged: NumbersRequest): void {
    this.update({ judged, numbersStopped: false });
  }

  /** A run that is shown under a mistake may have no arithmetic to explain, which is said where it would stand. */
  explain(request: UnitRequest): UnitExplanation | undefined {
    if (!this.#hasValues()) return undefined;
    return this.cache.get(`unit/explain ${JSON.stringify(request)}`, async () => {
      try {
        return await this.client.request("unit/explain", request);
      } catch (error) {
        if (!this.#isRefusal(error)) throw error;
        this.update({ unexplained: error.text });
        throw new CancelledError();
      }
    });
  }

  /** Where the error of the reference is made; `curve` is null where that cannot be told. */
  residuals(request: ResidualRequest): { readonly curve: ResidualCurve | null } | undefined {
    if (!this.#hasValues()) return undefined;
    return this.cache.get(`residuals/read ${JSON.stringify(request)}`, async () => {
      try {
        return { curve: await this.client.request("residuals/read", request) };
      } catch (error) {
        if (!this.#isRefusal(error)) throw error;
        return { curve: null };
      }
    });
  }

  /** Asks why the run differs, and what it cannot show; once, unless it was cancelled or failed. */
  async diagnose(): Promise<void> {
    const { run, diagnosis } = this.state;
    const { kind } = diagnosis;
    if (run === null || !canBeDiagnosed(run) || kind === "searching" || kind === "found") return;
    const asked = ++this.#diagnoses;
    this.update({ diagnosis: { kind: "searching", fraction: 0, activity: null } });
    const answer = await askDiagnosis(this.client);
    if (asked === this.#diagnoses) this.update({ diagnosis: answer });
  }

  /** The run under a mistake is made first, which may take long; where it cannot be made, that is said once. */
  #windowUnder(request: WindowRequest): WindowData | undefined {
    const key = `lane/window ${JSON.stringify(request)}`;
    return this.#askLong(key, "lane/window", request, { showsFinding: false });
  }

  /** Work with a progress; where it fails or is cancelled, the state becomes one that does not ask for it. */
  #askLong<Method extends "lane/window" | "run/gradients" | "numbers/read">(
    key: string,
    method: Method,
    params: ViewRequests[Method]["params"],
    onFailure: Partial<ViewState>,
  ): ViewRequests[Method]["result"] | undefined {
    if (!this.#hasValues()) return undefined;
    return this.cache.get(key, async () => {
      try {
        return await this.client.request(method, params);
      } catch (error) {
        // Asked for again, it is tried again.
        this.#failed++;
        this.update(onFailure);
        throw error;
      } finally {
        if (this.state.progress !== null) this.update({ progress: null });
      }
    });
  }

  #isRefusal(error: unknown): error is RemoteError {
    const isShown = (this.state.run?.under.length ?? 0) > 0;
    return isShown && error instanceof RemoteError && error.tag === "unsupported";
  }

  /** A question about the values of the run, where it has any. */
  #askRun<Method extends "lane/window" | "units/order" | "finalStates/read" | "timeline/read">(
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

  /**
   * Keeps cursor, zoom and mode where they still exist. A first run that differs is shown in Δ, with the cursor on its
   * first divergence.
   */
  #fit(run: RunView): Partial<ViewState> {
    const { cursor, steps, mode, stateName, run: before } = this.state;
    const bad = this.#cursorPlaced ? null : firstPlace(run);
    const wanted = bad?.stateName ?? stateName;
    const sameLength = before === null || before.seqLength === run.seqLength;
    const shown: Mode = bad === null ? mode : "delta";
    return {
      ...this.#shown(run, hasCellStates(run) ? wanted : "h", bad?.place ?? cursor),
      steps: sameLength ? insideOf(steps, run) : null,
      mode: run.verdicts.length > 0 ? shown : "ours",
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
    return {
      version: SAVED_VERSION,
      spec: view?.spec ?? this.saved.spec,
      runFile: view === null ? this.saved.runFile : view.labels.runFile,
      ...displayOf(this.state),
      cursor: view === null ? this.saved.cursor : cursor,
    };
  }
}

/** A range of steps that the run has; null where it reaches beyond. */
function insideOf(steps: ViewState["steps"], { seqLength }: RunView): ViewState["steps"] {
  return steps !== null && steps[1] <= seqLength ? steps : null;
}
