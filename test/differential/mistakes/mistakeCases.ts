/**
 * References whose mistake is known: what the diagnosis says of them beside what was done, in the words of truth.json.
 */
import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { readRun } from "../../../src/cli/flags/runSource";
import { noControl } from "../../../src/core/control";
import type { Diagnosis } from "../../../src/diagnosis/answer";
import { FileSet } from "../../../src/node/files";
import type { RunSpec } from "../../../src/run/spec/spec";
import { openSession } from "../../../src/session/openSession";
import { runPython } from "../../unit/support/python/warmPython";
import { fixtures } from "../cases";

/** What was done to a reference. */
export interface Truth {
  readonly name: string;
  /** Path of the run file. */
  readonly file: string;
  readonly kind: "single" | "pair" | "correct" | "none";
  /** Ids that were switched on; "data/other-weights" for a reference that is wrong by no mistake of code. */
  readonly truth: readonly string[];
  /** False where the case cannot show it. */
  readonly visible: boolean;
  /** Other ids that reproduce the same reference. */
  readonly ambiguousWith: readonly string[];
  /** Of a case that is right, or shows nothing: ids that give the right result here. */
  readonly cannotSee?: readonly string[];
  /** Of a pair: ids that do as well in place of one of the two. */
  readonly equivalent?: readonly string[];
  /** True where the mistake has a free parameter. */
  readonly fitted?: boolean;
}

/** How an answer stands beside the truth. */
export interface Judgement {
  readonly truth: Truth;
  readonly diagnosis: Diagnosis;
  /** The mistake is the first finding, or one of those that fit as well. */
  readonly isNamed: boolean;
  /** All that is true is said, and nothing else. */
  readonly isRight: boolean;
  /** A mistake is named that was not made. */
  readonly isAccused: boolean;
  /** One line for people; "" for a right answer. */
  readonly why: string;
}

/** The cases of a folder with a truth.json. */
export function readTruths(folder: string): Truth[] {
  const all = JSON.parse(readFileSync(join(folder, "truth.json"), "utf8")) as Record<string, Truth>;
  return Object.entries(all).map(([name, truth]) => ({
    ...truth,
    name,
    file: join(folder, `${name}.unroll.json`),
  }));
}

/** Makes cases in `folder` by test/fixtures/generate/mistakes.py. */
export async function makeMistakes(folder: string, args: readonly string[]): Promise<Truth[]> {
  const script = join(fixtures, "generate/mistakes.py");
  await runPython({ packages: ["torch"], arguments: [script, "--out", folder, ...args] });
  return readTruths(folder);
}

/** What is said of a run file. */
async function diagnoseFile(file: string): Promise<Diagnosis> {
  const flags = { options: {}, tolerance: {} };
  const { spec } = await readRun(basename(file), flags, dirname(file));
  return diagnoseSpec(spec);
}

/** What is said of a run whose files have whole paths. */
export async function diagnoseSpec(spec: RunSpec): Promise<Diagnosis> {
  const files = new FileSet();
  try {
    const options = { revision: 1, runFile: null, control: noControl };
    const session = await openSession(spec, files, options);
    return await session.diagnose(noControl);
  } finally {
    await files.close();
  }
}

/** Diagnoses a case, and says how that stands beside the truth. */
export async function judgeCase(truth: Truth): Promise<Judgement> {
  return judge(truth, await diagnoseFile(truth.file));
}

/** Every id of the first finding: its own and those that fit as well. */
export function foundIds({ findings: [first] }: Diagnosis): string[] {
  return first === undefined ? [] : [first.id, ...first.alsoFits.map(({ id }) => id)];
}

function judge(truth: Truth, diagnosis: Diagnosis): Judgement {
  const found = foundIds(diagnosis);
  const parts = { truth, diagnosis };
  if (truth.kind === "pair") return { ...parts, ...ofPair(truth, found) };
  if (truth.kind === "single" && truth.visible) return { ...parts, ...ofVisible(truth, found) };
  // Nothing is to be named.
  const accused = found.filter((id) => id !== "data/other-weights");
  const unseen = truth.cannotSee ?? [];
  const seen = truth.cannotSee === undefined ? [] : diagnosis.cannotSee.map(({ id }) => id);
  const why = [
    accused.length > 0 ? `accused of ${accused.join(", ")}` : "",
    difference("cannot see", seen, unseen),
  ].filter((part) => part !== "");
  return {
    ...parts,
    isNamed: accused.length === 0,
    isRight: why.length === 0,
    isAccused: accused.length > 0,
    why: why.join("; "),
  };
}

type Verdict = Pick<Judgement, "isNamed" | "isRight" | "isAccused" | "why">;

function ofPair({ truth, equivalent = [] }: Truth, found: readonly string[]): Verdict {
  const [first] = found;
  const isNamed = first !== undefined && [...truth, ...equivalent].includes(first);
  const why = isNamed ? "" : `${truth.join(" + ")}: ${first ?? "nothing"} is named`;
  return { isNamed, isRight: isNamed, isAccused: first !== undefined && !isNamed, why };
}

function ofVisible({ truth, ambiguousWith }: Truth, found: readonly string[]): Verdict {
  const expected = [...truth, ...ambiguousWith];
  const isNamed = truth.some((id) => found.includes(id));
  const why = difference("found", found, expected);
  const isAccused = found.length > 0 && !isNamed;
  return { isNamed, isRight: why === "", isAccused, why };
}

/** What one list of ids lacks, and has too much, beside the one that is expected; "" where they are the same. */
function difference(what: string, found: readonly string[], expected: readonly string[]): string {
  const missing = expected.filter((id) => !found.includes(id));
  const added = found.filter((id) => !expected.includes(id));
  if (missing.length === 0 && added.length === 0) return "";
  const of = (sign: string, ids: readonly string[]): string =>
    ids.map((id) => `${sign}${id}`).join(" ");
  return `${what} ${of("−", missing)} ${of("+", added)}`.trim();
}

/** A case in one line: its kind, its sizes, what was done. */
export function describeTruth(truth: Truth): string {
  const own = truth as Truth & Readonly<Record<string, unknown>>;
  const keys = [
    "I",
    "H",
    "L",
    "D",
    "T",
    "B",
    "proj",
    "relu",
    "peephole",
    "batchFirst",
    "lengths",
    "h0",
    "given",
  ];
  const sizes = keys.map((key) => `${key}=${JSON.stringify(own[key])}`).join(" ");
  const way = typeof own["way"] === "string" ? own["way"] : "";
  const cell = String(own["cell"]);
  return `${truth.name} ${truth.kind} ${truth.truth.join(" + ")} ${way} | ${cell} ${sizes}`;
}
