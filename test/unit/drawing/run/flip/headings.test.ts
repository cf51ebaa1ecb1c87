/** What the strips of the flip picture are called, by whose values they show. */
import assert from "node:assert/strict";
import { renderText } from "../../../../../src/core/text";
import {
  finalSentences,
  headingWithin,
  sideOf,
  stripHeadings,
} from "../../../../../src/drawing/run/flip/headings";
import {
  finalColumns,
  lastColumns,
  namedColumns,
} from "../../../../../src/drawing/run/flip/finals";
import { mistakeOf } from "../../../../../src/drawing/run/flip/reverseOrder";
import { planStrips, type Strips } from "../../../../../src/drawing/run/flip/plan";
import type { Mode } from "../../../../../src/drawing/run/modes";
import type { LaneInfo, RunView } from "../../../../../src/protocol/run/messages";

const ROOM = { width: 776, height: 420 };
const UNFLIPPED = "flip/output-not-flipped-back";

/** Two layers of two directions; the reference has the steps of these lanes. */
function runOf(...compared: readonly string[]): RunView {
  const lane = (id: string, units: number): Partial<LaneInfo> => {
    const [, layer, direction] = /^layer(\d)\.(\w+)$/.exec(id) ?? [];
    return {
      ...{ id: id as LaneInfo["id"], units, outside: 0 },
      layer: layer === undefined ? null : Number(layer),
      direction: direction === undefined ? null : (direction as "forward" | "reverse"),
      reference: compared.includes(id) ? "compared" : "none",
    } as Partial<LaneInfo>;
  };
  const states = [0, 1].flatMap((layer) =>
    ["forward", "reverse"].map((direction) => lane(`layer${layer}.${direction}`, 12)),
  );
  const config = { cell: "RNN", bidirectional: true, numLayers: 2, hiddenSize: 12, projSize: 0 };
  const lanes = [lane("input", 6), ...states];
  return { config, lanes, lengths: null, seqLength: 24 } as unknown as RunView;
}

function stripsOf(run: RunView, layer: number, mode: Mode, mistake?: string): Strips {
  const found = mistake === undefined ? {} : { mistake };
  return planStrips(run, { layer, batch: 0, step: 0, ...found }, ROOM, () => undefined, mode);
}

function headingOf(run: RunView, strips: Strips, id: "flippedBack" | "output"): string[] {
  const { titles, lines } = stripHeadings(run, 1, 24, strips.order)[id];
  return [renderText(titles[0]), ...lines.map(([line]) => line)];
}

/** The titles above the strips, with room for so many characters. */
function titlesOf(
  run: RunView,
  layer: number,
  mode: Mode,
  mistake?: string,
  characters = 24,
): string[] {
  const strips = stripsOf(run, layer, mode, mistake);
  const headings = stripHeadings(run, layer, 24, strips.order);
  const fits = ({ length }: string): boolean => length <= characters;
  return strips.layout.strips.map(
    (strip) => headingWithin(headings[strip.id], sideOf(strip, strips), renderText, fits).title,
  );
}

