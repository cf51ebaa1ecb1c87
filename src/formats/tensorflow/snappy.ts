/**
 * Unpacks Snappy, in which blocks of a table may be written.
 *
 * Spec:   github.com/google/snappy, format_description.txt: the length, then literals and copies; a copy repeats bytes
 *         that were written before.
 */
import { VarintReader } from "../base/varints";

/** Bytes of the length of a literal that is longer than its tag tells, by the upper six bits of the tag. */
const longLiteral = 60;

/** The bytes that `packed` stands for; null where it is damaged, or says that they are more than `limit`. */
export function unpackSnappy(packed: Uint8Array, limit: number): Uint8Array | null {
  const reader = new VarintReader(packed);
  if (!reader.next() || reader.unsigned > limit) return null;
  const bytes = new Uint8Array(reader.unsigned);
  let to = 0;
  let from = reader.at;
  while (from < packed.length) {
    const step = stepAt(packed, from);
    const end = to + step.length;
    if (step.next > packed.length || end > bytes.length) return null;
    if (step.back === null) bytes.set(packed.subarray(step.next - step.length, step.next), to);
    else if (step.back === 0 || step.back > to) return null;
    // One after another: what is repeated may be what was just written.
    else for (let at = to; at < end; at += 1) bytes[at] = bytes[at - step.back] ?? 0;
    to = end;
    from = step.next;
  }
  return to === bytes.length ? bytes : null;
}

/** Literals, which end at `next`, where `back` is null; else bytes that are repeated from `back` bytes ago. */
interface Step {
  readonly length: number;
  readonly back: number | null;
  readonly next: number;
}

function stepAt(packed: Uint8Array, from: number): Step {
  const tag = packed[from] ?? 0;
  const upper = tag >> 2;
  switch (tag & 3) {
    case 0: {
      const lengthBytes = Math.max(0, upper - longLiteral + 1);
      const length = 1 + (lengthBytes === 0 ? upper : littleEndian(packed, from + 1, lengthBytes));
      return { length, back: null, next: from + 1 + lengthBytes + length };
    }
    case 1: {
      const back = ((tag >> 5) << 8) | (packed[from + 1] ?? 0);
      return { length: 4 + (upper & 7), back, next: from + 2 };
    }
    case 2:
      return { length: 1 + upper, back: littleEndian(packed, from + 1, 2), next: from + 3 };
    default:
      return { length: 1 + upper, back: littleEndian(packed, from + 1, 4), next: from + 5 };
  }
}

function littleEndian(bytes: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let index = length - 1; index >= 0; index -= 1)
    value = value * 256 + (bytes[at + index] ?? 0);
  return value;
}
