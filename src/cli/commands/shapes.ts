/**
 * `unroll shapes`: the shape check of runs, the changes that make them fit, and what raises no error.
 */
import { dirname, relative, resolve } from "node:path";
import { renamedEdit, type SpecEdit } from "../../diagnosis/clashes/edits";
import { FileSet } from "../../node/files";
import type { RunCheck } from "../../protocol/run/workerMessages";
import { causeText, clashText } from "../../model/shapes/clashTexts";
import { checkRun } from "../../session/check";
import { legible, renderText } from "../../core/text";
import { formatShape } from "../../tensor/tensor";
import type { Command } from "../flags/arguments";
import { controlOf, type ExitCode, type Terminal } from "./commands";
import { failureJson, plainData, toJson } from "../print/json";
import { readRun } from "../flags/runSource";
import { formatTable } from "../print/table";

type ShapesCommand = Extract<Command, { name: "shapes" }>;

const marks = { ok: "✓", mismatch: "✗", missing: "✗", unexpected: "!" } as const;

/** Checks each run file; one that cannot be read does not stop the others. */
export async function shapes(
  command: ShapesCommand,
  terminal: Terminal,
  describeFailure: (error: unknown) => string,
): Promise<ExitCode> {
  const { runFiles, json } = command;
  const runs: object[] = [];
  let worst: ExitCode = 0;
  for (const file of runFiles) {
    try {
      const checked = await checkOne(file, command, terminal);
      runs.push(shapesJson(file, checked, terminal.folder));
      if (!json) terminal.print(formatShapes(file, checked));
      if (!fits(checked) && worst === 0) worst = 1;
    } catch (error) {
      const reason = describeFailure(error);
      terminal.warn(reason);
      runs.push({ file, ...failureJson(reason, error) });
      worst = 2;
    }
  }
  if (json) terminal.print(toJson({ runs }));
  return worst;
}

async function checkOne(
  file: string,
  { flags }: ShapesCommand,
  terminal: Terminal,
): Promise<RunCheck> {
  const { spec, warnings } = await readRun(file, flags, terminal.folder);
  for (const warning of warnings) terminal.warn(`warning: ${warning}`);
  const files = new FileSet();
  try {
    return await checkRun(spec, files, controlOf(terminal));
  } finally {
    await files.close();
  }
}

/** A reference that cannot be compared does not fit either. */
function fits({ shapes: { rows, clash } }: RunCheck): boolean {
  return clash === null && rows.every(({ status }) => status === "ok" || status === "unexpected");
}

function shapesJson(file: string, checked: RunCheck, folder: string): object {
  const { clash, cause, pytorch, rows } = checked.shapes;
  const [sentence, why] = [clashText(checked.shapes), causeText(checked.shapes)];
  const runFolder = dirname(resolve(folder, file));
  return {
    file,
    constructor: checked.constructorLine,
    fits: fits(checked),
    clash: sentence && renderText(sentence),
    why: why && renderText(why),
    details: clash && plainData({ clash, cause }),
    pytorch,
    rows: rows.map(({ reason, ...row }) => ({ ...row, reason: renderText(reason) })),
    fixes: checked.fixes.map(({ title, edits }) => ({
      title: renderText(title),
      edits: edits.map((edit) => relativeEdit(edit, runFolder)),
    })),
    traps: checked.traps.map(({ id, sentence, path }) => ({
      id,
      path,
      sentence: renderText(sentence),
    })),
  };
}

/** An edit as it stands in the run file: with names of files relative to its folder. */
function relativeEdit(edit: SpecEdit, runFolder: string): SpecEdit {
  return renamedEdit(edit, (file) => relative(runFolder, file).replaceAll("\\", "/"));
}

/** True where nothing but the shape of a reference is another one. */
function isOfOtherShape({ clash, rows }: RunCheck["shapes"]): boolean {
  return clash === null && rows.some(({ status }) => status === "mismatch");
}

function formatShapes(file: string, checked: RunCheck): string {
  const { shapes: found, fixes, traps, constructorLine } = checked;
  const rows = found.rows.map(({ name, axes, found: is, expected, status, reason }) => [
    marks[status],
    legible(name),
    `[${axes.join(", ")}]`,
    is === null ? "missing" : formatShape(is),
    expected === null ? "–" : formatShape(expected),
    renderText(reason),
  ]);
  const fixLines = fixes.map(({ title }) => `  ${renderText(title)}\n`).join("");
  return [
    `${legible(file)}: ${constructorLine}\n`,
    formatTable(rows, 2),
    ...[clashText(found), causeText(found)].map((line) =>
      line === null ? "" : `${renderText(line)}\n`,
    ),
    isOfOtherShape(found)
      ? "The run itself fits. unroll check compares a reference of another shape as what its size and values allow, and says as what, or why nothing fits.\n"
      : "",
    found.pytorch === null ? "" : `PyTorch would say: ${found.pytorch.replaceAll("\t", "    ")}\n`,
    fixLines === "" ? "" : `Each of these alone makes it fit:\n${fixLines}`,
    ...traps.map(({ sentence }) => `note: ${renderText(sentence)}\n`),
  ].join("");
}
