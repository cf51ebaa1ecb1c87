/**
 * The doctor: why a reference differs from the right forward, what was tried, and what the case could not have shown.
 */
import { grouped } from "../../core/numeric";
import { text, type Text } from "../../core/text";
import { controlOfPart, noControl, type RunControl } from "../../core/control";
import type { Alternative } from "../alternatives/alternative";
import { alternativesOf } from "../alternatives/registry";
import type { Diagnosis, Finding, Hidden, Named, Suspicion, TriedAlternative } from "../answer";
import type { Case } from "../base/model";
import { releaseProducts } from "../../engine/products/kernelProducts";
import { affordablePart } from "./affordable";
import { findFree } from "./free/all";
import { likelyDropout } from "./free/dropout";
import type { FreeFinding } from "./free/found";
import { MOST_ISOLATED, reducedPrecision } from "./free/values";
import { errorOverTime } from "./overTime";
import { findPairs, type FittingPair } from "./pairs";
import { likelyText, looksLike } from "./firstLook";
import { onsetOf } from "./onset";
import { noDiagnosis } from "./noDiagnosis";
import { needsOf, reasonOf, weaknessesOf } from "./weaknesses";
import { groundOf, trySingles, type Ground, type Tried } from "./singles";

/** Part of the time that single alternatives take, roughly. */
const SINGLES_SHARE = 0.4;

/**
 * Explains a reference; of a run that is too large by a part. Alternatives without a free parameter come first, then those with one, then pairs.
 * @throws CancelledError when `control` says so.
 */
export function diagnose(
  the: Case,
  control: RunControl = noControl,
  partOf: (the: Case) => Case | null = affordablePart,
): Diagnosis {
  try {
    return diagnosisOf(the, partOf(the), control);
  } finally {
    releaseProducts();
  }
}

function diagnosisOf(the: Case, part: Case | null, control: RunControl): Diagnosis {
  if (part === null) return nothingKnown;
  const likely = looksLike(part, control);
  const telling = likely === null ? control : tellingOf(likely, control);
  const began = groundOf(part, telling);
  if (began === null) return nothingKnown;
  const ground = began.the === part ? whereItDiffers(the, began, telling) : began;
  const tried = trySingles(ground, controlOfPart(telling, 0, SINGLES_SHARE));
  const isRight = agrees(ground);
  const explained = isRight
    ? { findings: [], free: null, pairs: 0 }
    : explain(ground, tried, controlOfPart(control, SINGLES_SHARE, 1));
  return {
    findings: explained.findings,
    cannotSee: hiddenOf(ground, tried),
    tried: triedOf(tried),
    suspicions: isRight || explained.findings.length > 0 ? [] : suspicionsOf(ground, tried),
    before: beforeOf(ground),
    overTime: overTimeOf(the, ground, { ...explained, control }),
    tolerance: ground.tolerance,
    noise: ground.noise,
    count: tried.length + explained.pairs,
    lookedAt: lookedAt(the, ground.the),
    ...(isRight && ground.before.bothNaN > 0 ? { sharesNaN: true } : {}),
  };
}

function agrees({ before, tolerance }: Ground): boolean {
  return before.hasShapes && before.most <= tolerance;
}

/**
 * What is looked at of a run that is too large: where its first steps agree, those in which it first differs. Single
 * values are counted in all of it.
 */
function whereItDiffers(the: Case, began: Ground, control: RunControl): Ground {
  const { before, tolerance } = began;
  const { model } = began.the;
  const mayBeIsolated = before.hasShapes && before.outside <= MOST_ISOLATED;
  if (the.model === model || !mayBeIsolated) return began;
  const size = { rows: model.batchSize, steps: model.seqLength };
  const onset = onsetOf(the, size, tolerance, control);
  if (onset === null) return began;
  const { part, ...inAll } = onset;
  const ground = agrees(began) ? groundOf(part, control) : began;
  return ground === null ? began : { ...ground, inAll };
}

/** Says at every report what a run looks like, from now on. */
function tellingOf(likely: Alternative, control: RunControl): RunControl {
  const sentence = likelyText(likely);
  control.report(0, sentence);
  return {
    report: (fraction) => {
      control.report(fraction, sentence);
    },
    check: () => {
      control.check();
    },
  };
}

/** True where less precision alone explains a reference; other mistakes may explain it as well. @throws CancelledError. */
export function mayBePrecision(the: Case, control: RunControl = noControl): boolean {
  const part = affordablePart(the);
  const ground = part === null ? null : groundOf(part, control);
  if (ground === null) return false;
  const alternatives = alternativesOf(ground.the).filter(({ isPrecision }) => isPrecision);
  const tried = trySingles(ground, control, alternatives);
  return tried.some(({ fits }) => fits) || reducedPrecision(ground) !== null;
}

/** The answer of a run that is chaotic, or too large, in every part of it. */
const nothingKnown: Diagnosis = {
  ...noDiagnosis,
  lookedAt: { first: 0, steps: 0, rows: 0, where: text("nothing") },
};

function lookedAt(whole: Case, { model, first = 0, rows: kept = [] }: Case): Diagnosis["lookedAt"] {
  if (model === whole.model) return null;
  const { seqLength: steps, batchSize: rows } = model;
  return { first, steps, rows, where: whereText(whole, first, steps, kept) };
}

