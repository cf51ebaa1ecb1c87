/**
 * The HDF5 library (h5wasm: the C library in WASM), loaded when the first HDF5 file is opened.
 *
 * The build bounds its memory and counts its loop iterations (scripts/lib/bundles/wasmFuel.mjs): a damaged file may send
 * the library into an endless loop, which cannot be ended from the same thread.
 */

/** Classes of H5T_class_t. */
export const typeClass = {
  integer: 0,
  float: 1,
  time: 2,
  string: 3,
  bitfield: 4,
  opaque: 5,
  compound: 6,
  reference: 7,
  enumeration: 8,
  variable: 9,
  array: 10,
  complex: 11,
} as const;

/** A datatype, and of a dataset or attribute its dataspace. */
export interface Hdf5Metadata {
  readonly type: number;
  /** Bytes of one element. */
  readonly size: number;
  readonly signed: boolean;
  readonly littleEndian: boolean;
  /** True for strings of any length. */
  readonly vlen: boolean;
  /** null for an empty dataspace. */
  readonly shape: readonly number[] | null;
  readonly total_size: number;
  readonly chunks: readonly number[] | null;
  readonly enum_type?: { readonly members: Readonly<Record<string, number>> };
  readonly compound_type?: {
    readonly members: readonly (Hdf5Metadata & {
      readonly name: string;
      readonly offset: number;
    })[];
  };
  readonly virtual_sources?: readonly { readonly file_name: string; readonly dset_name: string }[];
}

/** The interface of h5wasm; it throws `Error` with the library's stack of messages. */
export interface Hdf5Library {
  readonly FS: LibraryFileSystem;
  /** Another one whenever the memory has grown. */
  readonly HEAPU8: Uint8Array;
  _malloc(size: number): number;
  _free(address: number): void;
  /** Memory that the library frees itself. */
  _H5allocate_memory(size: number, clear: number): number;
  _H5free_memory(address: number): number;
  /** Makes a function one that C can call, by the number that is returned; `signature` is its result and arguments. */
  addFunction(call: (...args: readonly number[]) => number, signature: string): number;
  /** What a library that is loaded from a path exports, where the path is known here. */
  readonly preloadedWasm: Record<string, object>;
  UTF8ToString(address: number): string;
  activate_throwing_error_handler(): number;
  deactivate_throwing_error_handler(): number;
  /** -1 or an exception when it cannot be opened. */
  open(path: string, mode: number, trackOrder: boolean, lowest: number, highest: number): bigint;
  close_file(file: bigint): number;
  /** Paths of all links below a group, a group that is linked twice once; soft and external links are not followed. */
  get_names(file: bigint, group: string, recursive: boolean): string[];
  /** `objectKind`. */
  get_type(file: bigint, path: string): number;
  /** null where the path is no soft link. */
  get_symbolic_link(file: bigint, path: string): string | null;
  /** Without properties where the path is no external link. */
  get_external_link(file: bigint, path: string): { readonly filename?: string };
  get_dataset_metadata(file: bigint, path: string): Hdf5Metadata;
  get_dataset_filters(file: bigint, path: string): readonly { readonly id: number; name: string }[];
  /** Elements in little-endian order; everything when count and offset are null. Below 0 when it cannot. */
  get_dataset_data(
    file: bigint,
    path: string,
    count: readonly bigint[] | null,
    offset: readonly bigint[] | null,
    stride: readonly bigint[] | null,
    address: bigint,
  ): number;
  get_attribute_metadata(file: bigint, path: string, name: string): Hdf5Metadata;
  get_attribute_data(file: bigint, path: string, name: string, address: bigint): number;
  reclaim_vlen_memory(file: bigint, path: string, name: string, address: bigint): number;
}

/** The result of `get_type`. */
export const objectKind = { group: 0, dataset: 1, datatype: 2, link: 3, userLink: 4 } as const;

/** The part of Emscripten's file system that one read-only file needs. */
export interface LibraryFileSystem {
  readonly ErrnoError: new (errno: number) => Error;
  createNode(parent: FileNode | null, name: string, mode: number, device: number): FileNode;
  mkdir(path: string): unknown;
  mkdirTree(path: string): void;
  writeFile(path: string, content: Uint8Array): void;
  mount(type: object, options: object, path: string): unknown;
  readdir(path: string): string[];
  unlink(path: string): void;
}

export interface FileNode {
  readonly id: number;
  readonly mode: number;
  node_ops: object;
  stream_ops: object;
}

/** The library, ready for one file. */
export interface LibraryInstance {
  readonly library: Hdf5Library;
  /** How often loops may still go round; they trap at 0. */
  readonly fuel: { value: number };
}

interface LoadedLibrary {
  readonly module: WebAssembly.Module;
  readonly create: (options: object) => Promise<unknown>;
}

let loaded: Promise<LoadedLibrary> | undefined;

/** A new instance with nothing open, in a memory of its own. */
export async function createInstance(): Promise<LibraryInstance> {
  const { module, create } = await (loaded ??= load());
  let fuel = { value: 0 };
  const library = (await create({
    noInitialRun: true,
    print: ignore,
    printErr: ignore,
    instantiateWasm: (imports: object, done: (instance: object, module: object) => void) => {
      const instance = new WebAssembly.Instance(module, imports);
      fuel = (instance.exports as { readonly fuel: typeof fuel }).fuel;
      // Without end: what starts is the library itself, with no file yet.
      fuel.value = -1;
      done(instance, module);
    },
  })) as Hdf5Library;
  return { library, fuel };
}

async function load(): Promise<LoadedLibrary> {
  const { createLibrary, libraryCode } = await import("./libraryCode.generated");
  const letters = atob(libraryCode);
  const packed = new Uint8Array(letters.length);
  // A loop: a callback for each of a million letters takes a tenth of a second.
  for (let index = 0; index < packed.length; index += 1) packed[index] = letters.charCodeAt(index);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const code = new Uint8Array(await new Response(stream).arrayBuffer());
  return { module: new WebAssembly.Module(code), create: createLibrary };
}

function ignore(): void {
  // The library says what is wrong in the errors it throws, too.
}
