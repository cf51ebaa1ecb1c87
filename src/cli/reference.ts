/**
 * `unroll reference`: has an engine compute a run, and writes what it gave as a reference with every state.
 */
import { resolve } from "node:path";
import { NotFoundError } from "../core/errors";
import { renderText, text } from "../core/text";
import { writeArchive } from "../formats/write/write";
import { replaceFile } from "../node/writeWhole";
import { tensorsOf } from "../reference/answer";
import { engineTitles, type ReferenceAnswer } from "../reference/engine";
import { engineView } from "../session/compared";
import { formatShape, type Tensor } from "../tensor/tensor";
import type { Command } from "./arguments";
import { sourceRun, withSession, type ExitCode, type Terminal } from "./commands";
import { plainData, toJson } from "./json";
import { outFormat } from "./outFile";
import { formatTable } from "./table";

/** Writes the answer of an engine. @throws UnsupportedError with its sentence where it gives none. */
export async function reference(
  command: Extract<Command, { name: "reference" }>,
  terminal: Terminal,
): Promise<ExitCode> {
  const { out, json } = command;
  const format = outFormat(out);
  const opened = await sourceRun(command, terminal);
  return withSession(opened, async (session): Promise<ExitCode> => {
    const [answer] = session.answers;
    if (answer === undefined) {
      throw new NotFoundError(out, text("no engine gave an answer; nothing is written"));
    }
    const tensors = tensorsOf(answer);
    const bytes = await writeArchive(format, tensors, manifestOf(answer));
    await replaceFile(resolve(terminal.folder, out), bytes);
    terminal.print(json ? toJson(jsonOf(answer, tensors, out)) : textOf(answer, tensors, out));
    return 0;
  });
}

/** Where the values come from, as texts in the file itself. */
function manifestOf(answer: ReferenceAnswer): Record<string, string> {
  const { engine, version, dtype, device, notCovered, notes } = answer;
  const missing = notCovered.map(({ what, reason }) => `${what}: ${renderText(reason)}`);
  return {
    writer: "unroll reference",
    engine: engineTitles[engine],
    version,
    dtype,
    device,
    layout: "states and gates are [T, B, ·]; output, h_n and c_n as the run's own",
    notCovered: missing.join("; "),
    notes: notes.map((note) => renderText(note)).join("; "),
  };
}

function jsonOf(
  answer: ReferenceAnswer,
  tensors: ReadonlyMap<string, Tensor>,
  out: string,
): object {
  const shapes = [...tensors].map(([name, { dtype, shape }]) => [name, { dtype, shape }]);
  return {
    ...plainData(engineView(answer)),
    tensors: Object.fromEntries(shapes) as object,
    notes: answer.notes.map((note) => renderText(note)),
    out,
  };
}

function textOf(
  answer: ReferenceAnswer,
  tensors: ReadonlyMap<string, Tensor>,
  out: string,
): string {
  const { engine, version, device, dtype, notCovered, notes } = answer;
  const rows = [...tensors].map(([name, tensor]) => [
    name,
    tensor.dtype,
    formatShape(tensor.shape),
  ]);
  const missing = notCovered.map(
    ({ what, reason }) => `not given: ${what}: ${renderText(reason)}\n`,
  );
  return [
    `${engineTitles[engine]} ${version} (${device}, ${dtype}) → ${out}\n`,
    formatTable(rows, 2),
    ...missing,
    ...notes.map((note) => `note: ${renderText(note)}\n`),
  ].join("");
}
