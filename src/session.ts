/**
 * A run that a panel looks at: opened once, then asked for windows, curves and explanations.
 */
import type { Lane } from "./analysis/lanes";
import type { RunControl } from "./engine/control";
import type { Place } from "./engine/trace";
import { NotFoundError } from "./errors";
import { buildLedger } from "./model/buildLedger";
import type { Ledger } from "./model/ledger";
import { expectedParameters } from "./model/parameters";
import { sequenceSizes } from "./model/sequence";
import type {
  FinalStates,
  FinalStatesRequest,
  RunView,
  Timeline,
  TimelineRequest,
  UnitExplanation,
  WindowData,
  WindowRequest,
} from "./protocol/messages";
import { executeRun, type RunResult } from "./run";
import type { RunSpec } from "./runSpec";
import { explainPlace } from "./session/explanation";
import { loadRun, type LoadedRun } from "./session/load";
import type { ArchiveFiles } from "./session/runTensors";
import { resultTensors } from "./session/tensors";
import { describeRun } from "./session/view";
import { readFinalStates, readTimeline, readWindow } from "./session/window";
import type { Tensor } from "./tensor/tensor";
import { text } from "./text";

export type { ArchiveFiles } from "./session/runTensors";

export interface SessionOptions {
  readonly revision: number;
  /** Location of the run file the spec came from; null when there is none. */
  readonly runFile: string | null;
  readonly control: RunControl;
}

/**
 * Loads, checks, runs and compares. A run whose shapes clash gives a session without values, with its ledger.
 * @throws the readers' errors, NotFoundError, LimitError, CancelledError.
 */
export async function openSession(
  spec: RunSpec,
  files: ArchiveFiles,
  options: SessionOptions,
): Promise<Session> {
  const started = performance.now();
  const { control, revision, runFile } = options;
  control.report(0, text("Reading files"));
  const loaded = await loadRun(spec, files);
  control.check();
  const ledger = ledgerOf(loaded);
  const result = ledger.clash === null ? await execute(loaded, spec, control) : null;
  const sizes = sequenceSizes(loaded.input.shape, loaded.config.batchFirst);
  const elapsedMs = performance.now() - started;
  const frame = { revision, spec, runFile, elapsedMs };
  return new Session(describeRun(frame, loaded, sizes, ledger, result), result);
}

function ledgerOf(loaded: LoadedRun): Ledger {
  const { module, config, input, h0, c0, lengths, reference } = loaded;
  return buildLedger({
    config,
    parameters: module.entries,
    input: input.shape,
    h0: h0?.shape ?? null,
    c0: c0?.shape ?? null,
    lengths,
    referenceOutput: reference.output?.shape ?? null,
    referenceHn: reference.hn?.shape ?? null,
    referenceCn: reference.cn?.shape ?? null,
  });
}

async function execute(loaded: LoadedRun, spec: RunSpec, control: RunControl): Promise<RunResult> {
  const { module, config, weights, input, h0, c0, lengths, reference, precision } = loaded;
  const parameters = new Map<string, Tensor>();
  for (const { name } of expectedParameters(config)) {
    const entry = module.entries.get(name);
    if (entry !== undefined) parameters.set(name, await weights.read(entry));
  }
  const tolerance = spec.tolerance ?? {};
  return executeRun(
    { config, parameters, input, h0, c0, lengths, reference, precision, tolerance },
    control,
  );
}

/** An opened run. Without values (`view.lanes` empty) every reading method throws NotFoundError. */
export class Session {
  readonly view: RunView;
  readonly #result: RunResult | null;

  constructor(view: RunView, result: RunResult | null) {
    this.view = view;
    this.#result = result;
  }

  window(request: WindowRequest): WindowData {
    const { context } = this.#run();
    return readWindow(this.#lane(request.lane), request, context);
  }

  timeline(request: TimelineRequest): Timeline {
    const { context } = this.#run();
    return readTimeline(this.#lane(request.lane), request, context);
  }

  finalStates(request: FinalStatesRequest): FinalStates {
    return readFinalStates(this.#run(), request);
  }

  explain(place: Place): UnitExplanation {
    const lane = this.#lane(`layer${place.layer}.${place.direction}`);
    return explainPlace(this.#run(), lane, place);
  }

  /** `output` and `h_n` in the layout of the input, and every state as `layer{l}.{direction}.h`, (T, B, H). */
  tensors(): ReadonlyMap<string, Tensor> {
    return resultTensors(this.#run());
  }

  #run(): RunResult {
    if (this.#result !== null) return this.#result;
    throw new NotFoundError(
      this.view.labels.weights,
      text("the run has no values, see its shapes"),
    );
  }

  #lane(id: string): Lane {
    const { lanes } = this.#run();
    const lane = lanes.find((candidate) => candidate.id === id);
    if (lane !== undefined) return lane;
    const names = lanes.map((candidate) => candidate.id);
    throw new NotFoundError(this.view.labels.weights, text("there is no lane {0}", id), names);
  }
}
