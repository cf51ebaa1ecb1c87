/**
 * Assigning tensors by hand: the map that is edited with its history, and the host's answers about it.
 */
import { advance, beginHistory, redo, undo, type History } from "../../../src/core/history";
import type {
  AssignRequests,
  ChoicesPage,
  ChoicesRequest,
  CheckedMap,
  MapGuess,
  MapGuesses,
  MapTrial,
  MapTrials,
  ModuleMap,
} from "../../../src/protocol/archive/assignMessages";
import { text } from "../../../src/core/text";
import { t } from "../../shared/l10n";

export interface AssignState {
  readonly isOpen: boolean;
  /** null until a guess was taken, or the user has begun without one. */
  readonly form: History<ModuleMap> | null;
  /** null until the host has answered. */
  readonly guesses: MapGuesses | null;
  /** Of the map that is edited, or of the one before while that one is checked. */
  readonly check: CheckedMap | null;
  /** null until a reference was given. */
  readonly trials: MapTrials | null;
  readonly isTrying: boolean;
}

/** A dialog that was never opened. */
const NOTHING_ASSIGNED: AssignState = {
  isOpen: false,
  form: null,
  guesses: null,
  check: null,
  trials: null,
  isTrying: false,
};

/** What survives a reload. */
export interface SavedAssignment {
  readonly map: ModuleMap;
  readonly isOpen: boolean;
}

/** The dialog after a reload. */
export function assignStateOf(saved: SavedAssignment | null): AssignState {
  if (saved === null) return NOTHING_ASSIGNED;
  return { ...NOTHING_ASSIGNED, isOpen: saved.isOpen, form: beginHistory(saved.map) };
}

/** What is saved of the dialog: `before` where it says the same, so that nothing is written then. */
export function savedAssignment(
  { form, isOpen }: AssignState,
  before: SavedAssignment | null,
): SavedAssignment | null {
  if (form === null) return null;
  const isSame = before?.map === form.now && before.isOpen === isOpen;
  return isSame ? before : { map: form.now, isOpen };
}

/** What the dialog needs of the store of the page. */
interface AssignStore {
  readonly state: { readonly assign: AssignState };
  update(patch: { readonly assign?: AssignState; readonly message?: string }): void;
  report(error: unknown): void;
  readonly client: {
    request<Method extends keyof AssignRequests>(
      method: Method,
      params: AssignRequests[Method]["params"],
    ): Promise<AssignRequests[Method]["result"]>;
  };
  /** The page of choices, kept until the file is read again; undefined while it is fetched. */
  choices(request: ChoicesRequest): ChoicesPage | undefined;
  copy(copied: string, message: string): Promise<void>;
}

/** Belongs to the store of the page, which holds the state, and ends with it. */
export class Assigning {
  readonly #store: AssignStore;
  /** Counts what was asked, so that a late answer does not replace a later one. */
  #checks = 0;
  #opened = 0;

  constructor(store: AssignStore) {
    this.#store = store;
  }

  get state(): AssignState {
    return this.#store.state.assign;
  }

  get form(): History<ModuleMap> | null {
    return this.state.form;
  }

  /** Opens the dialog; its guesses are of these tensors, or of all. A map that was begun stays. */
  async open(tensors: readonly string[]): Promise<void> {
    const opened = ++this.#opened;
    this.#update({ isOpen: true });
    try {
      const guesses = await this.#store.client.request("assign/guesses", { tensors });
      if (opened !== this.#opened) return;
      this.#update({ guesses });
      const [first] = guesses.guesses;
      if (this.form === null || tensors.length > 0) this.#begin(first?.map ?? guesses.empty);
      else await this.#check();
    } catch (error) {
      this.#store.report(error);
    }
  }

  close(): void {
    this.#update({ isOpen: false });
  }

  /** The file was read again: what the dialog says is asked anew. */
  async refresh(): Promise<void> {
    this.#update({ guesses: null, trials: null });
    if (this.state.isOpen) await this.open([]);
  }

  /** Another map in the form; a step back leads to the one before. */
  edit(map: ModuleMap): void {
    if (this.form === null) this.#begin(map);
    else this.#setForm(advance(this.form, map));
  }

  undo(): void {
    if (this.form !== null) this.#setForm(undo(this.form));
  }

  redo(): void {
    if (this.form !== null) this.#setForm(redo(this.form));
  }

  choices(request: ChoicesRequest): ChoicesPage | undefined {
    return this.#store.choices(request);
  }

  /** Asks for input and reference, and tries what fits; the map that reproduces the reference is taken. */
  async tryAgainstReference(): Promise<void> {
    const { form, isTrying } = this.state;
    if (form === null || isTrying) return;
    this.#update({ isTrying: true });
    try {
      const trials = await this.#store.client.request("assign/try", this.#toTry(form.now));
      if (trials === null) return;
      this.#update({ trials });
      const [best] = trials.trials;
      if (best?.reproduces === true) this.edit(best.map);
    } catch (error) {
      this.#store.report(error);
    } finally {
      this.#update({ isTrying: false });
    }
  }

  /** What fits: the map of the form where it does, and the guesses. */
  #toTry(map: ModuleMap): AssignRequests["assign/try"]["params"] {
    const { check, guesses } = this.state;
    const all = guesses?.guesses ?? [];
    if (check?.fits !== true) return { map: all[0]?.map ?? map, guesses: all };
    if (all.some((guess) => sameMap(guess.map, map))) return { map, guesses: all };
    const { constructorLine } = check;
    const own = { map, constructorLine, reason: text("as in the form"), isKnown: false };
    return { map, guesses: [own, ...all] };
  }

  /** Shows the guesses again. */
  forgetTrials(): void {
    this.#update({ trials: null });
  }

  /** What is listed: what was tried, in the order of its error, else the guesses. */
  get offered(): readonly (MapGuess | MapTrial)[] {
    const { trials, guesses } = this.state;
    return trials?.trials ?? guesses?.guesses ?? [];
  }

  /** Run Forward…, or Export Module…: the host asks what it needs. */
  async act(method: "assign/run" | "assign/export"): Promise<void> {
    const { form } = this.state;
    if (form === null) return;
    try {
      await this.#store.client.request(method, { map: form.now });
    } catch (error) {
      this.#store.report(error);
    }
  }

  async save(): Promise<void> {
    const { form } = this.state;
    if (form === null) return;
    try {
      const file = await this.#store.client.request("assign/save", { map: form.now });
      if (file !== null) this.#store.update({ message: t("Saved as {0}", file) });
    } catch (error) {
      this.#store.report(error);
    }
  }

  /** The map as a file of maps has it. */
  async copyMap(): Promise<void> {
    const { form } = this.state;
    if (form === null) return;
    await this.#store.copy(`${JSON.stringify(form.now, null, 2)}\n`, t("Copied the map"));
  }

  #begin(map: ModuleMap): void {
    this.#setForm(this.form === null ? beginHistory(map) : advance(this.form, map));
  }

  #setForm(form: History<ModuleMap>): void {
    if (form === this.form) return;
    this.#update({ form });
    void this.#check();
  }

  async #check(): Promise<void> {
    const { form } = this.state;
    if (form === null) return;
    const asked = ++this.#checks;
    try {
      const check = await this.#store.client.request("assign/check", { map: form.now });
      if (asked === this.#checks) this.#update({ check });
    } catch (error) {
      if (asked === this.#checks) this.#store.report(error);
    }
  }

  #update(patch: Partial<AssignState>): void {
    this.#store.update({ assign: { ...this.state, ...patch } });
  }
}

/** Two maps that say the same. */
export function sameMap(one: ModuleMap, other: ModuleMap): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
