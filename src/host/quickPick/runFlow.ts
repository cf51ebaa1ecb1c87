/**
 * The palette flow: asks for the missing parts of a run, from any starting point.
 */
import type { Pickable } from "../../protocol/run/messages";
import { inlineMap } from "../workspace/inlineMap";
import type { ModuleMap } from "../../model/assign/map";
import { parseTensorRef, type RunSpec } from "../../run/spec/spec";
import { defined } from "../base/defined";
import { activeFile } from "../workspace/activeFile";
import type { Inspection } from "../workspace/inspection";
import type { Report } from "../base/report";
import { Candidates } from "./candidates";
import { draftOf, inputShape, noModule, specOf, weightsOf, type Draft } from "./draft";
import { guessRoles, soleInput, soleReference, type Candidate } from "./rank";
import { draftOfWeights, type UnrecognisedServices } from "./unrecognised";
import { companionsFor, Steps, type Step } from "./steps";

const ALONE = { step: 1, totalSteps: 1, canGoBack: false };

/** Holds the weights that were run last in this window. Lives as long as the extension. */
export class RunFlow {
  readonly #inspection: Inspection;
  readonly #report: Report;
  readonly #unrecognised: UnrecognisedServices;
  #last: string | undefined;

  constructor(inspection: Inspection, report: Report, unrecognised: UnrecognisedServices) {
    this.#inspection = inspection;
    this.#report = report;
    this.#unrecognised = unrecognised;
  }

  /**
   * Makes a run of the selected files: the weights alone, or weights, input and reference in any order.
   * Returns undefined when the user gave up.
   */
  async create(locations: readonly string[]): Promise<RunSpec | undefined> {
    return this.#withCandidates(async (candidates) => {
      const selected = await Promise.all(locations.map((each) => candidates.open(each)));
      const [first] = selected;
      if (first === undefined) return this.#ask(candidates, {});
      const roles = guessRoles(selected);
      const draft = await this.#draftOf(candidates, roles.weights ?? first);
      return draft && this.#ask(candidates, withSelection(draft, roles));
    });
  }

  /** Makes a run of one module of a file, by its prefix; null lets the user choose where there are several. */
  async createFrom(location: string, prefix: string | null): Promise<RunSpec | undefined> {
    return this.#withCandidates(async (candidates) => {
      const draft = await this.#draftOf(candidates, await candidates.open(location));
      const module = draft?.weights?.archive.modules.find((each) => each.prefix === prefix);
      return draft && this.#ask(candidates, module === undefined ? draft : { ...draft, module });
    });
  }

  /** Makes a run of the module that a map makes of a file; a reference is asked for until there is one where it is needed. */
  async createMapped(
    location: string,
    map: ModuleMap,
    needs?: "reference",
  ): Promise<RunSpec | undefined> {
    return this.#withCandidates(async (candidates) => {
      const weights = await candidates.open(location, map);
      const [module] = weights.archive.modules;
      if (module === undefined) throw noModule(weights);
      const needsReference = needs === "reference";
      return this.#ask(candidates, { weights, module, map, needsReference });
    });
  }

  /** Asks for one part of `spec` again. Returns undefined when the user gave up. */
  async change(what: Pickable, spec: RunSpec): Promise<RunSpec | undefined> {
    return this.#withCandidates((candidates) => this.#change(candidates, what, spec));
  }

  async #change(
    candidates: Candidates,
    what: Pickable,
    spec: RunSpec,
  ): Promise<RunSpec | undefined> {
    const steps = new Steps(candidates, this.#report, spec.weights.file);
    if (what === "weights") return changeWeights(steps, spec);
    const draft = await readDraft(candidates, spec);
    if (what === "h0" || what === "c0") return changeInitialState(what, steps, draft, spec);
    const picked = await steps[what].ask(draft, ALONE);
    if (picked.kind !== "picked") return undefined;
    const { input, reference } = picked.value;
    if (what === "reference") return defined({ ...spec, reference: reference?.reference });
    return input === undefined ? undefined : { ...spec, input: input.choice.ref };
  }

  /** Lets `use` inspect candidates, and cancels the inspections that still run when it ends. */
  async #withCandidates<Result>(use: (candidates: Candidates) => Promise<Result>): Promise<Result> {
    const candidates = new Candidates(this.#inspection);
    try {
      return await use(candidates);
    } finally {
      candidates.dispose();
    }
  }

  #draftOf(candidates: Candidates, weights: Candidate): Promise<Draft | undefined> {
    return draftOfWeights(weights, candidates, this.#unrecognised);
  }

  async #ask(candidates: Candidates, start: Draft): Promise<RunSpec | undefined> {
    const steps = new Steps(candidates, this.#report, activeFile() ?? this.#last);
    const draft = await askAll(steps.all, start);
    this.#last = draft?.weights?.location ?? this.#last;
    return draft === undefined ? undefined : specOf(draft);
  }
}

