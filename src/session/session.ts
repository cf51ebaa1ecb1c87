/**
 * A run that is open in a panel: it answers requests for windows, curves and explanations.
 */
import { laneOf, type Lane } from "../analysis/lanes";
import type { RunControl } from "../core/control";
import type { MendedDiagnosis, ReducedPrecision } from "../diagnosis/answer";
import type { MadeProbe, ProbeRequest } from "../diagnosis/probe/probeFiles";
import type { MadeReduction } from "../diagnosis/reduce/reducedFiles";
import { createRecomputer, type StepRecomputer } from "../engine/recompute";
import type { StateName } from "../engine/base/trace";
import { NotFoundError, UnsupportedError } from "../core/errors";
import { isGate, parseStateName } from "../model/stateNames";
import type {
  GradientCurve,
  GradientRequest,
  ResidualCurve,
  ResidualRequest,
  Timeline,
  TimelineRequest,
} from "../protocol/run/curveMessages";
import type { RunView } from "../protocol/run/messages";
import type { UnitExplanation, UnitRequest } from "../protocol/run/unitMessages";
import type {
  DivergenceAnswer,
  DivergenceRequest,
  FinalStates,
  FinalStatesRequest,
  UnitOrder,
  UnitOrderRequest,
  WindowData,
  WindowRequest,
} from "../protocol/run/windowMessages";
import type { RunResult } from "../run/execute";
import type { ReferenceAnswer } from "../reference/engine";
import type { RunInputs } from "../run/inputs";
import type { Comparison, SessionParts } from "./parts";
import type { Opened } from "./open";
import {
  numbersView,
  type NumbersRequest,
  type NumbersView,
} from "../protocol/run/numbersMessages";
import { probeInputs, reduceInputs } from "./cases";
import { diagnoseInputs, precisionOfInputs } from "./diagnosis";
import { notGiven, type Given } from "./given";
import { stepHashes, type StepHash } from "./hashes";
import { Divergences } from "./views/divergences";
import { explainPlace } from "./views/unit/explanation";
import { GateWindows } from "./views/gates";
import { GradientReader, type GradientEngine, type TurnControl } from "./gradients/gradients";
import type { LossGradientOptions, LossGradients, LossInput } from "./gradients/lossGradients";
import { laneContext } from "./views/description/surrounding";
import { resultTensors } from "./results";
import { LanesUnder } from "./views/lanesUnder";
import { readResiduals } from "./views/residuals";
import { finalStatesRun, readFinalStates } from "./views/finals";
import { explainLogit } from "./views/unit/logit";
import type { LogitExplanation, LogitRequest } from "../protocol/run/logitMessages";
import { UnitOrders } from "./views/unitOrders";
import { readTimeline } from "./views/timeline";
import { readWindow } from "./views/window";
import type { Tensor } from "../tensor/tensor";
import { text } from "../core/text";

/** An opened run. Without values (`view.lanes` empty) every reading method throws NotFoundError. */
export class Session {
  readonly view: RunView;
  readonly #result: RunResult | null;
  readonly #engine: GradientEngine;
  readonly #given: Given;
  /** What it was made of; null for a run that was not read from files. */
  readonly opened: Opened | null;
  readonly #comparison: Comparison | null;
  #recomputer: StepRecomputer | null = null;
  #gates: GateWindows | null = null;
  #divergences: Divergences | null = null;
  #gradients: GradientReader | null = null;
  #lanesUnder: LanesUnder | null = null;
  #orders: UnitOrders | null = null;

  constructor(view: RunView, result: RunResult | null, parts: SessionParts = {}) {
    const { engine = {}, given, opened = null, comparison } = parts;
    this.view = view;
    this.#result = result;
    this.#engine = engine;
    this.#given = given ?? notGiven(view.labels.weights);
    this.opened = opened;
    this.#comparison = comparison ?? null;
  }

  /** What the run computes with and the references of its files, where engines were put in their place; else null. */
  get filed(): RunInputs | null {
    return this.#comparison?.filed ?? null;
  }

  /** What engines gave that the run was compared with. */
  get answers(): readonly ReferenceAnswer[] {
    return this.#comparison?.answers ?? [];
  }

  /** What the run computes with; null where its shapes clash. */
  get inputs(): RunInputs | null {
    return this.#result?.inputs ?? null;
  }

