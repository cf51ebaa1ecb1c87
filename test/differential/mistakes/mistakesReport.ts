/**
 * The diagnosis on sets of references whose mistake is known, as docs/diagnosis.md has it: what was told by kind and by
 * family, and the catalogue of mistakes. Run by scripts/diagnosis.mjs.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { catalogueText } from "./mistakeCatalogue";
import { describeCase, fixtures, listCases, specOf } from "../cases";
import {
  describeTruth,
  diagnoseSpec,
  foundIds,
  judgeCase,
  readTruths,
  type Judgement,
  type Truth,
} from "./mistakeCases";

export interface JudgedSet {
  readonly title: string;
  readonly judged: readonly Judgement[];
}

/** Diagnoses the cases of a folder, and prints what was not told as it is. */
export async function judgeSet(title: string, folder: string): Promise<JudgedSet> {
  const started = performance.now();
  const judged: Judgement[] = [];
  for (const truth of readTruths(folder)) {
    const one = await judgeCase(truth);
    if (!one.isRight) console.log(`${describeTruth(truth)}\n    ${one.why}`);
    judged.push(one);
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(
    `${title}: ${judged.length} cases in ${seconds} s\n${kindTable([{ title, judged }])}`,
  );
  return { title, judged };
}

type Kind = readonly [title: string, isOfKind: (truth: Truth) => boolean];

const kinds: readonly Kind[] = [
  ["one mistake, shown", ({ kind, visible }) => kind === "single" && visible],
  ["one mistake, which the case cannot show", ({ kind, visible }) => kind === "single" && !visible],
  ["two mistakes", ({ kind }) => kind === "pair"],
  ["right", ({ kind }) => kind === "correct"],
  ["other weights, input or noise", ({ kind }) => kind === "none"],
];

const share = (part: number, all: number): string =>
  `${part} (${((100 * part) / all).toFixed(1)} %)`;

function row(title: string, judged: readonly Judgement[]): string {
  const count = (is: (one: Judgement) => boolean): number => judged.filter(is).length;
  const all = judged.length;
  const named = share(
    count(({ isNamed }) => isNamed),
    all,
  );
  const right = share(
    count(({ isRight }) => isRight),
    all,
  );
  return `| ${title} | ${all} | ${named} | ${right} | ${count(({ isAccused }) => isAccused)} |`;
}

const HEAD = ["| Cases | | named | all told | accused |", "| --- | --: | --: | --: | --: |"].join(
  "\n",
);

function kindTable(sets: readonly JudgedSet[]): string {
  const titles = [...new Set(sets.map(({ title }) => title))];
  const rows = titles.flatMap((title) => {
    const ofTitle = sets.filter((set) => set.title === title).flatMap(({ judged }) => judged);
    return kinds.flatMap(([kind, isOfKind]) => {
      const own = ofTitle.filter(({ truth }) => isOfKind(truth));
      return own.length === 0 ? [] : [row(`${title}: ${kind}`, own)];
    });
  });
  return [HEAD, ...rows].join("\n");
}

function familyTable(sets: readonly JudgedSet[]): string {
  const shown = sets
    .flatMap(({ judged }) => judged)
    .filter(({ truth }) => truth.kind === "single" && truth.visible);
  const families = new Map<string, Judgement[]>();
  for (const one of shown) {
    const [family = ""] = one.truth.truth[0]?.split("/") ?? [];
    families.set(family, [...(families.get(family) ?? []), one]);
  }
  return [HEAD, ...[...families].map(([family, judged]) => row(`\`${family}/\``, judged))].join(
    "\n",
  );
}

/** Of the wrong references of PyTorch: how many are named as docs say. */
async function tellFolder(folder: string): Promise<string> {
  const rows: string[] = [];
  for (const path of listCases(folder)) {
    const found = await diagnoseSpec(specOf(path, "weights.safetensors"));
    const ids = foundIds(found).map((id) => `\`${id}\``);
    rows.push(`| ${describeCase(path).id} | ${ids.join(", ") || "none"} |`);
  }
  return ["| Folder | Finding |", "| --- | --- |", ...rows].join("\n");
}

const INTRODUCTION = `# What the diagnosis tells

Written by \`node scripts/diagnosis.mjs\`. References with known mistakes are made by
\`test/fixtures/generate/mistakes.py\`, a forward in NumPy that has nothing of ours, and are diagnosed as \`unroll
diagnose\` does it.

- **named:** the mistake is the first finding, or one of those that fit as well; of two mistakes, one of them is the
  first finding; of a reference that is right, or wrong by no mistake of code, none is named.
- **all told:** and the mistakes that fit as well are all those that give the same result, and no others; and what a
  case cannot show is what it cannot show, id by id.
- **accused:** a mistake is named that was not made.`;

/** Writes the document, and prints its tables. */
export async function writeReport(file: string, sets: readonly JudgedSet[]): Promise<void> {
  const document = [
    INTRODUCTION,
    "## By kind",
    kindTable(sets),
    "## One mistake, by family",
    familyTable(sets),
    "## Wrong references of PyTorch",
    await tellFolder(join(fixtures, "broken/wrong-reference")),
    catalogueText(),
  ];
  writeFileSync(file, `${document.join("\n\n")}\n`);
  console.log(document.slice(1, 5).join("\n\n"));
}
