/** A run beside engines that are not ours: what they become in its view, and the table of who agrees with whom. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { readRun } from "../../../src/cli/flags/runSource";
import { noControl } from "../../../src/core/control";
import { NotFoundError } from "../../../src/core/errors";
import { renderText, text } from "../../../src/core/text";
import type { EngineId } from "../../../src/run/spec/engineIds";
import { FileSet } from "../../../src/node/files";
import type {
  AnsweredState,
  ReferenceAnswer,
  ReferenceEngine,
  ReferenceOutcome,
} from "../../../src/reference/engine";
import { ReferenceEngines } from "../../../src/reference/engines";
import { parseStateName } from "../../../src/model/stateNames";
import { executeRun } from "../../../src/run/execute";
import type { RunInputs } from "../../../src/run/inputs";
import { comparedSession } from "../../../src/session/compared";
import { openSession } from "../../../src/session/openSession";
import { resultTensors } from "../../../src/session/results";
import type { Session } from "../../../src/session/session";
import type { Tensor } from "../../../src/tensor/tensor";
import { fixtures } from "../support/goldens";
import { present } from "../support/present";

const options = { revision: 1, runFile: null, control: noControl };
const STATES = join(fixtures, "states");

/** `isBare`: without reference and own output. */
async function withRun(
  [folder, name, isBare = false]: readonly [string, string, boolean?],
  use: (session: Session) => Promise<void>,
): Promise<void> {
  const files = new FileSet();
  try {
    const path = join(folder, `${name}.unroll.json`);
    const { spec } = await readRun(path, { options: {}, tolerance: {} }, ".");
    const { reference, own, ...bare } = spec;
    const given = isBare ? bare : { ...bare, ...(reference && { reference }), ...(own && { own }) };
    const session = await openSession(given, files, options);
    try {
      await use(session);
    } finally {
      session.dispose();
    }
  } finally {
    await files.close();
  }
}

interface Behaviour {
  /** Changes what it gives. */
  readonly change?: (tensor: Tensor, name: string) => Tensor;
  /** Names that it does not give. */
  readonly without?: readonly string[];
}

/** An engine that computes the run in float64. */
function engineOf(engine: EngineId, { change, without = [] }: Behaviour = {}): ReferenceEngine {
  return {
    id: engine,
    run: ({ inputs }) => Promise.resolve(answerOf(engine, inputs, { change, without })),
    dispose: () => Promise.resolve(),
  };
}

function answerOf(
  engine: EngineId,
  inputs: RunInputs,
  {
    change = (tensor) => tensor,
    without,
  }: { change: Behaviour["change"]; without: readonly string[] },
): ReferenceAnswer {
  const result = executeRun({ ...inputs, precision: "f64" }, { control: noControl });
  const all = [...resultTensors(result, { states: true })]
    .filter(([name]) => !without.includes(name))
    .map(([name, tensor]) => [name, change(tensor, name)] as const);
  const states = all.flatMap(([name, tensor]): AnsweredState[] => {
    const state = parseStateName(name, inputs.config);
    return state === null ? [] : [{ ...state, tensor }];
  });
  const tensors = Object.fromEntries(all.filter(([name]) => !name.includes(".")));
  result.trace.dispose();
  return {
    kind: "answer",
    dtype: "float64",
    ...{ engine, version: "2", device: "cpu", tensors, states, milliseconds: 1 },
    notes: [text("it was asked politely")],
    notCovered: [{ what: "gates", reason: text("it keeps them to itself") }],
  };
}

const unavailable: ReferenceEngine = {
  id: "keras",
  run: () =>
    Promise.resolve<ReferenceOutcome>({
      kind: "unavailable",
      engine: "keras",
      why: "missing",
      sentence: text("there is no Keras"),
      remedy: text("pip install keras"),
    }),
  dispose: () => Promise.resolve(),
};

function compared(session: Session, ...engines: readonly ReferenceEngine[]): Promise<Session> {
  const known = new ReferenceEngines((id) => engines.find((engine) => engine.id === id) ?? null);
  const choices = engines.map(({ id }) => ({ id }));
  return comparedSession(session, known, choices, options);
}

function verdicts({ view }: Session): string[] {
  return view.verdicts.map(({ name, verdict }) => `${name} ${verdict}`);
}

/** The first value is off by a quarter. */
function off(tensor: Tensor): Tensor {
  const data = Float64Array.from(tensor.data);
  data[0] = (data[0] ?? 0) + 0.25;
  return { ...tensor, data };
}

