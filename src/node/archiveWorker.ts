/**
 * The worker thread of one archive: opens it once and answers for its tree and its tensors.
 */
import { parentPort, workerData } from "node:worker_threads";
import { ArchiveSession } from "../session/archive/session";
import type { RunControl } from "../core/control";
import { CancelledError, LimitError, NotFoundError } from "../core/errors";
import {
  freshAnswers,
  type ArchiveWorkerEvents,
  type ArchiveWorkerRequests,
  type WrittenTensors,
} from "../protocol/archive/workerMessages";
import { handedOver } from "../protocol/handOver";
import { respond, RpcClient, type Handlers } from "../protocol/rpc";
import type { HostRequests } from "../protocol/run/workerMessages";
import { baseName } from "../core/baseName";
import { text } from "../core/text";
import { FileSet } from "./files";
import { threadPort, type WorkerStart } from "./threadPort";
import { writeWhole } from "./writeWhole";

/** Progress is for eyes: more often than this is work for nothing. */
const PROGRESS_INTERVAL_MS = 50;
/** What is done sooner is an answer, and no progress is shown before it. */
const QUIET_MS = 200;

if (parentPort === null) throw new Error("archiveWorker.js is the entry of a worker thread");

const port = threadPort(parentPort);
const host = new RpcClient<HostRequests, object>(port);
const cancelled = new Int32Array((workerData as WorkerStart).cancelled);
const files = new FileSet((location) => host.request("bytes/read", { location }));
let open: ArchiveSession | undefined;

function session(): ArchiveSession {
  if (open === undefined) throw new NotFoundError("Unroll", text("no file is open here"));
  return open;
}

/** Work that may take long: tells how far it is, its end as well, and stops at the next cancel. */
async function long<Result>(work: (control: RunControl) => Promise<Result>): Promise<Result> {
  const cancels = Atomics.load(cancelled, 1);
  let told = performance.now() + QUIET_MS - PROGRESS_INTERVAL_MS;
  let last: ArchiveWorkerEvents["work/progress"] | undefined;
  const control: RunControl = {
    report: (fraction, activity) => {
      const now = performance.now();
      if (now - told < PROGRESS_INTERVAL_MS) return;
      told = now;
      last = { fraction, activity };
      responder.emit("work/progress", last);
    },
    check: () => {
      if (Atomics.load(cancelled, 1) !== cancels) throw new CancelledError();
    },
  };
  try {
    return await work(control);
  } finally {
    if (last !== undefined) responder.emit("work/progress", { ...last, fraction: 1 });
  }
}

async function write({
  request,
  ...target
}: ArchiveWorkerRequests["tensor/write"]["params"]): Promise<WrittenTensors> {
  return long(async (control) => {
    if (target.path !== null) {
      const notes = await writeWhole(target.path, (sink) =>
        session().export(request, sink, control),
      );
      return { bytes: null, notes };
    }
    const parts: Uint8Array[] = [];
    let length = 0;
    const notes = await session().export(
      request,
      (bytes) => {
        length += bytes.length;
        assertFits(length, target.maxBytes);
        parts.push(bytes.slice());
        return Promise.resolve();
      },
      control,
    );
    return { bytes: joined(parts, length), notes };
  });
}

function assertFits(length: number, maxBytes: number): void {
  if (length <= maxBytes) return;
  const what = text("the size in bytes (setting {0})", "unroll.remote.maxMegabytes");
  throw new LimitError(session().summary.file, what, maxBytes, length);
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const handlers: Handlers<ArchiveWorkerRequests> = {
  "archive/open": async ({ location, revision }) => {
    const archive = await files.open(location);
    open = new ArchiveSession(archive, {
      file: baseName(location),
      fileBytes: files.bytes,
      revision,
    });
    return { summary: open.summary, locations: files.locations };
  },
  "archive/tree": (request) => session().tree(request),
  "tensor/info": ({ tensor }) => session().info(tensor),
  "tensor/tile": (request) => long((control) => session().tile(request, control)),
  "tensor/cells": (request) => session().cells(request),
  "tensor/statistics": (request) => long((control) => session().statistics(request, control)),
  "tensor/spectrum": ({ tensor }) => long((control) => session().spectrum(tensor, control)),
  "tensor/write": write,
};

const responder = respond<ArchiveWorkerRequests, ArchiveWorkerEvents>(
  port,
  handlers,
  () => undefined,
  handedOver(freshAnswers),
);