function overTimeOf(
  whole: Case,
  ground: Ground,
  explained: Parameters<typeof errorOverTime>[1],
): Diagnosis["overTime"] {
  const over = errorOverTime(ground, explained);
  if (over === null) return null;
  const { model, rows = [] } = ground.the;
  const where = model === whole.model ? null : whereText(whole, over.first, over.steps, rows);
  return { ...over, where };
}

/** A part of a run in words. */
function whereText({ model }: Case, first: number, steps: number, rows: readonly number[]): Text {
  const time =
    first > 0
      ? text("steps {0} … {1}", first, first + steps - 1)
      : steps === 1
        ? text("the first step")
        : text("the first {0} steps", grouped(steps));
  if (rows.length === model.batchSize) return time;
  const [row = 0, other] = rows;
  return other === undefined
    ? text("{0} of row {1}", time, row)
    : text("{0} of {1} rows", time, grouped(rows.length));
}

interface Explained {
  readonly findings: readonly Finding[];
  /** The one among them that has a free parameter. */
  readonly free: FreeFinding | null;
  /** Pairs that were tried. */
  readonly pairs: number;
}

function explain(ground: Ground, tried: readonly Tried[], control: RunControl): Explained {
  const singles = singleFindings(ground, tried);
  if (singles.length > 0) return { findings: singles, free: null, pairs: 0 };
  const free = findFree(ground, control);
  if (free !== null) return { findings: [findingOf(ground, free)], free, pairs: 0 };
  const { found, count } = findPairs(ground, tried, control);
  return { findings: pairFindings(ground, found), free: null, pairs: count };
}

/** Those that fit; where some of them reproduce the padding as well, those alone. */
function singleFindings(ground: Ground, tried: readonly Tried[]): Finding[] {
  const all = tried.filter(({ fits }) => fits);
  const whole = all.filter(({ distance }) => distance.padding <= ground.tolerance);
  const fitting = whole.length > 0 ? whole : all;
  const [first, ...others] = fitting;
  if (first === undefined) return [];
  const { id, title, isPrecision = false } = first.alternative;
  return [
    {
      id,
      title,
      isPrecision,
      isShown: isPrecision,
      before: beforeOf(ground),
      after: first.distance.most,
      alsoFits: others.map(namedOf),
      needs: others.length === 0 ? null : needsOf(fitting.map(idOf), weaknessesOf(ground.the)),
      with: [],
      parameter: null,
    },
  ];
}

function findingOf(ground: Ground, free: FreeFinding): Finding {
  const { id, title, after, parameter, isPrecision = false, isShown = false } = free;
  return {
    id,
    title,
    after,
    parameter,
    isPrecision,
    isShown,
    before: beforeOf(ground),
    alsoFits: [],
    needs: null,
    with: [],
  };
}

/** A finding for each first mistake; pairs that share it are named beside each other. */
function pairFindings(ground: Ground, pairs: readonly FittingPair[]): Finding[] {
  return pairs.map(({ alternatives: [first, second], distance }) => ({
    id: first.id,
    title: first.title,
    isPrecision: first.isPrecision === true && second.isPrecision === true,
    isShown: first.isPrecision === true && second.isPrecision === true,
    before: beforeOf(ground),
    after: distance.most,
    alsoFits: [],
    needs: null,
    with: [nameOf(second)],
    parameter: null,
  }));
}

/** Those that this run cannot show, each with the reason. */
function hiddenOf({ the }: Ground, tried: readonly Tried[]): Hidden[] {
  const weaknesses = weaknessesOf(the);
  return tried
    .filter(({ isHidden }) => isHidden)
    .map((one) => ({ ...namedOf(one), reason: reasonOf(one.alternative.id, weaknesses) }));
}

function idOf({ alternative }: Tried): string {
  return alternative.id;
}

/** The largest difference of the right forward; null when a shape differs. */
function beforeOf({ before }: Ground): number | null {
  return before.hasShapes ? before.most : null;
}

function nameOf({ id, title }: Alternative): Named {
  return { id, title };
}

function namedOf({ alternative }: Tried): Named {
  return nameOf(alternative);
}

function triedOf(tried: readonly Tried[]): TriedAlternative[] {
  return [...tried]
    .sort((left, right) => left.distance.most - right.distance.most)
    .map(({ alternative, distance, fits }) => ({
      ...nameOf(alternative),
      most: distance.hasShapes ? distance.most : null,
      fits,
    }));
}

/** A suspicion leaves at most this part of the mean difference. */
const MOST_LEFT = 0.5;
const MOST_SUSPICIONS = 3;

/** What comes nearest where nothing fits. The distance of one row stands for all of them. */
function suspicionsOf(ground: Ground, tried: readonly Tried[]): Suspicion[] {
  const { mean } = ground.before;
  if (!Number.isFinite(mean)) return [];
  const nearest = tried
    .filter(({ distance, isHidden }) => !isHidden && distance.mean <= MOST_LEFT * mean)
    .sort((left, right) => left.distance.mean - right.distance.mean)
    .slice(0, MOST_SUSPICIONS)
    .map((one) => ({ ...namedOf(one), before: mean, after: one.distance.mean }));
  const dropout = likelyDropout(ground);
  return dropout === null ? nearest : [...nearest, dropout];
}
