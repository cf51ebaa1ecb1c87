/**
 * The worker of runs: reads files, runs networks and answers for the values of the run that it holds.
 */
import { baseName } from "../core/baseName";
import type { RunControl } from "../core/control";
import { NotFoundError } from "../core/errors";
import { legible, renderText, text, type Surface, type Text } from "../core/text";
import type { EncodePng } from "../drawing/picture/image";
import { throttled } from "../core/throttle";
import type { ForwardEngine, Network } from "../engine/base/engine";
import { handedOver } from "../protocol/handOver";
import type { Reader } from "../protocol/run/pictureMessages";
import { packWindow } from "../protocol/run/packedWindow";
import { respond, RpcClient, type Handlers } from "../protocol/rpc";
import {
  freshAnswers,
  type HostRequests,
  type WorkerEvents,
  type WorkerRequests,
} from "../protocol/run/workerMessages";
import type { RunView } from "../protocol/run/messages";
import type { CreateReferenceEngine } from "../reference/engine";
import { ReferenceEngines } from "../reference/engines";
import { inspectArchive } from "../session/archive/inspect";
import { tryMaps } from "../session/assign/tryMaps";
import { checkRun, smallTensors } from "../session/check";
import { probeSpec, reduceSpec } from "../session/cases";
import { diagnoseSpec } from "../session/diagnosis";
import { comparedSession } from "../session/compared";
import type { SessionOptions } from "../session/open";
import { recorderOf } from "../session/recorder";
import { openSession } from "../session/openSession";
import { rehearse } from "../session/rehearsal";
import type { Session } from "../session/session";
import type { OpenFiles, WorkerPlatform } from "./platform";
import { RUN_PACE, WORK_PACE } from "./progress";

/** Bytes of a tensor that is read to check a run file while it is written. */
const MAX_CHECKED_BYTES = 64 * 2 ** 20;

export interface RunPlatform extends WorkerPlatform {
  readonly createEngine: (network: Network) => ForwardEngine;
  /** Engines that runs are compared with; each is made when it is first asked for. */
  readonly createReferenceEngine: CreateReferenceEngine;
  readonly encodePng: EncodePng;
  /** Whether a run is made before one is asked for, so that the next one is made sooner. */
  readonly rehearses: boolean;
}

interface OpenRun {
  readonly session: Session;
  readonly revision: number;
  readonly options: SessionOptions;
}

/** Sentences as the reader has them. */
function surfaceOf({ translations }: Reader): Surface {
  return { translate: (template) => translations[template] ?? template, foreign: legible };
}

/** Holds the open run, which the next one that can be read replaces; the files of a run are closed once it is loaded. */
class RunWorker {
  readonly #platform: RunPlatform;
  readonly #host: RpcClient<HostRequests, object>;
  readonly #emit: (progress: WorkerEvents["run/progress"]) => void;
  #open: OpenRun | undefined;
  readonly #emitCompared: (progress: WorkerEvents["compare/progress"]) => void;
  readonly #engines: ReferenceEngines;

  constructor(
    platform: RunPlatform,
    emit: (progress: WorkerEvents["run/progress"]) => void,
    emitCompared: (progress: WorkerEvents["compare/progress"]) => void,
    emitOutput: (output: string) => void,
  ) {
    this.#emitCompared = emitCompared;
    this.#platform = platform;
    this.#host = new RpcClient(platform.port);
    this.#emit = emit;
    this.#engines = new ReferenceEngines((id) => platform.createReferenceEngine(id, emitOutput));
  }

  get engines(): ReferenceEngines {
    return this.#engines;
  }

  get session(): Session {
    return this.held.session;
  }

  get held(): OpenRun {
    if (this.#open === undefined) {
      throw new NotFoundError("Unroll", text("no run is open here"), [], {
        remedies: [{ do: "run-again" }],
      });
    }
    return this.#open;
  }

  async withFiles<Result>(use: (files: OpenFiles) => Promise<Result>): Promise<Result> {
    const files = this.#platform.openFiles((location) =>
      this.#host.request("bytes/read", { location }),
    );
    try {
      return await use(files);
    } finally {
      await files.close();
    }
  }

  async open({
    spec,
    ...options
  }: WorkerRequests["run/open"]["params"]): Promise<WorkerRequests["run/open"]["result"]> {
    const { revision } = options;
    const control = this.#controlOfRun(revision);
    const { createEngine } = this.#platform;
    const own = { ...options, control, createEngine };
    const next = await this.withFiles((files) => openSession(spec, files, own));
    return this.#take(next, own);
  }

  /** The open run beside engines; it takes the place of the open one. */
  async compareWith({
    choices,
    revision,
  }: WorkerRequests["run/compareWith"]["params"]): Promise<RunView> {
    const { session, options: before } = this.held;
    const control = this.#controlOfRun(revision, this.#emitCompared);
    const options = { ...before, revision, control };
    const next = await comparedSession(session, this.#engines, choices, options);
    return this.#take(next, options);
  }

  #controlOfRun(revision: number, emit = this.#emit): RunControl {
    return {
      report: throttled(emit, RUN_PACE).report,
      check: this.#platform.stops.checkOfRun(revision),
    };
  }

  #take(next: Session, options: SessionOptions): RunView {
    try {
      options.control.check();
    } catch (error) {
      next.dispose();
      throw error;
    }
    this.#replace(next, options);
    return next.view;
  }

  /** Of work on the open run that starts now: told as a run's, stopped by a cancel or by the next run. */
  controlOfWork(): RunControl {
    const { report } = throttled(this.#emit, WORK_PACE);
    return { report, check: this.#platform.stops.checkOfWork() };
  }

  /** Runs may end in another order than they began. */
  #replace(session: Session, options: SessionOptions): void {
    const { revision } = options;
    if (this.#open !== undefined && this.#open.revision >= revision) {
      session.dispose();
      return;
    }
    this.#open?.session.dispose();
    this.#open = { session, revision, options };
  }
}

