/**
 * Spans in the kernels' memory: x and the state are copied in, h, c and the state out.
 */
import type { Span, StateArray } from "../base/engine";
import type { PieceSize, SpanPiece } from "./pieces";
import { wholeMultiple } from "../base/plan";
import type { Kernel } from "./binary";
import { cacheLineBytes } from "./kernel/layout/memory";
import * as Task from "./kernel/layout/task";
import type { KernelMemory } from "./memory";
import { addressesOf, countsOf, type Addresses } from "./spanArrays";
import { taskBytes, writeTask } from "./task";

/** A barrier has a cache line to itself. */
const barrierBytes = cacheLineBytes;

/** Bytes of x, h and c of one piece of a longer span: they stay in the second-level cache until they are copied out. */
const pieceBytes = 2 ** 19;

/** Rows of the batch that one task runs. */
interface Rows {
  readonly from: number;
  readonly to: number;
}

/** How a span is shared out: a task each, for some rows of the batch, or for all rows (one) and some units. */
export interface Shares {
  readonly of: "rows" | "units";
  /** For each task the address of the layer, or part of a layer, that it computes with. */
  readonly layers: readonly number[];
}

/** A span in a slot: its tasks, and views of what is copied out. */
export interface EnteredSpan {
  readonly tasks: readonly number[];
  readonly stateH: StateArray;
  readonly stateC: StateArray | null;
  readonly h: StateArray;
  readonly c: StateArray | null;
  /** Address of the barrier of tasks that compute its units together, 0 without. */
  readonly barrier: number;
}

/** Where a lane's spans of one length lie in a slot. */
interface Binding extends EnteredSpan {
  readonly shares: Shares;
  readonly slotAddress: number;
  readonly steps: number;
  readonly rows: number;
  readonly firstRow: number;
  readonly wantsC: boolean;
  readonly x: readonly StateArray[];
}

/** A block of memory for the span that runs n-th of those side by side. */
interface Slot {
  address: number;
  bytes: number;
}

export interface SpanSizes {
  readonly batchSize: number;
  /** Rows that are run at a time: `rowsOfPiece`. */
  readonly rowsAtOnce: number;
  readonly hiddenSize: number;
  readonly stateSize: number;
  /** Address of the valid steps of each row; 0 where all have all. */
  readonly lengths: number;
  /** Steps whose x is multiplied at once. */
  readonly stepsPerSpan: number;
}

export class SpanMemory {
  readonly #memory: KernelMemory;
  readonly #kernel: Kernel;
  readonly #sizes: SpanSizes;
  readonly #slots: Slot[] = [];
  readonly #bindings = new Map<number, Binding>();
  readonly #taskAddresses = new Map<number, number[]>();

  constructor(memory: KernelMemory, kernel: Kernel, sizes: SpanSizes) {
    this.#memory = memory;
    this.#kernel = kernel;
    this.#sizes = sizes;
  }

  /** Whether a span runs as a whole. */
  fits(span: Span): boolean {
    const { batchSize, rowsAtOnce } = this.#sizes;
    return rowsAtOnce >= batchSize && this.#stepsOfPiece(span) === span.to - span.from;
  }

