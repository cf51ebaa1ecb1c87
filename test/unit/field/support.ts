/**
 * Situations out of public reports (test/fixtures/field): each case is run as a user runs it, from the command line.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fixtures } from "../support/goldens";
import { unroll, type CommandResult } from "../cli/terminal";

/** The folder of one case, such as "05-onnx-layout1". */
export const caseFolder = (name: string): string => join(fixtures, "field", name);

/** Runs a command line in the folder of a case. */
export async function inCase(name: string, ...argv: string[]): Promise<CommandResult> {
  return unroll(caseFolder(name), ...argv);
}

/** What `unroll inspect` prints of a file of a case. */
export async function inspected(name: string, file: string): Promise<string> {
  const { code, stdout, stderr } = await inCase(name, "inspect", file);
  assert.equal(code, 0, stderr);
  return stdout;
}

export interface Expected {
  /** The values that the framework gave: `{ output: "expected.npz#output" }`. */
  readonly reference: Readonly<Record<string, string>>;
  /** Flags of `unroll run` before the reference. */
  readonly flags: readonly string[];
  /** Absolute tolerance; 1e-6 where nothing else is said. */
  readonly atol?: number;
}

/** Asserts that a run equals what the framework computed; returns what was printed. */
export async function assertRuns(name: string, expected: Expected): Promise<string> {
  const reference = Object.entries(expected.reference).flatMap(([tensor, file]) => [
    "--reference",
    `${tensor}=${file}`,
  ]);
  const tolerance = ["--atol", String(expected.atol ?? 1e-6), "--rtol", "0"];
  const { code, stdout, stderr } = await inCase(
    name,
    "run",
    ...expected.flags,
    ...reference,
    ...tolerance,
  );
  assert.equal(code, 0, `${stdout}${stderr}`);
  return stdout;
}
