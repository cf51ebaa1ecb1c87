/**
 * `unroll export --as`: a recurrent module for another framework.
 */
import { resolve } from "node:path";
import { givenStates } from "../../session/archive/givenStates";
import { baseName } from "../../core/baseName";
import { renderText } from "../../core/text";
import { writeWhole } from "../../node/writeWhole";
import { parseTensorRef } from "../../run/spec/spec";
import { controlOf, type Terminal } from "./commands";
import type { ExportModuleCommand } from "../flags/exportModuleFlags";
import { toJson } from "../print/json";
import { assertNotInput } from "./outFile";
import { exportJson, formatExport } from "../print/tensorReport";
import { withSession } from "./tensors";

/** Writes the module, and prints the lines that load it. */
export async function exportModule(command: ExportModuleCommand, terminal: Terminal): Promise<0> {
  const { tensor, out, target, inputs, options, map, json } = command;
  const states = placedStates(command.states, terminal.folder);
  const { file, tensor: module } = parseTensorRef(tensor);
  const path = resolve(terminal.folder, out);
  const read = [tensor, ...Object.values(states)].map((ref) => parseTensorRef(ref).file);
  await assertNotInput(
    path,
    read.map((each) => resolve(terminal.folder, each)),
  );
  return withSession(
    file,
    terminal,
    async (session, _, files) => {
      const request = {
        ...{ target, inputs, options, states, file: baseName(out) },
        module: module === undefined || module === "" ? null : module,
      };
      const prepared = await session.prepareModule(request, await givenStates(request, files));
      const { tensors, lines, notes } = prepared;
      for (const note of notes) terminal.warn(`note: ${renderText(note)}`);
      await writeWhole(path, (sink) => prepared.write(sink, controlOf(terminal)));
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

/** The states with whole paths. */
function placedStates(
  states: ExportModuleCommand["states"],
  folder: string,
): ExportModuleCommand["states"] {
  return Object.fromEntries(
    Object.entries(states).map(([name, ref]) => {
      const { file, tensor } = parseTensorRef(ref);
      const path = resolve(folder, file);
      return [name, tensor === undefined ? path : `${path}#${tensor}`];
    }),
  );
}
