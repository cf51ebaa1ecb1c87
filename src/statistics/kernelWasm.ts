/**
 * The statistics kernel in WASM with SIMD, and the choice between it and the one in TypeScript.
 *
 * The source of the kernel is src/engine/wasm/kernel/statistics.
 */
import { statisticsCode } from "../engine/wasm/kernelCode.generated";
import { compileKernel } from "../engine/wasm/validKernel";
import {
  binCount,
  binScale,
  classCount,
  PlainKernel,
  type BinPlan,
  type ChunkSums,
  type StatisticsKernel,
  type Values,
} from "./kernel";

/** What kernel/statistics/index.ts exports. Addresses and counts are u32 and i32. */
interface KernelExports {
  layout: (part: number) => number;
  measure32: (count: number, shift: number) => number;
  measure64: (count: number, shift: number) => number;
  bin32: (count: number, least: number, scale: number) => number;
  bin64: (count: number, least: number, scale: number) => number;
  keep: (isOn: number) => void;
  keptCount: () => number;
}

const pageBytes = 2 ** 16;
const maxPages = 2 ** 16;

/** Number of values after which the 32-bit counts are added to larger ones. */
const maxCounted = 2 ** 31;

/** Tables of bins in the kernel's memory, and the bins of each. */
const binTables = 4;
const binsOfTable = 256;

let compiled: WebAssembly.Module | null | undefined;

/** The kernel that is fastest here, for one tensor. */
export function createStatisticsKernel(): StatisticsKernel {
  compiled ??= compileKernel(statisticsCode);
  return compiled === null ? new PlainKernel() : new WasmKernel(compiled);
}

/** Addresses in the kernel's memory. */
interface Layout {
  readonly chunk: number;
  readonly results: number;
  readonly counts: number;
  readonly slots: number;
  readonly bins: number;
  readonly lowHalves: number;
  readonly kept: number;
}

class WasmKernel implements StatisticsKernel {
  readonly #memory: WebAssembly.Memory;
  readonly #kernel: KernelExports;
  readonly #at: Layout;
  readonly #classes = new Float64Array(classCount);
  readonly #bins = new Float64Array(binCount);
  readonly #sums: ChunkSums = { sum: 0, squares: 0, min: 0, max: 0, zeros: 0 };
  #lowHalves = new Float64Array();
  #counted = 0;
  #scale = 0;
  #plan: BinPlan | null = null;
  /** For ranges so wide that differences overflow. */
  #plain: PlainKernel | null = null;

  constructor(module: WebAssembly.Module) {
    this.#memory = new WebAssembly.Memory({ initial: 100, maximum: maxPages, shared: false });
    const instance = new WebAssembly.Instance(module, { env: { memory: this.#memory } });
    this.#kernel = instance.exports as unknown as KernelExports;
    const [chunk = 0, results = 0, counts = 0, slots = 0, bins = 0, lowHalves = 0, kept = 0] =
      Array.from({ length: 7 }, (_, part) => this.#kernel.layout(part));
    this.#at = { chunk, results, counts, slots, bins, lowHalves, kept };
  }

  measure(chunk: Values, shift: number): ChunkSums | null {
    const count = this.#write(chunk);
    const { measure32, measure64 } = this.#kernel;
    const measure = chunk instanceof Float32Array ? measure32 : measure64;
    if (measure(count, shift) === 0) return null;
    if (this.#advance(count)) this.#takeClasses();
    const results = new Float64Array(this.#memory.buffer, this.#at.results, 5);
    const sums = this.#sums;
    sums.sum = results[0]!;
    sums.squares = results[1]!;
    sums.min = results[2]!;
    sums.max = results[3]!;
    sums.zeros = results[4]!;
    return sums;
  }

  #write(chunk: Values): number {
    const { buffer } = this.#memory;
    const target =
      chunk instanceof Float32Array
        ? new Float32Array(buffer, this.#at.chunk, chunk.length)
        : new Float64Array(buffer, this.#at.chunk, chunk.length);
    target.set(chunk);
    return chunk.length;
  }

  /** True when the 32-bit counts could overflow and must be emptied. */
  #advance(count: number): boolean {
    this.#counted += count;
    if (this.#counted < maxCounted) return false;
    this.#counted = 0;
    return true;
  }

  classes(): Float64Array {
    this.#takeClasses();
    return this.#classes;
  }

  #takeClasses(): void {
    const counts = new Uint32Array(this.#memory.buffer, this.#at.counts, 2 * classCount);
    for (let index = 0; index < classCount; index += 1) {
      this.#classes[index]! += counts[2 * index]! + counts[2 * index + 1]!;
    }
    counts.fill(0);
  }

  plan(plan: BinPlan): void {
    this.#plan = plan;
    this.#counted = 0;
    if (!Number.isFinite(plan.max - plan.min)) {
      this.#plain = new PlainKernel();
      this.#plain.plan(plan);
      return;
    }
    this.#scale = binScale(plan.min, plan.max);
    this.#lowHalves = new Float64Array(plan.kept === null ? plan.slotCount * classCount : 0);
    const end = this.#at.kept + 8 * (plan.kept ?? 0);
    const missing = Math.ceil((end - this.#memory.buffer.byteLength) / pageBytes);
    if (missing > 0) this.#memory.grow(missing);
    this.#kernel.keep(plan.kept === null ? 0 : 1);
    new Uint8Array(this.#memory.buffer, this.#at.slots, classCount).set(plan.slots);
  }

  bin(chunk: Values): boolean {
    if (this.#plain !== null) return this.#plain.bin(chunk);
    const count = this.#write(chunk);
    const { bin32, bin64 } = this.#kernel;
    const bin = chunk instanceof Float32Array ? bin32 : bin64;
    if (bin(count, this.#plan?.min ?? 0, this.#scale) === 0) return false;
    if (this.#advance(count)) this.#takeBins();
    return true;
  }

  #takeBins(): void {
    const bins = new Uint32Array(this.#memory.buffer, this.#at.bins, binTables * binsOfTable);
    bins.forEach((count, index) => {
      this.#bins[Math.min(binCount - 1, Math.floor(index / binTables))]! += count;
    });
    bins.fill(0);
    const low = new Uint32Array(this.#memory.buffer, this.#at.lowHalves, this.#lowHalves.length);
    for (let index = 0; index < low.length; index += 1) this.#lowHalves[index]! += low[index]!;
    low.fill(0);
  }

  bins(): Float64Array {
    if (this.#plain !== null) return this.#plain.bins();
    this.#takeBins();
    return this.#bins;
  }

  lowHalves(): Float64Array {
    if (this.#plain !== null) return this.#plain.lowHalves();
    this.#takeBins();
    return this.#lowHalves;
  }

  kept(): Float64Array {
    if (this.#plain !== null) return this.#plain.kept();
    return new Float64Array(this.#memory.buffer, this.#at.kept, this.#kernel.keptCount()).slice();
  }
}
