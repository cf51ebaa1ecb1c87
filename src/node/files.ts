/**
 * Archives by location: a path, a `file:` URI, or any other URI whose bytes the host reads.
 */
import { access, readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { RunControl } from "../core/control";
import { NotFoundError, UnsupportedError } from "../core/errors";
import type { Archive } from "../formats/base/archive";
import { MemorySource, type ByteSource } from "../formats/base/bytes";
import { tensorEndings } from "../formats/extensions";
import { testFile, testSetArchive } from "../formats/onnx/testSet";
import { openArchive } from "../formats/open";
import { siblingName, type Siblings } from "../formats/base/siblings";
import type { OnnxJob, OnnxReply } from "../run/graph/runtime";
import { schemeOf } from "../run/spec/spec";
import type { OpenFiles, ReadBytes } from "../worker/platform";
import { baseName } from "../core/baseName";
import { text } from "../core/text";
import { FileSource } from "./fileSource";
import { textOf } from "./textFile";

/** Opens each file once and keeps it open until `close`. */
export class FileSet implements OpenFiles {
  readonly #readBytes: ReadBytes | undefined;
  readonly #archives = new Map<string, Promise<Archive>>();
  readonly #sources: FileSource[] = [];
  /** Bytes by location. */
  readonly #opened = new Map<string, number>();

  /** `readBytes` reads files of a scheme that is not `file:`. */
  constructor(readBytes?: ReadBytes) {
    this.#readBytes = readBytes;
  }

  open(location: string): Promise<Archive> {
    const known = this.#archives.get(location);
    if (known !== undefined) return known;
    const archive = this.#openAt(location);
    this.#archives.set(location, archive);
    return archive;
  }

  /**
   * The text of a file that a person wrote.
   * @throws FormatError for what is too large for that, or no UTF-8.
   */
  async text(location: string): Promise<string> {
    const source = await this.#source(location);
    return textOf(source, baseName(location));
  }

  /** Runs a model on a thread that all files have in common; it is started by the first one. */
  async runModel(job: OnnxJob, control: RunControl): Promise<OnnxReply> {
    const { sharedOnnxRuntime } = await import("./onnxRuntime");
    return sharedOnnxRuntime().run(job, control);
  }

  async #openAt(location: string): Promise<Archive> {
    const tests = await testFilesIn(location);
    if (tests !== null) {
      const files = tests.map(async (file) => ({
        file,
        archive: await this.open(join(pathOf(location), file)),
      }));
      return testSetArchive(baseName(location), await Promise.all(files));
    }
    const whole = location + (await checkpointEnd(location));
    return openArchive(await this.#source(whole), this.#siblingsOf(whole));
  }

  get bytes(): number {
    return [...this.#opened.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  get locations(): readonly string[] {
    return [...this.#opened.keys()];
  }

  /**
   * Files of tensors in the folder of a file by their names, that one left out; none in folders of other schemes.
   * Links are left out: they may lead anywhere.
   */
  async beside(location: string): Promise<readonly string[]> {
    const scheme = schemeOf(location);
    if (scheme !== undefined && scheme !== "file") return [];
    const path = pathOf(location);
    const entries = await readdir(dirname(path), { withFileTypes: true }).catch(() => []);
    return entries
      .filter((entry) => entry.isFile() && entry.name !== basename(path))
      .filter(({ name }) => hasTensorEnding(name))
      .map(({ name }) => siblingLocation(location, name))
      .sort();
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#archives.values());
    await Promise.all(this.#sources.splice(0).map((source) => source.close()));
    this.#archives.clear();
  }

  /** The folder that a file is in; files of it are opened once more for each archive that asks, and kept open. */
  #siblingsOf(location: string): Siblings {
    return {
      open: async (name) => {
        const sibling = siblingLocation(location, siblingName(location, name));
        const scheme = schemeOf(location);
        if (scheme !== undefined && scheme !== "file") return this.#source(sibling);
        return this.#file(sibling, await pathBeside(pathOf(location), pathOf(sibling)));
      },
    };
  }

  async #file(location: string, path: string): Promise<ByteSource> {
    const source = await FileSource.open(path, baseName(location));
    this.#sources.push(source);
    this.#opened.set(location, source.size);
    return source;
  }

  async #source(location: string): Promise<ByteSource> {
    const scheme = schemeOf(location);
    if (scheme === undefined || scheme === "file") return this.#file(location, pathOf(location));
    if (this.#readBytes === undefined) {
      throw elsewhere(location);
    }
    const source = new MemorySource(baseName(location), await this.#readBytes(location));
    this.#opened.set(location, source.size);
    return source;
  }
}

/** A location of another computer, where nothing reads such locations. */
export function elsewhere(location: string): UnsupportedError {
  return new UnsupportedError(
    { file: location },
    text("only files on this computer can be read here"),
    { remedies: [{ do: "download" }] },
  );
}

/**
 * The path of a location on this computer.
 * @throws NotFoundError when a `file:` URI is damaged, or names another computer where that is no path.
 */
export function pathOf(location: string): string {
  if (schemeOf(location) === undefined) return location;
  try {
    return fileURLToPath(location);
  } catch (error) {
    const reason = text("this is not the address of a file on this computer");
    throw new NotFoundError(location, reason, [], { cause: error });
  }
}

/**
 * The real path of `sibling`, which `file` asks for. A link may lead within the folder, or to where `file` is a link
 * to itself: caches of downloads keep all their files in one folder of contents.
 * @throws UnsupportedError when it leads elsewhere: what a file asks for is not what its user chose.
 */
async function pathBeside(file: string, sibling: string): Promise<string> {
  const real = await realpath(sibling).catch(() => undefined);
  // Opening it tells why.
  if (real === undefined) return sibling;
  const folders = [await realpath(dirname(file)), dirname(await realpath(file))];
  if (folders.some((folder) => real.startsWith(folder.endsWith(sep) ? folder : folder + sep))) {
    return real;
  }
  throw new UnsupportedError(
    { file: basename(sibling) },
    text("this is a link out of the folder of {0}, which is not followed", basename(file)),
    { remedies: [{ do: "put-file-there" }] },
  );
}

/** `.index` where a path is the prefix that TensorFlow calls a checkpoint by, and no file; nothing otherwise. */
async function checkpointEnd(location: string): Promise<string> {
  const scheme = schemeOf(location);
  if (scheme !== undefined && scheme !== "file") return "";
  const isThere = async (path: string): Promise<boolean> =>
    access(path).then(
      () => true,
      () => false,
    );
  const path = pathOf(location);
  return !(await isThere(path)) && (await isThere(`${path}.index`)) ? ".index" : "";
}

/** Files of ONNX' test data in a folder, in their order; null for what is no folder. @throws NotFoundError. */
async function testFilesIn(location: string): Promise<readonly string[] | null> {
  const scheme = schemeOf(location);
  if (scheme !== undefined && scheme !== "file") return null;
  const path = pathOf(location);
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) return null;
  const names = (await readdir(path)).filter((name) => testFile.test(name)).sort();
  if (names.some((name) => name.startsWith("input_"))) return names;
  const sentence = text("this is a folder, and holds no test data such as {0}", "input_0.pb");
  throw new NotFoundError(baseName(location), sentence, []);
}

function hasTensorEnding(name: string): boolean {
  return tensorEndings.includes(name.slice(name.lastIndexOf(".") + 1).toLowerCase());
}

/** The place of a file beside another one; in a URI the name is encoded, and query and fragment stay behind. */
function siblingLocation(location: string, name: string): string {
  const scheme = schemeOf(location);
  if (scheme === undefined) return join(dirname(location), name);
  const path = location.replace(/[?#].*$/s, "");
  return path.slice(0, path.lastIndexOf("/") + 1) + encodeURIComponent(name);
}
