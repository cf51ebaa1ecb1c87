/**
 * Plays the computation of the run: a clock that goes through its phases, beside the store because it moves with every
 * frame.
 */
import {
  advancePlay,
  clockAmong,
  isComputed,
  placeOfPoint,
  playPhases,
  playPoint,
  shownPhases,
  type PlayPhase,
  type PlayPoint,
} from "../../../src/drawing/run/play/order";
import { sidesOf } from "../../../src/drawing/run/sides";
import type { LaneInfo, Place, RunView } from "../../../src/protocol/run/messages";
import { prefersReducedMotion } from "../../shared/pictures/theme";
import { besideOf } from "./diagnosis";
import type { ViewState } from "./state";

/** The cursor follows no faster: what is said of it is asked of the host. */
const CURSOR_MS = 90;

/** What it reads and moves: the store of the page. */
interface Played {
  readonly state: ViewState;
  update(patch: Partial<ViewState>): void;
  subscribe(listener: () => void): () => void;
  moveTo(place: Partial<Place>): void;
}

/** Holds the clock, and the frame that moves it. Owned by the store, and follows its state while it is attached. */
export class Player {
  readonly #store: Played;
  readonly #listeners = new Set<() => void>();
  #clock: number | null = null;
  #frame = 0;
  #before = 0;
  #cursorMoved = 0;
  #view: RunView | null = null;
  /** Those that the clock counts. */
  #phases: readonly PlayPhase[] = [];

  constructor(store: Played) {
    this.#store = store;
  }

  /** Plays while the state says so, from now on; returns the function that stops it. */
  attach(): () => void {
    const stop = this.#store.subscribe(() => {
      this.#follow();
    });
    return () => {
      stop();
      cancelAnimationFrame(this.#frame);
      this.#frame = 0;
    };
  }

  /** Counts phases; null where the run is shown as it is. */
  get clock(): number | null {
    return this.#clock;
  }

  /** Those of the lanes that have something to show in the mode that is chosen. */
  get phases(): readonly PlayPhase[] {
    const { state } = this.#store;
    const { mode } = state;
    const showsFinding = state.showsFinding && besideOf(state).length > 0;
    const shows = (lane: LaneInfo): boolean =>
      sidesOf(lane, mode, showsFinding).some((side) => side !== null);
    return shownPhases(this.#all, (state.view?.lanes ?? []).filter(shows));
  }

  /** True where phases are left out, since the reference has nothing of their lanes. */
  get leavesOut(): boolean {
    return this.phases.length < this.#all.length;
  }

  get #all(): readonly PlayPhase[] {
    const config = this.#store.state.view?.config ?? null;
    return config === null ? [] : playPhases(config);
  }

  get point(): PlayPoint | null {
    return this.#clock === null ? null : playPoint(this.phases, this.#clock);
  }

  /** Valid steps of the row that is shown. */
  get length(): number {
    const { view, cursor } = this.#store.state;
    return view?.lengths?.[cursor.batch] ?? view?.seqLength ?? 1;
  }

  /** True where all of a lane is computed at the clock, or nothing is played. */
  has(lane: Pick<LaneInfo, "id" | "layer" | "direction">): boolean {
    return this.#clock === null || isComputed(this.phases, this.#clock, lane, this.length);
  }

  /** Calls `listener` whenever the clock moves; returns the function that stops it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Sets the clock, as a slider does. */
  seek(clock: number): void {
    this.#set(clock);
    this.#moveCursor(true);
  }

  /** Shows the run as it is. */
  end(): void {
    this.#store.update({ playing: false });
    this.#set(null);
  }

  #follow(): void {
    const { playing, view } = this.#store.state;
    if (view !== this.#view) {
      this.#view = view;
      if (this.#clock !== null) this.#set(null);
    }
    this.#countIn(this.phases);
    if (!playing) {
      cancelAnimationFrame(this.#frame);
      this.#frame = 0;
    } else if (this.#frame === 0) this.#start();
  }

  /** Another mode may have other phases: the clock stays at the one that it is in. */
  #countIn(phases: readonly PlayPhase[]): void {
    const before = this.#phases;
    this.#phases = phases;
    if (this.#clock === null) return;
    const clock = clockAmong(phases, before, this.#clock);
    if (clock !== this.#clock) this.#set(clock);
  }

  #start(): void {
    const { phases } = this;
    const from = this.#clock === null || this.#clock >= phases.length ? 0 : this.#clock;
    if (phases.length === 0) {
      this.#store.update({ playing: false });
      return;
    }
    if (prefersReducedMotion()) {
      // A step at a time: the end of each phase, without what leads to it.
      this.#store.update({ playing: false });
      const next = this.#clock === null ? 0 : Math.floor(from) + 1;
      if (next >= phases.length) this.end();
      else this.seek(next + LAST_OF_PHASE);
      return;
    }
    this.#set(from);
    this.#before = performance.now();
    this.#frame = requestAnimationFrame(this.#tick);
  }

  readonly #tick = (now: number): void => {
    const { phases, length } = this;
    const elapsed = Math.max(0, now - this.#before);
    this.#before = now;
    const { playSpeed: speed } = this.#store.state;
    const clock = advancePlay(phases, this.#clock ?? 0, elapsed, { length, speed });
    if (clock >= phases.length) {
      this.#frame = 0;
      this.end();
      return;
    }
    this.#frame = requestAnimationFrame(this.#tick);
    this.#set(clock);
    this.#moveCursor(false);
  };

  #set(clock: number | null): void {
    this.#clock = clock;
    for (const listener of this.#listeners) listener();
  }

  #moveCursor(isForced: boolean): void {
    const { point } = this;
    const place = point === null ? null : placeOfPoint(point, this.length);
    const now = performance.now();
    if (place === null || (!isForced && now - this.#cursorMoved < CURSOR_MS)) return;
    const { cursor } = this.#store.state;
    const isThere =
      place.layer === cursor.layer &&
      place.direction === cursor.direction &&
      place.step === cursor.step;
    if (isThere) return;
    this.#cursorMoved = now;
    this.#store.moveTo(place);
  }
}

/** Just before the next phase. */
const LAST_OF_PHASE = 0.999;
