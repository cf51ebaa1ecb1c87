/**
 * Runs `unroll` without a process: arguments in, lines out, exit code back. Never throws for bad input.
 */
import { isUnrollError } from "../core/errors";
import { visible } from "../core/text";
import { parseCommandLine, type Command } from "./flags/arguments";
import { check } from "./commands/check";
import { type ExitCode, gradients, inspect, run, type Terminal } from "./commands/commands";
import { diagnoseRuns } from "./commands/diagnose";
import { errorSentence } from "./print/errorSentence";
import { explain } from "./commands/explain";
import { exportModule } from "./commands/exportModule";
import { helpText } from "./flags/help";
import { failureJson, toJson } from "./print/json";
import { judge } from "./commands/judge";
import { probe, reduce } from "./commands/madeCase";
import { picture, report } from "./commands/picture";
import { shapes } from "./commands/shapes";
import { printable } from "./print/table";
import { exportFile, stats } from "./commands/tensors";
import { map } from "./commands/map";
import { reference } from "./commands/reference";
import { recorder } from "./commands/recorder";

export interface MainOptions {
  readonly terminal: Terminal;
  /** Read only when it is asked for. */
  readonly version: () => string;
  /** Adds stacks to error lines. */
  readonly debug: boolean;
}

/** Runs one command line, `argv` without the program's own name. */
export async function main(argv: readonly string[], options: MainOptions): Promise<ExitCode> {
  const terminal = harmless(options);
  const describeFailure = (error: unknown): string => describeError(error, options.debug);
  let command: Command | null = null;
  try {
    command = parseCommandLine(argv);
    if (command.name === "help" && argv.length === 0) {
      terminal.print(helpText);
      return 2;
    }
    return await runCommand(command, terminal, { version: options.version, describeFailure });
  } catch (error) {
    terminal.warn(describeFailure(error));
    if (command !== null && "json" in command && command.json) {
      terminal.print(toJson(failureJson(describeError(error, false), error)));
    }
    return 2;
  }
}

/** What the commands need beside their terminal. */
interface CommandContext extends Pick<MainOptions, "version"> {
  readonly describeFailure: (error: unknown) => string;
}

async function runCommand(
  command: Command,
  terminal: Terminal,
  { version, describeFailure }: CommandContext,
): Promise<ExitCode> {
  if (command.name === "help" || command.name === "version") {
    terminal.print(command.name === "help" ? helpText : `${version()}\n`);
    return 0;
  }
  if (command.name === "export-module") return exportModule(command, terminal);
  if (command.name === "reference") return reference(command, terminal);
  if (command.name === "judge") return judge(command, terminal);
  if (command.name === "recorder") return recorder(command, terminal);
  if (command.name === "report") return report(command, terminal, version());
  if (command.name === "check" || command.name === "diagnose" || command.name === "shapes") {
    return runFilesCommand(command, terminal, describeFailure);
  }
  return workCommand(command, terminal);
}

/** Commands that go on after a run file that fails, and say so. */
type RunFilesCommand = Extract<Command, { name: "check" | "diagnose" | "shapes" }>;

function runFilesCommand(
  command: RunFilesCommand,
  terminal: Terminal,
  describeFailure: CommandContext["describeFailure"],
): Promise<ExitCode> {
  switch (command.name) {
    case "check":
      return check(command, terminal, describeFailure);
    case "diagnose":
      return diagnoseRuns(command, terminal, describeFailure);
    case "shapes":
      return shapes(command, terminal, describeFailure);
  }
}

async function workCommand(
  command: Exclude<
    Command,
    | { name: "help" | "version" | "export-module" | "recorder" | "reference" | "report" | "judge" }
    | RunFilesCommand
  >,
  terminal: Terminal,
): Promise<ExitCode> {
  switch (command.name) {
    case "inspect":
      return inspect(command, terminal);
    case "stats":
      return stats(command, terminal);
    case "export":
      return exportFile(command, terminal);
    case "run":
      return run(command, terminal);
    case "gradients":
      return gradients(command, terminal);
    case "probe":
      return probe(command, terminal);
    case "reduce":
      return reduce(command, terminal);
    case "picture":
      return picture(command, terminal);
    case "map":
      return map(command, terminal);
    case "explain":
      return explain(command, terminal);
  }
}

/** The terminal, which acts on nothing that is printed; a warning keeps to its line, but for a stack. */
function harmless({ terminal, debug }: MainOptions): Terminal {
  return {
    ...terminal,
    print: (output) => terminal.print(printable(output)),
    warn: (line) => terminal.warn(debug ? printable(line) : visible(line)),
  };
}

function describeError(error: unknown, debug: boolean): string {
  const stack = debug && error instanceof Error ? `\n${error.stack ?? ""}` : "";
  if (isUnrollError(error)) return `${errorSentence(error)}${stack}`;
  const reason = error instanceof Error ? error.message : String(error);
  return `unexpected error, please report it: ${reason}${stack}`;
}
