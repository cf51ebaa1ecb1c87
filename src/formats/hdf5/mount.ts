/**
 * The file system that the HDF5 library sees: one file, read by ranges on demand.
 *
 * Devices are taken away, so that a file that names others as the place of its values finds none.
 */
import { clamp } from "../../core/numeric";
import type { SyncByteSource } from "../base/bytes";
import type { FileNode, LibraryFileSystem } from "./library";

const folder = "/unroll";
/** Not a name that a file would guess. */
const fileName = "file";

/** Where the file lies for the library. */
export const mountedPath = `${folder}/${fileName}`;

/** Modes of a folder and of a file that may be read. */
const folderMode = 0o40555;
const fileMode = 0o100444;

/** Numbers of WASI's errors. */
const errno = { invalid: 28, noEntry: 44 } as const;

const fromCurrent = 1;
const fromEnd = 2;

interface OpenStream {
  readonly position: number;
}

/** Shows `source` to the library, and nothing else. */
export function mountSource(system: LibraryFileSystem, source: SyncByteSource): void {
  for (const name of system.readdir("/dev")) {
    if (!/^(\.|\.\.|shm)$/.test(name)) system.unlink(`/dev/${name}`);
  }
  system.mkdir(folder);
  system.mount(fileSystemOf(system, new BlockReader(source)), {}, folder);
}

/** Bytes that are read from the file at a time: headers lie close together, and the library asks for each. */
const blockBytes = 2 ** 16;
const keptBlocks = 32;

/** Small ranges out of blocks, the last used of which are kept; large ones as they are. */
class BlockReader {
  readonly #source: SyncByteSource;
  /** By their place, the one that was used longest ago first. */
  readonly #blocks = new Map<number, Uint8Array>();

  constructor(source: SyncByteSource) {
    this.#source = source;
  }

  get size(): number {
    return this.#source.size;
  }

  /** Copies a range of the file, which lies within it. */
  copy(target: Int8Array, at: number, { from, length }: { from: number; length: number }): void {
    const place = Math.floor(from / blockBytes);
    const start = from - place * blockBytes;
    const isWithin = start + length <= blockBytes;
    const bytes = isWithin
      ? this.#block(place).subarray(start, start + length)
      : this.#source.readSync(from, length);
    target.set(bytes, at);
  }

  #block(place: number): Uint8Array {
    const start = place * blockBytes;
    const kept = this.#blocks.get(place);
    const block = kept ?? this.#source.readSync(start, Math.min(blockBytes, this.size - start));
    this.#blocks.delete(place);
    this.#blocks.set(place, block);
    for (const oldest of this.#blocks.keys()) {
      if (this.#blocks.size <= keptBlocks) break;
      this.#blocks.delete(oldest);
    }
    return block;
  }
}

function fileSystemOf(system: LibraryFileSystem, source: BlockReader): object {
  const nodeOperations = {
    getattr: ({ id, mode }: FileNode) => ({
      dev: 1,
      ino: id,
      mode,
      nlink: 1,
      uid: 0,
      gid: 0,
      rdev: 0,
      size: source.size,
      atime: new Date(0),
      mtime: new Date(0),
      ctime: new Date(0),
      blksize: 4096,
      blocks: Math.ceil(source.size / 4096),
    }),
    lookup: () => {
      throw new system.ErrnoError(errno.noEntry);
    },
  };
  const streamOperations = {
    read: (_: OpenStream, buffer: Int8Array, offset: number, length: number, position: number) => {
      const available = clamp(source.size - position, 0, length);
      if (available > 0) source.copy(buffer, offset, { from: position, length: available });
      return available;
    },
    llseek: ({ position }: OpenStream, offset: number, whence: number) => {
      const base = whence === fromCurrent ? position : whence === fromEnd ? source.size : 0;
      if (base + offset < 0) throw new system.ErrnoError(errno.invalid);
      return base + offset;
    },
  };
  return {
    mount: () => {
      const root = system.createNode(null, "/", folderMode, 0);
      const file = system.createNode(root, fileName, fileMode, 0);
      for (const node of [root, file]) node.node_ops = nodeOperations;
      file.stream_ops = streamOperations;
      return root;
    },
  };
}
