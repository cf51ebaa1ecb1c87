/**
 * Messages between the extension host and the worker thread of an archive. The worker opens one archive, once: a file
 * that has changed is read by a new worker, while the old one answers for what is on screen.
 */
import type {
  ArchiveSummary,
  ExportRequest,
  ModuleExportRequest,
  ModuleRequest,
  TargetChoice,
  TensorEvents,
  TensorRequests,
} from "./messages";
import type { GuessRequest, MapGuesses } from "./assignMessages";
import type { Text } from "../../core/text";

/** Requests of the view that the worker answers as they are. */
export type ArchiveMethod =
  | "archive/tree"
  | "tensor/info"
  | "tensor/tile"
  | "tensor/cells"
  | "tensor/statistics"
  | "tensor/spectrum"
  | "assign/check"
  | "assign/choices";

export interface ArchiveWorkerRequests extends Pick<TensorRequests, ArchiveMethod> {
  /** `location` is a URI; the worker reads `file:` itself and asks the host for others. */
  "archive/open": {
    params: {
      readonly location: string;
      readonly revision: number;
      /** Begins what a page asks first, before it does. */
      readonly isForPage: boolean;
    };
    result: OpenedArchive;
  };
  "tensor/write": {
    params: WriteTarget & { readonly request: ExportRequest };
    result: WrittenTensors;
  };
  "assign/guesses": { params: GuessRequest; result: MapGuesses };
  /** The frameworks that a module can be exported to. */
  "module/targets": { params: ModuleRequest; result: readonly TargetChoice[] };
  /** What is to be known of an export before anything is written. */
  "module/notes": { params: ModuleExportRequest; result: readonly Text[] };
  "module/write": {
    params: WriteTarget & { readonly request: ModuleExportRequest };
    result: WrittenModule;
  };
}

/** Where something is written. */
export interface WriteTarget {
  /** The file to write, whole or not at all; null gives the bytes. */
  readonly path: string | null;
  /** Most bytes that are given. */
  readonly maxBytes: number;
}

export interface OpenedArchive {
  readonly summary: ArchiveSummary;
  /** URIs of all files that were read: an index of shards names others. */
  readonly locations: readonly string[];
}

/** Tensors in another format. */
export interface WrittenTensors {
  /** null where they went to a file. */
  readonly bytes: Uint8Array | null;
  /** What was written otherwise than it is stored. */
  readonly notes: readonly Text[];
}

/** A module for another framework. */
export interface WrittenModule extends WrittenTensors {
  /** Lines of Python that load it. */
  readonly lines: readonly string[];
}

export type ArchiveWorkerEvents = Pick<TensorEvents, "work/progress">;

/** Methods whose answers have arrays of their own, which are handed over. */
export const freshAnswers = [
  "tensor/tile",
  "tensor/statistics",
  "tensor/spectrum",
  "tensor/write",
  "module/write",
] as const satisfies readonly (keyof ArchiveWorkerRequests)[];
