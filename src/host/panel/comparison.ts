/**
 * The comparison of one panel's run with engines that are not ours: when it is begun, and how far it is.
 */
import type { Progress } from "../../core/control";
import { text } from "../../core/text";
import type { CompareState } from "../../protocol/run/comparedMessages";
import type { RunView } from "../../protocol/run/messages";
import { choicesOf, maxUnaskedWork, workOf } from "../../reference/choices";
import type { EngineChoice, EngineId } from "../../reference/engine";
import type { RunSpec } from "../../run/spec/spec";
import { problemOf } from "../base/report";
import { defaultEngines } from "../workspace/settings";

interface ComparisonParts {
  /** Compares the run on screen; the view that comes of it is shown. */
  readonly compare: (choices: readonly EngineChoice[]) => Promise<void>;
  readonly cancel: () => void;
  readonly changed: (state: CompareState) => void;
}

/** Holds what is being compared with the run on screen. */
export class Comparison {
  readonly #parts: ComparisonParts;
  #state: CompareState = { kind: "idle" };
  /** Counts the comparisons, so that a late end is told from the last one. */
  #count = 0;

  constructor(parts: ComparisonParts) {
    this.#parts = parts;
  }

  get state(): CompareState {
    return this.#state;
  }

  /** A run has been made: it is compared as it says, or as the settings say of one that has no reference. */
  afterRun(view: RunView, spec: RunSpec): void {
    const choices = choicesOf(spec, hasReference(view) ? [] : defaultEngines());
    const { config } = view;
    if (choices.length === 0 || config === null || view.lanes.length === 0) {
      this.forget();
      return;
    }
    const isAsked = spec.compareWith?.engines !== undefined;
    if (!isAsked && workOf(config, view) > maxUnaskedWork) {
      this.#count++;
      this.#set({ kind: "offered", engines: idsOf(choices) });
    } else void this.start(choices);
  }

  /** Compares the run on screen with these. */
  async start(choices: readonly EngineChoice[]): Promise<void> {
    const count = ++this.#count;
    const engines = idsOf(choices);
    this.#set({ kind: "running", engines, fraction: 0, activity: text("Starting") });
    try {
      await this.#parts.compare(choices);
      if (count === this.#count) this.#set({ kind: "idle" });
    } catch (error) {
      if (count !== this.#count) return;
      const { tag, text: sentence } = problemOf(error);
      this.#set(
        tag === "cancelled" ? { kind: "offered", engines } : { kind: "failed", engines, sentence },
      );
    }
  }

  progress({ fraction, activity }: Progress): void {
    if (this.#state.kind === "running") this.#set({ ...this.#state, fraction, activity });
  }

  cancel(): void {
    if (this.#state.kind === "running") this.#parts.cancel();
  }

  /** Another run is to be made. */
  forget(): void {
    this.#count++;
    if (this.#state.kind !== "idle") this.#set({ kind: "idle" });
  }

  #set(state: CompareState): void {
    this.#state = state;
    this.#parts.changed(state);
  }
}

function idsOf(choices: readonly EngineChoice[]): EngineId[] {
  return choices.map(({ id }) => id);
}

/** References from files, and the user's own output. */
function hasReference({ verdicts, own }: RunView): boolean {
  return verdicts.length > 0 || own !== undefined;
}
