/**
 * The arrays of a span: how many values each has, and where they lie in a block of memory.
 */
import { cacheLineBytes } from "./kernel/layout/memory";
import type { SpanPiece } from "./pieces";

/** The number of values of the arrays of a span. */
interface SpanCounts {
  /** Of each part of x. */
  readonly x: readonly number[];
  readonly stateH: number;
  readonly stateC: number;
  readonly h: number;
  readonly c: number;
  /** Of the second state that tasks exchange; 0 unless units are shared. */
  readonly otherH: number;
}

/** The number of values of each array; `byUnits` is true where tasks share the units of rows. */
export function countsOf(
  span: SpanPiece,
  { hiddenSize, stateSize }: { readonly hiddenSize: number; readonly stateSize: number },
  byUnits: boolean,
): SpanCounts {
  const batchSize = span.state.h.length / stateSize;
  const steps = span.to - span.from;
  return {
    x: span.x.map((part) => part.length),
    stateH: batchSize * stateSize,
    stateC: span.state.c === null ? 0 : batchSize * hiddenSize,
    h: steps * batchSize * stateSize,
    c: span.c === null ? 0 : steps * batchSize * hiddenSize,
    otherH: byUnits ? batchSize * stateSize : 0,
  };
}

/** Of what tasks share, in the order in which it is laid out behind x. */
export type Addresses = [
  stateH: number,
  stateC: number,
  h: number,
  c: number,
  otherH: number,
  barrier: number,
];

/** Where blocks lie that follow each other from `start` on, each at a cache line. */
export function addressesOf(start: number, blocks: readonly number[]): number[] {
  let address = start;
  return blocks.map((bytes) => {
    const here = address;
    address += Math.ceil(bytes / cacheLineBytes) * cacheLineBytes;
    return here;
  });
}
