/**
 * Validates the state that a view saved for the next start of VS Code.
 */
import { parseRunFile } from "../../run/spec/file";
import type { RunSpec } from "../../run/spec/spec";

/** The part of the view's state that reopens its run. */
export interface SavedRun {
  readonly spec: RunSpec;
  /** Base name of the run file the run came from. */
  readonly runFile: string | null;
}

/** The run in a view's state; null when there is none that can be understood. */
export function readSavedRun(state: unknown): SavedRun | null {
  if (typeof state !== "object" || state === null) return null;
  const { version, spec, runFile } = state as Partial<Record<string, unknown>>;
  if (version !== 1 || typeof spec !== "object" || spec === null) return null;
  // The same checks as for a run file that was written by hand.
  const checked = parseRunFile(JSON.stringify(spec)).spec;
  if (checked === null) return null;
  return { spec: checked, runFile: typeof runFile === "string" ? runFile : null };
}
