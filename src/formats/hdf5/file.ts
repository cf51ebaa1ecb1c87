/**
 * An HDF5 file opened by the library, with bounded work and one sentence for each failure.
 */
import { FormatError, isUnrollError } from "../../core/errors";
import { text, type Text, type TextArgument } from "../../core/text";
import { MemorySource, type ByteSource, type SyncByteSource } from "../base/bytes";
import { assertTensorBytes } from "../base/limits";
import { createInstance, type Hdf5Library, type LibraryInstance } from "./library";
import { addLzf } from "./lzfFilter";
import { mountedPath, mountSource } from "./mount";

/**
 * How often loops of the library may go round for a piece of work of no size: half a second on a slow machine. What
 * real files need is a hundredth of it.
 */
const baseFuel = 2 ** 25;

/** And for each byte that is read or unpacked; inflating, unshuffling and copying take 5 together. */
const fuelPerByte = 32;

/** And for each object that is looked at; its headers and those of its groups take some thousand. */
const fuelPerObject = 2 ** 15;

const maxFuel = 2 ** 32 - 1;

/** How much the library has to do. */
export interface Hdf5Work {
  readonly bytes?: number;
  readonly objects?: number;
}

/** The file as the library has it open. */
export interface OpenHdf5 {
  readonly library: Hdf5Library;
  readonly id: bigint;
}

/** The library's own refusal: of an object that is damaged, or that it was not built for. It can go on with others. */
export class LibraryError extends Error {
  /** In the library's words, such as "wrong B-tree signature". */
  readonly reason: string;

  constructor(reason: string) {
    super(reason);
    this.reason = reason;
  }
}

/** A file that is opened when it is first worked on, and again in a new instance after the library broke down. */
export class Hdf5File {
  readonly name: string;
  readonly size: number;
  readonly #source: SyncByteSource;
  #open: (OpenHdf5 & Pick<LibraryInstance, "fuel">) | undefined;

  private constructor(source: SyncByteSource) {
    this.name = source.name;
    this.size = source.size;
    this.#source = source;
  }

  /** The file over bytes that can be read while the library waits: of a source that cannot, all are read first. */
  static async over(source: ByteSource): Promise<Hdf5File> {
    if (isSync(source)) return new Hdf5File(source);
    assertTensorBytes(source.name, source.name, source.size);
    return new Hdf5File(new MemorySource(source.name, await source.read(0, source.size)));
  }

  /**
   * Does a piece of work in the library, which ends when it is much more than `size`; `subject` is what sentences call it.
   * @throws FormatError when the library cannot do it, or does not come to an end.
   */
  async run<Result>(
    subject: string,
    size: Hdf5Work,
    work: (open: OpenHdf5) => Result,
  ): Promise<Result> {
    try {
      const open = (this.#open ??= await this.#start());
      open.fuel.value = fuelFor(size);
      return attempt(() => work(open));
    } catch (error) {
      if (error instanceof LibraryError) throw damaged(subject, error.reason, error);
      // The library was left in the middle of something.
      this.#open = undefined;
      if (isUnrollError(error)) throw error;
      throw damaged(subject, breakdown(error), error);
    }
  }

  /**
   * Lets the library forget the objects that it has looked at: it closes the file and opens it again.
   * @throws FormatError when it cannot.
   */
  async forget(): Promise<void> {
    const open = this.#open;
    if (open === undefined) return;
    await this.run(this.name, {}, ({ library, id }) => {
      this.#open = undefined;
      library.close_file(id);
      this.#open = { ...open, id: openMounted(library) };
    });
  }

  async #start(): Promise<OpenHdf5 & Pick<LibraryInstance, "fuel">> {
    const { library, fuel } = await createInstance();
    mountSource(library.FS, this.#source);
    addLzf(library);
    library.activate_throwing_error_handler();
    fuel.value = fuelFor({});
    return { library, fuel, id: openMounted(library) };
  }
}

function openMounted(library: Hdf5Library): bigint {
  const id = attempt(() => library.open(mountedPath, 0, false, -1, -1));
  if (id < 0n) throw new LibraryError("H5Fopen failed");
  return id;
}

/**
 * Makes the library's refusals `LibraryError`; everything else is thrown as it is.
 * @throws LibraryError
 */
export function attempt<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    const reason = error instanceof Error ? reasonOf(error.message) : null;
    throw reason === null ? error : new LibraryError(reason);
  }
}

function isSync(source: ByteSource): source is SyncByteSource {
  return source.readSync !== undefined;
}

function fuelFor({ bytes = 0, objects = 0 }: Hdf5Work): number {
  const wanted = baseFuel + fuelPerByte * bytes + fuelPerObject * objects;
  return Math.min(maxFuel, Math.ceil(wanted)) | 0;
}

/** The innermost message of a stack such as `#005: …/H5HG.c line 12 in H5HG_read(): bad heap index`. */
function reasonOf(message: string): string | null {
  if (message.startsWith("error - ")) return message.slice("error - ".length);
  if (!message.startsWith("HDF5-DIAG")) return null;
  return [...message.matchAll(/^ +#\d+: .*?\): (.*)$/gm)].at(-1)?.[1] ?? "no reason given";
}

function breakdown(error: unknown): Text {
  const message = error instanceof Error ? error.message : String(error);
  return message.includes("unreachable")
    ? text("the HDF5 library does not come to an end with it")
    : text("the HDF5 library breaks down over it ({0})", message.split("\n")[0] ?? "");
}

function damaged(subject: string, reason: TextArgument, cause: unknown): FormatError {
  return new FormatError(subject, text("the HDF5 data are damaged: {0}", reason), {
    cause,
  });
}
