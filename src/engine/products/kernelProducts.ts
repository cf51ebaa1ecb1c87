/**
 * Products of large matrices by a kernel in WASM with SIMD. A matrix is copied when it is first multiplied, and is known
 * by its array: what has been multiplied is never changed.
 *
 * The source of the kernel is src/engine/wasm/kernel/products.
 */
import { productsCode } from "../wasm/kernelCode.generated";
import { compileKernel } from "../wasm/validKernel";

/** What kernel/products/index.ts exports. Addresses and counts are u32 and i32. */
interface KernelExports {
  readonly products32: Products;
  readonly products64: Products;
  readonly steps32: Steps;
  readonly steps64: Steps;
}

/** Of a matrix, rows, size, vectors, count, out. */
type Products = (...args: [number, number, number, number, number, number]) => void;

/** Of W_hh, kind of cell, units, steps, and where the rest lies as kernel/products/lanes.ts says. */
type Steps = (...args: [number, number, number, number, number]) => void;

/** A matrix in the kernel's memory: in float32 where that has all of its values. */
interface Slot {
  readonly address: number;
  readonly bytesPerValue: 4 | 8;
}

const pageBytes = 2 ** 16;
/** Vectors and their products, behind the compiler's page; then matrices. */
const operandsAt = pageBytes;
export const operandBytes = 2 ** 22;
const matricesAt = operandsAt + operandBytes;
/** All matrices are copied anew when they have come to this. */
const mostBytes = 2 ** 27;
/** Memory of a kernel that is new. */
const firstBytes = 2 ** 24;
/** Values of a matrix that it takes longer to call the kernel for than to multiply. */
const LEAST_VALUES = 2048;

/** Matrices whose equal blocks of rows are those of another one, which need not be copied: block k is `order[k]` of it. */
const reordered = new WeakMap<Float64Array, Reordered>();

interface Reordered {
  readonly source: Float64Array;
  readonly order: readonly number[];
}

/** Says that a matrix has the blocks of another one. */
export function noteBlocks(matrix: Float64Array, blocks: Reordered): void {
  const { source, order } = reordered.get(blocks.source) ?? blocks;
  const isSameCount = order.length === blocks.order.length;
  if (source === blocks.source) reordered.set(matrix, blocks);
  else if (isSameCount) {
    reordered.set(matrix, { source, order: blocks.order.map((block) => order[block]!) });
  }
}

let compiled: WebAssembly.Module | null | undefined;
let kernel: ProductKernel | null = null;

/** Kernel and memory for a matrix; null where it is small or very large, and where there is no WASM with SIMD. */
export function productKernel(matrix: Float64Array, size: number): ProductKernel | null {
  if (matrix.length < LEAST_VALUES || 8 * matrix.length > mostBytes) return null;
  if (16 * (size + matrix.length / size) > operandBytes) return null;
  compiled ??= compileKernel(productsCode);
  if (compiled === null) return null;
  kernel ??= new ProductKernel(compiled);
  return kernel;
}

/** Gives the memory back. */
export function releaseProducts(): void {
  kernel = null;
}

/** Steps of a row that the kernel is to run. */
interface StepsOfLane {
  readonly matrix: Float64Array;
  /** 0 RNN with tanh, 1 RNN with relu, 2 LSTM, 3 GRU. */
  readonly cell: number;
  readonly units: number;
  readonly count: number;
}

export class ProductKernel {
  readonly #memory: WebAssembly.Memory;
  readonly #kernel: KernelExports;
  #slots = new WeakMap<Float64Array, Slot>();
  #end = matricesAt;
  /** All of the memory. */
  #reals: Float64Array;

