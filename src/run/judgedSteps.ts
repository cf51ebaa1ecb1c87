/**
 * Every step of a reference judged by itself, for a chaotic run: of its output, and of the states and gates that it gives.
 *
 * A step is computed from the reference's own state before. What came before may be anything, so this is not chaotic.
 */
import { isChaotic } from "../analysis/chaos";
import { finalResiduals, type FinalValues, type JudgedLane } from "../analysis/finalResiduals";
import { directionSteps } from "../analysis/lanes";
import type { Noise } from "../analysis/noise";
import { residualsOfQuantities, type JudgedQuantity, type Residuals } from "../analysis/residuals";
import { arraySteps, type StepValues } from "../analysis/steps";
import type { RunControl } from "../core/control";
import { text } from "../core/text";
import type { ForwardInput, StateArray } from "../engine/base/engine";
import type { DirectionPlace, ForwardTrace, StateName } from "../engine/base/trace";
import { numDirections } from "../model/config";
import { directionIndexOf, directionsOf } from "../model/directions";
import { gateCount } from "../model/gates";
import { stateName, type NamedState } from "../model/stateNames";
import { stateValues } from "./stateValues";
import type { StateReference } from "./inputs";

/** How each step is judged by itself. */
export interface JudgedSteps {
  /** Of the output, by direction; null where it is not given. */
  readonly output: readonly Residuals[] | null;
  /** Of a state or a gate that the reference gives; undefined where its lane has no h to begin a step in. */
  stateOf(state: NamedState): Residuals | undefined;
  /** Of h_n or c_n. */
  finalsOf(name: StateName, finals: FinalValues): Residuals;
}

/** A run that is judged step by step. */
export interface JudgedRun {
  readonly run: ForwardInput;
  /** The states that upper layers read where the reference does not give them. */
  readonly trace: ForwardTrace;
  readonly noise: Noise | null;
}

/** What a reference gives of every step; the output is time-major, (T, B, D·P). */
export interface GivenSteps {
  readonly output: StateArray | null;
  readonly states: readonly StateReference[];
}

/** Multiplications that this may take: some ten seconds, with progress. Of more, some rows of the batch are judged. */
const BUDGET = 2 ** 33;
/** Steps between two reports of progress. */
const REPORTED_STEPS = 64;

/** null where the run is not chaotic. @throws CancelledError when `control` says so. */
export function judgeSteps(
  judged: JudgedRun,
  given: GivenSteps,
  control: RunControl,
): JudgedSteps | null {
  if (judged.noise === null || !isChaotic(judged.noise)) return null;
  return new StepJudge(judged, given, control);
}

/** What the reference gives around the steps of a direction of a layer. */
interface KnownSteps {
  readonly h: StepValues;
  readonly cell: StepValues | null;
  readonly below: readonly StepValues[] | null;
}

class StepJudge implements JudgedSteps {
  readonly output: readonly Residuals[] | null;
  readonly #run: ForwardInput;
  /** While steps are judged; a trace may be freed afterwards. */
  #judged: JudgedRun | null;
  readonly #states: readonly StateReference[];
  /** The reference's h of the last layer, by direction. */
  readonly #halves: readonly StepValues[] | null;
  readonly #ofStates = new Map<string, Residuals>();
  readonly #check: () => void;

