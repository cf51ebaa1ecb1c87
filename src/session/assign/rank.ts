/**
 * Runs maps and their variations against a reference: the one that reproduces it comes first.
 */
import { baseName } from "../../core/baseName";
import type { RunControl } from "../../core/control";
import { CancelledError, isUnrollError, NotFoundError } from "../../core/errors";
import { text } from "../../core/text";
import type { ForwardOptions } from "../../engine/forward";
import { checkMap } from "../../model/assign/check";
import type { ModuleMap } from "../../model/assign/map";
import { withMappedModule } from "../../model/assign/mapped";
import type { Nonlinearity } from "../../model/config";
import { withModules } from "../../model/derive/derive";
import type { ArchiveFiles } from "../../run/load/tensors/chooseTensor";
import { loadRun, type LoadedRun } from "../../run/load/load";
import { runInputsOf } from "../../run/load/runInputs";
import type { RunInputs } from "../../run/inputs";
import type { RunSpec } from "../../run/spec/spec";
import { shapesOf } from "../check";
import { beginningOf, runError, type RunError } from "./error";
import { keepingFiles } from "./keepingFiles";
import {
  specWith,
  untried,
  withFound,
  type RankCandidate,
  type Ranked,
  type Ranking,
} from "./ranking";
import { variationsOf } from "./variations";

export interface RankOptions extends Pick<ForwardOptions, "createEngine"> {
  readonly control: RunControl;
  /** Most networks that are run. */
  readonly maxRuns?: number;
  /** Most milliseconds that they may take. */
  readonly maxMilliseconds?: number;
}

const defaultRuns = 3000;
const defaultMilliseconds = 30_000;

/** A difference of float32 arithmetic, of values of this size. */
const roundingShare = 2e-4;

/**
 * Ranks candidates by the reference of a run, whose weights name no map. Where none reproduces it and nothing says which
 * axis of the input is the batch, the other reading of it is tried as well.
 * @throws NotFoundError where there is no reference of output, h_n or c_n; CancelledError; the readers' errors.
 */
export async function rankByReference(
  spec: RunSpec,
  candidates: readonly RankCandidate[],
  files: ArchiveFiles,
  options: RankOptions,
): Promise<Ranking> {
  assertReference(spec);
  const { maxMilliseconds = defaultMilliseconds } = options;
  const until = performance.now() + maxMilliseconds;
  const kept = keepingFiles(files);
  const ranker = new Ranker(spec, kept, options);
  const ranking = await rankedBy(ranker, candidates);
  ranker.assertAny();
  const isTold = spec.options?.batchFirst !== undefined || isReproduced(ranking);
  if (isTold || ranking.tried === 0) return ranking;
  const turned = { ...spec, options: { ...spec.options, batchFirst: true } };
  const rest = {
    ...options,
    maxMilliseconds: Math.max(maxMilliseconds / 4, until - performance.now()),
  };
  const other = await rankedBy(new Ranker(turned, kept, rest), candidates);
  return isReproduced(other) ? other : ranking;
}

async function rankedBy(ranker: Ranker, candidates: readonly RankCandidate[]): Promise<Ranking> {
  for (const candidate of candidates) await ranker.tryAsIs(candidate);
  await ranker.tryVariations();
  return ranker.ranking();
}

function isReproduced({ ranked }: Ranking): boolean {
  return ranked.some(({ reproduces }) => reproduces);
}

function assertReference({ reference = {}, weights }: RunSpec): void {
  const { output, h_n: hn, c_n: cn } = reference;
  if (output !== undefined || hn !== undefined || cn !== undefined) return;
  throw new NotFoundError(
    baseName(weights.file),
    text("a reference of output, h_n or c_n is needed to rank maps"),
  );
}

/** A candidate that can be run. */
interface Runnable {
  readonly candidate: RankCandidate;
  readonly loaded: LoadedRun;
  readonly inputs: RunInputs;
  best: Ranked;
}

class Ranker {
  readonly #spec: RunSpec;
  readonly #files: ArchiveFiles;
  readonly #options: RankOptions;
  readonly #runnable: Runnable[] = [];
  readonly #others: Ranked[] = [];
  readonly #until: number;
  #tried = 0;
  #leftOut = 0;
  #unfit = 0;
  #reason: unknown = null;

  constructor(spec: RunSpec, files: ArchiveFiles, options: RankOptions) {
    this.#spec = spec;
    this.#files = files;
    this.#options = options;
    this.#until = performance.now() + (options.maxMilliseconds ?? defaultMilliseconds);
  }

