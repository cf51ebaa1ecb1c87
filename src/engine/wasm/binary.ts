/**
 * The compiled kernels: the binary that this JavaScript engine runs fastest, compiled once.
 */
import { relaxedSimdCode, simdCode } from "./kernelCode.generated";
import { validKernel } from "./validKernel";

/** What kernel/index.ts exports. Addresses and counts are u32 and i32. */
interface KernelExports {
  /** Runs the task at an address. */
  run32: (task: number) => void;
  run64: (task: number) => void;
  /** Bytes that a task of `rows` batch rows needs for itself, x of `block` steps being multiplied at a time; signed. */
  scratchBytes32: (layer: number, rows: number, block: number) => number;
  scratchBytes64: (layer: number, rows: number, block: number) => number;
  /** Tells the tasks that compute other units of the same steps not to wait for the one at an address. */
  breakBarrier: (task: number) => void;
  /** Whether so many values from an address on are finite: 1 or 0. */
  allFinite32: (from: number, count: number) => number;
  allFinite64: (from: number, count: number) => number;
  pack32: PackGroups;
  pack64: PackGroups;
}

/** Packs rows of a matrix: from, units, k, gates, first group, to. */
type PackGroups = (...args: [number, number, number, number, number, number]) => void;

export interface KernelBinary {
  readonly path: "simd" | "relaxed-simd";
  /** For a memory that threads share, or for one that is faster to copy to and from. */
  readonly module: (shared: boolean) => WebAssembly.Module;
}

/** The import of the memory, up to its limits: "memory" with its length, then the kind of import. */
const memoryImport = [6, ...Array.from("memory", (letter) => letter.charCodeAt(0)), 2];

/** Limits flags: bit 0 for a maximum, bit 1 for shared. */
const sharedFlag = 2;

const compiled = new Map<KernelBinary["path"], KernelBinary | null>();

/** The fastest binary that can run here; null without WASM, SIMD or shared memory. */
export function fastestBinary(): KernelBinary | null {
  return kernelBinary("relaxed-simd") ?? kernelBinary("simd");
}

/** One of the binaries; null where it cannot run. */
export function kernelBinary(path: KernelBinary["path"]): KernelBinary | null {
  let binary = compiled.get(path);
  if (binary === undefined) {
    binary = compile(path);
    compiled.set(path, binary);
  }
  return binary;
}

function compile(path: KernelBinary["path"]): KernelBinary | null {
  if (typeof SharedArrayBuffer === "undefined") return null;
  const bytes = validKernel(path === "simd" ? simdCode : relaxedSimdCode);
  if (bytes === null) return null;
  const modules = new Map<boolean, WebAssembly.Module>();
  return {
    path,
    module: (shared) => {
      const module =
        modules.get(shared) ?? new WebAssembly.Module(shared ? bytes : unshared(bytes));
      modules.set(shared, module);
      return module;
    },
  };
}

/** The binary for a memory that is not shared: the code is the same, only the import says so. */
function unshared(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  const start = copy.findIndex((_, at) =>
    memoryImport.every((byte, index) => copy[at + index] === byte),
  );
  copy[start + memoryImport.length]! &= ~sharedFlag;
  return copy;
}

/** The kernels of one width, as `KernelExports` says. */
export interface Kernel {
  readonly run: KernelExports["run32"];
  readonly scratchBytes: KernelExports["scratchBytes32"];
  readonly allFinite: KernelExports["allFinite32"];
  readonly pack: PackGroups;
  readonly breakBarrier: KernelExports["breakBarrier"];
}

/**
 * The kernels over a memory of values of so many bytes. `checkThreads` is called every 100 ms by a task that
 * waits for others: it breaks their barrier when one of the threads has ended.
 */
export function instantiate(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  bytesPerValue: 4 | 8,
  checkThreads: () => void = () => undefined,
): Kernel {
  const instance = new WebAssembly.Instance(module, { env: { memory, checkThreads } });
  const all = instance.exports as unknown as KernelExports;
  const { breakBarrier } = all;
  return bytesPerValue === 4
    ? {
        run: all.run32,
        breakBarrier,
        scratchBytes: (layer, rows, block) => all.scratchBytes32(layer, rows, block) >>> 0,
        allFinite: all.allFinite32,
        pack: all.pack32,
      }
    : {
        run: all.run64,
        breakBarrier,
        scratchBytes: (layer, rows, block) => all.scratchBytes64(layer, rows, block) >>> 0,
        allFinite: all.allFinite64,
        pack: all.pack64,
      };
}
