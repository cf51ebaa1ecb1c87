/** Maps that are ranked for the dialog: those that reproduce the reference first, in a sentence that says so. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { noControl } from "../../../../src/core/control";
import { NotFoundError } from "../../../../src/core/errors";
import { renderText } from "../../../../src/core/text";
import type { ModuleMap } from "../../../../src/model/assign/map";
import { FileSet } from "../../../../src/node/files";
import { rankedMaps } from "../../../../src/session/assign/ranked";
import { fixtures } from "../../support/goldens";

describe("rankedMaps", () => {
  const folder = join(fixtures, "cases", "lstm-1l");
  const files = new FileSet();
  after(() => files.close());

  const spec = {
    weights: { file: join(folder, "weights.npz") },
    input: `${join(folder, "io.npz")}#input`,
    reference: { output: `${join(folder, "io.npz")}#output` },
  };

  it("puts the map that reproduces the reference first, and says how many were run", async () => {
    const { entries } = await files.open(spec.weights.file);
    const slots = Object.fromEntries(
      ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"].flatMap((slot) => {
        const entry = entries.find(({ name }) => name.endsWith(slot));
        return entry === undefined ? [] : [[slot, entry.name] as const];
      }),
    );
    const right: ModuleMap = { kind: "LSTM", slots };
    const wrong: ModuleMap = { kind: "LSTM", layout: { gates: "ogfi" }, slots };
    const { ranked, sentence } = await rankedMaps(spec, [wrong, right], files, noControl);
    assert.deepEqual(ranked[0]?.map, right);
    assert.equal(ranked[0].reproduces, true);
    assert.ok((ranked[1]?.error ?? 0) > (ranked[0].error ?? 1));
    const said = /^(\d+) networks were run until one reproduced the reference$/;
    assert.match(renderText(sentence), said);
  });

  it("needs a reference", async () => {
    const without = { weights: spec.weights, input: spec.input };
    await assert.rejects(rankedMaps(without, [], files, noControl), NotFoundError);
  });
});
