/**
 * What one document answers about tensors that are assigned by hand, as far as its worker does not.
 */
import type { Progress } from "../../core/control";
import { text } from "../../core/text";
import type {
  AssignRequests,
  GuessRequest,
  KnownMap,
  MapGuesses,
  MapTrials,
  ModuleMap,
} from "../../protocol/archive/assignMessages";
import type { Handlers } from "../../protocol/rpc";
import type { Report } from "../base/report";

/** Of a file, by its location, and a map. */
export interface AssignedActions {
  readonly known: () => Promise<readonly KnownMap[]>;
  readonly run: (location: string, map: ModuleMap) => Promise<void>;
  readonly save: (location: string, map: ModuleMap) => Promise<string | null>;
  readonly export: (location: string, map: ModuleMap) => Promise<void>;
  readonly tryOut: (
    location: string,
    request: AssignRequests["assign/try"]["params"],
    work: TrialWork,
  ) => Promise<MapTrials | null>;
}

/** How far trials are, and how they are ended. */
export interface TrialWork {
  readonly onProgress: (progress: Progress) => void;
  readonly begin: (cancel: () => void) => void;
}

/** What its document does for it. */
interface AssigningDocument {
  readonly guesses: (request: GuessRequest) => Promise<MapGuesses>;
  /** Opens the dialog in the views. */
  readonly open: (tensors: readonly string[]) => void;
  readonly progress: (progress: Progress) => void;
}

/** Holds the wish for the dialog until a view has opened it, and the trials that are under way. */
export class Assigning {
  readonly #location: string;
  readonly #assigned: AssignedActions;
  readonly #report: Report;
  readonly #document: AssigningDocument;
  #waiting: readonly string[] | undefined;
  #cancel: (() => void) | undefined;

  constructor(
    location: string,
    { assigned, report }: { readonly assigned: AssignedActions; readonly report: Report },
    document: AssigningDocument,
  ) {
    this.#location = location;
    this.#assigned = assigned;
    this.#report = report;
    this.#document = document;
  }

  /** The tensors that the dialog is to be opened with; undefined once a view has opened it. */
  get waiting(): readonly string[] | undefined {
    return this.#waiting;
  }

  open(tensors: readonly string[]): void {
    this.#waiting = tensors;
    this.#document.open(tensors);
  }

  /** Stops trials that are under way. */
  cancel(): void {
    this.#cancel?.();
  }

  handlers(): Omit<Handlers<AssignRequests>, "assign/check" | "assign/choices"> {
    const location = this.#location;
    const assigned = this.#assigned;
    // Not awaited: the questions of a run or an export may stay open for long.
    const begin = (work: () => Promise<void>): null => {
      void this.#report.guard(work);
      return null;
    };
    return {
      "assign/guesses": async ({ tensors }) => {
        this.#waiting = undefined;
        return this.#document.guesses({ tensors, known: await assigned.known() });
      },
      "assign/try": (request) => this.#tryOut(request),
      "assign/run": ({ map }) => begin(() => assigned.run(location, map)),
      "assign/save": ({ map }) => assigned.save(location, map),
      "assign/export": ({ map }) => begin(() => assigned.export(location, map)),
    };
  }

  async #tryOut(request: AssignRequests["assign/try"]["params"]): Promise<MapTrials | null> {
    const { progress } = this.#document;
    try {
      return await this.#assigned.tryOut(this.#location, request, {
        onProgress: progress,
        begin: (cancel) => {
          this.#cancel = cancel;
        },
      });
    } finally {
      this.#cancel = undefined;
      progress({ fraction: 1, activity: text("Trying what fits") });
    }
  }
}