  /**
   * Why the reference differs, or the user's own output, and what this run cannot show. References are taken as their files have them: an axis
   * that is missing is a mistake as well.
   * @throws CancelledError when `control` says so.
   */
  diagnose(control: RunControl): Promise<MendedDiagnosis> {
    return diagnoseInputs(this.#run().inputs, this.#given, control);
  }

  /**
   * Less precision that explains why the reference differs; null where it is more than that, or does not differ.
   * @throws CancelledError when `control` says so.
   */
  precision(control: RunControl): Promise<ReducedPrecision | null> {
    const { verdicts } = this.view;
    return precisionOfInputs(this.#run().inputs, this.#given, verdicts, control);
  }

  /**
   * A better test of the module, tried beforehand.
   * @throws CancelledError when `control` says so; UnsupportedError for a chaotic module.
   */
  probe(request: ProbeRequest, control: RunControl): Promise<MadeProbe> {
    return probeInputs(this.#run().inputs, this.#given, request, control);
  }

  /**
   * The smallest case that shows the mistake of this run; null where none explains it.
   * @throws CancelledError when `control` says so.
   */
  reduce(control: RunControl): Promise<MadeReduction | null> {
    return reduceInputs(this.#run().inputs, this.#given, control);
  }

  /** @throws NotFoundError for a lane or a state that there is not; UnsupportedError for gates under a mistake. */
  window(request: WindowRequest): WindowData {
    const { context, results, forwardInput, overviews } = this.#run();
    const named = parseStateName(request.lane, forwardInput.config);
    const order = this.#orderOf(request);
    if (named !== null && isGate(named.quantity)) {
      return this.#gateWindows().read(named, request, order);
    }
    const lane = this.#lane(request.lane, request.stateName);
    return readWindow(lane, request, laneContext(lane, context, results), { order, overviews });
  }

  /** The units of a lane in an order; those of a gate, or of c, as its lane's h has them. */
  unitOrder(request: UnitOrderRequest): UnitOrder {
    const { context, forwardInput } = this.#run();
    this.#orders ??= new UnitOrders(context, (lane, stateName) => this.#lane(lane, stateName));
    const named = parseStateName(request.lane, forwardInput.config);
    const lane =
      named === null ? request.lane : (`layer${named.layer}.${named.direction}` as const);
    // A projection gives h other units than c and the gates have.
    const isOther = request.lane !== "output" && (named?.quantity ?? request.stateName) !== "h";
    const stateName = isOther && forwardInput.config.projSize > 0 ? "c" : "h";
    return this.#orders.order({ ...request, lane, stateName });
  }

  /**
   * A window of a lane of a layer beside the run under the mistakes of `request.under`.
   * @throws UnsupportedError when they cannot be applied; LimitError, CancelledError.
   */
  async windowUnder(request: WindowRequest, control: RunControl): Promise<WindowData> {
    const run = this.#run();
    this.#lanesUnder ??= new LanesUnder(run, this.#engine);
    const own = run.lanes.find(({ id }) => id === request.lane);
    const lane = own && (await this.#lanesUnder.lane(own, request.under ?? [], control));
    const shown = lane === undefined ? null : laneOf(lane, request.stateName);
    return shown === null
      ? this.window(request)
      : readWindow(shown, request, run.context, { order: this.#orderOf(request) });
  }

  /** The place that a walk through the differences leads to. */
  divergence(request: DivergenceRequest): DivergenceAnswer {
    this.#divergences ??= new Divergences(this.#run());
    return this.#divergences.find(request);
  }

  timeline(request: TimelineRequest): Timeline {
    const { context, overviews } = this.#run();
    return readTimeline(this.#lane(request.lane, request.stateName), request, context, overviews);
  }

  /**
   * The error of the reference over time: what each step makes, and what is carried along.
   * @throws CancelledError when `control` says so.
   */
  residuals(request: ResidualRequest, control: RunControl): ResidualCurve | null {
    return readResiduals(this.#computed(), request, control);
  }

  /**
   * The numbers of the differences, by result that has a reference, judged by the run's tolerance or by another one.
   * @throws CancelledError when `control` says so.
   */
  async numbers(control: RunControl, judged: NumbersRequest = {}): Promise<NumbersView[]> {
    const run = this.#run();
    const { numbersOf } = await import("../run/numbers");
    return numbersView(numbersOf(run, control, judged));
  }

  /** A line for each step of each state. @throws CancelledError when `control` says so. */
  hashes(control: RunControl): Iterable<StepHash> {
    return stepHashes(this.#run(), control);
  }

  /**
   * Gradients, computed in float64 when they are asked for, in turns with other questions.
   * @throws CancelledError when `control` says so, when they are no longer wanted, and when another loss is asked for.
   */
  gradientCurve(request: GradientRequest, control: TurnControl): Promise<GradientCurve> {
    return this.#gradientReader().curve(request, control, this.answers);
  }

  /** Ends the gradients that are being computed. */
  stopGradients(): void {
    this.#gradients?.stop();
  }

  /**
   * Every gradient of a loss, in float64.
   * @throws ShapeError, UnsupportedError when the loss does not fit the run; LimitError, CancelledError.
   */
  async lossGradients(loss: LossInput, options: LossGradientOptions): Promise<LossGradients> {
    const { lossGradients } = await import("./gradients/lossGradients");
    return lossGradients(this.#computed(), this.#gradientReader(), loss, options);
  }

  finalStates(request: FinalStatesRequest): FinalStates {
    const run = this.#run();
    if (request.stateName === "c" && run.trace.cn === null) throw this.#noCellState("c_n");
    return readFinalStates(finalStatesRun(run, request.stateName), request);
  }

  explain(request: UnitRequest): UnitExplanation {
    const { layer, direction, stateName } = request;
    const lane = this.#lane(`layer${layer}.${direction}`, stateName);
    return explainPlace(this.#computed(), this.#stepRecomputer(), lane, request);
  }

  /** @throws NotFoundError where there is no such logit. */
  explainLogit(request: LogitRequest): LogitExplanation {
    return explainLogit(this.#computed(), request);
  }

  /**
   * `output`, `h_n` and `c_n` in the layout of the input, `embedded` and `logits` where layers around the module make
   * them. With `states` also every state, as `layer{l}.{direction}.h`,
   * (T, B, P), and `layer{l}.{direction}.c`, (T, B, H).
   * @throws LimitError when they are too large to be held at once.
   */
  tensors(options: { readonly states: boolean }): ReadonlyMap<string, Tensor> {
    return resultTensors(this.#run(), options);
  }

  /** Frees the memory and engines of long runs; the session must not be used afterwards. */
  dispose(): void {
    this.#gradients?.dispose();
    this.#lanesUnder?.dispose();
    this.#result?.trace.dispose();
  }

  /** The order that a window has its units in; undefined for that of their numbers. */
  #orderOf({ order, ...request }: WindowRequest): Uint32Array | undefined {
    return order === undefined ? undefined : this.unitOrder({ ...request, order }).units;
  }

  #stepRecomputer(): StepRecomputer {
    const run = this.#computed();
    this.#recomputer ??= createRecomputer(run.forwardInput, run.trace);
    return this.#recomputer;
  }

  #gateWindows(): GateWindows {
    // Steps of its own: going back and forth between lanes would widen the weights each time.
    const run = this.#computed();
    this.#gates ??= new GateWindows(run, createRecomputer(run.forwardInput, run.trace));
    return this.#gates;
  }

  #gradientReader(): GradientReader {
    this.#gradients ??= new GradientReader(this.#computed(), this.#engine);
    return this.#gradients;
  }

  #run(): RunResult {
    if (this.#result !== null) return this.#result;
    throw new NotFoundError(
      this.view.labels.weights,
      text("the run has no values, see its shapes"),
    );
  }

  /** The run of the engines. @throws UnsupportedError for one whose equations are other ones. */
  #computed(): RunResult {
    const run = this.#run();
    if (!run.isShown) return run;
    throw new UnsupportedError(
      { file: this.view.labels.weights },
      text("steps and gradients are not computed under a mistake"),
      { remedies: [{ do: "take-back-mistake" }] },
    );
  }

  /** A lane as a state shows it, or as the one in its name. */
  #lane(name: string, wanted: StateName): Lane {
    const { lanes, forwardInput } = this.#run();
    const named = parseStateName(name, forwardInput.config);
    const id = named === null ? name : `layer${named.layer}.${named.direction}`;
    const stateName = named === null ? wanted : named.quantity === "c" ? "c" : "h";
    const lane = lanes.find((candidate) => candidate.id === id);
    if (lane === undefined) {
      const names = lanes.map((candidate) => candidate.id);
      throw new NotFoundError(this.view.labels.weights, text("there is no lane {0}", id), names);
    }
    const shown = laneOf(lane, stateName);
    if (shown === null) throw this.#noCellState(id);
    return shown;
  }

  #noCellState(subject: string): NotFoundError {
    return new NotFoundError(this.view.labels.weights, text("{0} has no cell state", subject));
  }
}
