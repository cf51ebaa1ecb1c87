/**
 * The smallest case that a finding still holds for: fewer steps, rows, layers, units and features, each tried in turn.
 *
 * Every candidate is diagnosed as any other run. It counts where the same finding comes first and nothing else fits that
 * did not fit before. Small candidates are tried before large ones: they cost next to nothing.
 */
import { controlOfPart, noControl, type RunControl } from "../../core/control";
import { text } from "../../core/text";
import { alternativesOf } from "../alternatives/registry";
import type { Alternative } from "../alternatives/alternative";
import type { Diagnosis, Finding } from "../answer";
import type { Case, Model, Returned, Values } from "../base/model";
import { partOf, type Part } from "../base/part";
import { isDouble } from "../cases/tensors";
import { diagnose } from "../search/diagnose";
import { returnedUnder, runUnder } from "../search/trial";
import { workOf } from "../search/work";
import { ownPart } from "./ownPart";
import { firstFeatures, firstUnits, lowestLayers } from "./shrink";

export interface Reduced {
  readonly the: Case;
  readonly finding: Finding;
  readonly tolerance: number;
  /** Rows of the batch that were kept. */
  readonly rows: readonly number[];
  /** True where every value of the reference is the one that was recorded. */
  readonly isOwn: boolean;
  /** True where the search was ended before everything was tried. */
  readonly isCut: boolean;
}

/** Multiplications that the search may take: some seconds. */
const MOST_WORK = 2e10;
/** A difference that is so many times rounding is seen without doubt. */
const CLEAR = 100;
/** Rows that are tried alone, and pairs of neighbours. */
const MOST_ROWS_TRIED = 6;
/** What was found small may make something else smaller. */
const ROUNDS = 2;

/** Reduces a case that has a finding; null where it has none. @throws CancelledError when `control` says so. */
export function reduceCase(the: Case, control: RunControl = noControl): Reduced | null {
  const whole = diagnose(the, controlOfPart(control, 0, 0.3));
  const [finding] = whole.findings;
  if (finding === undefined) return null;
  const search = new Search(the, whole, finding, controlOfPart(control, 0.3, 1));
  for (let round = 0; round < ROUNDS; round++) {
    const before = search.best.the;
    search.fewerSteps();
    search.fewerRows();
    if (search.alternatives !== null) search.smallerNetwork();
    if (search.best.the === before) break;
  }
  return { ...search.best, isCut: search.isSpent };
}

type Best = Omit<Reduced, "isCut">;

/** What a candidate is made of; `own` is what is left of the recorded reference, null where it has to be computed. */
interface Candidate {
  readonly model: Model;
  readonly rows: readonly number[];
  readonly own: Returned | null;
}

class Search {
  best: Best;
  /** What the finding is made of; null where it has a free parameter, which a smaller reference cannot be computed of. */
  readonly alternatives: readonly Alternative[] | null;
  readonly #whole: Diagnosis;
  /** What was recorded. */
  readonly #reference: Returned;
  readonly #finding: Finding;
  readonly #control: RunControl;
  #work = 0;

  constructor(the: Case, whole: Diagnosis, finding: Finding, control: RunControl) {
    const rows = [...the.model.lengths.keys()];
    this.best = { the, finding, rows, tolerance: whole.tolerance, isOwn: true };
    this.alternatives = alternativesNamed(the, finding);
    this.#whole = whole;
    this.#reference = the.reference;
    this.#finding = finding;
    this.#control = control;
  }

  get isSpent(): boolean {
    return this.#work > MOST_WORK;
  }

