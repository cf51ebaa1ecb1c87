/**
 * A test that shows every mistake that can be made with a module: random values in sizes that differ, tried beforehand.
 *
 * What a case cannot show is computed: each alternative is run, and one that returns what the right forward does is
 * hidden. Where values hide it by chance, others are taken.
 */
import { controlOfPart, noControl, type RunControl } from "../../core/control";
import { text, type Text } from "../../core/text";
import { directionsOf } from "../../model/directions";
import { parameterName } from "../../model/parameters";
import { eachLayer } from "../alternatives/edits";
import type { Alternative } from "../alternatives/alternative";
import type { Hidden as HiddenMistake } from "../answer";
import type { Case, LayerParameters, Model } from "../base/model";
import { normalsFrom } from "../cases/random";
import { forwardUnder } from "../forward/forward";
import { layOut, resultsOf } from "../forward/returned";
import { switchesOf } from "../forward/switches";
import { groundOf, trySingles, type Tried } from "../search/singles";
import { reasonOf, weaknessesOf } from "../search/weaknesses";
import { probeSizes } from "./sizes";

/** A mistake that the probe does not show. */
export interface Hidden extends HiddenMistake {
  readonly reason: Text;
}

export interface Probe {
  /** The probe as a case; its reference is what the right forward returns. */
  readonly the: Case;
  /** The seed that its values follow from. */
  readonly seed: number;
  readonly hidden: readonly Hidden[];
  /** Mistakes that can be made with the module. */
  readonly count: number;
  /** Names of biases that are zero throughout. */
  readonly zeroBiases: readonly string[];
}

/** Deviation of the values of each attempt: gates that are close to straight lines need larger ones to bend. */
const attempts = [1, 1, 2, 2, 3, 3] as const;
/** Seeds that brought nothing, after which what is hidden is not hidden by chance. */
const MOST_VAIN = 2;

/**
 * The probe of the module of a case. `seed` is tried first, the ones after it where something stays hidden. null for a
 * module that is chaotic from the first steps on.
 * @throws CancelledError when `control` says so.
 */
export function makeProbe(the: Case, seed: number, control: RunControl = noControl): Probe | null {
  let best: Attempt | null = null;
  let vain = 0;
  for (const [index, deviation] of attempts.entries()) {
    const part = controlOfPart(control, index / attempts.length, (index + 1) / attempts.length);
    const own = attempt(the, { seed: (seed + index) >>> 0, deviation }, part);
    const isBetter = own !== null && own.hidden.length < (best?.hidden.length ?? Infinity);
    if (isBetter) best = own;
    vain = isBetter ? 0 : vain + 1;
    if (best?.hidden.length === 0 || vain === MOST_VAIN) break;
  }
  return (
    best && {
      the: best.the,
      seed: best.seed,
      count: best.count,
      hidden: explain(best, control),
      zeroBiases: zeroBiasesOf(the.model),
    }
  );
}

interface Values {
  readonly seed: number;
  readonly deviation: number;
}

interface Attempt extends Values {
  readonly the: Case;
  readonly hidden: readonly Tried[];
  readonly tolerance: number;
  readonly count: number;
}

/** null where rounding alone moves the results anywhere. */
function attempt(the: Case, values: Values, control: RunControl): Attempt | null {
  const ground = groundOf(rightCase(the, withRandomValues(the, values)), control);
  if (ground === null) return null;
  const tried = trySingles(ground, control);
  const hidden = tried.filter(({ isHidden }) => isHidden);
  // Of a chaotic run the first steps alone say something.
  return { ...values, the: ground.the, hidden, tolerance: ground.tolerance, count: tried.length };
}

/** A case whose reference is what the right forward returns: all of it. */
function rightCase(the: Case, model: Model): Case {
  const { hasLengths, unbatched } = the;
  const frame = { model, hasLengths, unbatched, hasH0: true };
  const run = forwardUnder(model, switchesOf(model.config));
  if (run === null) throw new RangeError("nothing ends a whole run");
  const hasPadding = model.lengths.some((length) => length < model.seqLength);
  return { ...frame, hasPadding, reference: layOut(resultsOf(run), frame) };
}

