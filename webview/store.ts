/**
 * State of the view and the only way to change it; asks the host for what is drawn.
 */
import { CancelledError } from "../src/errors";
import type {
  FinalStates,
  FinalStatesRequest,
  HostEvents,
  LaneId,
  LaneInfo,
  Place,
  RunView,
  Timeline,
  TimelineRequest,
  UnitExplanation,
  ViewRequests,
  WindowData,
  WindowRequest,
} from "../src/protocol/messages";
import { RemoteError, RpcClient, type Port } from "../src/protocol/rpc";
import { text, type Text } from "../src/text";
import type { SchemeName } from "./render/colourScale";
import { QueryCache } from "./queryCache";
import type { Mode, StepRange, Tab } from "./render/modes";
import { readSavedState, SAVED_VERSION, type SavedState } from "./savedState";

export type { Mode, StepRange, Tab } from "./render/modes";

export interface Progress {
  readonly fraction: number;
  readonly activity: Text;
}

export interface ViewState {
  /** null while nothing has been run. */
  readonly view: RunView | null;
  /** False until the host has said whether there is a run. */
  readonly ready: boolean;
  readonly mode: Mode;
  readonly tab: Tab;
  readonly cursor: Place;
  readonly colourScheme: SchemeName;
  /** Steps on screen; null shows the whole sequence. */
  readonly steps: StepRange | null;
  /** null unless a run is under way. */
  readonly progress: Progress | null;
  /** What went wrong last; the last good run stays below it. */
  readonly problem: Text | null;
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

export class Store {
  readonly client: RpcClient<ViewRequests, HostEvents>;
  readonly #host: ViewHost;
  readonly #cache: QueryCache;
  readonly #listeners = new Set<() => void>();
  /** False while the cursor is where it started, so that a divergence may move it. */
  #cursorPlaced: boolean;
  #state: ViewState;
  #saved: SavedState;

  constructor(host: ViewHost) {
    this.#host = host;
    this.#saved = readSavedState(host.getState());
    const { mode, tab, cursor, colourScheme, steps } = this.#saved;
    this.#cursorPlaced = cursor !== null;
    this.#state = {
      ...{ view: null, ready: false, progress: null, problem: null },
      ...{ mode, tab, colourScheme, steps, cursor: cursor ?? ORIGIN },
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

  /** Moves the cursor to the nearest place that exists. */
  moveTo(place: Partial<Place>): void {
    const { view, cursor } = this.#state;
    if (view !== null) this.update({ cursor: clampPlace(view, { ...cursor, ...place }) });
  }

  /** Calls `listener` after every change; returns the function that stops it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Fetches the run that the host holds now. */
  async refresh(): Promise<void> {
    try {
      const view = await this.client.request("run/describe", null);
      if (view !== null && view.revision < (this.#state.view?.revision ?? 0)) return;
      this.#cache.clear();
      const reset = { view, ready: true, progress: null, problem: null };
      if (view === null) this.update(reset);
      else this.update({ ...reset, ...this.#fit(view) });
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

  /** Values of a window; undefined while they are fetched. */
  window(request: WindowRequest): WindowData | undefined {
    return this.#ask("lane/window", request);
  }

  finalStates(request: FinalStatesRequest): FinalStates | undefined {
    return this.#ask("finalStates/read", request);
  }

  timeline(request: TimelineRequest): Timeline | undefined {
    return this.#ask("timeline/read", request);
  }

  explain(place: Place): UnitExplanation | undefined {
    return this.#ask("unit/explain", place);
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
  #fit(view: RunView): Partial<ViewState> {
    const { cursor, steps, mode, view: before } = this.#state;
    const first = view.verdicts.find((verdict) => verdict.first !== null)?.first ?? null;
    const start = this.#cursorPlaced || first === null ? cursor : first;
    const sameLength = before === null || before.seqLength === view.seqLength;
    const inside = steps !== null && sameLength && steps[1] <= view.seqLength;
    return {
      cursor: clampPlace(view, start),
      steps: inside ? steps : null,
      mode: view.verdicts.length > 0 ? mode : "ours",
    };
  }

  #save(): void {
    const { view, mode, tab, cursor, colourScheme, steps } = this.#state;
    const next: SavedState = {
      version: SAVED_VERSION,
      spec: view?.spec ?? this.#saved.spec,
      runFile: view === null ? this.#saved.runFile : view.labels.runFile,
      ...{ mode, tab, colourScheme, steps },
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
