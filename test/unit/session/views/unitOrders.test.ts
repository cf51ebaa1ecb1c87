/** Orders of units as the session answers them, and windows whose rows are in such an order. */
import assert from "node:assert/strict";
import type {
  UnitOrderRequest,
  UnitSort,
  WindowRequest,
} from "../../../../src/protocol/run/windowMessages";
import type { Session } from "../../../../src/session/session";
import { UnitOrders } from "../../../../src/session/views/unitOrders";
import type { Lane, LaneContext } from "../../../../src/analysis/lanes";
import { goldenCases, type ForwardCase } from "../../support/goldens";
import { openCase } from "../../support/memory";

const cases = goldenCases("forward.json") as readonly ForwardCase[];
const deep = cases.find(({ name }) => name === "batch first, two directions");
const lane = "layer1.reverse";

function opened(): Promise<Session> {
  assert.ok(deep !== undefined);
  return openCase(deep);
}

function request(changes: Partial<WindowRequest> = {}): WindowRequest {
  return {
    ...{ lane, stateName: "h", side: "ours", batch: 1, stepStart: 0, stepEnd: 99 },
    ...{ unitStart: 0, unitEnd: 99, maxColumns: 99, maxRows: 99 },
    ...changes,
  };
}

describe("units in an order", () => {
  const orders: readonly UnitSort[] = [
    { by: "activity" },
    { by: "clusters" },
    { by: "likeness", lane: "layer0.forward", unit: 2 },
    { by: "span", steps: [1, 3] },
  ];
  for (const order of orders) {
    it(`have each unit once, and are the rows of windows: ${order.by}`, async () => {
      const session = await opened();
      const { units } = session.unitOrder({ lane, stateName: "h", batch: 1, order });
      assert.deepEqual([...units].sort(), [0, 1, 2]);
      const [plain, sorted] = [session.window(request()), session.window(request({ order }))];
      const rowOf = ({ values, columns }: typeof plain, row: number): number[] => [
        ...values.subarray(row * columns, (row + 1) * columns),
      ];
      units.forEach((unit, row) => {
        assert.deepEqual(rowOf(sorted, row), rowOf(plain, unit));
      });
      const part = session.window(request({ order, unitStart: 1, unitEnd: 2 }));
      assert.deepEqual([...part.values], rowOf(sorted, 1));
    });
  }

  for (const order of orders) {
    it(`are in each half of the output those of the top layer's direction: ${order.by}`, async () => {
      const session = await opened();
      const of = (id: UnitOrderRequest["lane"]): number[] => [
        ...session.unitOrder({ lane: id, stateName: "h", batch: 1, order }).units,
      ];
      const [forward, reverse] = [of("layer1.forward"), of("layer1.reverse")];
      assert.deepEqual(of("output"), [...forward, ...reverse.map((unit) => unit + 3)]);
      const whole = request({ lane: "output", order });
      const top = request({ lane: "layer1.reverse", order });
      const { values, columns } = session.window(whole);
      assert.deepEqual([...values.subarray(3 * columns)], [...session.window(top).values]);
    });
  }

  it("begin with the unit that others are likened to", async () => {
    const session = await opened();
    const order = { by: "likeness", lane, unit: 2 } as const;
    assert.equal(session.unitOrder({ lane, stateName: "h", batch: 0, order }).units[0], 2);
    const wrong = { ...order, unit: 3 };
    const asked = (): unknown =>
      session.unitOrder({ lane, stateName: "h", batch: 0, order: wrong });
    assert.throws(asked, /there is no unit 3/);
  });

  it("are those of the whole block where rows are aggregated", async () => {
    const session = await opened();
    const order = { by: "activity" } as const;
    const { units } = session.unitOrder({ lane, stateName: "h", batch: 1, order });
    const all = session.window(request({ order, maxColumns: 1 })).values;
    const [most] = session.window(request({ order, maxColumns: 1, maxRows: 1 })).values;
    assert.ok(all.some((value) => value === most));
    assert.equal(units.length, 3);
    const unknown = (): unknown =>
      session.unitOrder({ lane: "layer7.forward", stateName: "h", batch: 0, order });
    assert.throws(unknown, /there is no lane/);
  });

  it("are found once for all windows that ask for them", () => {
    const lengths = [4];
    let reads = 0;
    const part = {
      units: 2,
      reference: null,
      noise: null,
      ours: { read: (step: number) => (reads++, Float32Array.of(step, -step)) },
    };
    const wanted = { id: lane, units: 2, parts: [part] } as unknown as Lane;
    const context = { seqLength: 4, batchSize: 1, lengths } as unknown as LaneContext;
    const orders = new UnitOrders(context, () => wanted);
    const order = { by: "activity" } as const;
    orders.order({ ...request({ batch: 0, order }), order });
    const before = reads;
    orders.order({ ...request({ batch: 0, order, stepStart: 2, unitEnd: 1, maxRows: 1 }), order });
    assert.ok(before > 0);
    assert.equal(reads, before);
  });
});
