/**
 * Unpacks LZF, the compression that h5py brings along.
 *
 * Spec:   LibLZF (lzf.h, lzf_d.c) by Marc Lehmann: a control byte below 32 is followed by one literal more than it says;
 *         of any other, the upper 3 bits are a length less 2 (7: a byte more of it follows), the lower 5 bits and the
 *         byte behind are how far back the repeated bytes begin, less 1.
 */

const literalControls = 32;
const longLength = 7;

/** The bytes that `packed` stands for; null where it is damaged, or they would be more than `limit`. */
export function unpackLzf(packed: Uint8Array, limit: number): Uint8Array | null {
  const length = unpackedLength(packed);
  if (length === null || length > limit) return null;
  const bytes = new Uint8Array(length);
  let to = 0;
  for (let from = 0; from < packed.length;) {
    const step = stepAt(packed, from);
    if (step.back === 0) {
      bytes.set(packed.subarray(from + 1, from + 1 + step.length), to);
    } else if (step.back > to) {
      return null;
    } else {
      // One after another: what is repeated may be what was just written.
      for (let at = to; at < to + step.length; at += 1) bytes[at] = bytes[at - step.back] ?? 0;
    }
    from = step.next;
    to += step.length;
  }
  return bytes;
}

/** Literals (`back` is 0), or bytes that are repeated from `back` bytes ago. */
interface Step {
  readonly length: number;
  readonly back: number;
  /** Where the next one begins; behind the end of what is damaged. */
  readonly next: number;
}

function stepAt(packed: Uint8Array, from: number): Step {
  const control = packed[from] ?? 0;
  if (control < literalControls) {
    return { length: control + 1, back: 0, next: from + 2 + control };
  }
  const short = control >> 5;
  const isLong = short === longLength;
  const length = 2 + short + (isLong ? (packed[from + 1] ?? 0) : 0);
  const low = from + (isLong ? 2 : 1);
  return { length, back: 1 + ((control & 0x1f) << 8) + (packed[low] ?? 0), next: low + 1 };
}

/** null where the last step reaches behind the end. */
function unpackedLength(packed: Uint8Array): number | null {
  let length = 0;
  let from = 0;
  while (from < packed.length) {
    const step = stepAt(packed, from);
    length += step.length;
    from = step.next;
  }
  return from === packed.length ? length : null;
}
