/**
 * The extension's settings, read at each use so that changes apply at once.
 */
import * as vscode from "vscode";
import type { RunSpec, ToleranceSpec } from "../../run/spec/spec";

const SECTION = "unroll";
const DISMISSED = "hints.dismissed";

/** `torch.allclose`'s defaults. */
const allclose: ToleranceSpec = { rtol: 1e-5, atol: 1e-8 };

/** Tolerance of runs that name none; undefined leaves it to the dtype, as `torch.testing.assert_close` does. */
function presetTolerance(): ToleranceSpec | undefined {
  const preset = read<string>("tolerance.preset", "assert_close");
  return preset === "allclose" ? allclose : undefined;
}

/** True when the event may change `presetTolerance`. */
export function changesTolerance(event: vscode.ConfigurationChangeEvent): boolean {
  return event.affectsConfiguration(`${SECTION}.tolerance`);
}

/** Most files that the quick pick looks into. */
export function maxSearchedFiles(): number {
  return Math.max(1, read("search.maxFiles", 500));
}

/** Most bytes of a file that has to be read as a whole. */
export function maxRemoteBytes(): number {
  return Math.max(1, read("remote.maxMegabytes", 256)) * 2 ** 20;
}

/** Bytes that the states of one run may take; a longer run keeps checkpoints. */
export function maxTraceBytes(): number {
  return Math.max(16, read("trace.memory", 512)) * 2 ** 20;
}

/** The hints that were not dismissed for good. */
export function undismissed<Hint extends { readonly id: string }>(hints: readonly Hint[]): Hint[] {
  const dismissed = new Set(dismissedHints());
  return hints.filter(({ id }) => !dismissed.has(id));
}

/** Remembers that a hint is not to be shown again, in any workspace. */
export async function dismissTrap(id: string): Promise<void> {
  await vscode.workspace
    .getConfiguration(SECTION)
    .update(DISMISSED, [...new Set([...dismissedHints(), id])], vscode.ConfigurationTarget.Global);
}

/** True when the event may change what `undismissed` leaves. */
export function changesHints(event: vscode.ConfigurationChangeEvent): boolean {
  return event.affectsConfiguration(`${SECTION}.${DISMISSED}`);
}

function dismissedHints(): readonly string[] {
  const ids = read<unknown>(DISMISSED, []);
  return Array.isArray(ids) ? ids.filter((id) => typeof id === "string") : [];
}

function read<Value>(name: string, fallback: Value): Value {
  return vscode.workspace.getConfiguration(SECTION).get(name, fallback);
}

/** The setting decides where the run does not. */
export function withPreset(spec: RunSpec): RunSpec {
  const preset = presetTolerance();
  if (preset === undefined) return spec;
  return { ...spec, tolerance: { ...preset, ...spec.tolerance } };
}
