/** Windows of any lane against a naive reading of every cell. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { difference, isOutside } from "../../src/analysis/compare";
import type { Lane, LaneContext } from "../../src/analysis/lanes";
import { inBlocks, wholeOf } from "../unit/support/steps";
import type { WindowRequest } from "../../src/protocol/run/windowMessages";
import { readWindow } from "../../src/session/views/window";
import { numbersFrom } from "../unit/support/runs";

const special = [NaN, Infinity, -Infinity, 0, -0];

/** A lane of one or two parts beside a reference that differs in places; NaN and infinities strewn in. */
const lanes = fc
  .record({
    seed: fc.integer(),
    seqLength: fc.integer({ min: 1, max: 12 }),
    batchSize: fc.integer({ min: 1, max: 3 }),
    units: fc.integer({ min: 1, max: 7 }),
    parts: fc.integer({ min: 1, max: 2 }),
    equalNan: fc.boolean(),
    blockSteps: fc.integer({ min: 1, max: 13 }),
  })
  .map(
    ({ seed, seqLength, batchSize, units, parts, equalNan, blockSteps }): [Lane, LaneContext] => {
      const next = numbersFrom(seed);
      const value = (): number =>
        next() > 0.9 ? (special[Math.floor((next() + 1) * 2.5)] ?? 0) : Math.fround(next());
      const values = (): Float32Array =>
        Float32Array.from({ length: seqLength * batchSize * units }, value);
      const built = Array.from({ length: parts }, () => {
        const ours = values();
        const other = values();
        const reference = ours.map((own, index) => (next() > 0.5 ? (other[index] ?? 0) : own));
        const rowSize = batchSize * units;
        return {
          units,
          ours: inBlocks(ours, rowSize, blockSteps),
          reference: inBlocks(reference, rowSize, Infinity),
          noise: null,
        };
      });
      const lane: Lane = {
        id: "output",
        layer: null,
        direction: null,
        units: units * parts,
        parts: built,
        cell: null,
      };
      const lengths =
        next() > 0 ? null : new Array<number>(batchSize).fill(Math.ceil(seqLength / 2));
      const tolerance = { rtol: 0, atol: 0.25, equalNan };
      return [lane, { seqLength, batchSize, lengths, tolerance, precision: "f32" }];
    },
  );

const requests: fc.Arbitrary<WindowRequest> = fc.record({
  lane: fc.constant("output" as const),
  stateName: fc.constant("h" as const),
  side: fc.constantFrom("ours" as const, "reference" as const, "delta" as const),
  batch: fc.integer({ min: -1, max: 4 }),
  stepStart: fc.integer({ min: -2, max: 14 }),
  stepEnd: fc.integer({ min: -2, max: 14 }),
  unitStart: fc.integer({ min: -2, max: 16 }),
  unitEnd: fc.integer({ min: -2, max: 16 }),
  maxColumns: fc.double({ min: 0, max: 15, noNaN: true }),
  maxRows: fc.double({ min: 0, max: 15, noNaN: true }),
});

interface Element {
  readonly value: number;
  readonly outside: boolean;
}

/** The element of one place, read without any of the window's own arithmetic. */
function elementAt(
  [lane, context]: [Lane, LaneContext],
  side: WindowRequest["side"],
  place: { step: number; unit: number; batch: number },
): Element {
  const width = lane.parts[0]?.units ?? 1;
  const part = lane.parts[Math.floor(place.unit / width)];
  const index = (place.step * context.batchSize + place.batch) * width + (place.unit % width);
  const steps = context.seqLength;
  // The padding behind a sequence is not compared.
  const length = context.lengths?.[place.batch] ?? steps;
  const ours = wholeOf(part?.ours, steps)[index] ?? NaN;
  const reference = wholeOf(part?.reference, steps)[index] ?? NaN;
  const delta = difference(ours, reference, context.tolerance.equalNan);
  return {
    value: side === "ours" ? ours : side === "reference" ? reference : delta,
    outside: place.step < length && isOutside(delta, context.tolerance.atol),
  };
}

const inside = (value: number, high: number): number => Math.max(0, Math.min(high, value));

describe("readWindow", () => {
  it("covers every element once, each block the worst of its own", () => {
    fc.assert(
      fc.property(lanes, requests, (built, request) => {
        const [lane, context] = built;
        const window = readWindow(lane, request, context);
        const first = {
          step: inside(request.stepStart, context.seqLength),
          unit: inside(request.unitStart, lane.units),
        };
        const steps = Math.max(0, inside(request.stepEnd, context.seqLength) - first.step);
        const units = Math.max(0, inside(request.unitEnd, lane.units) - first.unit);
        assert.equal(window.columns, Math.min(steps, Math.max(1, Math.floor(request.maxColumns))));
        assert.equal(window.rows, Math.min(units, Math.max(1, Math.floor(request.maxRows))));
        const batch = inside(request.batch, context.batchSize - 1);
        const blocks = new Map<number, Element[]>();
        for (let unit = 0; unit < units; unit++) {
          for (let step = 0; step < steps; step++) {
            // The last block that starts at or before the element.
            const row = Math.ceil(((unit + 1) * window.rows) / units) - 1;
            const column = Math.ceil(((step + 1) * window.columns) / steps) - 1;
            const place = { step: first.step + step, unit: first.unit + unit, batch };
            const cell = row * window.columns + column;
            blocks.set(cell, [...(blocks.get(cell) ?? []), elementAt(built, request.side, place)]);
          }
        }
        assert.equal(blocks.size, window.values.length);
        for (const [cell, elements] of blocks) {
          const magnitudes = elements.map(({ value }) => Math.abs(value));
          const worst = magnitudes.some(Number.isNaN) ? NaN : Math.max(...magnitudes);
          assert.deepEqual(Math.abs(window.values[cell] ?? -1), Math.fround(worst));
          assert.ok(
            elements.some(({ value }) => Math.fround(value) === window.values[cell]) ||
              Number.isNaN(worst),
          );
          assert.equal(
            window.outside[cell] === 1,
            elements.some(({ outside }) => outside),
          );
        }
      }),
      { numRuns: 500 },
    );
  });

  it("agrees with the finest window wherever nothing is aggregated", () => {
    fc.assert(
      fc.property(lanes, fc.nat(), fc.nat(), (built, stepChoice, unitChoice) => {
        const [lane, context] = built;
        const stepStart = stepChoice % context.seqLength;
        const unitStart = unitChoice % lane.units;
        const whole = { stepStart: 0, stepEnd: 99, unitStart: 0, unitEnd: 99 };
        const ask = {
          lane: "output",
          stateName: "h",
          side: "ours",
          batch: 0,
          maxColumns: 99,
          maxRows: 99,
        } as const;
        const all = readWindow(lane, { ...ask, ...whole }, context);
        const one = readWindow(
          lane,
          { ...ask, stepStart, unitStart, stepEnd: stepStart + 1, unitEnd: unitStart + 1 },
          context,
        );
        const cell = unitStart * all.columns + stepStart;
        assert.deepEqual(
          [one.values[0], one.outside[0], one.valid[0]],
          [...[all.values[cell], all.outside[cell], all.valid[cell]]],
        );
      }),
    );
  });
});
