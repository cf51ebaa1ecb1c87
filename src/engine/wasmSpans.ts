/**
 * Spans in the kernels' memory: x and the state are copied in, h, c and the state out.
 */
import type { Span, StateArray } from "./engine";
import { wholeMultiple } from "./plan";
import type { KernelExports } from "./wasmBinary";
import { lineBytes, type KernelMemory } from "./wasmMemory";

/** Words of `Task` in kernel/layout.ts, with as many parts of x as a network has directions. */
const taskBytes = 2 * lineBytes;

/** Words that a span writes into its tasks after they have been laid out. */
const timeWord = 2;
const doneWord = 14;
const untilWord = 15;

/** Bytes of `Meeting` in kernel/meet.ts: a line, which nothing else is in. */
const meetingBytes = lineBytes;

/** A longer span is run in pieces, whose x, h and c take about this: in the second cache when they are copied out. */
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
  /** Address of what the tasks of its units meet at, 0 without. */
  readonly meeting: number;
}

/** Where a lane's spans of one length lie in a slot. */
interface Binding extends EnteredSpan {
  readonly shares: Shares;
  readonly slotAddress: number;
  readonly steps: number;
  readonly wantsC: boolean;
  readonly x: readonly StateArray[];
}

/** Of what tasks share, in the order in which it is laid out behind x. */
type Addresses = [
  ...[stateH: number, stateC: number, h: number, c: number],
  ...[otherH: number, meeting: number],
];

/** What the words of a task are made of, addresses for the most part. */
interface TaskWords {
  readonly layer: number;
  readonly rows: Rows;
  /** From `stateH` to `block`. */
  readonly states: readonly number[];
  /** From `otherH` to `parties`. */
  readonly together: readonly number[];
  /** Parts of x. */
  readonly x: readonly number[];
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
  /** Steps whose x is multiplied at once. */
  readonly stepsPerSpan: number;
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
    return Math.min(steps, wholeMultiple(Math.ceil(steps / pieces), this.#sizes.stepsPerSpan));
  }

  /** Copies the x and the state of a span into a slot. */
  enter(span: Span, slot: number, shares: Shares): EnteredSpan {
    const binding = this.#bind(span, slot, shares);
    for (let part = 0; part < binding.x.length; part++) binding.x[part]!.set(span.x[part]!);
    binding.stateH.set(span.state.h);
    if (binding.stateC !== null) binding.stateC.set(span.state.c!);
    const { words } = this.#memory;
    for (const task of binding.tasks) {
      words[task / 4 + timeWord] = span.from;
      words[task / 4 + doneWord] = 0;
    }
    return binding;
  }

  /** Has the tasks of a span run up to a step, counted from the first that they run, when they are run next. */
  aim({ tasks, meeting }: EnteredSpan, until: number): void {
    const { words } = this.#memory;
    for (const task of tasks) words[task / 4 + untilWord] = until;
    if (meeting !== 0) words.fill(0, meeting / 4, (meeting + meetingBytes) / 4);
  }

  /** Copies the results of a span out. */
  leave(span: Span, { h, c, stateH, stateC }: EnteredSpan): void {
    span.h.set(h);
    if (c !== null) span.c!.set(c);
    span.state.h.set(stateH);
    if (stateC !== null) span.state.c!.set(stateC);
  }

  #bind(span: Span, slotIndex: number, shares: Shares): Binding {
    const key = keyOf(span);
    const known = this.#bindings.get(key);
    if (
      known?.h.buffer === this.#memory.memory.buffer &&
      known.slotAddress === this.#slots[slotIndex]?.address &&
      known.steps === span.to - span.from &&
      known.wantsC === (span.c !== null) &&
      known.shares === shares
    ) {
      return known;
    }
    const binding = this.#layOut(span, slotIndex, shares);
    this.#bindings.set(key, binding);
    return binding;
  }

  #layOut(span: Span, slotIndex: number, shares: Shares): Binding {
    const { batchSize, hiddenSize, stateSize, stepsPerSpan } = this.#sizes;
    const { bytesPerValue } = this.#memory;
    const steps = span.to - span.from;
    const byUnits = shares.of === "units";
    const dealt = byUnits
      ? shares.layers.map(() => ({ from: 0, to: batchSize }))
      : dealRows(batchSize, shares.layers.length);
    const blockOf = ({ from, to }: Rows): number =>
      Math.max(1, Math.floor((stepsPerSpan * batchSize) / Math.max(1, to - from)));
    const scratch = bytesPerValue === 4 ? this.#kernel.scratchBytes32 : this.#kernel.scratchBytes64;
    const lengths = {
      x: span.x.map((part) => part.length),
      stateH: batchSize * stateSize,
      stateC: span.state.c === null ? 0 : batchSize * hiddenSize,
      h: steps * batchSize * stateSize,
      c: span.c === null ? 0 : steps * batchSize * hiddenSize,
      otherH: byUnits ? batchSize * stateSize : 0,
    };
    const blocks = [
      ...dealt.map((rows, index) =>
        scratch(shares.layers[index]!, rows.to - rows.from, blockOf(rows)),
      ),
      ...[...lengths.x, lengths.stateH, lengths.stateC, lengths.h, lengths.c, lengths.otherH].map(
        (length) => length * bytesPerValue,
      ),
      byUnits ? meetingBytes : 0,
    ];
    const slotAddress = this.#reserveSlot(slotIndex, blocks);
    const addresses = addressesOf(slotAddress, blocks);
    // Not in the slot, which other lanes use in between.
    const taskAddresses = dealt.map((_, index) => this.#taskAddress(keyOf(span), index));
    const scratches = addresses.splice(0, dealt.length);
    const x = addresses.splice(0, span.x.length);
    const [stateH, stateC, h, c, otherH, meeting] = addresses as Addresses;
    const together = byUnits ? [otherH, meeting, dealt.length] : [0, 0, 0];
    dealt.forEach((rows, index) => {
      this.#writeTask(taskAddresses[index]!, span, {
        ...{ layer: shares.layers[index]!, rows, x, together },
        states: [stateH, stateC, h, span.c === null ? 0 : c, scratches[index]!, blockOf(rows)],
      });
    });
    const view = (address: number, length: number): StateArray =>
      this.#memory.values(address, length);
    return {
      shares,
      slotAddress,
      steps,
      wantsC: span.c !== null,
      tasks: taskAddresses,
      x: x.map((address, part) => view(address, lengths.x[part]!)),
      stateH: view(stateH, lengths.stateH),
      stateC: span.state.c === null ? null : view(stateC, lengths.stateC),
      h: view(h, lengths.h),
      c: span.c === null ? null : view(c, lengths.c),
      meeting: byUnits ? meeting : 0,
    };
  }

  #writeTask(address: number, span: Span, task: TaskWords): void {
    const { batchSize, lengths } = this.#sizes;
    const { layer, rows, states, together, x } = task;
    const steps = span.to - span.from;
    const parts = x.flatMap((part, index) => [part, span.x[index]!.length / (steps * batchSize)]);
    const words = [
      ...[layer, steps, span.from, span.direction === "reverse" ? 1 : 0],
      ...[batchSize, rows.from, rows.to, lengths],
      ...[...states, 0, 0, ...together],
      ...[x.length, ...parts],
    ];
    this.#memory.words.set(words, address / 4);
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
