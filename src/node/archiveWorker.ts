/**
 * The worker thread of one archive: opens it once and answers for its tree and its tensors.
 */
import { parentPort } from "node:worker_threads";
import { ArchiveSession } from "../archiveSession";
import { NotFoundError } from "../errors";
import type { ArchiveWorkerEvents, ArchiveWorkerRequests } from "../protocol/archiveWorkerMessages";
import { respond, RpcClient, type Handlers } from "../protocol/rpc";
import type { HostRequests } from "../protocol/workerMessages";
import { baseName } from "../session/baseName";
import { text } from "../text";
import { FileSet } from "./files";
import { threadPort } from "./threadPort";

if (parentPort === null) throw new Error("archiveWorker.js is the entry of a worker thread");

const port = threadPort(parentPort);
const host = new RpcClient<HostRequests, object>(port);
const files = new FileSet((location) => host.request("bytes/read", { location }));
let open: ArchiveSession | undefined;

function session(): ArchiveSession {
  if (open === undefined) throw new NotFoundError("Unroll", text("no file is open here"));
  return open;
}

const handlers: Handlers<ArchiveWorkerRequests> = {
  "archive/open": async ({ location, revision }) => {
    const archive = await files.open(location);
    open = new ArchiveSession(archive, {
      file: baseName(location),
      fileBytes: files.bytes,
      revision,
    });
    return open.summary;
  },
  "archive/tree": (request) => session().tree(request),
  "tensor/info": ({ tensor }) => session().info(tensor),
  "tensor/tile": (request) => session().tile(request),
  "tensor/cells": (request) => session().cells(request),
  "tensor/statistics": (request) => session().statistics(request),
  "tensor/spectrum": () => ({ blocks: [] }),
  "tensor/write": () => null,
};

respond<ArchiveWorkerRequests, ArchiveWorkerEvents>(port, handlers);
