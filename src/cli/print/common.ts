/**
 * What several runs of one module have in common: the mistakes that explain every one of them that differs.
 */
import { baseName } from "../../core/baseName";
import { legible, renderText } from "../../core/text";
import type { MendedFinding, Named, Side } from "../../diagnosis/answer";
import type { RunView } from "../../protocol/run/messages";
import { markdownTable } from "./markdown";

/** A run, and what was found of it. */
export interface ExplainedRun {
  readonly file: string;
  readonly view: RunView;
  readonly findings: readonly MendedFinding[];
  /** False where its reference is right: it says nothing of a mistake. */
  readonly differs: boolean;
}

/** Mistakes that each of several runs of one module could have had. */
export interface Common {
  readonly weights: string;
  readonly module: string | null;
  /** In the order of the first run: what fits in one run and not in another is not there. */
  readonly named: readonly Named[];
  readonly runs: readonly string[];
}

/** For each module that several differing runs have: what explains all of them, where anything does. */
export function commonOf(runs: readonly ExplainedRun[]): Common[] {
  const groups = new Map<string, ExplainedRun[]>();
  for (const run of runs) {
    if (!run.differs) continue;
    const { spec, module, constructorLine } = run.view;
    const key = JSON.stringify([spec.weights.file, module, constructorLine]);
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined || group.length < 2) return [];
    const others = group.slice(1).map((run) => explaining(run));
    const named = explaining(first).filter((one) =>
      others.every((run) => run.some(({ id, side }) => id === one.id && side === one.side)),
    );
    if (named.length === 0) return [];
    const { spec, module } = first.view;
    const weights = baseName(spec.weights.file);
    return [{ weights, module, named, runs: group.map(({ file }) => file) }];
  });
}

/** A mistake, and who may have made it; null where there is one side only. */
interface Suspected extends Named {
  readonly side: Side | null;
}

/** Every mistake that explains a run, or is one of two that do; each once. */
function explaining({ findings }: ExplainedRun): Suspected[] {
  const all = findings.flatMap(({ id, title, side, alsoFits, with: others }) =>
    [{ id, title }, ...alsoFits, ...others].map((one) => ({ ...one, side })),
  );
  return [...new Map(all.map((one) => [`${String(one.side)} ${one.id}`, one])).values()];
}

/** One element of `common` of `unroll diagnose --json`. */
export function commonJson({ weights, module, named, runs }: Common): object {
  return { ids: named.map(({ id }) => id), runs, weights, module };
}

/** A sentence for each module; nothing where nothing is common. */
export function formatCommon(common: readonly Common[]): string {
  return common.map((one) => `${sentenceOf(one)}\n`).join("");
}

/** The same as a table below that of the runs. */
export function formatCommonMarkdown(common: readonly Common[]): string {
  if (common.length === 0) return "";
  const rows = common.map((one) => [one.weights, String(one.runs.length), titlesOf(one)]);
  return `\n${markdownTable(["weights", "runs", "in all of them"], rows)}`;
}

function sentenceOf(one: Common): string {
  const module = one.module === null || one.module === "" ? "" : ` (${legible(one.module)})`;
  const runs = `in all ${one.runs.length} runs of ${legible(one.weights)}${module} that differ`;
  return `${runs}: ${titlesOf(one)}`;
}

function titlesOf({ named }: Common): string {
  return named.map(({ id, title }) => `${id}, ${renderText(title)}`).join("; or ");
}
