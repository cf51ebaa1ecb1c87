/**
 * `unroll export --as`: a recurrent module for another framework.
 */
import { resolve } from "node:path";
import { baseName } from "../core/baseName";
import { renderText } from "../core/text";
import { writeWhole } from "../node/writeWhole";
import { parseTensorRef } from "../run/spec/spec";
import { controlOf, type Terminal } from "./commands";
import type { ExportModuleCommand } from "./exportModuleFlags";
import { toJson } from "./json";
import { assertNotInput } from "./outFile";
import { exportJson, formatExport } from "./tensorReport";
import { withSession } from "./tensors";

/** Writes the module, and prints the lines that load it. */
export async function exportModule(command: ExportModuleCommand, terminal: Terminal): Promise<0> {
  const { tensor, out, target, inputs, options, map, json } = command;
  const { file, tensor: module } = parseTensorRef(tensor);
  const path = resolve(terminal.folder, out);
  await assertNotInput(path, [resolve(terminal.folder, file)]);
  return withSession(
    file,
    terminal,
    async (session) => {
      const prepared = await session.prepareModule({
        ...{ target, inputs, options, file: baseName(out) },
        module: module === undefined || module === "" ? null : module,
      });
      const { tensors, lines } = prepared;
      const changes = await writeWhole(path, (sink) => prepared.write(sink, controlOf(terminal)));
      const notes = [...prepared.notes, ...changes];
      for (const note of notes) terminal.warn(`note: ${renderText(note)}`);
      const code = lines.map((line) => `${line}\n`).join("");
      terminal.print(
        json
          ? toJson({ as: target, ...exportJson(out, tensors, notes), code })
          : `${formatExport(out, tensors)}\n${code}`,
      );
      return 0;
    },
    map,
  );
}
