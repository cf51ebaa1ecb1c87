/**
 * The inner loop of a large slice's picture: sums and extremes of cells, in WASM with SIMD where there is that.
 *
 * The source of the kernel is src/engine/wasm/kernel/patches.
 */
import type { Tensor } from "../../tensor/tensor";
import { patchesCode } from "../../engine/wasm/kernelCode.generated";
import { compileKernel } from "../../engine/wasm/validKernel";

/** Values of a piece, at most: few enough to stay in the first-level cache. */
export const maxPieceValues = 2 ** 13;

/** Rows by columns out of values that have `stride` a row; the first one is at `at`. */
export interface Piece {
  readonly values: Tensor["data"];
  readonly at: number;
  readonly stride: number;
  readonly rows: number;
  readonly columns: number;
}

/** Cells of a piece: all of its rows, and equally many columns each. */
export interface PatchKernel {
  /** Of each cell, written by `sum`: not finite where one of the values is not. */
  readonly sums: Float64Array;
  /** The value of largest magnitude of each cell whose sum is finite. */
  readonly extremes: Float64Array;
  /** Sums cells of `width` columns; the last one may have fewer. */
  sum(piece: Piece, width: number): void;
}

let compiled: WebAssembly.Module | null | undefined;

/** The kernel that is fastest here. */
export function createPatchKernel(): PatchKernel {
  compiled ??= compileKernel(patchesCode);
  return compiled === null ? new PlainPatchKernel() : new WasmPatchKernel(compiled);
}

/** The kernel in JavaScript. */
export class PlainPatchKernel implements PatchKernel {
  readonly sums = new Float64Array(maxPieceValues);
  readonly extremes = new Float64Array(maxPieceValues);

  sum({ values, at, stride, rows, columns }: Piece, width: number): void {
    for (let from = 0, cell = 0; from < columns; from += width, cell += 1) {
      const length = Math.min(width, columns - from);
      let sum = 0;
      let extreme = values[at + from]!;
      for (let row = 0; row < rows; row += 1) {
        const start = at + row * stride + from;
        for (let index = start; index < start + length; index += 1) {
          const value = values[index]!;
          sum += value;
          extreme = Math.abs(value) > Math.abs(extreme) ? value : extreme;
        }
      }
      this.sums[cell] = sum;
      this.extremes[cell] = extreme;
    }
  }
}

/** What kernel/patches/index.ts exports. */
interface KernelExports {
  layout: (part: number) => number;
  cells32: (rows: number, columns: number, width: number) => void;
  cells64: (rows: number, columns: number, width: number) => void;
}

/** 64 KiB of the compiler's, then a piece, its sums and its extremes. */
const pages = 4;

/** Holds the memory of the kernel, which never grows. */
class WasmPatchKernel implements PatchKernel {
  readonly sums: Float64Array;
  readonly extremes: Float64Array;
  readonly #kernel: KernelExports;
  readonly #piece32: Float32Array;
  readonly #piece64: Float64Array;

  constructor(module: WebAssembly.Module) {
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: false });
    const instance = new WebAssembly.Instance(module, { env: { memory } });
    this.#kernel = instance.exports as unknown as KernelExports;
    const [piece = 0, sums = 0, extremes = 0] = [0, 1, 2].map(this.#kernel.layout);
    this.#piece32 = new Float32Array(memory.buffer, piece, maxPieceValues);
    this.#piece64 = new Float64Array(memory.buffer, piece, maxPieceValues);
    this.sums = new Float64Array(memory.buffer, sums, maxPieceValues);
    this.extremes = new Float64Array(memory.buffer, extremes, maxPieceValues);
  }

  sum({ values, at, stride, rows, columns }: Piece, width: number): void {
    const isSingle = values instanceof Float32Array;
    const target = isSingle ? this.#piece32 : this.#piece64;
    if (stride === columns) {
      target.set(values.subarray(at, at + rows * columns));
    } else {
      for (let row = 0; row < rows; row += 1) {
        const start = at + row * stride;
        target.set(values.subarray(start, start + columns), row * columns);
      }
    }
    if (isSingle) this.#kernel.cells32(rows, columns, width);
    else this.#kernel.cells64(rows, columns, width);
  }
}
