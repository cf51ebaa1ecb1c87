/**
 * Command lines in tests: what they print, their exit codes, and a folder that is removed afterwards.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "../../../src/cli/main";

export const root = process.cwd();
export const examples = join(root, "examples");

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in `folder`. */
export function unroll(folder: string, ...argv: string[]): Promise<CommandResult> {
  return unrollPiped("", folder, ...argv);
}

/** The same with `input` piped in. */
export async function unrollPiped(
  input: string,
  folder: string,
  ...argv: string[]
): Promise<CommandResult> {
  let [stdout, stderr] = ["", ""];
  const terminal = {
    folder,
    input: () => Promise.resolve(input),
    print: (output: string) => void (stdout += output),
    warn: (line: string) => void (stderr += `${line}\n`),
  };
  const code = await main(argv, { terminal, version: () => "1.2.3", debug: false });
  return { code, stdout, stderr };
}

/** An empty folder for each test of the suite that calls this; ask for its path inside a test. */
export function useFolder(): () => string {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "unroll-cli-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  return () => folder;
}
