/** What a run file names that its files do not hold, and what it names outside its folder. */
import assert from "node:assert/strict";
import { moduleProblems, outsideProblem } from "../../../../src/host/runFiles/fileProblems";
import { fileReferences } from "../../../../src/host/runFiles/references";
import { inspectArchive } from "../../../../src/session/archive/inspect";
import type { RunFileProblem } from "../../../../src/run/spec/file";
import { renderText } from "../../../../src/core/text";
import { float32 } from "../../support/goldens";
import { archiveOf } from "../../support/memory";

const zeros = (...shape: number[]): ReturnType<typeof float32> =>
  float32([shape, new Array<number>(shape.reduce((a, b) => a * b, 1)).fill(0)]);

const twoModules = inspectArchive(
  "w.pt",
  archiveOf({
    "encoder.rnn.weight_ih_l0": zeros(3, 2),
    "encoder.rnn.weight_hh_l0": zeros(3, 3),
    "decoder.weight_ih_l0": zeros(3, 2),
    "decoder.weight_hh_l0": zeros(3, 3),
  }),
);

function weightsOf(source: string): ReturnType<typeof fileReferences>[number] {
  const [weights] = fileReferences(source);
  assert.ok(weights);
  return weights;
}

/** The place, the severity, the sentence and what is offered instead. */
function shown(source: string, problems: readonly RunFileProblem[]): unknown[] {
  return problems.map(({ offset, length, severity, message, replacements }) => [
    source.slice(offset, offset + length),
    severity,
    renderText(message),
    ...replacements,
  ]);
}

function modulesIn(source: string, view = twoModules): unknown[] {
  return shown(source, moduleProblems(weightsOf(source), view));
}

describe("a module that the weights do not hold", () => {
  const sentence = "w.pt: there is no module encoder.lstm; it has encoder.rnn., decoder.";

  it("is a problem at its value, with those that are there in its place", () => {
    assert.deepEqual(modulesIn('{ "weights": { "file": "w.pt", "module": "encoder.lstm" } }'), [
      ['"encoder.lstm"', "error", sentence, '"encoder.rnn."', '"decoder."'],
    ]);
  });

  it("is one where it is written after the file's name", () => {
    assert.deepEqual(modulesIn('{ "weights": "a#b/w.pt#encoder.lstm" }'), [
      [
        ...['"a#b/w.pt#encoder.lstm"', "error", sentence],
        ...['"a#b/w.pt#encoder.rnn."', '"a#b/w.pt#decoder."'],
      ],
    ]);
  });

  it("is none where a run would find it: with its dot, without it, or by its end", () => {
    for (const module of ["encoder.rnn.", "encoder.rnn", "rnn", "decoder."]) {
      assert.deepEqual(modulesIn(`{ "weights": { "file": "w.pt", "module": "${module}" } }`), []);
    }
    assert.deepEqual(modulesIn('{ "weights": { "file": "w.pt" } }'), []);
  });

  it("is one that offers nothing where the file has no module at all", () => {
    const view = inspectArchive("x.npy", archiveOf({ x: zeros(2) }));
    const [problem, ...others] = modulesIn('{ "weights": "x.npy#rnn." }', view);
    assert.ok(Array.isArray(problem) && problem.length === 3, JSON.stringify(problem));
    assert.match(String(problem[2]), /^x\.npy: no recurrent module found/);
    assert.deepEqual(others, []);
  });
});

describe("a file outside the folder", () => {
  it("is reported at its value, and not as an error", () => {
    const source = '{ "weights": "/elsewhere/w.pt#rnn." }';
    assert.deepEqual(shown(source, [outsideProblem(weightsOf(source))]), [
      [
        ...['"/elsewhere/w.pt#rnn."', "information"],
        "/elsewhere/w.pt lies outside the folder, so it is not checked here: it is read when the run is opened",
      ],
    ]);
  });
});
