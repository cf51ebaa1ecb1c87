/**
 * The store of a run's page: the only place that changes its state and requests data from the host.
 */
import type { EarlyAnswer, Place, RunView, StateName } from "../../../src/protocol/run/messages";
import type { NumbersRequest } from "../../../src/protocol/run/numbersMessages";
import type { DivergenceRequest } from "../../../src/protocol/run/windowMessages";
import { followStep } from "../../../src/drawing/run/navigate";
import { hasCellStates } from "../../../src/drawing/run/state";
import type { PageHost } from "../../shared/store/pageStore";
import { askDiagnosis, canBeDiagnosed, diagnosisOf, needsReason } from "./diagnosis";
import { History } from "./history";
import { clampPlace } from "../../../src/drawing/run/places";
import { Player } from "./player";
import { RunRequests } from "./runRequests";
import { readSavedState, savedOf, type SavedState } from "./savedState";
import { fitted, shownBy } from "./fitted";
import { firstState, type ViewState } from "./state";

/**
 * Holds the run on screen, its display, and the host's answers about it, which are dropped with the run. Owned by the
 * page, and ends with it.
 */
export class Store extends RunRequests {
  /** False while the cursor is where it started, so that a divergence may move it. */
  #cursorPlaced: boolean;
  readonly #history = new History();
  readonly player = new Player(this);
  /** Counts the diagnoses that were asked for, so that late answers are told from the last one. */
  #diagnoses = 0;

  constructor(host: PageHost<SavedState>) {
    const saved = readSavedState(host.getState());
    super(host, saved, firstState(saved));
    this.#cursorPlaced = saved.cursor !== null;
    this.client.on("run/changed", ({ run, answers }) => void this.#show(run, answers));
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
    if (patch.cursor === undefined) {
      super.update(patch);
      return;
    }
    this.#cursorPlaced = true;
    super.update({ logit: null, ...patch });
  }

  /** Shows h or c in the lanes; c where the run has it. */
  show(stateName: StateName): void {
    const { run } = this.state;
    if (run !== null && (stateName === "h" || hasCellStates(run))) {
      this.update(shownBy(run, stateName, this.state.cursor));
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
    if (run === null || run.verdicts.length === 0 || !this.hasValues) return;
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
      await this.#show(await this.client.request("run/describe", null));
    } catch (error) {
      this.report(error);
    }
  }

  /** Shows what the host holds. */
  async #show(run: RunView | null, answers: readonly EarlyAnswer[] = []): Promise<void> {
    if (run === null) {
      // The first run may be under way.
      this.update({ ready: true });
      return;
    }
    const before = this.state.run?.revision ?? 0;
    if (run.revision < before) return;
    if (run.revision === before && this.isOnScreen(this.state.run, run)) return;
    const diagnosis = diagnosisOf(this.state, run);
    // What was asked about another run is no answer about this one.
    if (diagnosis !== this.state.diagnosis) this.#diagnoses++;
    const isPlaced = this.#cursorPlaced;
    this.update({
      ...this.#resetFor(run, answers),
      diagnosis,
      ...fitted(this.state, run, isPlaced),
    });
    // While nothing was compared, the verdict of an engine may still come, and move it.
    this.#cursorPlaced = isPlaced || run.verdicts.length > 0;
    if (needsReason(run) && diagnosis.kind === "none") await this.#diagnoseSoon(run);
  }

  async #diagnoseSoon({ revision }: RunView): Promise<void> {
    // The search takes every core that there is: the picture, whose values are asked for in this task, comes first.
    await new Promise((resolve) => setTimeout(resolve));
    await this.cache.settled();
    // Another run may have come meanwhile, which asks for itself.
    if (this.state.run?.revision === revision) await this.diagnose();
  }

  /** What a run that comes on screen ends. Values and choices stay where it is the same one, told of again. */
  #resetFor({ revision }: RunView, answers: readonly EarlyAnswer[]): Partial<ViewState> {
    const ended = { ready: true, progress: null, problem: null };
    if (revision === this.state.run?.revision) return ended;
    this.cache.clear();
    this.keepEarly(answers);
    return { ...ended, unexplained: null, judged: {}, numbersStopped: false, unitSort: null };
  }

  /** Judges the numbers by another tolerance than the run's, as far as one is given. */
  judgeBy(judged: NumbersRequest): void {
    this.update({ judged, numbersStopped: false });
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
  protected override toSave(): SavedState {
    return savedOf(this.state, this.saved);
  }
}