  /** Loads the run of a candidate and runs it; one whose shapes do not go with it is put aside. */
  async tryAsIs(candidate: RankCandidate): Promise<void> {
    const { control } = this.#options;
    if (this.#isOver()) {
      this.#leftOut += 1;
      this.#others.push({ ...untried(candidate), fits: true });
      return;
    }
    control.report(this.#share(), text("Reading files"));
    control.check();
    const each = await this.#load(candidate);
    if (each === null) {
      this.#unfit += 1;
      this.#others.push(untried(candidate));
    } else {
      this.#runnable.push(each);
      this.#try(each, candidate, beginningOf(each.inputs));
    }
  }

  /** The run of a candidate; null where its shapes do not go with the input or the reference. */
  async #load(candidate: RankCandidate): Promise<Runnable | null> {
    try {
      const loaded = await loadRun(specWith(this.#spec, candidate), this.#files);
      if (shapesOf(loaded, null).clash !== null) return null;
      const inputs = await runInputsOf(loaded, this.#spec);
      return { candidate, loaded, inputs, best: { ...untried(candidate), fits: true } };
    } catch (error) {
      if (!isUnrollError(error) || error instanceof CancelledError) throw error;
      this.#reason ??= error;
      return null;
    }
  }

  /** @throws what the first of the candidates met where none could be run. */
  assertAny(): void {
    if (this.#runnable.length === 0 && this.#reason !== null) throw this.#reason as Error;
  }

  /** Runs variations of the maps, round by round, until one reproduces the reference. */
  async tryVariations(): Promise<void> {
    const known = new Set<string>();
    const rounds = this.#runnable.flatMap((each) => {
      const { candidate } = each;
      if (!("map" in candidate)) return [];
      // Maps that differ in their layouts alone have the same variations.
      const key = JSON.stringify([candidate.map.kind, candidate.map.slots]);
      if (known.has(key)) return [];
      known.add(key);
      const variations = variationsOf(candidate.map, each.inputs.config);
      variations.next();
      return [{ each, variations }];
    });
    let open = rounds;
    while (open.length > 0) {
      const left: typeof rounds = [];
      for (const round of open) {
        const next = round.variations.next();
        if (next.done === true) continue;
        left.push(round);
        if (this.#isOver()) this.#leftOut += 1;
        else await this.#tryMap(round.each, next.value);
      }
      if (this.#isOver()) {
        this.#leftOut += left.reduce((sum, { variations }) => sum + [...variations].length, 0);
        return;
      }
      open = left;
    }
  }

  ranking(): Ranking {
    const errorOf = ({ error }: Ranked): number => error ?? Infinity;
    const ranked = this.#runnable
      .map(({ best }) => best)
      .sort((left, right) => Math.sign(errorOf(left) - errorOf(right)) || 0);
    return {
      ranked: [...ranked, ...this.#others],
      tried: this.#tried,
      leftOut: this.#leftOut,
      unfit: this.#unfit,
    };
  }

  /** True when the time is over, or a network reproduced the reference. */
  #isOver(): boolean {
    const { maxRuns = defaultRuns } = this.#options;
    return (
      this.#tried >= maxRuns ||
      performance.now() > this.#until ||
      this.#runnable.some(({ best }) => best.reproduces)
    );
  }

  async #tryMap(each: Runnable, map: ModuleMap): Promise<void> {
    const { file } = this.#spec.weights;
    const archive = withModules(baseName(file), await this.#files.open(file));
    // Exchanged tensors of one shape fit as they did before; others are passed over.
    if (!checkMap(map, archive.entries).fits) return;
    const mapped = withMappedModule(baseName(file), archive, { map });
    const [module] = mapped.modules;
    if (module === undefined) return;
    const { variant } = module.config;
    const config = { ...each.loaded.config, variant, bias: module.config.bias };
    const loaded = { ...each.loaded, module, weights: mapped, config };
    const inputs = await runInputsOf(loaded, this.#spec);
    this.#try(each, { map }, beginningOf(inputs));
  }

  #try(each: Runnable, candidate: RankCandidate, inputs: RunInputs): void {
    const { control } = this.#options;
    control.check();
    control.report(this.#share(), text("Trying what fits the shapes"));
    for (const nonlinearity of this.#nonlinearities(each, candidate)) {
      const config = { ...inputs.config, ...(nonlinearity === null ? {} : { nonlinearity }) };
      const found = this.#error({ ...inputs, config });
      this.#tried += 1;
      if (found === null) continue;
      const { error, largest } = found;
      const reproduces = error <= roundingShare * Math.max(1e-3, largest);
      if (error < (each.best.error ?? Infinity) || each.best.error === null) {
        const { batchFirst } = inputs.config;
        const best = withFound(candidate, { nonlinearity, batchFirst });
        const common = { origin: each.candidate, candidate: best, fits: true };
        each.best = { ...common, error, reproduces, nonlinearity };
      }
    }
  }

  #error(inputs: RunInputs): RunError | null {
    const { control, createEngine } = this.#options;
    const quiet: RunControl = {
      report: () => undefined,
      check: () => {
        control.check();
      },
    };
    const engine = createEngine === undefined ? {} : { createEngine };
    return runError(inputs, { control: quiet, ...engine });
  }

  /** Both activations of an RNN, unless its run, its map or its file says one. */
  #nonlinearities(
    { inputs: { config }, loaded: { module } }: Pick<Runnable, "inputs" | "loaded">,
    candidate: RankCandidate,
  ): readonly (Nonlinearity | null)[] {
    if (config.cell !== "RNN") return [null];
    const written = "map" in candidate ? candidate.map.nonlinearity : module.facts.nonlinearity;
    const said = this.#spec.options?.nonlinearity ?? written;
    return said == null ? ["tanh", "relu"] : [said];
  }

  #share(): number {
    const { maxMilliseconds = defaultMilliseconds, maxRuns = defaultRuns } = this.#options;
    const time = 1 - (this.#until - performance.now()) / maxMilliseconds;
    return Math.min(0.99, Math.max(time, this.#tried / maxRuns));
  }
}
