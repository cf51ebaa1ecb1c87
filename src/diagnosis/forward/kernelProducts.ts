/**
 * Products of large matrices by a kernel in WASM with SIMD. A matrix is copied when it is first multiplied, and is known
 * by its array: what has been multiplied is never changed.
 *
 * The source of the kernel is src/engine/wasm/kernel/products.
 */
import { productsCode } from "../../engine/wasm/kernelCode.generated";

/** What kernel/products/index.ts exports. Addresses and counts are u32 and i32. */
interface KernelExports {
  readonly products32: Products;
  readonly products64: Products;
}

/** Of a matrix, rows, size, vectors, count, out. */
type Products = (...args: [number, number, number, number, number, number]) => void;

/** A matrix in the kernel's memory: in float32 where that has all of its values. */
interface Slot {
  readonly address: number;
  readonly bytesPerValue: 4 | 8;
}

const pageBytes = 2 ** 16;
/** Vectors and their products, behind the compiler's page; then matrices. */
const operandsAt = pageBytes;
const operandBytes = 2 ** 22;
const matricesAt = operandsAt + operandBytes;
/** All matrices are copied anew when they have come to this. */
const mostBytes = 2 ** 27;
/** Memory of a kernel that is new. */
const firstBytes = 2 ** 24;
/** Values of a matrix that it takes longer to call the kernel for than to multiply. */
const LEAST_VALUES = 2048;

let compiled: WebAssembly.Module | null | undefined;
let kernel: ProductKernel | null = null;

/** Kernel and memory for a matrix; null where it is small or very large, and where there is no WASM with SIMD. */
export function productKernel(matrix: Float64Array, size: number): ProductKernel | null {
  if (matrix.length < LEAST_VALUES || 8 * matrix.length > mostBytes) return null;
  if (16 * (size + matrix.length / size) > operandBytes) return null;
  compiled ??= compile();
  if (compiled === null) return null;
  kernel ??= new ProductKernel(compiled);
  return kernel;
}

/** Gives the memory back. */
export function releaseProducts(): void {
  kernel = null;
}

function compile(): WebAssembly.Module | null {
  if (typeof WebAssembly === "undefined") return null;
  const bytes = Uint8Array.from(atob(productsCode), (character) => character.charCodeAt(0));
  return WebAssembly.validate(bytes) ? new WebAssembly.Module(bytes) : null;
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
    const slot = this.#slotOf(matrix);
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
      out.values.set(found, out.at + done * rows);
    }
    return true;
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

function isSame(narrow: Float32Array, wide: Float64Array): boolean {
  for (let k = 0; k < wide.length; k++) if (narrow[k] !== wide[k]) return false;
  return true;
}