/** Asks each question that applies; Back returns to the one before. */
async function askAll(steps: readonly Step[], start: Draft): Promise<Draft | undefined> {
  const history: { readonly draft: Draft; readonly index: number }[] = [];
  let draft = start;
  let index = 0;
  while (index < steps.length) {
    const step = steps[index];
    if (step?.applies(draft) !== true) {
      index++;
      continue;
    }
    const open = steps.slice(index).filter((each) => each.applies(draft)).length;
    const picked = await step.ask(draft, {
      step: history.length + 1,
      totalSteps: history.length + open,
      canGoBack: history.length > 0,
    });
    if (picked.kind === "cancelled") return undefined;
    if (picked.kind === "picked") {
      history.push({ draft, index });
      draft = picked.value;
      index++;
    } else {
      const before = history.pop();
      if (before !== undefined) ({ draft, index } = before);
    }
  }
  return draft;
}

/** What the selected files already answer. */
function withSelection(draft: Draft, roles: ReturnType<typeof guessRoles>): Draft {
  const { module } = draft;
  if (module === undefined || roles.input === undefined) return draft;
  const choice = soleInput(module.config, roles.input, module.embedding !== null);
  if (choice === undefined) return draft;
  const withInput: Draft = { ...draft, input: { candidate: roles.input, choice } };
  if (roles.reference === undefined) return withInput;
  const reference = soleReference(module.config, inputShape(withInput), roles.reference);
  if (reference === undefined) return withInput;
  // All three were pointed at: nothing is asked, and what lies beside the input under its names is used.
  return { ...withInput, reference, companions: companionsFor(withInput) };
}

/** The draft of a run that was made before, for asking about one of its parts. */
async function readDraft(candidates: Candidates, spec: RunSpec): Promise<Draft> {
  const map = await inlineMap(spec);
  const weights = await candidates.open(spec.weights.file, map);
  const { modules } = weights.archive;
  const module = modules.find(({ prefix }) => prefix === spec.weights.module) ?? modules[0];
  const draft: Draft = { ...draftOf(weights), ...(map === undefined ? {} : { map }) };
  if (module === undefined) return draft;
  const { file, tensor } = parseTensorRef(spec.input);
  // An input that is gone must not keep the user from choosing another one.
  const candidate = await candidates.open(file).catch(() => undefined);
  const entry =
    candidate?.archive.entries.find(({ name }) => name === tensor) ?? candidate?.archive.entries[0];
  if (candidate === undefined || entry === undefined) return { ...draft, module };
  return { ...draft, module, input: { candidate, choice: { ref: spec.input, entry, fits: true } } };
}

async function changeWeights(steps: Steps, spec: RunSpec): Promise<RunSpec | undefined> {
  const draft = await askAll([steps.weights, steps.module], {});
  if (draft?.weights === undefined || draft.module === undefined) return undefined;
  return { ...spec, weights: weightsOf(draft.weights, draft.module) };
}

async function changeInitialState(
  state: "h0" | "c0",
  steps: Steps,
  draft: Draft,
  spec: RunSpec,
): Promise<RunSpec | undefined> {
  const picked = await steps.askInitialState(state, draft, ALONE);
  if (picked.kind !== "picked") return undefined;
  return defined({ ...spec, [state]: picked.value === "none" ? undefined : picked.value.ref });
}
