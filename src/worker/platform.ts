/**
 * What a worker needs of the machine that it runs on.
 */
import type { Port } from "../protocol/rpc";
import type { ArchiveFiles } from "../run/load/tensors/chooseTensor";
import type { Stops } from "./stops";

/** Reads a whole file that the worker has no way to. */
export type ReadBytes = (location: string) => Promise<Uint8Array>;

/** Files that are opened once each and stay open until `close`. */
export interface OpenFiles extends ArchiveFiles {
  /** Bytes of all files that were opened: of an index of shards those of the shards as well. */
  readonly bytes: number;
  /** Locations of all files that were opened. */
  readonly locations: readonly string[];
  /** Archives of these files can no longer be read afterwards. */
  close(): Promise<void>;
}

export interface WorkerPlatform {
  /** To the one who started the worker. */
  readonly port: Port;
  /** Shared with the one who started the worker. */
  readonly stops: Stops;
  /** Over when what has come in meanwhile is answered. */
  nextTurn(): Promise<void>;
  /** No file is open yet; `readBytes` is asked for those that this machine cannot read itself. */
  openFiles(readBytes: ReadBytes): OpenFiles;
}
