/**
 * The worker of one archive: opens it once and answers for its tree and its tensors.
 */
import { baseName } from "../core/baseName";
import type { RunControl } from "../core/control";
import { LimitError, NotFoundError } from "../core/errors";
import { text, type Text } from "../core/text";
import { throttled } from "../core/throttle";
import type { ByteSink } from "../formats/write/exportTensors";
import { defaultSlice } from "../drawing/tensors/slices";
import {
  freshAnswers,
  type ArchiveWorkerEvents,
  type ArchiveWorkerRequests,
  type OpenedArchive,
  type WriteTarget,
  type WrittenModule,
  type WrittenTensors,
} from "../protocol/archive/workerMessages";
import { handedOver } from "../protocol/handOver";
import { respond, RpcClient, type Handlers } from "../protocol/rpc";
import type { HostRequests } from "../protocol/run/workerMessages";
import { givenStates } from "../session/archive/givenStates";
import { ArchiveSession } from "../session/archive/session";
import type { OpenFiles, WorkerPlatform } from "./platform";
import { WORK_PACE } from "./progress";

export interface ArchivePlatform extends WorkerPlatform {
  /** Lets `write` fill the file at `path`, whole or not at all. */
  writeWhole<Result>(path: string, write: (sink: ByteSink) => Promise<Result>): Promise<Result>;
}

/** Holds the archive and its files, which stay open as long as the worker runs. */
class ArchiveWorker {
  readonly #platform: ArchivePlatform;
  readonly #emit: (progress: ArchiveWorkerEvents["work/progress"]) => void;
  readonly #files: OpenFiles;
  #open: ArchiveSession | undefined;

  constructor(
    platform: ArchivePlatform,
    emit: (progress: ArchiveWorkerEvents["work/progress"]) => void,
  ) {
    const host = new RpcClient<HostRequests, object>(platform.port);
    this.#platform = platform;
    this.#emit = emit;
    this.#files = platform.openFiles((location) => host.request("bytes/read", { location }));
  }

  get session(): ArchiveSession {
    if (this.#open === undefined) throw new NotFoundError("Unroll", text("no file is open here"));
    return this.#open;
  }

  async open({
    location,
    revision,
    isForPage,
  }: ArchiveWorkerRequests["archive/open"]["params"]): Promise<OpenedArchive> {
    const archive = await this.#files.open(location);
    const file = baseName(location);
    const session = new ArchiveSession(archive, { file, fileBytes: this.#files.bytes, revision });
    this.#open = session;
    if (isForPage) void prepareFirst(session);
    return { summary: session.summary, locations: this.#files.locations };
  }

  /** Work that may take long: tells how far it is, its end as well, and stops at the next cancel. */
  async long<Result>(work: (control: RunControl) => Promise<Result>): Promise<Result> {
    const { report, end } = throttled(this.#emit, WORK_PACE);
    try {
      return await work({ report, check: this.#platform.stops.checkOfWork() });
    } finally {
      end();
    }
  }

  write({
    request,
    ...target
  }: ArchiveWorkerRequests["tensor/write"]["params"]): Promise<WrittenTensors> {
    return this.long((control) =>
      this.#writeTo(target, (sink) => this.session.export(request, sink, control)),
    );
  }

  /** What is to be known of a module before it is written: the sums of biases are read for it. */
  notesOfModule(
    request: ArchiveWorkerRequests["module/notes"]["params"],
  ): Promise<readonly Text[]> {
    return this.long(async () => {
      const states = await givenStates(request, this.#files);
      return (await this.session.prepareModule(request, states)).notes;
    });
  }

  /** Nothing is written, and no file is made, where the target cannot express the module. */
  writeModule({
    request,
    ...target
  }: ArchiveWorkerRequests["module/write"]["params"]): Promise<WrittenModule> {
    return this.long(async (control) => {
      const states = await givenStates(request, this.#files);
      const { lines, notes, write } = await this.session.prepareModule(request, states);
      const { bytes } = await this.#writeTo(target, async (sink) => {
        await write(sink, control);
        return notes;
      });
      return { bytes, lines, notes };
    });
  }

  async #writeTo({ path, maxBytes }: WriteTarget, write: Write): Promise<WrittenTensors> {
    if (path !== null) return { bytes: null, notes: await this.#platform.writeWhole(path, write) };
    return inMemory(write, (length) => {
      this.#assertFits(length, maxBytes);
    });
  }

  #assertFits(length: number, maxBytes: number): void {
    if (length <= maxBytes) return;
    const { file } = this.session.summary;
    throw new LimitError({ file }, { of: "file-bytes" }, maxBytes, length, [
      { do: "raise", option: "remote.maxMegabytes" },
    ]);
  }
}

/** Begins what the picture of the first tensor takes, while the page that asks for it is still being loaded. */
async function prepareFirst(session: ArchiveSession): Promise<void> {
  const { first } = session.summary;
  if (first === null) return;
  try {
    await session.prepare(first.name, defaultSlice(first.shape));
  } catch {
    // Who asks for it is told.
  }
}

/** Fills a file; gives what was written otherwise than it is stored. */
type Write = (sink: ByteSink) => Promise<readonly Text[]>;

/** What `write` gives to its sink, as one array; `assertFits` is called with the length as it grows. */
async function inMemory(
  write: Write,
  assertFits: (length: number) => void,
): Promise<WrittenTensors> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const notes = await write((part) => {
    length += part.length;
    assertFits(length);
    parts.push(part.slice());
    return Promise.resolve();
  });
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { bytes, notes };
}

/** Answers at the platform's port from now on. */
export function serveArchive(platform: ArchivePlatform): void {
  const worker = new ArchiveWorker(platform, (progress) => {
    responder.emit("work/progress", progress);
  });
  const handlers: Handlers<ArchiveWorkerRequests> = {
    "archive/open": (request) => worker.open(request),
    "archive/tree": (request) => worker.session.tree(request),
    "tensor/info": ({ tensor }) => worker.session.info(tensor),
    "tensor/tile": (request) => worker.long((control) => worker.session.tile(request, control)),
    "tensor/cells": (request) => worker.session.cells(request),
    "tensor/statistics": (request) =>
      worker.long((control) => worker.session.statistics(request, control)),
    "tensor/spectrum": ({ tensor }) =>
      worker.long((control) => worker.session.spectrum(tensor, control)),
    "assign/guesses": (request) => worker.session.assign.guesses(request),
    "assign/check": ({ map }) => worker.session.assign.check(map),
    "assign/choices": (request) => worker.session.assign.choices(request),
    "tensor/write": (request) => worker.write(request),
    "module/targets": (request) => worker.session.exportTargets(request),
    "module/notes": (request) => worker.notesOfModule(request),
    "module/write": (request) => worker.writeModule(request),
  };
  const responder = respond<ArchiveWorkerRequests, ArchiveWorkerEvents>(
    platform.port,
    handlers,
    () => undefined,
    handedOver(freshAnswers),
  );
}
