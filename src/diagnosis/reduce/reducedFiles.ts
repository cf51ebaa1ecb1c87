/**
 * The files of a reduced case, and what is said of it.
 */
import { text, type Text } from "../../core/text";
import { writeArchive } from "../../formats/write/write";
import { writeRunFile } from "../../run/spec/file";
import { formatTensorRef, type RunSpec } from "../../run/spec/spec";
import type { Tensor } from "../../tensor/tensor";
import { sizesOf } from "../alternatives/conditions";
import type { Finding } from "../answer";
import type { Case, Values } from "../base/model";
import { textFile, type MadeCase } from "../cases/made";
import { optionsOf, toleranceOf, type CaseSource } from "../cases/source";
import {
  givenTensors,
  isDouble,
  isExact,
  parameterTensors,
  returnedTensors,
  tensorOf,
} from "../cases/tensors";
import { forwardUnder } from "../forward/forward";
import { layOut, resultsOf } from "../forward/returned";
import { switchesOf } from "../forward/switches";
import type { Reduced } from "./reduce";
import { nodeTestFile, PREFIX, pytestFile, RIGHT } from "./testFiles";

const RUN_FILE = "case.unroll.json";
const VALUES_FILE = "case.npz";

export interface MadeReduction extends MadeCase, Pick<Reduced, "finding" | "rows" | "isOwn"> {
  readonly sizes: ReturnType<typeof sizesOf>;
}

/** The files of a case: weights, values, a run file, and a test in Python and in JavaScript. */
export async function reducedFiles(
  whole: Case,
  reduced: Reduced,
  source: CaseSource,
): Promise<MadeReduction> {
  const { the, finding, tolerance, rows, isOwn } = reduced;
  const { config } = the.model;
  const isWide = isDouble(the.model);
  const tensors = tensorsOf(the, isWide);
  const tested = {
    config,
    unbatched: the.unbatched,
    hasLengths: the.hasLengths,
    id: finding.id,
    tolerance,
    isDouble: isWide,
    recorded: [...returnedTensors(the.reference).keys()],
  };
  return {
    runFile: RUN_FILE,
    files: [
      { name: VALUES_FILE, bytes: await writeArchive("npz", tensors) },
      textFile(RUN_FILE, writeRunFile(specOf(the, source))),
      textFile("test_case.py", pytestFile(tested)),
      { name: "case.json", bytes: await writeArchive("json", tensors) },
      textFile("case.test.mjs", nodeTestFile(tested)),
    ],
    lines: linesOf(whole, reduced),
    finding,
    rows,
    isOwn,
    sizes: sizesOf(the.model),
  };
}

/** Weights, what is given, what was recorded, and what is right. */
function tensorsOf(the: Case, isWide: boolean): Map<string, Tensor> {
  const run = forwardUnder(the.model, switchesOf(the.model.config));
  if (run === null) throw new RangeError("nothing ends a whole run");
  const tensors = new Map<string, Tensor>();
  const add = (prefix: string, values: ReadonlyMap<string, Values>, isWideValue: boolean): void => {
    for (const [name, own] of values) tensors.set(prefix + name, tensorOf(own, isWideValue));
  };
  add(PREFIX, parameterTensors(the.model), isWide);
  add("", givenTensors(the), isWide);
  if (the.hasLengths) {
    const data = Float64Array.from(the.model.lengths);
    tensors.set("lengths", tensorOf({ shape: [data.length], data }, false));
  }
  for (const [name, own] of returnedTensors(the.reference)) {
    tensors.set(name, tensorOf(own, !isExact(own.data)));
  }
  add(RIGHT, returnedTensors(layOut(resultsOf(run), the)), isWide);
  return tensors;
}

function specOf(the: Case, source: CaseSource): RunSpec {
  const ref = (name: string): string => formatTensorRef(VALUES_FILE, name);
  const given = [...givenTensors(the).keys()].map((name) => [name, ref(name)] as const);
  const recorded = [...returnedTensors(the.reference).keys()].map(
    (name) => [name, ref(name)] as const,
  );
  return {
    weights: { file: VALUES_FILE, module: PREFIX },
    input: ref("input"),
    ...Object.fromEntries(given),
    ...(the.hasLengths ? { lengths: [...the.model.lengths] } : {}),
    options: optionsOf(the.model.config, source),
    reference: Object.fromEntries(recorded),
    ...toleranceOf(source),
  };
}

function linesOf(whole: Case, { the, finding, rows, isOwn, isCut }: Reduced): Text[] {
  const [from, to] = [sizesOf(whole.model), sizesOf(the.model)];
  return [
    foundLine(finding),
    text(
      "T {0} → {1}, B {2} → {3}, layers {4} → {5}, H {6} → {7}, I {8} → {9}",
      ...(["T", "B", "L", "H", "I"] as const).flatMap((name) => [from[name], to[name]]),
    ),
    isOwn
      ? text(
          "all values are your own: rows {0} of the batch and the first {1} steps",
          rows.join(", "),
          to.T,
        )
      : text(
          "weights, input and states are cut out of yours (rows {0} of the batch); the reference is computed as if the mistake had been made, since none was recorded for a smaller network",
          rows.join(", "),
        ),
    ...(isCut ? [text("not everything was tried: it would have taken long")] : []),
  ];
}

function foundLine({ id, title, with: others }: Finding): Text {
  const [other] = others;
  if (other === undefined) return text("{0}: {1}", id, title);
  return text("{0}: {1}; together with {2}: {3}", id, title, other.id, other.title);
}
