/**
 * Archives by location: a path, a `file:` URI, or any other URI whose bytes somebody else can read.
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { UnsupportedError } from "../errors";
import type { Archive } from "../formats/archive";
import { MemorySource, type ByteSource } from "../formats/bytes";
import { openArchive } from "../formats/open";
import { siblingName, type Siblings } from "../formats/siblings";
import { schemeOf } from "../runSpec";
import type { ArchiveFiles } from "../session";
import { baseName } from "../session/baseName";
import { text } from "../text";
import { FileSource } from "./fileSource";

/** Reads a whole file of a scheme that is not `file:`. */
export type ReadBytes = (location: string) => Promise<Uint8Array>;

/** Opens each file once and keeps it open until `close`. */
export class FileSet implements ArchiveFiles {
  readonly #readBytes: ReadBytes | undefined;
  readonly #archives = new Map<string, Promise<Archive>>();
  readonly #sources: FileSource[] = [];
  /** Bytes by location. */
  readonly #opened = new Map<string, number>();

  constructor(readBytes?: ReadBytes) {
    this.#readBytes = readBytes;
  }

  open(location: string): Promise<Archive> {
    const known = this.#archives.get(location);
    if (known !== undefined) return known;
    const archive = this.#source(location).then((source) =>
      openArchive(source, this.#siblingsOf(location)),
    );
    this.#archives.set(location, archive);
    return archive;
  }

  /** Bytes of all files that were opened: of an index of shards those of the shards as well. */
  get bytes(): number {
    return [...this.#opened.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Locations of all files that were opened. */
  get locations(): readonly string[] {
    return [...this.#opened.keys()];
  }

  /** Archives of this set can no longer be read afterwards. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#archives.values());
    await Promise.all(this.#sources.splice(0).map((source) => source.close()));
    this.#archives.clear();
  }

  /** The folder that a file is in; files of it are opened once more for each archive that asks, and kept open. */
  #siblingsOf(location: string): Siblings {
    return {
      open: (name) => this.#source(siblingLocation(location, siblingName(location, name))),
    };
  }

  async #source(location: string): Promise<ByteSource> {
    const scheme = schemeOf(location);
    if (scheme === undefined || scheme === "file") {
      const path = scheme === undefined ? location : fileURLToPath(location);
      const source = await FileSource.open(path);
      this.#sources.push(source);
      this.#opened.set(location, source.size);
      return source;
    }
    if (this.#readBytes === undefined) {
      throw new UnsupportedError(
        location,
        text("only files on this computer can be read here; download it first"),
      );
    }
    const source = new MemorySource(baseName(location), await this.#readBytes(location));
    this.#opened.set(location, source.size);
    return source;
  }
}

/** The place of a file beside another one; in a URI the name is encoded, and query and fragment stay behind. */
function siblingLocation(location: string, name: string): string {
  const scheme = schemeOf(location);
  if (scheme === undefined) return join(dirname(location), name);
  const path = location.replace(/[?#].*$/s, "");
  return path.slice(0, path.lastIndexOf("/") + 1) + encodeURIComponent(name);
}
