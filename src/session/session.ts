/**
 * A run that is open in a panel: it answers requests for windows, curves and explanations.
 */
import { laneOf, type Lane } from "../analysis/lanes";
import { chooseEngine } from "../engine/choose";
import type { RunControl } from "../core/control";
import type { ForwardEngine, Network } from "../engine/base/engine";
import type { MendedDiagnosis, Named, ReducedPrecision } from "../diagnosis/answer";
import type { MadeProbe, ProbeRequest } from "../diagnosis/probe/probeFiles";
import type { MadeReduction } from "../diagnosis/reduce/reducedFiles";
import { createRecomputer, type StepRecomputer } from "../engine/recompute";
import type { StateName } from "../engine/base/trace";
import { NotFoundError, UnsupportedError } from "../core/errors";
import { sequenceSizes } from "../model/sequence";
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
  WindowData,
  WindowRequest,
} from "../protocol/run/windowMessages";
import { executeRun, finalStates, type RunResult } from "../run/execute";
import type { RunSpec } from "../run/spec/spec";
import { clashFixes } from "../diagnosis/clashes/fixes";
import { besideOf } from "../run/load/besideOf";
import { trapsOf } from "../diagnosis/traps/traps";
import { shapesOf } from "./check";
import { probeInputs, reduceInputs } from "./cases";
import { diagnoseInputs, precisionOfInputs } from "./diagnosis";
import { givenOf, notGiven, type Given } from "./given";
import { Divergences } from "./views/divergences";
import { explainPlace } from "./views/explanation";
import { GateWindows } from "./views/gates";
import { GradientReader, type GradientEngine } from "./gradients/gradients";
import { loadRun, type LoadedRun } from "../run/load/load";
import {
  lossGradients,
  type LossGradientOptions,
  type LossGradients,
  type LossInput,
} from "./gradients/lossGradients";
import { loadOwn, type LoadedOwn } from "../run/load/own";
import { runInputsOf } from "../run/load/runInputs";
import { laneContext } from "./views/surrounding";
import type { ArchiveFiles } from "../run/load/chooseTensor";
import { resultTensors } from "./results";
import { describeRun } from "./views/view";
import { readResiduals } from "./views/residuals";
import { readFinalStates, readTimeline, readWindow } from "./views/window";
import type { Tensor } from "../tensor/tensor";
import { text } from "../core/text";

export type { ArchiveFiles } from "../run/load/chooseTensor";

export interface SessionOptions {
  readonly revision: number;
  /** Location of the run file the spec came from; null when there is none. */
  readonly runFile: string | null;
  readonly control: RunControl;
  /** Bytes that the states of the run may take; `defaultTraceBytes` when not given. */
  readonly maxTraceBytes?: number;
  /** Makes the engines; the fastest one on this thread when not given. */
  readonly createEngine?: (network: Network) => ForwardEngine;
  /** Ids of mistakes of the diagnosis: the run is shown as if they had been made. */
  readonly under?: readonly string[];
}

/**
 * Loads, checks, runs and compares. A run whose shapes clash gives a session without values, with its shape check.
 * @throws the readers' errors, NotFoundError, LimitError, CancelledError.
 */
export async function openSession(
  spec: RunSpec,
  files: ArchiveFiles,
  options: SessionOptions,
): Promise<Session> {
  const started = performance.now();
  const { control, revision, runFile } = options;
  const watchedFiles = watched(files, control);
  const loaded = await loadRun(spec, watchedFiles);
  const own = await loadOwn(spec, loaded, watchedFiles);
  control.check();
  const shapes = shapesOf(loaded, own);
  const mended = {
    fixes: await clashFixes(spec, loaded, watchedFiles, control),
    traps: trapsOf(spec, loaded),
  };
  const result = shapes.clash === null ? await execute(loaded, own, spec, options) : null;
  const sizes = sequenceSizes(loaded.input.shape, loaded.config.batchFirst);
  const elapsedMs = performance.now() - started;
  const under = await underOf(options);
  const frame = { revision, spec, runFile, elapsedMs, under, mended };
  const engine = { createEngine: chooseEngine, ...options };
  const noted = own === null ? loaded : { ...loaded, notes: [...loaded.notes, ...own.notes] };
  const view = describeRun(frame, noted, sizes, shapes, result);
  return new Session(view, result, engine, givenOf(spec, loaded, own));
}

