/**
 * Gradients of an opened run, computed in float64 on demand and kept for the latest losses.
 */
import { clamp, clampIndex } from "../../core/numeric";
import { gradientFlow } from "../../analysis/gradientFlow";
import { controlOfPart, type RunControl } from "../../core/control";
import { CancelledError } from "../../core/errors";
import { Lru } from "../../core/lru";
import { inOneGo, inTurns, type Parts } from "../../core/turns";
import type { ForwardInput } from "../../engine/base/engine";
import { forwardParts, type ForwardOptions } from "../../engine/forward";
import {
  backward,
  backwardParts,
  type GradientOptions,
  type Gradients,
} from "../../engine/gradient/gradient";
import { lossParts, type Loss, type LossStart } from "../../engine/gradient/loss";
import type { ForwardTrace, Place } from "../../engine/base/trace";
import { defaultTraceBytes } from "../../engine/base/traceMemory";
import { directionIndexOf, existingDirection } from "../../model/directions";
import type { GradientCurve, GradientRequest, LossChoice } from "../../protocol/run/curveMessages";
import { encodeNumber } from "../../protocol/wire";
import type { ReferenceAnswer } from "../../reference/engine";
import type { RunResult } from "../../run/execute";
import { referenceGradient } from "./referenceGradient";
import { sequenceLength } from "../../model/sequence";

/** ‖∂L/∂h_t‖ of one loss, by layer and direction, (T, B), with the loss's value. */
interface LossNorms {
  readonly value: number;
  readonly norms: readonly (readonly Float64Array[])[];
}

/** Shares of the memory that the run's own states may take: the float64 run, what is kept between layers, norms. */
const memoryShares = { trace: 1 / 2, between: 1 / 4, norms: 1 / 4 } as const;

/** Where the float64 forward ends, and where the loss is known, as shares of the work. */
const ends = { forward: 0.2, loss: 0.3 } as const;

/** Of work in turns: `pause` is over when other questions have had theirs; not given where there are none. */
export interface TurnControl extends RunControl {
  readonly pause?: () => Promise<void>;
}

/** The access of gradients to the run of their session. */
export type GradientEngine = Pick<ForwardOptions, "createEngine" | "maxTraceBytes">;

/** The part of a run from which gradients are computed. */
export type GradientRun = Pick<RunResult, "forwardInput" | "trace">;

/** Answers for the gradients of one run. */
export class GradientReader {
  readonly #run: ForwardInput;
  readonly #engine: GradientEngine;
  readonly #maxBytes: number;
  /** The latest losses, as many as fit in memory. */
  readonly #known: Lru<string, LossNorms>;
  #trace: ForwardTrace | null;
  #ownsTrace = false;
  /** The loss that is computed in turns now; another one takes its place. */
  #underway: { readonly key: string; readonly norms: Promise<LossNorms> } | null = null;

