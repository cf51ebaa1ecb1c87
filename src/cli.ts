#!/usr/bin/env node
/**
 * The `unroll` command: the process around `src/cli/main.ts`.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { main } from "./cli/main";
import { createProgressLine } from "./cli/print/progress";

/** The version of the package that `dist/cli.js` lies in. */
function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(__dirname, "../package.json"), "utf8"));
  return (manifest as { version: string }).version;
}

/** A reader that has seen enough (`unroll … | head`) closes the pipe; that is no error. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}

/** Bytes of what is piped in that are kept: a message stands at the end of a log. */
const MAX_INPUT = 4 * 1024 * 1024;

/** What is piped in; of a long text its end. */
async function readInput(): Promise<string> {
  let kept = Buffer.alloc(0);
  for await (const chunk of process.stdin) {
    kept = Buffer.concat([kept, chunk as Buffer]);
    if (kept.length > 2 * MAX_INPUT) kept = Buffer.from(kept.subarray(-MAX_INPUT));
  }
  return kept.subarray(-MAX_INPUT).toString("utf8");
}

process.stdout.on("error", ignoreClosedPipe);
process.stderr.on("error", ignoreClosedPipe);

const debug = (process.env["UNROLL_DEBUG"] ?? "") !== "";
const progress = process.stderr.isTTY
  ? createProgressLine(
      (output) => void process.stderr.write(output),
      () => performance.now(),
    )
  : null;
const terminal = {
  ...(progress === null ? {} : { control: progress.control }),
  folder: process.cwd(),
  input: readInput,
  print: (output: string) => {
    progress?.clear();
    process.stdout.write(output);
  },
  warn: (line: string) => {
    progress?.clear();
    process.stderr.write(`unroll: ${line}\n`);
  },
};

// Not process.exit: what is still on its way to a pipe would be lost.
void main(process.argv.slice(2), { terminal, version: packageVersion, debug }).then((code) => {
  process.exitCode = code;
});
