/**
 * State of the view and the only way to change it; asks the host for what is drawn.
 */
import { CancelledError } from "../../../src/core/errors";
import type {
  FinalStates,
  FinalStatesRequest,
  GradientCurve,
  GradientRequest,
  HostEvents,
  LaneId,
  LaneInfo,
  LossChoice,
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
import { RemoteError, RpcClient, type Port } from "../../../src/protocol/rpc";
import { text, type Text } from "../../../src/core/text";
import type { SchemeName } from "../../../src/drawing/base/colourScale";
import type { StateRange } from "../../../src/drawing/run/domains";
import { QueryCache } from "../../shared/queryCache";
import type { Mode, StepRange, Tab } from "../../../src/drawing/run/modes";
import { followStep } from "../../../src/drawing/run/navigate";
import { hasCellStates, stateNameOfLane, shownRun } from "../../../src/drawing/run/state";
import { readSavedState, SAVED_VERSION, type SavedState } from "./savedState";

export type { Mode, StepRange, Tab } from "../../../src/drawing/run/modes";

export interface Progress {
  readonly fraction: number;
  readonly activity: Text;
}

export interface ViewState {
  /** The run as it is; null while nothing has been run. */
  readonly run: RunView | null;
  /** The run with its lanes as they are shown: h or c. */
  readonly view: RunView | null;
  /** What the lanes of the layers show; `c` only of an LSTM. */
  readonly stateName: StateName;
  /** False until the host has said whether there is a run. */
  readonly ready: boolean;
  readonly mode: Mode;
  readonly tab: Tab;
  readonly cursor: Place;
  readonly colourScheme: SchemeName;
  /** What the colours of states run to. */
  readonly stateRange: StateRange;
  /** Steps on screen; null shows the whole sequence. */
  readonly steps: StepRange | null;
  /** null unless a run is under way. */
  readonly progress: Progress | null;
  /** What went wrong last; the last good run stays below it. */
  readonly problem: Text | null;
  /** The loss whose gradient the timeline shows; null shows none. */
  readonly gradient: LossChoice | null;
  /** Width of the unrolled view, CSS pixels: the timeline lies below its steps; 0 until it was shown. */
  readonly scoreWidth: number;
  /** Links followed so far: after each, its place is brought on screen. */
  readonly jumps: number;
  readonly playing: boolean;
  readonly helpOpen: boolean;
}

/** The host's end as the page sees it. */
export interface ViewHost {
  readonly port: Port;
  readonly getState: () => unknown;
  readonly setState: (state: SavedState) => void;
}

const ORIGIN: Place = { layer: 0, direction: "forward", step: 0, batch: 0, unit: 0 };

function clamp(value: number, count: number): number {
  return Math.max(0, Math.min(count - 1, value));
}

/** The lane of a place. */
export function laneIdOf({ layer, direction }: Pick<Place, "layer" | "direction">): LaneId {
  return `layer${layer}.${direction}`;
}

/** The view on screen: a run that cannot be made has nothing to show but its shapes. */
export function shownTab({ view, tab }: Pick<ViewState, "view" | "tab">): Tab {
  return view?.lanes.length === 0 ? "shapes" : tab;
}

/** The lane that the cursor is in; undefined when the run has no lanes. */
export function cursorLane({
  view,
  cursor,
}: Pick<ViewState, "view" | "cursor">): LaneInfo | undefined {
  const id = laneIdOf(cursor);
  return view?.lanes.find((lane) => lane.id === id);
}

/** The nearest place that exists in the run. */
export function clampPlace(view: RunView, place: Place): Place {
  const layers = view.lanes.filter((lane) => lane.layer !== null);
  const lane = layers.find((each) => each.id === laneIdOf(place)) ?? layers[0];
  if (lane === undefined) return ORIGIN;
  return {
    layer: lane.layer ?? 0,
    direction: lane.direction ?? "forward",
    step: clamp(place.step, view.seqLength),
    batch: clamp(place.batch, view.batchSize),
    unit: clamp(place.unit, lane.units),
  };
}

/** Where the first divergence is, and what shows it; null where there is none among the module's states. */
function firstPlace({
  firstDivergence: bad,
}: RunView): { place: Place; stateName: StateName } | null {
  if (bad?.first == null) return null;
  return { place: bad.first, stateName: bad.name === "c_n" ? "c" : "h" };
}

export class Store {
  readonly client: RpcClient<ViewRequests, HostEvents>;
  readonly #host: ViewHost;
  readonly #cache: QueryCache;
  readonly #listeners = new Set<() => void>();
  /** False while the cursor is where it started, so that a divergence may move it. */
  #cursorPlaced: boolean;
  #failedGradients = 0;
  #state: ViewState;
  #saved: SavedState;

  constructor(host: ViewHost) {
    this.#host = host;
    this.#saved = readSavedState(host.getState());
    const { mode, stateName, tab, cursor, colourScheme, stateRange, steps, gradient } = this.#saved;
    this.#cursorPlaced = cursor !== null;
    this.#state = {
      ...{ run: null, view: null, ready: false, progress: null, problem: null },
      ...{ mode, stateName, tab, colourScheme, stateRange, steps, gradient },
      ...{ cursor: cursor ?? ORIGIN, scoreWidth: 0, jumps: 0 },
      ...{ playing: false, helpOpen: false },
    };
    this.#cache = new QueryCache({
      arrived: () => {
        this.#notify();
      },
      failed: (error) => {
        this.report(error);
      },
    });
    this.client = new RpcClient<ViewRequests, HostEvents>(host.port);
    this.client.on("run/changed", () => void this.refresh());
    this.client.on("run/progress", (progress) => {
      this.update({ progress });
    });
    this.client.on("run/problem", ({ problem }) => {
      this.update({ problem, progress: null, ready: true });
    });
  }

  get state(): ViewState {
    return this.#state;
  }

  /** Changes the state, saves what outlives a reload, tells every listener. */
  update(patch: Partial<ViewState>): void {
    if (patch.cursor !== undefined) this.#cursorPlaced = true;
    this.#state = { ...this.#state, ...patch };
    this.#save();
    this.#notify();
  }

  /** Shows h or c in the lanes; c where the run has it. */
  show(stateName: StateName): void {
    const { run } = this.#state;
    if (run !== null && (stateName === "h" || hasCellStates(run))) {
      this.update(this.#shown(run, stateName));
    }
  }

  /** Moves the cursor to the nearest place that exists, and its step on screen where it is not. */
  moveTo(place: Partial<Place>): void {
    const { view, steps } = this.#state;
    if (view === null) return;
    const cursor = clampPlace(view, { ...this.#state.cursor, ...place });
    this.update({ cursor, steps: followStep(steps, view.seqLength, cursor.step) });
  }

  /** Goes where a link leads: as `moveTo`, and its lane and unit are brought on screen as well. */
  jumpTo(place: Partial<Place>): void {
    this.#state = { ...this.#state, jumps: this.#state.jumps + 1 };
    this.moveTo(place);
  }

  /** Calls `listener` after every change; returns the function that stops it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Fetches the run that the host holds now. */
  async refresh(): Promise<void> {
    try {
      const run = await this.client.request("run/describe", null);
      if (run !== null && run.revision < (this.#state.run?.revision ?? 0)) return;
      this.#cache.clear();
      const reset = { ready: true, progress: null, problem: null };
      if (run === null) this.update({ ...reset, run, view: null });
      else this.update({ ...reset, ...this.#fit(run) });
    } catch (error) {
      this.report(error);
    }
  }

  /** Sends a request that changes the run; a failure becomes the problem on screen. */
  send<Method extends "run/again" | "run/cancel" | "run/change" | "run/pick" | "text/copy">(
    method: Method,
    params: ViewRequests[Method]["params"],
  ): void {
    this.client.request(method, params).catch((error: unknown) => {
      this.report(error);
    });
  }

  /** Shows an error as the problem of the panel; being cancelled is none. */
  report(error: unknown): void {
    if (error instanceof CancelledError) return;
    if (error instanceof RemoteError && error.tag === "cancelled") return;
    const problem =
      error instanceof RemoteError
        ? error.text
        : text("Unexpected error, please report it: {0}", String(error));
    this.update({ problem, progress: null, ready: true });
  }

  /** Values of a window, of h or c as the lane shows it unless one is named; undefined while they are fetched. */
  window(
    request: Omit<WindowRequest, "stateName">,
    stateName = this.#stateNameOf(request.lane),
  ): WindowData | undefined {
    return this.#ask("lane/window", { ...request, stateName });
  }

  /** h_n, or c_n where c is shown. */
  finalStates(request: Omit<FinalStatesRequest, "stateName">): FinalStates | undefined {
    return this.#ask("finalStates/read", { ...request, stateName: this.#state.stateName });
  }

  timeline(request: Omit<TimelineRequest, "stateName">): Timeline | undefined {
    return this.#ask("timeline/read", { ...request, stateName: this.#stateNameOf(request.lane) });
  }

  /** A gradient's curve. It may take long: its progress is shown, and a cancel switches the curve off. */
  gradient(request: GradientRequest): GradientCurve | undefined {
    if (this.#state.view === null || this.#state.view.lanes.length === 0) return undefined;
    const key = `run/gradients ${this.#failedGradients} ${JSON.stringify(request)}`;
    return this.#cache.get(key, async () => {
      try {
        return await this.client.request("run/gradients", request);
      } catch (error) {
        // Asked for again, it is tried again.
        this.#failedGradients++;
        this.update({ gradient: null });
        throw error;
      } finally {
        if (this.#state.progress !== null) this.update({ progress: null });
      }
    });
  }

  explain(request: UnitRequest): UnitExplanation | undefined {
    return this.#ask("unit/explain", request);
  }

  #stateNameOf(id: LaneId): StateName {
    const { run, stateName } = this.#state;
    return stateNameOfLane(
      run?.lanes.find((lane) => lane.id === id),
      stateName,
    );
  }

  #ask<Method extends "lane/window" | "finalStates/read" | "timeline/read" | "unit/explain">(
    method: Method,
    params: ViewRequests[Method]["params"],
  ): ViewRequests[Method]["result"] | undefined {
    if (this.#state.view === null || this.#state.view.lanes.length === 0) return undefined;
    return this.#cache.get(`${method} ${JSON.stringify(params)}`, () =>
      this.client.request(method, params),
    );
  }

  /** Keeps cursor, zoom and mode where they still exist; the first run puts the cursor on its first divergence. */
  #fit(run: RunView): Partial<ViewState> {
    const { cursor, steps, mode, stateName, run: before } = this.#state;
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
    cursor: Place | null = this.#state.cursor,
  ): Pick<ViewState, "run" | "view" | "stateName" | "cursor"> {
    const view = shownRun(run, stateName);
    return { run, view, stateName, cursor: clampPlace(view, cursor ?? this.#state.cursor) };
  }

  #save(): void {
    const { view, cursor } = this.#state;
    const { mode, stateName, tab, colourScheme, stateRange, steps, gradient } = this.#state;
    const next: SavedState = {
      version: SAVED_VERSION,
      spec: view?.spec ?? this.#saved.spec,
      runFile: view === null ? this.#saved.runFile : view.labels.runFile,
      ...{ mode, stateName, tab, colourScheme, stateRange, steps, gradient },
      cursor: view === null ? this.#saved.cursor : cursor,
    };
    const keys = Object.keys(next) as (keyof SavedState)[];
    if (keys.every((key) => next[key] === this.#saved[key])) return;
    this.#saved = next;
    this.#host.setState(next);
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}
