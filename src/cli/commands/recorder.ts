/**
 * `unroll recorder`: writes the script that records a reference where a model runs.
 */
import { basename, dirname, resolve } from "node:path";
import { renderText, text } from "../../core/text";
import { FileSet } from "../../node/files";
import { replaceFile } from "../../node/writeWhole";
import type { RecordedRun } from "../../reference/recorder/frameworks";
import { parseTensorRef } from "../../run/spec/spec";
import { recorderOf } from "../../session/recorder";
import type { Terminal } from "./commands";
import { toJson } from "../print/json";
import { pathFrom } from "./madeCase";
import { assertNotInput } from "./outFile";
import { runFileEnding, type RecorderCommand } from "../flags/recorderFlags";
import { readRun } from "../flags/runSource";

/** Writes the script, and says what it records. */
export async function recorder(command: RecorderCommand, terminal: Terminal): Promise<0> {
  const { of, out, framework, isNotebook, json } = command;
  const run = await runOf(of, terminal);
  const path = resolve(terminal.folder, out);
  const file = resolve(terminal.folder, run.weights.file);
  await assertNotInput(path, [
    file,
    ...(of.endsWith(runFileEnding) ? [resolve(terminal.folder, of)] : []),
  ]);
  const files = new FileSet();
  try {
    const { content, writes, lines } = await recorderOf(run, files, {
      framework,
      isNotebook,
      stem: "reference",
      weights: pathFrom(dirname(path), file),
    });
    await replaceFile(path, new TextEncoder().encode(content));
    const said = [text("written to {0}", out), ...lines].map((line) => `${renderText(line)}\n`);
    terminal.print(
      json ? toJson({ out, for: framework, name: basename(out), ...writes }) : said.join(""),
    );
    return 0;
  } finally {
    await files.close();
  }
}

/** The module of a run file, or that of a weights file. */
async function runOf(of: string, terminal: Terminal): Promise<RecordedRun> {
  if (!of.endsWith(runFileEnding)) {
    const { file, tensor: module } = parseTensorRef(of);
    const whole = resolve(terminal.folder, file);
    return { weights: module === undefined ? { file: whole } : { file: whole, module } };
  }
  const { spec, warnings } = await readRun(of, { options: {}, tolerance: {} }, terminal.folder);
  for (const warning of warnings) terminal.warn(`warning: ${warning}`);
  return spec;
}