describe("the headings of the flip picture", () => {
  const run = runOf("layer1.forward", "layer1.reverse");

  it("say of the reference that it is as it was given, and of x beside it that it is ours", () => {
    assert.deepEqual(titlesOf(run, 1, "reference"), [
      ...["x, from layer 0 · ours", "flip(x) · ours", "ref. read backwards"],
      ...["ref. forward states", "as given · reference", "output · reference"],
    ]);
    assert.deepEqual(titlesOf(run, 1, "delta").slice(0, 2), [
      ...["x, from layer 0 · ours", "flip(x) · ours"],
    ]);
  });

  it("are cut nowhere that a strip is narrow", () => {
    for (const mode of ["ours", "reference", "delta"] as const) {
      for (const mistake of [undefined, UNFLIPPED]) {
        for (const layer of [0, 1]) {
          const titles = titlesOf(run, layer, mode, mistake, 18);
          assert.ok(
            titles.every(({ length }) => length <= 18),
            titles.join(),
          );
        }
      }
    }
  });

  it("say whose values a strip has only where something beside it has others", () => {
    assert.equal(titlesOf(run, 1, "ours")[0], "x = output of layer 0");
    assert.equal(titlesOf(run, 0, "reference")[0], "x");
    const whole = runOf("layer0.forward", "layer0.reverse");
    assert.equal(titlesOf(whole, 0, "reference")[0], "x");
    assert.equal(titlesOf(whole, 1, "reference")[3], "forward states");
  });

  it("name the flip that a reference lacks, and where its h_n is then", () => {
    assert.deepEqual(titlesOf(run, 1, "reference", UNFLIPPED).slice(2), [
      ...["as processed · reference", "ref. forward states"],
      ...["ref. not flipped back", "output · reference"],
    ]);
    const strips = stripsOf(run, 1, "reference", UNFLIPPED);
    assert.equal(stripHeadings(run, 1, 24, strips.order).flippedBack.isMissing, true);
    assert.deepEqual(headingOf(run, strips, "flippedBack"), ["not flipped back", "[::-1]"]);
    assert.deepEqual(lastColumns(24, strips.order), { forward: 23, reverse: 23 });
    const [, reverse] = finalSentences({ bidirectional: true }, 1, 24, strips.order).map(
      (sentence) => renderText(sentence),
    );
    assert.match(reverse ?? "", /^In the reference h_n\[3\] is at t = 23: .* not flipped back\.$/);
  });

  it("name it beside the differences, too, whose h_n is at both ends", () => {
    const titles = titlesOf(run, 1, "delta", UNFLIPPED);
    assert.deepEqual([titles[2], titles[4]], ["Δ read backwards", "Δ ref. not flipped"]);
    const { order } = stripsOf(run, 1, "delta", UNFLIPPED);
    assert.deepEqual(lastColumns(24, order), { forward: 23, reverse: 0 });
    const sentences = finalSentences({ bidirectional: true }, 1, 24, order).map((sentence) =>
      renderText(sentence),
    );
    assert.match(sentences[1] ?? "", /^h_n\[3\] = reverse state at t = 0/);
    assert.match(sentences[2] ?? "", /^In the reference h_n\[3\] is at t = 23/);
    assert.equal(titlesOf(run, 1, "delta")[4], "Δ flipped back");
  });

  it("have the entries of h_n below their columns, both of one column, and the reference's where it has room", () => {
    const namesOf = (id: string, mode: Mode, character = 6): string[] => {
      const strips = stripsOf(run, 1, mode, UNFLIPPED);
      const strip = strips.layout.strips.find((each) => each.id === id);
      assert.ok(strip);
      const columns = finalColumns(run.config, 1, 24, strips.order);
      return namedColumns(strip, columns, character, renderText).map(
        ([at, name]) => `${strip.columns[at] ?? ""} ${name}`,
      );
    };
    assert.deepEqual(namesOf("output", "reference"), ["23 h_n[2], h_n[3]"]);
    assert.deepEqual(namesOf("output", "delta"), ["23 h_n[2]", "0 h_n[3]"]);
    assert.deepEqual(namesOf("flippedBack", "delta"), ["23 ref. h_n[3]", "0 h_n[3]"]);
    assert.deepEqual(namesOf("flippedBack", "delta", 20), ["0 h_n[3]"]);
    assert.deepEqual(namesOf("reverse", "delta"), ["0 h_n[3]"]);
  });

  it("leave our own strips as they are, whatever was found", () => {
    assert.equal(titlesOf(run, 1, "ours", UNFLIPPED)[4], "flipped back");
    const { order } = stripsOf(run, 1, "ours", UNFLIPPED);
    assert.deepEqual(lastColumns(24, order), { forward: 23, reverse: 0 });
  });

  it("call the output of a lower layer what it is: the input of the next one", () => {
    assert.equal(titlesOf(run, 0, "ours").at(-1), "input of layer 1");
    assert.equal(titlesOf(run, 1, "ours").at(-1), "output");
  });

  it("take what was found in the reference, not in an output of the user's own", () => {
    const own = { id: "flip/neither", side: "own" };
    assert.deepEqual(mistakeOf([own, { id: UNFLIPPED, side: "reference" }]), {
      mistake: UNFLIPPED,
    });
    assert.deepEqual(mistakeOf([own]), {});
  });
});