/** Pictures and reports of the open run, whose code is loaded when the first is made. */
function exportHandlers(
  worker: Pick<RunWorker, "session">,
  { encodePng }: Pick<RunPlatform, "encodePng">,
): Pick<Handlers<WorkerRequests>, "picture/draw" | "report/write"> {
  return {
    "picture/draw": async ({ reader, ...request }) => {
      const { runPicture } = await import("../report/pictures");
      const { session } = worker;
      const surface = surfaceOf(reader);
      const say = (sentence: Text): string => renderText(sentence, surface);
      return runPicture(session.view, session, request, { encodePng, say });
    },
    "report/write": async ({ reader, ...request }) => {
      const { reportHtml } = await import("../report/pictures");
      const { session } = worker;
      const { language } = reader;
      const means = { encodePng, surface: surfaceOf(reader), language };
      return reportHtml(session.view, session, request, means);
    },
  };
}

/** Files that are read without the open run. */
function fileHandlers(
  worker: RunWorker,
  { createEngine }: Pick<RunPlatform, "createEngine">,
): Pick<
  Handlers<WorkerRequests>,
  "archive/inspect" | "run/tryMaps" | "run/recorder" | "run/check" | "run/probe" | "run/reduce"
> {
  return {
    "archive/inspect": ({ location, map }) =>
      worker.withFiles(async (files) =>
        inspectArchive(
          baseName(location),
          await files.open(location),
          map === undefined ? null : { map },
        ),
      ),
    "run/tryMaps": ({ spec, guesses }) =>
      worker.withFiles((files) =>
        tryMaps(spec, guesses, files, {
          control: worker.controlOfWork(),
          createEngine,
        }),
      ),
    "run/recorder": ({ spec, question }) =>
      worker.withFiles((files) => recorderOf(spec, files, question)),
    "run/check": ({ spec }) =>
      worker.withFiles((files) => checkRun(spec, smallTensors(files, MAX_CHECKED_BYTES))),
    "run/probe": ({ spec, request }) =>
      worker.withFiles((files) => probeSpec(spec, request, files, worker.controlOfWork())),
    "run/reduce": ({ spec }) =>
      worker.withFiles((files) => reduceSpec(spec, files, worker.controlOfWork())),
  };
}

/** Answers at the platform's port from now on. */
export function serveRuns(platform: RunPlatform): void {
  const worker = new RunWorker(
    platform,
    (progress) => {
      responder.emit("run/progress", progress);
    },
    (progress) => {
      responder.emit("compare/progress", progress);
    },
    (output) => {
      responder.emit("engine/output", { output });
    },
  );
  const handlers: Handlers<WorkerRequests> = {
    ...fileHandlers(worker, platform),
    "run/open": (request) => worker.open(request),
    "run/compareWith": (request) => worker.compareWith(request),
    "run/diagnose": ({ spec, choices = [] }) =>
      worker.withFiles((files) =>
        diagnoseSpec(spec, files, worker.controlOfWork(), { engines: worker.engines, choices }),
      ),
    "lane/window": async (request) =>
      packWindow(
        request.under === undefined
          ? worker.session.window(request)
          : await worker.session.windowUnder(request, worker.controlOfWork()),
      ),
    "divergence/find": (request) => worker.session.divergence(request),
    "units/order": (request) => worker.session.unitOrder(request),
    "finalStates/read": (request) => worker.session.finalStates(request),
    "timeline/read": (request) => worker.session.timeline(request),
    "residuals/read": (request) => worker.session.residuals(request, worker.controlOfWork()),
    "numbers/read": (request) => worker.session.numbers(worker.controlOfWork(), request),
    "run/gradients": (request) => {
      const control = { ...worker.controlOfWork(), pause: () => platform.nextTurn() };
      return worker.session.gradientCurve(request, control);
    },
    "gradients/stop": () => {
      worker.session.stopGradients();
      return null;
    },
    "unit/explain": (place) => worker.session.explain(place),
    "logit/explain": (place) => worker.session.explainLogit(place),
    ...exportHandlers(worker, platform),
  };
  const responder = respond<WorkerRequests, WorkerEvents>(
    platform.port,
    handlers,
    () => undefined,
    handedOver(freshAnswers),
  );
  if (platform.rehearses) void rehearse();
}
