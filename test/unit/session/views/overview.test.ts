/** Windows and curves of a long lane from its overview: what reading every value gives. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { Overview, overviewOf } from "../../../../src/analysis/laneMeasures/overview";
import type { Lane, LaneContext, LanePart } from "../../../../src/analysis/lanes";
import { arraySteps } from "../../../../src/analysis/steps";
import type { Side } from "../../../../src/protocol/run/windowMessages";
import { readTimeline } from "../../../../src/session/views/timeline";
import { readWindow } from "../../../../src/session/views/window";

const tolerance = { rtol: 1e-3, atol: 1e-3, equalNan: false };
const odd = [NaN, Infinity, -Infinity, 0];

interface Case {
  readonly lane: Lane;
  readonly context: LaneContext;
  readonly overviews: ReadonlyMap<LanePart, Overview>;
}

/** One or two parts of `units` each, whose walk was in spans of `span` steps. */
function caseOf({
  seqLength,
  batchSize,
  units,
  halves,
  span,
  blockSteps,
  seed,
  hasReference,
  lengths,
}: {
  readonly seqLength: number;
  readonly batchSize: number;
  readonly units: number;
  readonly halves: number;
  readonly span: number;
  readonly blockSteps: number;
  readonly seed: readonly number[];
  readonly hasReference: boolean;
  readonly lengths: readonly number[] | null;
}): Case {
  const size = seqLength * batchSize * units;
  const rowSize = batchSize * units;
  const parts = Array.from({ length: halves }, (_, half): LanePart => {
    const at = (index: number): number => seed[(index + 7 * half) % seed.length] ?? 0;
    const ours = Float64Array.from({ length: size }, (_, index) =>
      index % 97 === 13 + half ? (odd[index % odd.length] ?? 0) : at(index),
    );
    const reference = ours.map((value, index) =>
      index % 31 === 5 ? value + at(index + 3) / 256 : value,
    );
    return {
      units,
      ours: arraySteps(ours, rowSize),
      reference: hasReference ? arraySteps(reference, rowSize) : null,
      noise: Float64Array.from({ length: seqLength * batchSize }, (_, row) => (row % 5) * 1e-4),
    };
  });
  const lane = { id: "output", layer: null, direction: null, cell: null } as const;
  const context: LaneContext = { seqLength, batchSize, lengths, tolerance, precision: "f64" };
  const overviews = new Map(
    parts.map((part) => {
      const overview = new Overview(part, context, blockSteps, 1e6);
      for (let from = 0; from < seqLength; from += span) {
        const to = Math.min(seqLength, from + span);
        overview.add({ from, to }, part.ours.read(from, to));
      }
      return [part, overview] as const;
    }),
  );
  return { lane: { ...lane, units: halves * units, parts }, context, overviews };
}

const cases = fc
  .record({
    seqLength: fc.integer({ min: 1, max: 40 }),
    batchSize: fc.integer({ min: 1, max: 3 }),
    units: fc.integer({ min: 1, max: 6 }),
    halves: fc.integer({ min: 1, max: 2 }),
    span: fc.integer({ min: 1, max: 9 }),
    blockSteps: fc.constantFrom(1, 2, 4, 8),
    // Sums of these are exact in float32 as well.
    seed: fc.array(
      fc.integer({ min: -512, max: 512 }).map((value) => (value === 0 ? 1 : value / 256)),
      { minLength: 5, maxLength: 40 },
    ),
    hasReference: fc.boolean(),
    isPacked: fc.boolean(),
  })
  .map(({ isPacked, ...given }) => {
    const { seqLength, batchSize } = given;
    const rows = Array.from({ length: batchSize }, (_, row) => Math.max(1, seqLength - 3 * row));
    return { ...caseOf({ ...given, lengths: isPacked ? rows : null }), given };
  });