describe("a run beside an engine", () => {
  it("is compared with what it gives where no file has a reference", () =>
    withRun([STATES, "all-equal", true], async (session) => {
      const other = await compared(session, engineOf("pytorch"));
      const { view } = other;
      assert.deepEqual(verdicts(other), [
        "output rounding",
        "h_n rounding",
        "c_n rounding",
        "states rounding",
      ]);
      const { engines, problems, shown, table } = present(view.compared);
      assert.deepEqual([shown, table, problems], ["pytorch", null, []]);
      assert.deepEqual(present(engines[0]).covers, ["output", "h_n", "c_n", "h", "c"]);
      assert.equal(view.labels.reference, "PyTorch 2 (cpu, float64)");
      const notes = view.notes.map((note) => renderText(note));
      assert.ok(notes.includes("it was asked politely"));
      assert.ok(notes.includes("PyTorch does not give gates: it keeps them to itself"));
      other.dispose();
    }));

  it("says that one cannot answer, and stays as it is", () =>
    withRun([STATES, "all-equal", true], async (session) => {
      const other = await compared(session, unavailable);
      const { engines, problems, shown, table } = present(other.view.compared);
      assert.deepEqual([engines, shown, table], [[], null, null]);
      assert.deepEqual(
        problems.map(({ id, title, why }) => [id, title, why]),
        [["keras", "Keras", "missing"]],
      );
      assert.deepEqual(verdicts(other), verdicts(session));
      other.dispose();
    }));

  it("refuses a run without values", () =>
    withRun([join("examples", "does-not-fit"), "does-not-fit"], async (session) => {
      await assert.rejects(compared(session, engineOf("pytorch")), NotFoundError);
    }));
});

describe("the table of several references", () => {
  it("has a row for each state and result, and says that the file stands alone", () =>
    withRun([STATES, "reference-wrong"], async (session) => {
      const other = await compared(session, engineOf("pytorch"), unavailable);
      const { shown, table } = present(other.view.compared);
      const { parties, rows, sentences } = present(table);
      assert.equal(shown, "file");
      assert.deepEqual(parties, ["run", "file", "pytorch"]);
      const named = new Map(rows.map((row) => [row.name, row]));
      assert.deepEqual(
        ["layer1.forward.h", "h_n", "c_n"].map((name) => named.get(name)?.alone),
        ["file", "file", "file"],
      );
      // What the file does not give.
      const below = present(named.get("layer0.reverse.c"));
      assert.deepEqual([below.cells[1], below.alone], [null, null]);
      assert.match(sentences.map((each) => renderText(each)).join(" "), /the exported file/);
      assert.ok(verdicts(other).includes("output differs"));
      other.dispose();
    }));

  it("names the engine that stands alone; padding is not looked at", () =>
    withRun([STATES, "all-equal"], async (session) => {
      const padded = (tensor: Tensor, name: string): Tensor => {
        if (name !== "layer1.reverse.h" && name !== "output") return tensor;
        const data = Float64Array.from(tensor.data);
        // Row 1 ends after four of six steps.
        data.fill(7, (5 * 3 + 1) * (data.length / 18), (5 * 3 + 2) * (data.length / 18));
        return { ...tensor, data };
      };
      const wrong = engineOf("onnxruntime", {
        change: (tensor, name) => (name === "layer0.forward.h" ? off(tensor) : tensor),
        without: ["c_n"],
      });
      const other = await compared(session, engineOf("pytorch", { change: padded }), wrong);
      const { parties, rows, sentences } = present(present(other.view.compared).table);
      assert.deepEqual(parties, ["run", "file", "pytorch", "onnxruntime"]);
      const alone = rows.filter((row) => row.alone !== null);
      assert.deepEqual(
        alone.map((row) => [row.name, row.alone]),
        [["layer0.forward.h", "onnxruntime"]],
      );
      assert.match(sentences.map((each) => renderText(each)).join(" "), /ONNX Runtime/);
      const last = present(rows.find(({ name }) => name === "c_n"));
      assert.equal(last.cells[3], null);
      other.dispose();
    }));

  it("has logits, and batches first", () =>
    withRun([join("examples", "text-classifier"), "text-classifier"], async (session) => {
      const other = await compared(session, engineOf("pytorch"), engineOf("keras"));
      const { rows } = present(present(other.view.compared).table);
      const logits = present(rows.find(({ name }) => name === "logits"));
      assert.deepEqual(
        logits.cells.map((cell) => cell?.group),
        [0, 0, 0, 0],
      );
      assert.ok(rows.every(({ alone }) => alone === null));
      other.dispose();
    }));
});
