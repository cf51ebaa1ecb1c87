/** What of a map in a run file does not fit its tensors, at the places that say so. */
import assert from "node:assert/strict";
import { renderText } from "../../../../src/core/text";
import { mapProblems } from "../../../../src/host/runFiles/mapProblems";
import type { TensorEntry } from "../../../../src/tensor/tensor";

/** An LSTM of 3 features and 5 units. */
const shapes = { A: [20, 3], B: [20, 5], T: [3, 20], v: [20], long: [40] };

const entries = Object.entries(shapes).map(([name, shape]): TensorEntry => {
  const size = shape.reduce((product, length) => product * length, 1);
  return { name, shape, dtype: "float32", byteLength: 4 * size };
});

function sourceOf(map: string): string {
  return `\uFEFF{ // a run
  "weights": { "file": "w.npz", "map": ${map} },
  "input": "x.npy"
}`;
}

/** Severity, the place in the text, the sentence and what is offered instead. */
function problemsOf(map: string): string[] {
  const source = sourceOf(map);
  return mapProblems(source, entries).map(({ offset, length, severity, message, replacements }) =>
    [
      ...[severity, source.slice(offset, offset + length), renderText(message)],
      ...replacements,
    ].join("|"),
  );
}

const matrices = '"weight_ih_l0": "A", "weight_hh_l0": "B"';

describe("problems of a map in a run file", () => {
  it("are none where it fits, and where there is no map or none that can be read", () => {
    assert.deepEqual(
      problemsOf(`{ "kind": "LSTM", "slots": { ${matrices}, "bias_ih_l0": "v" } }`),
      [],
    );
    assert.deepEqual(problemsOf('"map.json"'), []);
    assert.deepEqual(problemsOf('{ "kind": "CNN" }'), []);
    assert.deepEqual(mapProblems('{ "input": "x.npy" }', entries), []);
    assert.deepEqual(mapProblems("", entries), []);
  });

  it("stand at the tensor that does not fit, with what would instead", () => {
    const [problem, ...more] = problemsOf(
      `{ "kind": "LSTM", "slots": { ${matrices}, "bias_ih_l0": "long" } }`,
    );
    assert.deepEqual(more, []);
    assert.equal(
      problem,
      [
        'error|"long"|bias_ih_l0: expected [20], found [40] in long; its rows 0 to 19 would fit',
        '{"tensor":"long","rows":[0,20]}',
        '{"tensor":"long","rows":[20,40]}',
      ].join("|"),
    );
  });

  it("stand at the part that is meant of a slot of several, and keep the others", () => {
    const parts = '[{ "tensor": "v", "rows": [0, 10], "gates": "if" }, "long"]';
    const [problem] = problemsOf(
      `{ "kind": "LSTM", "slots": { ${matrices}, "bias_ih_l0": ${parts} } }`,
    );
    assert.ok(problem);
    assert.ok(problem.startsWith(`error|${parts}|bias_ih_l0: `), problem);
  });

  it("stand at all slots for a weight that is missing, and at the name of one too many", () => {
    const missing = problemsOf(
      '{ "kind": "LSTM", "inputSize": 3, "hiddenSize": 5, "slots": { "weight_ih_l0": "A" } }',
    );
    assert.deepEqual(missing, [
      'error|{ "weight_ih_l0": "A" }|weight_hh_l0 is missing, expected [20, 5]',
    ]);
    const further = problemsOf(
      `{ "kind": "LSTM", "layers": 1, "slots": { ${matrices}, "weight_ih_l4": "A" } }`,
    );
    assert.equal(further.length > 0, true);
    assert.match(further.join("\n"), /weight_ih_l4/);
  });

  it("warn of a tensor that is used twice", () => {
    const twice = `{ "kind": "LSTM", "slots": { ${matrices}, "bias_ih_l0": "v", "bias_hh_l0": "v" } }`;
    assert.deepEqual(problemsOf(twice), [
      'warning|"v"|v is used more than once: bias_ih_l0, bias_hh_l0',
    ]);
  });

  it("are fifty at most", () => {
    const slots = Array.from({ length: 60 }, (_, layer) => `"weight_ih_l${layer + 1}": "A"`);
    const all = problemsOf(`{ "kind": "LSTM", "slots": { ${[matrices, ...slots].join(", ")} } }`);
    assert.equal(all.length, 50);
  });
});