  constructor(module: WebAssembly.Module) {
    const initial = firstBytes / pageBytes;
    this.#memory = new WebAssembly.Memory({ initial, maximum: 2 ** 16, shared: false });
    const instance = new WebAssembly.Instance(module, { env: { memory: this.#memory } });
    this.#kernel = instance.exports as unknown as KernelExports;
    this.#reals = new Float64Array(this.#memory.buffer);
  }

  /**
   * As `multiplyAll` does it, for rows from `first` to `end`, without a bias: (count, rows) from `at` on. False where the
   * system does not provide the memory.
   */
  multiply(
    { matrix, size }: { readonly matrix: Float64Array; readonly size: number },
    { values, starts }: { readonly values: Float64Array; readonly starts: ArrayLike<number> },
    out: { readonly values: Float64Array; readonly at: number },
    { first, end }: { readonly first: number; readonly end: number },
  ): boolean {
    const blocks = first === 0 ? blocksOf(matrix, size, end) : null;
    const slot = this.#slotOf(blocks?.source ?? matrix);
    if (slot === null) return false;
    const { address, bytesPerValue } = slot;
    const run = bytesPerValue === 4 ? this.#kernel.products32 : this.#kernel.products64;
    const from = address + first * size * bytesPerValue;
    const rows = end - first;
    const most = Math.floor(operandBytes / (8 * (size + rows)));
    for (let done = 0; done < starts.length; done += most) {
      const count = Math.min(most, starts.length - done);
      const vectors = operandsAt / 8;
      for (let k = 0; k < count; k++) {
        const start = starts[done + k]!;
        this.#reals.set(values.subarray(start, start + size), vectors + k * size);
      }
      const products = vectors + count * size;
      run(from, rows, size, operandsAt, count, 8 * products);
      const found = this.#reals.subarray(products, products + count * rows);
      const target = { values: out.values, at: out.at + done * rows };
      if (blocks === null) target.values.set(found, target.at);
      else copyBlocks(found, target, rows, blocks.order);
    }
    return true;
  }

  /** Makes room for a matrix; false where the system does not provide it. */
  hold(matrix: Float64Array): boolean {
    return this.#slotOf(matrix) !== null;
  }

  /**
   * Runs `count` steps of a cell with W_hh `matrix`, which is held. `fill` writes what they need, and `take` reads what
   * they leave, at the beginning of the values that they are given.
   */
  steps(
    { matrix, cell, units, count }: StepsOfLane,
    fill: (values: Float64Array) => void,
    take: (values: Float64Array) => void,
  ): void {
    const { address, bytesPerValue } = this.#slotOf(matrix)!;
    const values = this.#reals.subarray(operandsAt / 8, (operandsAt + operandBytes) / 8);
    fill(values);
    const run = bytesPerValue === 4 ? this.#kernel.steps32 : this.#kernel.steps64;
    run(address, cell, units, count, operandsAt);
    take(values);
  }

  #slotOf(matrix: Float64Array): Slot | null {
    const known = this.#slots.get(matrix);
    if (known !== undefined) return known;
    const slot = this.#copied(matrix);
    if (slot !== null) this.#slots.set(matrix, slot);
    return slot;
  }

  #copied(matrix: Float64Array): Slot | null {
    if (this.#end + 8 * matrix.length > mostBytes + matricesAt) {
      this.#slots = new WeakMap();
      this.#end = matricesAt;
    }
    const address = this.#end;
    if (!this.#reserve(address + 8 * matrix.length)) return null;
    const narrow = new Float32Array(this.#memory.buffer, address, matrix.length);
    narrow.set(matrix);
    const isNarrow = isSame(narrow, matrix);
    if (!isNarrow) this.#reals.set(matrix, address / 8);
    const bytes = (isNarrow ? 4 : 8) * matrix.length;
    this.#end += Math.ceil(bytes / 64) * 64;
    return { address, bytesPerValue: isNarrow ? 4 : 8 };
  }

  #reserve(end: number): boolean {
    const { byteLength } = this.#memory.buffer;
    if (end <= byteLength) return true;
    try {
      // A few times only: growing takes long.
      this.#memory.grow(Math.ceil(Math.max(end - byteLength, byteLength) / pageBytes));
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
    this.#reals = new Float64Array(this.#memory.buffer);
    return true;
  }
}

/** Where the rows of a matrix stand in another one; null where all of them do not. */
function blocksOf(matrix: Float64Array, size: number, rows: number): Reordered | null {
  const blocks = reordered.get(matrix);
  const isWhole = rows * size === matrix.length && rows % (blocks?.order.length ?? 1) === 0;
  return isWhole ? (blocks ?? null) : null;
}

/** Vectors of `rows` values whose equal blocks go into another order. */
function copyBlocks(
  from: Float64Array,
  to: { readonly values: Float64Array; readonly at: number },
  rows: number,
  order: readonly number[],
): void {
  const size = rows / order.length;
  for (let start = 0; start < from.length; start += rows) {
    order.forEach((block, k) => {
      const first = start + block * size;
      to.values.set(from.subarray(first, first + size), to.at + start + k * size);
    });
  }
}

function isSame(narrow: Float32Array, wide: Float64Array): boolean {
  for (let k = 0; k < wide.length; k++) if (narrow[k] !== wide[k]) return false;
  return true;
}
