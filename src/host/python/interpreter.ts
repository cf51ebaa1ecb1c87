/**
 * The Python interpreter that computes references: what the Python extension has selected, else the setting.
 */
import { homedir } from "node:os";
import { join } from "node:path";
import { PVSC_EXTENSION_ID, PythonExtension } from "@vscode/python-extension";
import * as vscode from "vscode";
import type { EngineChoice } from "../../reference/engine";
import { pythonInterpreter, pythonTimeLimit } from "../workspace/settings";

/** The path of an interpreter, or a name that the system finds; null where none is chosen. */
async function interpreterFor(resource: vscode.Uri | undefined): Promise<string | null> {
  const selected = await selectedByExtension(resource);
  return selected ?? withHome(pythonInterpreter());
}

/** null where the Python extension is not there, has nothing selected, or does not start. */
async function selectedByExtension(resource: vscode.Uri | undefined): Promise<string | null> {
  if (vscode.extensions.getExtension(PVSC_EXTENSION_ID) === undefined) return null;
  try {
    const { environments } = await PythonExtension.api();
    const active = environments.getActiveEnvironmentPath(resource);
    const resolved = await environments.resolveEnvironment(active);
    return resolved?.executable.uri?.fsPath ?? null;
  } catch {
    return null;
  }
}

/** `~` is the home folder, as in a shell; nothing is null. */
function withHome(path: string): string | null {
  const trimmed = path.trim();
  if (trimmed === "") return null;
  return /^~[/\\]/.test(trimmed) ? join(homedir(), trimmed.slice(2)) : trimmed;
}

/** Engines with what only the host knows: the interpreter, and where its large tensors may lie. */
export async function completeChoices(
  choices: readonly EngineChoice[],
  resource: vscode.Uri | undefined,
  storage: vscode.Uri,
): Promise<readonly EngineChoice[]> {
  if (choices.every(({ id }) => id === "onnxruntime")) return choices;
  // Nothing of the user's is executed before the workspace is trusted, and nothing is asked who might start it.
  if (!vscode.workspace.isTrusted) {
    return choices.map((choice) =>
      choice.id === "onnxruntime" ? choice : { ...choice, withheld: "untrusted" },
    );
  }
  const interpreter = await interpreterFor(resource);
  const known = {
    storage: vscode.Uri.joinPath(storage, "python").fsPath,
    limitSeconds: pythonTimeLimit(),
    ...(interpreter === null ? {} : { interpreter }),
  };
  return choices.map((choice) => (choice.id === "onnxruntime" ? choice : { ...choice, ...known }));
}
