/** Our inflate against zlib's: equal output for what is right, and refused where zlib refuses. */
import assert from "node:assert/strict";
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import fc from "fast-check";
import { FormatError, isUnrollError } from "../../src/core/errors";
import { crc32 } from "../../src/formats/base/crc32";
import { InflatePass, type CheckPoint, type Deflated } from "../../src/formats/zip/pass";
import { BitWriter } from "../unit/formats/bitWriter";

/** More with FUZZ_RUNS in the environment. */
const runs = Number(process.env["FUZZ_RUNS"] ?? 300);

/** Bytes with long and short repetitions, rare and frequent values. */
const content: fc.Arbitrary<Uint8Array> = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc
        .tuple(fc.nat(255), fc.nat(3000))
        .map(([byte, length]) => new Uint8Array(length).fill(byte)),
      fc
        .tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.nat(200))
        .map(([bytes, times]) => Buffer.concat(Array.from({ length: times }, () => bytes))),
      // Some 8 kB of a few values: dynamic codes, of many lengths where they fall off.
      fc
        .tuple(fc.integer({ min: 1, max: 2 ** 31 - 1 }), fc.integer({ min: 1, max: 24 }))
        .map(skewed),
    ),
    { maxLength: 8 },
  )
  .map((parts) => new Uint8Array(Buffer.concat(parts)));

function skewed([seed, fall]: readonly [number, number]): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length: 8192 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(-Math.log((state + 1) / 2 ** 32) * fall);
  });
}

const options = fc.record({
  level: fc.integer({ min: 0, max: 9 }),
  strategy: fc.constantFrom(
    constants.Z_DEFAULT_STRATEGY,
    constants.Z_FILTERED,
    constants.Z_HUFFMAN_ONLY,
    constants.Z_RLE,
    constants.Z_FIXED,
  ),
  memLevel: fc.integer({ min: 1, max: 9 }),
  windowBits: fc.integer({ min: 9, max: 15 }),
});

function memberOf(compressed: Uint8Array, content: Uint8Array): Deflated {
  return {
    offset: 0,
    compressedSize: compressed.length,
    size: content.length,
    crc32: crc32(content),
    read: (offset, length) => Promise.resolve(compressed.subarray(offset, offset + length)),
    damaged: (problem) => new FormatError("a.zip", problem),
  };
}

async function rest(pass: InflatePass, size: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  do parts.push(await pass.next());
  while (pass.position < size);
  return Buffer.concat(parts);
}

describe("inflate", () => {
  it("undoes what zlib writes, in blocks of any size and from every check point", async () => {
    await fc.assert(
      fc.asyncProperty(
        content,
        options,
        fc.integer({ min: 1, max: 20_000 }),
        async (bytes, how, block) => {
          const member = memberOf(deflateRawSync(bytes, how), bytes);
          const pass = new InflatePass(member, block);
          const points: CheckPoint[] = [];
          const parts: Uint8Array[] = [];
          do {
            parts.push(await pass.next());
            if (pass.position < bytes.length && points.length < 8) points.push(pass.checkPoint);
          } while (pass.position < bytes.length);
          assert.ok(Buffer.concat(parts).equals(bytes));
          for (const point of points) {
            const again = await rest(new InflatePass(member, block, point), bytes.length);
            assert.ok(again.equals(bytes.subarray(point.position)));
          }
        },
      ),
      { numRuns: runs },
    );
  }).timeout(60_000 + 100 * runs);

  it("refuses what zlib refuses, and gives what it gives", async () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(7)), { minLength: 1, maxLength: 3 });
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(
        content,
        options,
        changes,
        fc.boolean(),
        async (bytes, how, flips, isCut) => {
          const whole = deflateRawSync(bytes, how);
          // Heads of blocks are where most can be wrong.
          for (const [at, bit] of flips) {
            const place = at % Math.min(whole.length, at % 2 === 0 ? 80 : whole.length);
            whole[place] = (whole[place] ?? 0) ^ (1 << bit);
          }
          const compressed = isCut ? whole.subarray(0, whole.length >> 1) : whole;
          if (await assertLikeZlib(compressed)) accepted += 1;
        },
      ),
      { numRuns: 4 * runs },
    );
    assert.ok(accepted > 0, "some are right in spite of what was changed");
  }).timeout(60_000 + 200 * runs);

  it("takes codes of any lengths as zlib does", async () => {
    const length = fc.oneof(
      { weight: 3, arbitrary: fc.constant(0) },
      fc.integer({ min: 1, max: 15 }),
    );
    const codes = fc.record({
      literals: fc.oneof(fc.array(length, { maxLength: 29 }), completeLengths),
      distances: fc.oneof(fc.array(length, { maxLength: 30 }), completeLengths),
      data: fc.uint8Array({ maxLength: 60 }),
    });
    await fc.assert(
      fc.asyncProperty(codes, async (code) => {
        await assertLikeZlib(dynamicBlock(code));
      }),
      { numRuns: 4 * runs },
    );
  }).timeout(60_000 + 200 * runs);
});

/** Lengths of a code that uses all bits: one code is divided in two until there are enough. */
const completeLengths: fc.Arbitrary<number[]> = fc
  .array(fc.nat(), { maxLength: 28 })
  .map((choices) => {
    const lengths = [1, 1];
    for (const choice of choices) {
      const at = choice % lengths.length;
      const bits = lengths[at] ?? 0;
      if (bits < 15) lengths.splice(at, 1, bits + 1, bits + 1);
    }
    return lengths;
  });

/** A last block with codes of its own, the end-of-block code among them; what follows is up to chance. */
function dynamicBlock({
  literals,
  distances,
  data,
}: {
  readonly literals: readonly number[];
  readonly distances: readonly number[];
  readonly data: Uint8Array;
}): Uint8Array {
  const writer = new BitWriter();
  const few = literals.slice(0, 30);
  // A few literals, then the end of the block and the lengths.
  const all = [
    ...few.slice(2),
    ...new Array<number>(256 - Math.max(0, few.length - 2)).fill(0),
    ...few.slice(0, 2),
  ];
  const every = [...all, ...(distances.length === 0 ? [0] : distances.slice(0, 30))];
  writer.bits(1, 1).bits(2, 2);
  writer
    .bits(all.length - 257, 5)
    .bits(every.length - all.length - 1, 5)
    .bits(15, 4);
  // The lengths are written in 4 bits each: 16 codes of 4 bits, those that repeat have none.
  for (const symbol of [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]) {
    writer.bits(symbol > 15 ? 0 : 4, 3);
  }
  for (const bits of every) writer.code(bits, 4);
  for (const byte of data) writer.bits(byte, 8);
  return writer.bytes();
}

/** True where both take the data. */
async function assertLikeZlib(compressed: Uint8Array): Promise<boolean> {
  let expected: Uint8Array | undefined;
  try {
    expected = inflateRawSync(compressed, { maxOutputLength: 2 ** 24 });
  } catch (error) {
    if ((error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE") return false;
  }
  const member = memberOf(compressed, expected ?? new Uint8Array(2 ** 18));
  const got = await rest(new InflatePass(member, 2 ** 16), member.size).catch((error: unknown) => {
    assert.ok(isUnrollError(error), String(error));
    return error;
  });
  if (expected === undefined) {
    assert.ok(isUnrollError(got), "zlib refuses it");
    assert.match(got.message, /its compressed data/);
    return false;
  }
  assert.ok(got instanceof Uint8Array, isUnrollError(got) ? got.message : "");
  assert.ok(Buffer.from(expected).equals(got));
  return true;
}