/** The network with other sizes, whose input and states are random numbers that float32 holds. */
function withRandomValues(the: Case, { seed, deviation }: Values): Model {
  const { model } = the;
  const sizes = probeSizes(the);
  const { seqLength, batchSize } = sizes;
  const next = normalsFrom(seed);
  const values = (count: number): Float64Array =>
    Float64Array.from({ length: count }, () => Math.fround(deviation * next()));
  const states = (of: Float64Array): Float64Array =>
    values((of.length / model.batchSize) * batchSize);
  return {
    ...model,
    ...sizes,
    input: values(seqLength * batchSize * model.config.inputSize),
    h0: states(model.h0),
    c0: model.c0 === null ? null : states(model.c0),
  };
}

/** Why each mistake stays hidden, found by changing what may hide it. */
function explain({ the, hidden, tolerance, seed }: Attempt, control: RunControl): Hidden[] {
  if (hidden.length === 0) return [];
  const alternatives = hidden.map(({ alternative }) => alternative);
  const shownBy = (model: Model): ReadonlySet<Alternative> => {
    const ground = groundOf(rightCase(the, model), control);
    if (ground === null) return new Set();
    const tried = trySingles(ground, control, alternatives);
    return new Set(tried.filter((one) => !one.isHidden).map(({ alternative }) => alternative));
  };
  const byBiases = shownBy(withBiases(the.model, seed));
  const byWeights = shownBy(withWeights(the.model, seed));
  const weaknesses = weaknessesOf(the);
  const reasonFor = ({ alternative, distance }: Tried): Text => {
    if (distance.padding > tolerance) {
      return text("it changes the padding alone, which no verdict counts");
    }
    if (byBiases.has(alternative)) return text("biases are zero");
    if (byWeights.has(alternative)) return text("the values of the weights hide it");
    const known = reasonOf(alternative.id, weaknesses);
    return known ?? text("a module like this one computes the same with it");
  };
  return hidden.map((one) => {
    const { id, title } = one.alternative;
    return { id, title, reason: reasonFor(one) };
  });
}

/** The network with random numbers where its biases have zeros. */
function withBiases(model: Model, seed: number): Model {
  const next = normalsFrom(seed);
  const filled = (bias: Float64Array | null): Float64Array | null =>
    bias === null ? null : bias.map((value) => (value === 0 ? next() / 2 : value));
  return eachLayer(model, (weights): LayerParameters => ({
    ...weights,
    biasIh: filled(weights.biasIh),
    biasHh: filled(weights.biasHh),
  }));
}

/** The network with random parameters, as large as they usually are. */
function withWeights(model: Model, seed: number): Model {
  const next = normalsFrom(seed);
  const scale = 1 / Math.sqrt(model.config.hiddenSize);
  const random = (values: Float64Array): Float64Array => values.map(() => scale * next());
  const randomOrNull = (values: Float64Array | null): Float64Array | null =>
    values === null ? null : random(values);
  return eachLayer(model, (weights): LayerParameters => ({
    ...weights,
    weightIh: random(weights.weightIh),
    weightHh: random(weights.weightHh),
    biasIh: randomOrNull(weights.biasIh),
    biasHh: randomOrNull(weights.biasHh),
    weightHr: randomOrNull(weights.weightHr),
    peephole: randomOrNull(weights.peephole),
  }));
}

function zeroBiasesOf({ config, layers }: Model): string[] {
  const directions = directionsOf(config);
  return layers.flatMap((lanes, layer) =>
    lanes.flatMap((lane, at) =>
      (["biasIh", "biasHh"] as const).flatMap((role) =>
        lane[role]?.every((value) => value === 0) === true
          ? [parameterName(config, role, layer, directions[at] ?? "forward")]
          : [],
      ),
    ),
  );
}