  constructor(judged: JudgedRun, { output, states }: GivenSteps, control: RunControl) {
    const { config } = judged.run;
    const directions = directionsOf(config);
    this.#run = judged.run;
    this.#judged = judged;
    this.#states = states;
    this.#halves = output === null ? null : directionSteps(judged.run, output);
    this.#check = this.#reporting(control);
    const layer = config.numLayers - 1;
    this.output =
      this.#halves?.map((values, at) =>
        this.#outputResiduals({ layer, direction: directions[at]! }, values),
      ) ?? null;
    for (let each = 0; each < config.numLayers; each++) {
      for (const direction of directions) this.#judgeStates({ layer: each, direction });
    }
    this.#judged = null;
  }

  stateOf(state: NamedState): Residuals | undefined {
    return this.#ofStates.get(stateName(state));
  }

  finalsOf(name: StateName, finals: FinalValues): Residuals {
    return finalResiduals(this.#run, finals, (layer, direction) =>
      this.#laneOf({ layer, direction }, name),
    );
  }

  #laneOf(place: DirectionPlace, name: StateName): JudgedLane | null {
    const { config } = this.#run;
    const at = directionIndexOf(config, place.direction);
    const [half, ofOutput] = [this.#halves?.[at], this.output?.[at]];
    if (name === "h" && place.layer === config.numLayers - 1 && half && ofOutput) {
      return { values: half, residuals: ofOutput };
    }
    const state = { ...place, quantity: name };
    const [values, residuals] = [this.#state(state), this.stateOf(state)];
    return values === null || residuals === undefined ? null : { values, residuals };
  }

  /** Judges what the reference gives of a direction of a layer. */
  #judgeStates(place: DirectionPlace): void {
    const h = this.#hOf(place);
    if (h === null) return;
    const isOwn = this.#state({ ...place, quantity: "h" }) !== null;
    const wanted = this.#states
      .filter(({ layer, direction }) => layer === place.layer && direction === place.direction)
      .flatMap(({ quantity }): JudgedQuantity[] => {
        const values = this.#state({ ...place, quantity });
        return values === null || (quantity === "h" && !isOwn) ? [] : [{ quantity, values }];
      });
    if (wanted.length === 0) return;
    const cell = this.#state({ ...place, quantity: "c" });
    const judged = this.#residuals(place, { h, cell, below: this.#below(place) }, wanted);
    if (!isOwn && judged.some((found) => this.#isOfAnotherRun(place, found))) return;
    judged.forEach((found, index) => {
      this.#ofStates.set(stateName({ ...place, quantity: wanted[index]!.quantity }), found);
    });
  }

  /**
   * True for states that do not belong to the output whose h their steps begin in: two runs of a chaotic network go their
   * own ways, and then most steps seem wrong from there on.
   */
  #isOfAnotherRun({ layer, direction }: DirectionPlace, { values, floors }: Residuals): boolean {
    const { allowance, judgedTo } = this.#judged!.noise!;
    const lane = allowance[layer]![directionIndexOf(this.#run.config, direction)]!;
    const late = [...lane.keys()].filter(
      (row) => lane[row]! > judgedTo && !Number.isNaN(values[row]!),
    );
    const wrong = late.filter((row) => values[row]! > floors[row]!);
    return wrong.length > late.length / 2;
  }

  #outputResiduals(place: DirectionPlace, h: StepValues): Residuals {
    const wanted = [{ quantity: "h", values: h }];
    const below = this.#below(place);
    const [found] = this.#residuals(place, { h, cell: null, below }, wanted);
    if (below === null || !this.#isOfAnotherRun(place, found!)) return found!;
    return this.#residuals(place, { h, cell: null, below: null }, wanted)[0]!;
  }

  #residuals(
    { layer, direction }: DirectionPlace,
    { h, ...known }: KnownSteps,
    wanted: readonly JudgedQuantity[],
  ): readonly Residuals[] {
    // No other direction than this one is read.
    const reference = directionsOf(this.#run.config).map(() => h);
    const frame = { layer, reference, rows: this.#rows(layer), check: this.#check };
    return residualsOfQuantities({ ...this.#judged!, ...frame, ...known }, direction, wanted);
  }

  /** The reference's h of the layer below by direction; null where it does not give all of it. */
  #below({ layer }: DirectionPlace): readonly StepValues[] | null {
    const below = directionsOf(this.#run.config).map((direction) =>
      layer === 0 ? null : this.#hOf({ layer: layer - 1, direction }),
    );
    return below.every((values) => values !== null) ? below : null;
  }

  /** The reference's h of a direction of a layer: its state where it is given, else that of the output. */
  #hOf(place: DirectionPlace): StepValues | null {
    const own = this.#state({ ...place, quantity: "h" });
    const { config } = this.#run;
    if (own !== null || place.layer < config.numLayers - 1) return own;
    return this.#halves?.[directionIndexOf(config, place.direction)] ?? null;
  }

  #state(wanted: NamedState): StepValues | null {
    const values = stateValues(this.#states, wanted);
    return values && arraySteps(values, values.length / this.#run.seqLength);
  }

  /** The rows of the batch that the budget holds, the first ones; one at least. */
  #rows(layer: number): number[] {
    const { config, weights, seqLength, batchSize } = this.#run;
    const { inputSize, stateSize } = weights[layer]![0]!;
    const lanes = config.numLayers * numDirections(config);
    const cost = gateCount(config.cell) * config.hiddenSize * (inputSize + stateSize) * seqLength;
    const most = Math.max(1, Math.floor(BUDGET / (lanes * cost)));
    return Array.from({ length: Math.min(most, batchSize) }, (_, row) => row);
  }

  #reporting(control: RunControl): () => void {
    const { config, seqLength, batchSize } = this.#run;
    const all = config.numLayers * numDirections(config) * seqLength * batchSize;
    let done = 0;
    return () => {
      control.check();
      if (done % REPORTED_STEPS === 0) {
        control.report(Math.min(1, done / all), text("Judging each step by itself"));
      }
      done++;
    };
  }
}
