/** Who agrees with whom, of several references of one run. */
import assert from "node:assert/strict";
import { noControl } from "../../../src/core/control";
import { renderText, text } from "../../../src/core/text";
import { agreementTable, type Party, type TableLane } from "../../../src/reference/table";

const tolerance = { rtol: 0, atol: 1e-5, equalNan: false };
const parties: readonly Party[] = ["run", "file", "onnxruntime", "pytorch"];

function tableOf(...lanes: readonly TableLane[]): ReturnType<typeof agreementTable> {
  const titleOf = (party: Party): string => `<${party}>`;
  return agreementTable(parties, lanes, tolerance, { control: noControl, titleOf });
}

function lane(name: string, ...values: readonly (readonly number[] | null)[]): TableLane {
  const of = values.map((each) => each && Float64Array.from(each));
  return { name, units: 1, allowance: 0, of };
}

describe("a table of several references", () => {
  it("accuses the one that differs from all others", () => {
    const table = tableOf(
      lane("layer0.forward.h", [1, 2], [1, 2], [1, 2], null),
      lane("layer1.reverse.h", [1, 2], [1, 3], [1, 2], [1, 2]),
    );
    assert.deepEqual(
      table.rows.map(({ alone }) => alone),
      [null, "file"],
    );
    assert.deepEqual(table.rows[1]?.cells[1], { group: 1, maxAbs: 1 });
    assert.equal(table.rows[0]?.cells[3], null);
    assert.deepEqual(
      table.sentences.map((one) => renderText(one)),
      ["<file> stands alone in layer1.reverse.h"],
    );
  });

  it("accuses nobody where two differ from two", () => {
    const table = tableOf(lane("h_n", [1], [1], [2], [2]));
    assert.equal(table.rows[0]?.alone, null);
    assert.match(renderText(table.sentences[0] ?? text("")), /no one stands alone/);
  });

  it("takes NaN for a difference, whatever the numbers are", () => {
    const table = tableOf(lane("h_n", [1], [NaN], [1], [1]));
    assert.equal(table.rows[0]?.alone, "file");
    assert.ok(Number.isNaN(table.rows[0].cells[1]?.maxAbs));
  });

  it("looks at no padding, and allows what rounding alone may do", () => {
    const padded = {
      ...lane("h", [1, 9], [1, 0], [1, 5], null),
      isValid: (row: number) => row < 1,
    };
    const noisy = { ...lane("c", [1], [1.01], [1], [1]), allowance: 0.1 };
    const table = tableOf(padded, noisy);
    assert.deepEqual(
      table.sentences.map((one) => renderText(one)),
      ["all agree in every lane"],
    );
  });
});
