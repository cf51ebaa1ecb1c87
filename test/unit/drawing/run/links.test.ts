/** What a state is made of and what is made of it, in the order of each direction. */
import assert from "node:assert/strict";
import { linkedColumns, neighbourName } from "../../../../src/drawing/run/links";
import type { LaneInfo, Place } from "../../../../src/protocol/run/messages";

function lane(layer: number | null, direction: "forward" | "reverse" | null): LaneInfo {
  const id = layer === null ? "input" : `layer${String(layer)}.${direction ?? ""}`;
  return { id, layer, direction } as LaneInfo;
}

const lanes = [
  lane(null, null),
  lane(0, "forward"),
  lane(0, "reverse"),
  lane(1, "forward"),
  lane(1, "reverse"),
];

function links(place: Partial<Place>, lengths: readonly number[] | null = null): string[] {
  const at = { layer: 0, direction: "forward", step: 2, batch: 0, unit: 0, ...place } as const;
  return linkedColumns({ lanes, seqLength: 5, lengths }, at).map(
    ({ lane: id, step, role }) => `${role} ${id} ${String(step)}`,
  );
}

describe("the columns that are linked with a state", () => {
  it("are its input, the states beside it and the layer above", () => {
    assert.deepEqual(links({}), [
      "x input 2",
      "previous layer0.forward 1",
      "next layer0.forward 3",
      "above layer1.forward 2",
      "above layer1.reverse 2",
    ]);
  });

  it("go the other way in the reverse direction, and take both directions below", () => {
    assert.deepEqual(links({ layer: 1, direction: "reverse" }), [
      "x layer0.forward 2",
      "x layer0.reverse 2",
      "previous layer1.reverse 3",
      "next layer1.reverse 1",
    ]);
  });

  it("are named by their place in time, also where the direction runs against it", () => {
    const cursor = { step: 2 };
    assert.equal(neighbourName({ step: 1 }, cursor, "h"), "h_(t−1)");
    assert.equal(
      neighbourName({ step: 3 }, cursor, "c"),
      "c_(t+1)",
      "what the reverse direction reads",
    );
    assert.equal(neighbourName({ step: 2 }, cursor, "h"), null);
  });

  it("end with the sequence", () => {
    assert.deepEqual(links({ step: 2 }, [3]).includes("next layer0.forward 3"), false);
    assert.deepEqual(
      links({ step: 2, direction: "reverse" }, [3]).some((link) => link.startsWith("previous")),
      false,
    );
    assert.deepEqual(links({ step: 4 }, [3]), []);
  });
});
