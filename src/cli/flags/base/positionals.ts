/**
 * What a command takes beside its flags: one file, one tensor, one run.
 */
import { text } from "../../../core/text";
import type { TensorRef } from "../../../run/spec/spec";
import type { RunFlags } from "./flags";
import { assertTensorRef, usage } from "./values";

/** @throws UnsupportedError where there is not one. */
export function assertOneFile(command: string, [file, ...more]: readonly string[]): string {
  if (file !== undefined && more.length === 0) return file;
  throw usage(`unroll ${command}`, text("expected one file"));
}

/** @throws UnsupportedError where there is not one tensor. */
export function assertOneTensor(command: string, positionals: readonly string[]): TensorRef {
  return assertTensorRef(`unroll ${command}`, assertOneFile(command, positionals));
}

/** One run file, or null for flags that stand for one. @throws UnsupportedError where there is neither. */
export function assertOneRun(
  command: string,
  [runFile, more]: readonly string[],
  flags: RunFlags,
): string | null {
  if (more !== undefined) throw usage(command, text("expected one run file, not several"));
  if (runFile === undefined && (flags.weights === undefined || flags.input === undefined)) {
    throw usage(command, text("expected a run file, or --weights and --input"));
  }
  return runFile ?? null;
}
