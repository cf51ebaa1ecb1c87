/**
 * Spans in the kernels' memory: x and the state are copied in, h, c and the state out.
 */
import type { Span, StateArray } from "./engine";
import type { KernelExports } from "./wasmBinary";
import { lineBytes, type KernelMemory } from "./wasmMemory";

/** Words of `Task` in kernel/layout.ts, with as many parts of x as a network has directions. */
const taskBytes = 2 * lineBytes;
const firstPartWord = 14;

/** Words that a span writes into its tasks after they have been laid out. */
const timeWord = 2;

/** A longer span is run in pieces, whose x, h and c take about this: in the second cache when they are copied out. */
const pieceBytes = 2 ** 19;

/** Rows of the batch that one task runs. */
interface Rows {
  readonly from: number;
  readonly to: number;
}

/** Where a lane's spans of one length lie in a slot, with views to copy through. */
interface Binding {
  readonly slotAddress: number;
  readonly steps: number;
  readonly wantsC: boolean;
  readonly tasks: readonly number[];
  readonly x: readonly StateArray[];
  readonly stateH: StateArray;
  readonly stateC: StateArray | null;
  readonly h: StateArray;
  readonly c: StateArray | null;
}

/** A block of memory for the span that runs n-th of those side by side. */
interface Slot {
  address: number;
  bytes: number;
}

export interface SpanSizes {
  readonly batchSize: number;
  readonly hiddenSize: number;
  readonly stateSize: number;
  /** Address of the valid steps of each row; 0 where all have all. */
  readonly lengths: number;
}

export class SpanMemory {
  readonly #memory: KernelMemory;
  readonly #kernel: KernelExports;
  readonly #sizes: SpanSizes;
  readonly #slots: Slot[] = [];
  readonly #bindings = new Map<number, Binding>();
  readonly #taskAddresses = new Map<number, number[]>();

  constructor(memory: KernelMemory, kernel: KernelExports, sizes: SpanSizes) {
    this.#memory = memory;
    this.#kernel = kernel;
    this.#sizes = sizes;
  }

  /** Steps of a span that are run at a time. */
  stepsOfPiece(span: Span): number {
    const steps = span.to - span.from;
    let values = span.h.length + (span.c?.length ?? 0);
    for (const part of span.x) values += part.length;
    const pieces = Math.ceil((values * this.#memory.bytesPerValue) / pieceBytes);
    return Math.max(1, Math.ceil(steps / pieces));
  }

  /**
   * Copies the x and the state of a span into a slot.
   * `layer` is the address of its packed weights; its batch rows are dealt out to `tasks` tasks, which are returned.
   */
  enter(span: Span, slot: number, layer: number, tasks: number): readonly number[] {
    const binding = this.#bind(span, slot, layer, tasks);
    for (let part = 0; part < binding.x.length; part++) binding.x[part]!.set(span.x[part]!);
    binding.stateH.set(span.state.h);
    if (binding.stateC !== null) binding.stateC.set(span.state.c!);
    const { words } = this.#memory;
    for (const task of binding.tasks) words[task / 4 + timeWord] = span.from;
    return binding.tasks;
  }

  /** Copies the results of a span out. */
  leave(span: Span): void {
    const binding = this.#bindings.get(keyOf(span))!;
    span.h.set(binding.h);
    if (binding.c !== null) span.c!.set(binding.c);
    span.state.h.set(binding.stateH);
    if (binding.stateC !== null) span.state.c!.set(binding.stateC);
  }

  #bind(span: Span, slotIndex: number, layer: number, tasks: number): Binding {
    const key = keyOf(span);
    const known = this.#bindings.get(key);
    if (
      known?.h.buffer === this.#memory.memory.buffer &&
      known.slotAddress === this.#slots[slotIndex]?.address &&
      known.steps === span.to - span.from &&
      known.wantsC === (span.c !== null) &&
      known.tasks.length === tasks
    ) {
      return known;
    }
    const binding = this.#layOut(span, slotIndex, layer, tasks);
    this.#bindings.set(key, binding);
    return binding;
  }

  #layOut(span: Span, slotIndex: number, layer: number, tasks: number): Binding {
    const { batchSize, hiddenSize, stateSize } = this.#sizes;
    const { bytesPerValue } = this.#memory;
    const steps = span.to - span.from;
    const dealt = dealRows(batchSize, tasks);
    const scratch = bytesPerValue === 4 ? this.#kernel.scratchBytes32 : this.#kernel.scratchBytes64;
    const lengths = {
      x: span.x.map((part) => part.length),
      stateH: batchSize * stateSize,
      stateC: span.state.c === null ? 0 : batchSize * hiddenSize,
      h: steps * batchSize * stateSize,
      c: span.c === null ? 0 : steps * batchSize * hiddenSize,
    };
    const blocks = [
      ...dealt.map(({ from, to }) => scratch(layer, to - from)),
      ...[...lengths.x, lengths.stateH, lengths.stateC, lengths.h, lengths.c].map(
        (length) => length * bytesPerValue,
      ),
    ];
    const slotAddress = this.#reserveSlot(slotIndex, blocks);
    const addresses = addressesOf(slotAddress, blocks);
    // Not in the slot, which other lanes use in between.
    const taskAddresses = dealt.map((_, index) => this.#taskAddress(keyOf(span), index));
    const scratches = addresses.splice(0, dealt.length);
    const x = addresses.splice(0, span.x.length);
    const [stateH, stateC, h, c] = addresses as [number, number, number, number];
    const { words } = this.#memory;
    dealt.forEach((rows, index) => {
      const task = [
        ...[layer, steps, span.from, span.direction === "reverse" ? 1 : 0],
        ...[batchSize, rows.from, rows.to, this.#sizes.lengths],
        ...[stateH, stateC, h, span.c === null ? 0 : c, scratches[index]!, span.x.length],
      ];
      words.set(task, taskAddresses[index]! / 4);
      x.forEach((address, part) => {
        const features = lengths.x[part]! / (steps * batchSize);
        words.set([address, features], taskAddresses[index]! / 4 + firstPartWord + 2 * part);
      });
    });
    const view = (address: number, length: number): StateArray =>
      this.#memory.values(address, length);
    return {
      slotAddress,
      steps,
      wantsC: span.c !== null,
      tasks: taskAddresses,
      x: x.map((address, part) => view(address, lengths.x[part]!)),
      stateH: view(stateH, lengths.stateH),
      stateC: span.state.c === null ? null : view(stateC, lengths.stateC),
      h: view(h, lengths.h),
      c: span.c === null ? null : view(c, lengths.c),
    };
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
 * Rows 0 … batchSize in `count` runs as equal as can be. Rows are computed in pairs: none is torn apart.
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

/** Where blocks lie that follow each other from `start` on, each at a cache line. */
function addressesOf(start: number, blocks: readonly number[]): number[] {
  let address = start;
  return blocks.map((bytes) => {
    const here = address;
    address += Math.ceil(bytes / lineBytes) * lineBytes;
    return here;
  });
}
