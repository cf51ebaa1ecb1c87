/**
 * `unroll probe` and `unroll reduce`: cases that are made of a run, written into a folder.
 */
import { mkdir } from "node:fs/promises";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { UnsupportedError } from "../../core/errors";
import { renderText, text } from "../../core/text";
import type { MadeCase } from "../../diagnosis/cases/made";
import { nothingFound } from "../../diagnosis/reduce/nothingFound";
import { filesOf } from "../../run/spec/spec";
import type { ProbeCommand, ReduceCommand } from "../flags/caseFlags";
import { exitCodeOf, withOpened, withReferenced, type ExitCode, type Terminal } from "./commands";
import { toJson } from "../print/json";
import { replaceFile } from "../../node/writeWhole";
import { assertNotInput } from "./outFile";

/** Makes a better test of a run's module. */
export async function probe(command: ProbeCommand, terminal: Terminal): Promise<ExitCode> {
  const { runFile, out, seed, json } = command;
  const folder = resolve(terminal.folder, out);
  await withOpened(runFile, command, terminal, async (session, control) => {
    const { spec } = session.view;
    const weights = pathFrom(folder, spec.weights.file);
    const made = await session.probe({ seed, weights }, control);
    await writeCase(made, folder, [runFile, ...filesOf(spec)], terminal);
    const hidden = made.hidden.map(({ id, reason }) => ({ id, reason: renderText(reason) }));
    const facts = { seed: made.seed, mistakes: made.count, hidden };
    terminal.print(json ? toJson({ ...listed(made, out), ...facts }) : formatMade(made, out));
  });
  return 0;
}

/** Makes the smallest case that shows the mistake of a run. */
export async function reduce(command: ReduceCommand, terminal: Terminal): Promise<ExitCode> {
  const { runFile, out, json } = command;
  const folder = resolve(terminal.folder, out);
  await withReferenced(runFile, command, terminal, async (session, control) => {
    const made = await session.reduce(control);
    if (made === null) throw nothingFound(runFile, exitCodeOf(session.view) === 0);
    await writeCase(made, folder, [runFile, ...filesOf(session.view.spec)], terminal);
    const { finding, rows, sizes, isOwn } = made;
    const facts = {
      id: finding.id,
      with: finding.with.map(({ id }) => id),
      before: finding.before,
      after: finding.after,
      rows,
      sizes,
      reference: isOwn ? "own" : "computed",
    };
    terminal.print(json ? toJson({ ...listed(made, out), ...facts }) : formatMade(made, out));
  });
  return 0;
}

/** A path as run files have it: from the folder, with slashes; whole where there is no way from there. */
export function pathFrom(folder: string, file: string): string {
  const path = relative(folder, file);
  return isAbsolute(path) ? file : path.split(sep).join("/");
}

/** Writes every file, each whole or not at all; none over a file that was read. */
async function writeCase(
  { files }: MadeCase,
  folder: string,
  inputs: readonly string[],
  terminal: Terminal,
): Promise<void> {
  const read = inputs.map((input) => resolve(terminal.folder, input));
  const paths = files.map(({ name }) => resolve(folder, name));
  for (const path of paths) await assertNotInput(path, read);
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    const problem =
      code === "EEXIST" || code === "ENOTDIR"
        ? text("{0} is a file: name a folder, which is made where there is none", folder)
        : text("{0} cannot be made a folder ({1})", folder, code);
    throw new UnsupportedError("--out", problem, { cause: error });
  });
  for (const [index, { bytes }] of files.entries()) await replaceFile(paths[index] ?? "", bytes);
}

function listed({ files, runFile }: MadeCase, out: string): object {
  return { out, files: files.map(({ name }) => name), runFile };
}

function formatMade({ files, lines }: MadeCase, out: string): string {
  const written = text(
    "written to {0}: {1}",
    out,
    files.map(({ name }) => name),
  );
  return [...lines, written].map((line) => `${renderText(line)}\n`).join("");
}
