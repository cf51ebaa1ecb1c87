/**
 * The flag that names the Python in which PyTorch and Keras compute references.
 */
import { resolve } from "node:path";
import type { EngineChoice } from "../../../reference/engine";
import { stringOf, type FlagTypes, type Values } from "./values";

/** The flag, for `parseArgs`. */
export const pythonFlag: FlagTypes = { python: { type: "string" } };

/** What was typed; nothing where nothing was. */
export function pythonOf(values: Values): { python?: string } {
  const python = stringOf(values, "python");
  return python === undefined ? {} : { python };
}

/** Engines with their interpreter: the flag's, that of UNROLL_PYTHON, else what the system calls Python. */
export function withInterpreter(
  choices: readonly EngineChoice[],
  python: string | undefined,
  folder: string,
): readonly EngineChoice[] {
  const usual = process.platform === "win32" ? "python" : "python3";
  const named = python ?? process.env["UNROLL_PYTHON"] ?? usual;
  // A name alone is looked for by the system, a path is one from here.
  const interpreter = /[\\/]/.test(named) ? resolve(folder, named) : named;
  return choices.map((choice) =>
    choice.id === "onnxruntime" ? choice : { ...choice, interpreter },
  );
}