  fewerSteps(): void {
    const { seqLength } = this.best.the.model;
    this.#first(sizesBelow(seqLength), (steps) =>
      this.#tryPart({ rows: [...this.best.the.model.lengths.keys()], steps }),
    );
  }

  fewerRows(): void {
    const { batchSize, seqLength } = this.best.the.model;
    this.#first(rowsBelow(batchSize), (rows) => this.#tryPart({ rows, steps: seqLength }));
  }

  smallerNetwork(): void {
    const { model } = this.best.the;
    const { numLayers, hiddenSize, inputSize, projSize } = model.config;
    this.#first(sizesBelow(numLayers), (count) => this.#tryModel(lowestLayers, count));
    // A projection is smaller than what it projects.
    const units = sizesBelow(hiddenSize).filter(
      (count) => projSize === 0 || Math.ceil((projSize * count) / hiddenSize) < count,
    );
    this.#first(units, (count) => this.#tryModel(firstUnits, count));
    this.#first(sizesBelow(inputSize), (count) => this.#tryModel(firstFeatures, count));
  }

  /** Tries sizes until one holds. */
  #first<Size>(sizes: readonly Size[], holds: (size: Size) => boolean): void {
    for (const size of sizes) if (this.isSpent || holds(size)) return;
  }

  /** Rows and first steps: with what was recorded of them, else with what the mistake returns. */
  #tryPart(part: Part): boolean {
    const { the, rows, isOwn } = this.best;
    const model = partOf(the.model, part);
    const kept = part.rows.map((row) => rows[row]!);
    const own = isOwn ? ownPart(the, part) : null;
    if (own !== null && this.#holds({ model, rows: kept, own })) return true;
    return this.#holds({ model, rows: kept, own: null });
  }

  #tryModel(shrink: (model: Model, count: number) => Model, count: number): boolean {
    const { the, rows } = this.best;
    return this.#holds({ model: shrink(the.model, count), rows, own: null });
  }

  /** Diagnoses a candidate; it is the best one from now on where the finding holds for it. */
  #holds({ model, rows, own }: Candidate): boolean {
    this.#control.check();
    const { hasLengths, hasH0, unbatched } = this.best.the;
    const hasPadding = model.lengths.some((length) => length < model.seqLength);
    const frame = { model, hasLengths, hasH0, unbatched, hasPadding };
    const reference = own ?? this.#computed(frame);
    if (reference === null) return false;
    const the = { ...frame, reference };
    this.#work += workOf(model) * model.batchSize * this.#whole.count;
    this.#control.report(Math.min(1, this.#work / MOST_WORK), text("Making the case smaller"));
    const { findings, tolerance } = diagnose(the, quiet(this.#control));
    const [finding] = findings;
    if (finding === undefined || !this.#isSame(finding, tolerance)) return false;
    this.best = { the, finding, rows, tolerance, isOwn: own !== null };
    return true;
  }

  /** What the mistake returns of a smaller case, as far as the reference has it; rounded as a file would have it. */
  #computed(frame: Omit<Case, "reference">): Returned | null {
    const reference = this.#reference;
    const the = { ...frame, reference };
    const { alternatives } = this;
    if (alternatives?.every((one) => one.applies(the)) !== true) return null;
    const run = runUnder(the, alternatives);
    if (run === null) return null;
    const { output, hn, cn } = returnedUnder(the, run, alternatives);
    const isWide = isDouble(frame.model);
    const given = (values: Values | null, own: Values | null): Values | null =>
      own === null || values === null || isWide
        ? own && values
        : { ...values, data: values.data.map(Math.fround) };
    return {
      output: given(output, reference.output),
      hn: given(hn, reference.hn),
      cn: given(cn, reference.cn),
    };
  }

  /** The finding of the whole case: as clear, and no less certain. */
  #isSame({ id, before, alsoFits, with: others }: Finding, tolerance: number): boolean {
    const whole = this.#finding;
    const wasFitting = new Set(whole.alsoFits.map((one) => one.id));
    const wholeBefore = whole.before ?? Infinity;
    return (
      id === whole.id &&
      idsOf(others) === idsOf(whole.with) &&
      alsoFits.every((one) => wasFitting.has(one.id)) &&
      (before ?? Infinity) >= Math.min(CLEAR * tolerance, wholeBefore / 2)
    );
  }
}

function idsOf(named: readonly { readonly id: string }[]): string {
  return named.map(({ id }) => id).join(" ");
}

/** The alternatives of a finding; null where it is not made of them. */
function alternativesNamed(
  the: Case,
  { id, with: others, parameter }: Finding,
): Alternative[] | null {
  if (parameter !== null) return null;
  const known = alternativesOf(the);
  const found = [id, ...others.map((other) => other.id)].flatMap((name) =>
    known.filter((alternative) => alternative.id === name),
  );
  return found.length === 1 + others.length ? found : null;
}

/** Can be cancelled, and reports no progress. */
function quiet(control: RunControl): RunControl {
  return {
    report: () => undefined,
    check: () => {
      control.check();
    },
  };
}

/** 1, 2, 3, 4, 6, 8, 12, 16, … below a size. */
function sizesBelow(size: number): number[] {
  const sizes: number[] = [];
  for (let power = 1; power < size; power *= 2) sizes.push(power, power + power / 2);
  return [...new Set(sizes.filter((one) => Number.isInteger(one) && one < size))];
}

/** Rows alone, neighbours, and the first ones of a larger batch. */
function rowsBelow(batchSize: number): number[][] {
  const starts = Array.from({ length: Math.min(batchSize, MOST_ROWS_TRIED) }, (_, row) => row);
  const alone = batchSize > 1 ? starts.map((row) => [row]) : [];
  const neighbours = batchSize > 2 ? starts.map((row) => [row, row + 1]) : [];
  const more = sizesBelow(batchSize).filter((count) => count > 2);
  return [
    ...alone,
    ...neighbours.filter(([, second = 0]) => second < batchSize),
    ...more.map((count) => Array.from({ length: count }, (_, row) => row)),
  ];
}