/** The names of the mistakes that a run is shown under. @throws NotFoundError for an unknown id. */
async function underOf({ under = [] }: SessionOptions): Promise<Named[]> {
  if (under.length === 0) return [];
  const { namesOf } = await import("../diagnosis/doctor");
  return namesOf(under);
}

/** Files that report each tensor before it is read and can be cancelled. */
function watched(files: ArchiveFiles, control: RunControl): ArchiveFiles {
  const tell = (): void => {
    control.report(0, text("Reading files"));
    control.check();
  };
  return {
    ...besideOf(files),
    open: async (location) => {
      tell();
      const archive = await files.open(location);
      const read: typeof archive.read = (entry) => {
        tell();
        return archive.read(entry);
      };
      return { ...archive, read };
    },
  };
}

async function execute(
  loaded: LoadedRun,
  own: LoadedOwn | null,
  spec: RunSpec,
  { control, maxTraceBytes, createEngine = chooseEngine, under = [] }: SessionOptions,
): Promise<RunResult> {
  const inputs = await runInputsOf(loaded, spec, own);
  const memory = maxTraceBytes === undefined ? {} : { maxTraceBytes };
  const means = { control, createEngine, ...memory };
  if (under.length === 0) return executeRun(inputs, means);
  const { applied } = await import("../diagnosis/doctor");
  return executeRun(inputs, means, applied(inputs, under, means));
}

/** An opened run. Without values (`view.lanes` empty) every reading method throws NotFoundError. */
export class Session {
  readonly view: RunView;
  readonly #result: RunResult | null;
  readonly #engine: GradientEngine;
  readonly #given: Given;
  #recomputer: StepRecomputer | null = null;
  #gates: GateWindows | null = null;
  #divergences: Divergences | null = null;
  #gradients: GradientReader | null = null;

  constructor(
    view: RunView,
    result: RunResult | null,
    engine: GradientEngine = {},
    given: Given = notGiven(view.labels.weights),
  ) {
    this.view = view;
    this.#result = result;
    this.#engine = engine;
    this.#given = given;
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
    const { context, results, forwardInput } = this.#run();
    const named = parseStateName(request.lane, forwardInput.config);
    if (named !== null && isGate(named.quantity)) return this.#gateWindows().read(named, request);
    const lane = this.#lane(request.lane, request.stateName);
    return readWindow(lane, request, laneContext(lane, context, results));
  }

  /** The place that a walk through the differences leads to. */
  divergence(request: DivergenceRequest): DivergenceAnswer {
    this.#divergences ??= new Divergences(this.#run());
    return this.#divergences.find(request);
  }

  timeline(request: TimelineRequest): Timeline {
    const { context } = this.#run();
    return readTimeline(this.#lane(request.lane, request.stateName), request, context);
  }

  /**
   * The error of the reference over time: what each step makes, and what is carried along.
   * @throws CancelledError when `control` says so.
   */
  residuals(request: ResidualRequest, control: RunControl): ResidualCurve | null {
    return readResiduals(this.#computed(), request, control);
  }

  /**
   * Gradients, computed in float64 when they are asked for.
   * @throws CancelledError when `control` says so.
   */
  gradientCurve(request: GradientRequest, control: RunControl): GradientCurve {
    return this.#gradientReader().curve(request, control);
  }

  /**
   * Every gradient of a loss, in float64.
   * @throws ShapeError, UnsupportedError when the loss does not fit the run; LimitError, CancelledError.
   */
  lossGradients(loss: LossInput, options: LossGradientOptions): LossGradients {
    return lossGradients(this.#computed(), this.#gradientReader(), loss, options);
  }

  finalStates(request: FinalStatesRequest): FinalStates {
    const { trace, reference, noise, context, forwardInput } = this.#run();
    const { stateName } = request;
    if (stateName === "c" && trace.cn === null) throw this.#noCellState("c_n");
    const states = {
      ours: finalStates(trace, stateName),
      reference: stateName === "h" ? reference.hn : reference.cn,
    };
    return readFinalStates({ context, frame: forwardInput, noise, ...states }, request);
  }

  explain(request: UnitRequest): UnitExplanation {
    const { layer, direction, stateName } = request;
    const lane = this.#lane(`layer${layer}.${direction}`, stateName);
    return explainPlace(this.#computed(), this.#stepRecomputer(), lane, request);
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
    this.#result?.trace.dispose();
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
