/** Damage to a file: what a hostile or broken writer, or a bad copy, makes of a valid one. */
import fc from "fast-check";

/** A change at a place that is given as a share of the file, so that it means something for any length. */
export interface Mutation {
  readonly kind:
    | "flip"
    | "overwrite"
    | "remove"
    | "insert"
    | "truncate"
    | "number"
    | "digits"
    | "splice"
    | "repeat";
  readonly place: number;
  /** Chooses among what the kind offers. */
  readonly choice: number;
  readonly bytes: Uint8Array;
}

const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom("flip", "number", "digits") },
    { weight: 2, arbitrary: fc.constantFrom("overwrite", "splice", "repeat") },
    { weight: 1, arbitrary: fc.constantFrom("remove", "insert", "truncate") },
  ),
  place: share,
  choice: fc.nat(0xffff),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
});

/** A few changes, one after another. */
export const mutations: fc.Arbitrary<readonly Mutation[]> = fc.array(mutation, {
  minLength: 1,
  maxLength: 3,
});

/** What lengths and offsets are set to: the ends of every width, and what lies around the length of the file. */
function extremes(length: number): readonly bigint[] {
  const ends = [7n, 8n, 15n, 16n, 31n, 32n, 40n, 53n, 62n, 63n, 64n].flatMap((bits) => [
    2n ** bits - 1n,
    2n ** bits,
  ]);
  return [0n, 1n, 2n, BigInt(length), BigInt(length + 1), BigInt(Math.max(0, length - 1)), ...ends];
}

const hugeDigits = ["0", "-1", "1", "4294967296", "9223372036854775807", "99999999999999999999"];

/** Applies the changes; pieces of `other` are what is spliced in. */
export function mutate(
  file: Uint8Array,
  other: Uint8Array,
  changes: readonly Mutation[],
): Uint8Array {
  return changes.reduce((damaged, change) => applyOne(damaged, other, change), file);
}

function applyOne(file: Uint8Array, other: Uint8Array, change: Mutation): Uint8Array {
  const start = Math.floor(change.place * file.length);
  const { bytes, choice } = change;
  switch (change.kind) {
    case "flip":
      return replace(file, start, 1, Uint8Array.of((file[start] ?? 0) ^ (1 << (choice % 8))));
    case "overwrite":
      return replace(file, start, bytes.length, bytes);
    case "remove":
      return replace(file, start, choice % 64, new Uint8Array(0));
    case "insert":
      return replace(file, start, 0, bytes);
    case "truncate":
      return file.slice(0, start);
    case "number":
      return replaceNumber(file, start, choice);
    case "digits":
      return replaceDigits(file, start, choice);
    case "splice": {
      const from = choice % Math.max(1, other.length);
      return replace(file, start, choice % 100, other.subarray(from, from + (choice % 300)));
    }
    case "repeat":
      return replace(file, start, 0, file.subarray(start, start + (choice % 400)));
  }
}

function replace(file: Uint8Array, start: number, count: number, bytes: Uint8Array): Uint8Array {
  return Uint8Array.from([
    ...file.subarray(0, start),
    ...bytes,
    ...file.subarray(Math.min(file.length, start + count)),
  ]);
}

/** Sets 1, 2, 4 or 8 bytes, in either byte order. */
function replaceNumber(file: Uint8Array, start: number, choice: number): Uint8Array {
  const values = extremes(file.length);
  const value = values[choice % values.length] ?? 0n;
  const width = 2 ** ((choice >> 6) % 4);
  const bytes = Uint8Array.from({ length: width }, (_, index) =>
    Number((value >> BigInt(8 * index)) & 0xffn),
  );
  return replace(file, start, width, (choice & 0x8000) === 0 ? bytes : bytes.reverse());
}

/** Sets the next number that is written in digits. */
function replaceDigits(file: Uint8Array, start: number, choice: number): Uint8Array {
  const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;
  const first = file.subarray(start).findIndex(isDigit);
  if (first < 0) return file;
  const end = file.subarray(start + first).findIndex((byte) => !isDigit(byte));
  const digits = hugeDigits[choice % hugeDigits.length] ?? "0";
  return replace(file, start + first, Math.max(end, 1), new TextEncoder().encode(digits));
}
