import assert from "node:assert/strict";
import { mainVerdict } from "../../../../../src/drawing/run/verdict/mainVerdict";
import type { VerdictView } from "../../../../../src/protocol/run/verdictMessages";
import { encodeNumber } from "../../../../../src/protocol/wire";

const verdict = (name: string, kind: VerdictView["verdict"], maxAbs: number): VerdictView =>
  ({ name, verdict: kind, maxAbs: encodeNumber(maxAbs) }) as VerdictView;

describe("mainVerdict", () => {
  const main = (...all: readonly VerdictView[]): string | undefined => mainVerdict(all)?.name;

  it("is the largest difference of those that differ", () => {
    const output = verdict("output", "differs", 0.56);
    assert.equal(main(output, verdict("c_n", "differs", 1.2)), "c_n");
    assert.equal(main(output, verdict("c_n", "differs", 0.1)), "output");
    assert.equal(main(output, verdict("c_n", "rounding", 9)), "output");
    assert.equal(main(output, verdict("c_n", "differs", NaN)), "c_n");
  });

  it("is what was compared where nothing differs", () => {
    const equal = verdict("embedded", "equal", 0);
    assert.equal(main(equal, verdict("h_n", "rounding", 1e-8)), "h_n");
    assert.equal(main(verdict("output", "cannot-compare", 0), equal), "embedded");
    assert.equal(main(), undefined);
  });
});