  constructor({ forwardInput, trace }: GradientRun, engine: GradientEngine) {
    this.#run = { ...forwardInput, precision: "f64" };
    this.#engine = engine;
    this.#maxBytes = engine.maxTraceBytes ?? defaultTraceBytes;
    this.#known = new Lru(this.#maxBytes * memoryShares.norms, ({ norms }) =>
      norms.flat().reduce((sum, { byteLength }) => sum + byteLength, 0),
    );
    this.#trace = forwardInput.precision === "f64" ? trace : null;
  }

  /**
   * One lane's curve. The first request of a loss computes the gradient of all lanes, in turns.
   * @throws CancelledError when `control` says so, after `stop`, and when another loss is asked for.
   */
  async curve(
    request: GradientRequest,
    control: TurnControl,
    answers: readonly ReferenceAnswer[] = [],
  ): Promise<GradientCurve> {
    const { batchSize, seqLength, lengths, config } = this.#run;
    const { value, norms } = await this.#normsOf(request.loss, control);
    const batch = clampIndex(request.batch, batchSize);
    const layer = clampIndex(request.layer, config.numLayers);
    const direction = existingDirection(config, request.direction);
    const lane = norms[layer]![directionIndexOf(config, direction)]!;
    const length = sequenceLength({ lengths, seqLength }, batch);
    const feedsEveryStep = request.loss.kind === "sum";
    const way = { norms: lane, batchSize, batch, length, direction, feedsEveryStep } as const;
    const { sentence, flow } = gradientFlow(way);
    const ofLane = { batchSize, batch, request, seqLength };
    const place = { layer, direction, batch, batchSize, length };
    const other = referenceGradient(answers, request.loss, place, lane);
    const reference =
      other === null ? null : { ...other.said, norm: aggregate(other.norms, ofLane) };
    const norm = aggregate(lane, ofLane);
    return { norm, value: encodeNumber(value), flow, sentence, reference };
  }

  /** All gradients of a loss, for files. */
  gradients(
    start: (run: ForwardInput, trace: ForwardTrace, control: RunControl) => LossStart,
    keepsSteps: boolean,
    control: RunControl,
  ): { readonly value: number; readonly gradients: Gradients } {
    const trace = inOneGo(this.#traceParts(controlOfPart(control, 0, ends.forward)));
    const part = controlOfPart(control, ends.forward, ends.loss);
    const { value, arriving } = start(this.#run, trace, part);
    const rest = controlOfPart(control, ends.loss, 1);
    const options = { ...this.#options(rest), keepsSteps };
    const gradients = backward(this.#run, trace, arriving, options);
    return { value, gradients };
  }

  /** Ends what is computed in turns. */
  stop(): void {
    this.#underway = null;
  }

  /** Gives back the float64 run. */
  dispose(): void {
    this.stop();
    if (this.#ownsTrace) this.#trace?.dispose();
    this.#trace = null;
    this.#known.clear();
  }

  async #normsOf(choice: LossChoice, control: TurnControl): Promise<LossNorms> {
    const loss = this.#lossOf(choice);
    const key = JSON.stringify(loss);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#underway?.key === key) return this.#underway.norms;
    const check = (): void => {
      control.check();
      if (this.#underway !== own) throw new CancelledError();
    };
    const pause = async (): Promise<void> => {
      await control.pause?.();
      // Nothing is computed any more of a run that was given back.
      check();
    };
    const parts = this.#parts(loss, { ...control, check });
    // It begins when it is known to be under way.
    const norms = Promise.resolve().then(() => inTurns(parts, pause));
    const own = { key, norms };
    this.#underway = own;
    try {
      this.#known.set(key, await norms);
      return await norms;
    } finally {
      if (this.#underway === own) this.#underway = null;
    }
  }

  *#parts(loss: Loss, control: RunControl): Parts<LossNorms> {
    const trace = yield* this.#traceParts(controlOfPart(control, 0, ends.forward));
    const { value, arriving } = yield* lossParts(
      this.#run,
      trace,
      loss,
      controlOfPart(control, ends.forward, ends.loss),
    );
    const rest = controlOfPart(control, ends.loss, 1);
    const options = { ...this.#options(rest), needsParameters: false };
    const { norms } = yield* backwardParts(this.#run, trace, arriving, options);
    return { value, norms };
  }

  #options(control: RunControl): GradientOptions {
    const maxBytes = this.#maxBytes * memoryShares.between;
    return { control, maxBytes, maxResultBytes: this.#maxBytes };
  }

  *#traceParts(control: RunControl): Parts<ForwardTrace> {
    if (this.#trace !== null) return this.#trace;
    this.#trace = yield* forwardParts(this.#run, {
      ...this.#engine,
      control,
      maxTraceBytes: this.#maxBytes * memoryShares.trace,
      memoryShare: memoryShares.trace,
    });
    this.#ownsTrace = true;
    return this.#trace;
  }

  #lossOf(choice: LossChoice): Loss {
    if (choice.kind !== "unit") return choice;
    const { hiddenSize, stateSize } = this.#run.weights[0]![0]!;
    const units = choice.stateName === "h" ? stateSize : hiddenSize;
    return { ...choice, place: this.#existing(choice.place, units) };
  }

  /** The nearest place that the run has. */
  #existing(place: Place, units: number): Place {
    const { config, seqLength, batchSize } = this.#run;
    const nearest = (value: number, count: number): number => clampIndex(Math.floor(value), count);
    return {
      layer: nearest(place.layer, config.numLayers),
      direction: existingDirection(config, place.direction),
      step: nearest(place.step, seqLength),
      batch: nearest(place.batch, batchSize),
      unit: nearest(place.unit, units),
    };
  }
}

/** The largest norm of each block of steps; NaN where one is NaN. */
function aggregate(
  norms: ArrayLike<number>,
  lane: {
    readonly batchSize: number;
    readonly batch: number;
    readonly seqLength: number;
    readonly request: GradientRequest;
  },
): Float64Array {
  const { batchSize, batch, seqLength, request } = lane;
  const from = clampIndex(Math.floor(request.stepStart), seqLength);
  const to = clamp(Math.floor(request.stepEnd), from + 1, seqLength);
  const columns = clamp(Math.floor(request.maxColumns), 1, to - from);
  const result = new Float64Array(columns);
  for (let step = from; step < to; step++) {
    const column = Math.floor(((step - from) * columns) / (to - from));
    result[column] = Math.max(result[column]!, norms[step * batchSize + batch]!);
  }
  return result;
}