describe("the overview of a part", () => {
  it("gives each window of whole blocks as its values do, in any order of units", () => {
    let fitting = 0;
    fc.assert(
      fc.property(
        cases,
        fc.constantFrom<Side>("ours", "reference", "delta"),
        fc.record({
          batch: fc.nat(2),
          from: fc.nat(5),
          blocks: fc.integer({ min: 1, max: 6 }),
          perColumn: fc.constantFrom(1, 2, 4),
          maxRows: fc.integer({ min: 1, max: 12 }),
          unitStart: fc.nat(4),
          isTurned: fc.boolean(),
        }),
        ({ lane, context, overviews, given }, side, { isTurned, ...asked }) => {
          const { seqLength } = context;
          const width = given.blockSteps * asked.perColumn;
          const stepStart = Math.min(asked.from * width, seqLength);
          const stepEnd = Math.min(seqLength, stepStart + asked.blocks * width);
          const request = {
            lane: "output",
            stateName: "h",
            ...{ side, batch: asked.batch, stepStart, stepEnd },
            ...{ unitStart: asked.unitStart, unitEnd: lane.units, maxRows: asked.maxRows },
            maxColumns: Math.max(1, Math.floor((stepEnd - stepStart) / width)),
          } as const;
          const order = isTurned
            ? Uint32Array.from({ length: lane.units }, (_, at) => lane.units - 1 - at)
            : undefined;
          const whole = (stepEnd - stepStart) % width === 0;
          if (whole && stepEnd > stepStart) fitting++;
          assert.deepEqual(
            readWindow(lane, request, context, { order, overviews }),
            readWindow(lane, request, context, { order }),
          );
        },
      ),
      { numRuns: 300 },
    );
    assert.ok(fitting > 50, String(fitting));
  });

  it("is what windows are read from: of a long run whose values are gone, it still has them", () => {
    const { lane, context, overviews } = caseOf({
      ...{ seqLength: 32, batchSize: 1, units: 2, halves: 1, span: 5, blockSteps: 4 },
      ...{ seed: [0.5, -0.25, 0.125], hasReference: true, lengths: null },
    });
    const gone = { lane: "output", stateName: "h", batch: 0, stepStart: 0, stepEnd: 32 } as const;
    const request = { ...gone, unitStart: 0, unitEnd: 2, maxColumns: 8, maxRows: 2 } as const;
    const read = (): unknown[] => [
      ...(["ours", "reference", "delta"] as const).map((side) =>
        readWindow(lane, { ...request, side }, context, { overviews }),
      ),
      readTimeline(lane, { ...gone, maxColumns: 7 }, context, overviews),
    ];
    const before = read();
    for (const { ours, reference } of lane.parts) {
      ours.read(0, 32).fill(9);
      reference?.read(0, 32).fill(9);
    }
    assert.deepEqual(read(), before);
    // A relative difference of a block is not that of its largest values.
    const measured = { ...request, side: "delta", as: "relative" } as const;
    const values = readWindow(lane, measured, context, { overviews }).values;
    assert.ok(values.every((value) => value === 0));
  });

  it("gives the curves of the timeline as its values do", () => {
    fc.assert(
      fc.property(
        cases,
        fc.nat(2),
        fc.integer({ min: 1, max: 50 }),
        ({ lane, context, overviews }, batch, maxColumns) => {
          const request = { lane: "output", stateName: "h", batch, maxColumns } as const;
          assert.deepEqual(
            readTimeline(lane, request, context, overviews),
            readTimeline(lane, request, context),
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  it("is made of parts that take time to read, of the first rows of a batch where it has many", () => {
    const part = (units: number): LanePart => ({
      ...{ units, reference: null, noise: null },
      ours: arraySteps(new Float32Array(0), units),
    });
    const context = (seqLength: number, batchSize = 1): LaneContext => ({
      ...{ seqLength, batchSize, lengths: null, tolerance, precision: "f32" },
    });
    assert.equal(overviewOf(part(64), context(2_000), 1), null);
    const long = overviewOf(part(1024), context(100_000), 1);
    assert.equal(long?.blockSteps, 64);
    assert.notEqual(long.row(0), undefined);
    assert.equal(long.row(1), undefined);
    const wide = overviewOf(part(1024), context(2_000, 1_000), 8);
    assert.notEqual(wide?.row(0), undefined);
    assert.equal(wide?.row(999), undefined);
  });
});
