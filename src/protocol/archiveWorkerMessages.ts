/**
 * What the extension host may ask of the worker thread of one archive. The worker opens one archive, once: a file that
 * has changed is read by a new worker, while the old one answers for what is on screen.
 */
import type { ArchiveSummary, ExportRequest, TensorEvents, TensorRequests } from "./tensorMessages";

/** Requests of the view that the worker answers as they are. */
export type ArchiveMethod =
  | "archive/tree"
  | "tensor/info"
  | "tensor/tile"
  | "tensor/cells"
  | "tensor/statistics"
  | "tensor/spectrum";

export interface ArchiveWorkerRequests extends Pick<TensorRequests, ArchiveMethod> {
  /** `location` is a URI; the worker reads `file:` itself and asks the host for others. */
  "archive/open": {
    params: { readonly location: string; readonly revision: number };
    result: ArchiveSummary;
  };
  /** Writes to the file of this path, whole or not at all; returns the bytes where the path is null. */
  "tensor/write": {
    params: { readonly request: ExportRequest; readonly path: string | null };
    result: Uint8Array | null;
  };
}

export type ArchiveWorkerEvents = Pick<TensorEvents, "work/progress">;
