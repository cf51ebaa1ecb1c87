/**
 * The worker thread: reads files, runs networks and answers for the values of the run it holds.
 */
import { parentPort, workerData } from "node:worker_threads";
import { chooseEngine } from "../engine/choose";
import type { RunControl } from "../core/control";
import type { ForwardEngine, Network } from "../engine/base/engine";
import { CancelledError, NotFoundError } from "../core/errors";
import { inspectArchive } from "../session/archive/inspect";
import { handedOver } from "../protocol/handOver";
import { respond, RpcClient, type Handlers } from "../protocol/rpc";
import {
  freshAnswers,
  type HostRequests,
  type WorkerEvents,
  type WorkerRequests,
} from "../protocol/run/workerMessages";
import { checkRun, smallTensors } from "../session/check";
import { openSession, type Session } from "../session/session";
import { baseName } from "../core/baseName";
import { text } from "../core/text";
import { FileSet } from "./files";
import { createKernelThreads } from "./kernelThreads";
import { threadPort, type WorkerStart } from "./threadPort";

/** Progress is for eyes: more often than this is work for nothing. */
const PROGRESS_INTERVAL_MS = 50;
/** Work on an open run that is done sooner is an answer, and no progress is shown before it. */
const QUIET_MS = 200;

/** Bytes of a tensor that is read to check a run file while it is written. */
const MAX_CHECKED_BYTES = 64 * 2 ** 20;

if (parentPort === null) throw new Error("worker.js is the entry of a worker thread");

const port = threadPort(parentPort);
const host = new RpcClient<HostRequests, object>(port);
const cancelled = new Int32Array((workerData as WorkerStart).cancelled);
const threads = createKernelThreads();
let open: { readonly session: Session; readonly revision: number } | undefined;

async function withFiles<Result>(use: (files: FileSet) => Promise<Result>): Promise<Result> {
  const files = new FileSet((location) => host.request("bytes/read", { location }));
  try {
    return await use(files);
  } finally {
    await files.close();
  }
}

/** Tells progress often enough for eyes, the first time not before `startMs`. */
function progressReporter(startMs: number): RunControl["report"] {
  let reported = startMs - PROGRESS_INTERVAL_MS;
  return (fraction, activity) => {
    const now = performance.now();
    if (now - reported < PROGRESS_INTERVAL_MS) return;
    reported = now;
    responder.emit("run/progress", { fraction, activity });
  };
}

function controlOf(revision: number): RunControl {
  return {
    report: progressReporter(-Infinity),
    check: () => {
      if (Atomics.load(cancelled, 0) >= revision) throw new CancelledError();
    },
  };
}

/**
 * Of work on the open run that starts now: told as a run's, stopped by a cancel or by the next run.
 * A cancel counts even where the revision it names has been cancelled before.
 */
function controlOfRequest(): RunControl {
  const cancels = Atomics.load(cancelled, 1);
  return {
    report: progressReporter(performance.now() + QUIET_MS),
    check: () => {
      if (Atomics.load(cancelled, 1) !== cancels) throw new CancelledError();
    },
  };
}

function createEngine(network: Network): ForwardEngine {
  return chooseEngine(network, { threads });
}

function session(): Session {
  if (open === undefined) {
    throw new NotFoundError("Unroll", text("no run is open here; run it again"));
  }
  return open.session;
}

const handlers: Handlers<WorkerRequests> = {
  "archive/inspect": ({ location }) =>
    withFiles(async (files) => inspectArchive(baseName(location), await files.open(location))),
  "run/check": ({ spec }) =>
    withFiles((files) => checkRun(spec, smallTensors(files, MAX_CHECKED_BYTES))),
  "run/open": async ({ spec, ...options }) => {
    const { revision } = options;
    const control = controlOf(revision);
    const next = await withFiles((files) =>
      openSession(spec, files, { ...options, control, createEngine }),
    );
    try {
      control.check();
    } catch (error) {
      next.dispose();
      throw error;
    }
    if (open !== undefined && open.revision >= revision) {
      next.dispose();
    } else {
      open?.session.dispose();
      open = { session: next, revision };
    }
    return next.view;
  },
  "lane/window": (request) => session().window(request),
  "finalStates/read": (request) => session().finalStates(request),
  "timeline/read": (request) => session().timeline(request),
  "run/gradients": (request) => session().gradientCurve(request, controlOfRequest()),
  "unit/explain": (place) => session().explain(place),
};

const responder = respond<WorkerRequests, WorkerEvents>(
  port,
  handlers,
  () => undefined,
  handedOver(freshAnswers),
);
