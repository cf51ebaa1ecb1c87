/**
 * The compiled kernels: the binary that this JavaScript engine runs fastest, compiled once.
 */
import { relaxedSimdCode, simdCode } from "./kernelCode.generated";

/** What kernel/index.ts exports. Addresses and counts are u32 and i32. */
export interface KernelExports {
  /** Runs the task at an address. */
  run32: (task: number) => void;
  run64: (task: number) => void;
  /** Bytes that a task of `rows` batch rows needs for itself. */
  scratchBytes32: (layer: number, rows: number) => number;
  scratchBytes64: (layer: number, rows: number) => number;
  pack32: PackGroups;
  pack64: PackGroups;
}

/** Packs rows of a matrix: from, units, k, gates, first group, vectors of all gates, to. */
type PackGroups = (...args: [number, number, number, number, number, number, number]) => void;

export interface KernelBinary {
  readonly path: "simd" | "relaxed-simd";
  readonly module: WebAssembly.Module;
}

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
  if (typeof WebAssembly === "undefined" || typeof SharedArrayBuffer === "undefined") return null;
  const code = path === "simd" ? simdCode : relaxedSimdCode;
  const bytes = Uint8Array.from(atob(code), (character) => character.charCodeAt(0));
  return WebAssembly.validate(bytes) ? { path, module: new WebAssembly.Module(bytes) } : null;
}

/** The kernels over a memory. */
export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): KernelExports {
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  return instance.exports as unknown as KernelExports;
}