  /** The pieces in which a span runs. */
  pieceOf(span: Span): PieceSize {
    const { batchSize, rowsAtOnce: rows } = this.#sizes;
    return { steps: rows < batchSize ? 1 : this.#stepsOfPiece(span), rows, batchSize };
  }

  #stepsOfPiece(span: Span): number {
    const steps = span.to - span.from;
    let values = span.h.length + (span.c?.length ?? 0);
    for (const part of span.x) values += part.length;
    const pieces = Math.ceil((values * this.#memory.bytesPerValue) / pieceBytes);
    return Math.min(steps, wholeMultiple(Math.ceil(steps / pieces), this.#sizes.stepsPerSpan));
  }

  /** Copies the x and the state of a span into a slot. */
  enter(span: SpanPiece, slot: number, shares: Shares): EnteredSpan {
    const binding = this.#bind(span, slot, shares);
    for (let part = 0; part < binding.x.length; part++) binding.x[part]!.set(span.x[part]!);
    binding.stateH.set(span.state.h);
    if (binding.stateC !== null) binding.stateC.set(span.state.c!);
    const { words } = this.#memory;
    for (const task of binding.tasks) {
      words[(task + Task.time) / 4] = span.from;
      words[(task + Task.done) / 4] = 0;
    }
    return binding;
  }

  /** Sets the step at which the tasks of a span stop next, counted from their first step. */
  aim({ tasks, barrier }: EnteredSpan, until: number): void {
    const { words } = this.#memory;
    for (const task of tasks) words[(task + Task.until) / 4] = until;
    if (barrier !== 0) words.fill(0, barrier / 4, (barrier + barrierBytes) / 4);
  }

  /** Copies the results of a span out. */
  leave(span: Span, { h, c, stateH, stateC }: EnteredSpan): void {
    span.h.set(h);
    if (c !== null) span.c!.set(c);
    span.state.h.set(stateH);
    if (stateC !== null) span.state.c!.set(stateC);
  }

  #bind(span: SpanPiece, slotIndex: number, shares: Shares): Binding {
    const key = keyOf(span);
    const known = this.#bindings.get(key);
    if (
      known?.h.buffer === this.#memory.memory.buffer &&
      known.slotAddress === this.#slots[slotIndex]?.address &&
      known.steps === span.to - span.from &&
      known.rows === this.#rowsOf(span) &&
      known.firstRow === (span.firstRow ?? 0) &&
      known.wantsC === (span.c !== null) &&
      known.shares === shares
    ) {
      return known;
    }
    const binding = this.#layOut(span, slotIndex, shares);
    this.#bindings.set(key, binding);
    return binding;
  }

  #layOut(span: SpanPiece, slotIndex: number, shares: Shares): Binding {
    const batchSize = this.#rowsOf(span);
    const { firstRow = 0 } = span;
    const steps = span.to - span.from;
    const byUnits = shares.of === "units";
    const dealt = this.#deal(shares, batchSize);
    const counts = countsOf(span, this.#sizes, byUnits);
    const blocks = [
      ...dealt.map(({ layer, rows, block }) =>
        this.#kernel.scratchBytes(layer, rows.to - rows.from, block),
      ),
      ...[...counts.x, counts.stateH, counts.stateC, counts.h, counts.c, counts.otherH].map(
        (length) => length * this.#memory.bytesPerValue,
      ),
      byUnits ? barrierBytes : 0,
    ];
    const slotAddress = this.#reserveSlot(slotIndex, blocks);
    const addresses = addressesOf(slotAddress, blocks);
    // Not in the slot, which other lanes use in between.
    const taskAddresses = dealt.map((_, index) => this.#taskAddress(keyOf(span), index));
    const scratches = addresses.splice(0, dealt.length);
    const x = addresses.splice(0, span.x.length);
    const [stateH, stateC, h, c, otherH, barrier] = addresses as Addresses;
    dealt.forEach((own, index) => {
      writeTask(this.#memory, taskAddresses[index]!, {
        ...own,
        steps,
        from: span.from,
        batchSize,
        isReverse: span.direction === "reverse",
        lengths: this.#lengthsFrom(firstRow),
        stateH,
        stateC,
        h,
        c: span.c === null ? 0 : c,
        scratch: scratches[index]!,
        until: steps,
        together: byUnits ? { otherH, barrier, participants: dealt.length } : null,
        x: x.map((address, part) => ({
          address,
          features: counts.x[part]! / (steps * batchSize),
        })),
      });
    });
    const view = this.#memory.values.bind(this.#memory);
    return {
      shares,
      slotAddress,
      steps,
      rows: batchSize,
      firstRow,
      wantsC: span.c !== null,
      tasks: taskAddresses,
      x: x.map((address, part) => view(address, counts.x[part]!)),
      stateH: view(stateH, counts.stateH),
      stateC: span.state.c === null ? null : view(stateC, counts.stateC),
      h: view(h, counts.h),
      c: span.c === null ? null : view(c, counts.c),
      barrier: byUnits ? barrier : 0,
    };
  }

  /** What each task computes with: a layer or a part of one, its rows, and the steps whose x it multiplies at once. */
  #deal({ of, layers }: Shares, batchSize: number): { layer: number; rows: Rows; block: number }[] {
    const { stepsPerSpan } = this.#sizes;
    const dealt = of === "rows" ? dealRows(batchSize, layers.length) : null;
    return layers.map((layer, index) => {
      const rows = dealt?.[index] ?? { from: 0, to: batchSize };
      const count = Math.max(1, rows.to - rows.from);
      return { layer, rows, block: Math.max(1, Math.floor((stepsPerSpan * batchSize) / count)) };
    });
  }

  /** Rows of the batch that a span, or a piece of one, has. */
  #rowsOf({ state }: SpanPiece): number {
    return state.h.length / this.#sizes.stateSize;
  }

  /** Address of the valid steps from a row on. */
  #lengthsFrom(firstRow: number): number {
    const { lengths } = this.#sizes;
    return lengths === 0 ? 0 : lengths + 4 * firstRow;
  }

  #taskAddress(key: number, index: number): number {
    const addresses = this.#taskAddresses.get(key) ?? [];
    this.#taskAddresses.set(key, addresses);
    return (addresses[index] ??= this.#memory.reserve(taskBytes));
  }

  /** Address of a slot that holds the blocks; one that is too small is replaced by one twice as large. */
  #reserveSlot(index: number, blocks: readonly number[]): number {
    const bytes = addressesOf(0, [...blocks, 0]).at(-1)!;
    const slot = (this.#slots[index] ??= { address: 0, bytes: 0 });
    if (slot.bytes < bytes) {
      slot.bytes = Math.max(bytes, 2 * slot.bytes);
      slot.address = this.#memory.reserve(slot.bytes);
    }
    return slot.address;
  }
}

function keyOf(span: Span): number {
  return 2 * span.layer + span.directionIndex;
}

/**
 * Rows 0 … batchSize in `count` groups of nearly equal size. Rows are computed in pairs, which stay together.
 */
function dealRows(batchSize: number, count: number): Rows[] {
  const pairs = Math.ceil(batchSize / 2);
  const start = (index: number): number =>
    Math.min(batchSize, 2 * Math.floor((index * pairs) / count));
  return Array.from({ length: count }, (_, index) => ({
    from: start(index),
    to: start(index + 1),
  }));
}
