/**
 * Parses the command line: the command, its files and its flags, checked before any file is opened.
 */
import { text } from "../../core/text";
import {
  caseCommand,
  probeFlagTypes,
  reduceFlagTypes,
  type ProbeCommand,
  type ReduceCommand,
} from "./caseFlags";
import {
  exportModuleCommand,
  exportModuleFlags,
  type ExportModuleCommand,
} from "./exportModuleFlags";
import { fileFlags, flagsOf, mapFlag, optionFlags, type RunFlags } from "./base/flags";
import { lossFlagsOf, lossFlagTypes, type LossFlags } from "./gradientFlags";
import { judgeCommand, judgeFlagTypes, type JudgeCommand } from "./judgeFlags";
import { mapCommand, mapFlagTypes, type MapCommand } from "./mapFlags";
import { memoryFlag, traceMemoryOf } from "./base/memoryFlag";
import {
  checkFlagTypes,
  diagnoseFlagTypes,
  runFilesOf,
  runsCommand,
  type CheckCommand,
  type DiagnoseCommand,
} from "./runsFlags";
import { parseFlags } from "./base/parseFlags";
import { assertOneFile, assertOneRun, assertOneTensor } from "./base/positionals";
import { recorderCommand, recorderFlagTypes, type RecorderCommand } from "./recorderFlags";
import { referenceCommand, type ReferenceCommand } from "./referenceFlags";
import {
  pictureCommand,
  pictureFlagTypes,
  reportCommand,
  reportFlagTypes,
  type PictureCommand,
  type ReportCommand,
} from "./pictureFlags";
import type { TensorRef } from "../../run/spec/spec";
import { stringOf, usage, type FlagTypes, type Values } from "./base/values";

export type Command =
  | { readonly name: "help" }
  | { readonly name: "version" }
  | {
      readonly name: "inspect";
      readonly file: string;
      /** A file of a map; null for none. */
      readonly map: string | null;
      readonly json: boolean;
    }
  | { readonly name: "stats"; readonly tensor: TensorRef; readonly json: boolean }
  | {
      readonly name: "export";
      readonly tensor: TensorRef;
      readonly out: string;
      /** As in NumPy's brackets; null for whole tensors. */
      readonly slice: string | null;
      readonly json: boolean;
    }
  | ExportModuleCommand
  | MapCommand
  | {
      readonly name: "run";
      readonly runFile: string | null;
      readonly flags: RunFlags;
      readonly out: string | null;
      readonly trace: boolean;
      /** True to print a line for each step of each state, and nothing else. */
      readonly hashes: boolean;
      /** Megabytes; the default when not given. */
      readonly traceMemory?: number;
      readonly json: boolean;
    }
  | ReferenceCommand
  | JudgeCommand
  | CheckCommand
  | DiagnoseCommand
  | ProbeCommand
  | ReduceCommand
  | RecorderCommand
  | PictureCommand
  | ReportCommand
  | {
      readonly name: "gradients";
      readonly runFile: string | null;
      readonly flags: RunFlags;
      readonly loss: LossFlags;
      readonly out: string | null;
      readonly traceMemory?: number;
      readonly json: boolean;
    }
  | {
      readonly name: "shapes";
      readonly runFiles: readonly string[];
      readonly flags: RunFlags;
      readonly json: boolean;
    }
  | {
      readonly name: "explain";
      /** null: what comes through the pipe. */
      readonly message: string | null;
      /** Files whose tensors the message may mean. */
      readonly files: readonly string[];
      readonly json: boolean;
    };

type FlaggedName = Exclude<Command["name"], "help" | "version" | "export-module">;

const commonFlags: FlagTypes = {
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
};

const flagsOfCommand: Readonly<Record<FlaggedName, FlagTypes>> = {
  inspect: { ...commonFlags, ...mapFlag },
  stats: commonFlags,
  export: {
    ...commonFlags,
    out: { type: "string" },
    slice: { type: "string" },
    ...exportModuleFlags,
  },
  run: {
    ...commonFlags,
    ...fileFlags,
    ...optionFlags,
    out: { type: "string" },
    trace: { type: "boolean" },
    hashes: { type: "boolean" },
    ...memoryFlag,
  },
  reference: {
    ...commonFlags,
    ...fileFlags,
    ...optionFlags,
    with: { type: "string" },
    out: { type: "string" },
  },
  judge: { ...commonFlags, ...judgeFlagTypes },
  check: { ...commonFlags, ...checkFlagTypes },
  diagnose: { ...commonFlags, ...diagnoseFlagTypes },
  probe: { ...commonFlags, ...probeFlagTypes },
  reduce: { ...commonFlags, ...reduceFlagTypes },
  picture: { ...commonFlags, ...pictureFlagTypes },
  report: { ...commonFlags, ...reportFlagTypes },
  gradients: {
    ...commonFlags,
    ...fileFlags,
    ...optionFlags,
    ...lossFlagTypes,
    out: { type: "string" },
    ...memoryFlag,
  },
  shapes: { ...commonFlags, ...optionFlags },
  map: { ...commonFlags, ...mapFlagTypes },
  recorder: { ...commonFlags, ...recorderFlagTypes },
  explain: { ...commonFlags, file: { type: "string", multiple: true } },
};

const commandNames = Object.keys(flagsOfCommand);

function isFlagged(name: string): name is FlaggedName {
  return commandNames.includes(name);
}

/** @throws UnsupportedError with one sentence that names the flag or the command. */
export function parseCommandLine(argv: readonly string[]): Command {
  const [name, ...rest] = argv;
  if (name === undefined || ["help", "--help", "-h"].includes(name)) return { name: "help" };
  if (name === "--version") return { name: "version" };
  if (!isFlagged(name)) {
    throw usage(name, text("there is no such command; there are {0}", commandNames.join(", ")));
  }
  const { values, positionals } = parseFlags(name, flagsOfCommand[name], rest);
  if (values["help"] === true) return { name: "help" };
  if (name === "reference") return referenceCommand(values, positionals);
  if (name === "judge") return judgeCommand(values, positionals);
  if (name === "recorder") return recorderCommand(values, positionals, values["json"] === true);
  return namedCommand(name, values, positionals);
}

function namedCommand(
  name: Exclude<FlaggedName, "recorder" | "reference" | "judge">,
  values: Values,
  positionals: readonly string[],
): Command {
  if (takesRunFiles(name)) return runFilesCommand(name, values, positionals);
  const json = values["json"] === true;
  switch (name) {
    case "run":
      return runCommand(values, positionals, json);
    case "gradients":
      return gradientsCommand(values, positionals, json);
    case "inspect":
      return inspectCommand(values, positionals, json);
    case "stats":
      return { name, tensor: assertOneTensor(name, positionals), json };
    case "export":
      return exportCommand(values, positionals, json);
    case "map":
      return mapCommand(values, assertOneFile(name, positionals), json);
    case "explain":
      return explainCommand(values, positionals, json);
  }
}

/** Commands that take run files. */
const runFilesNames = [
  "shapes",
  "check",
  "diagnose",
  "probe",
  "reduce",
  "picture",
  "report",
] as const;

type RunFilesName = (typeof runFilesNames)[number];

function takesRunFiles(name: FlaggedName): name is RunFilesName {
  return runFilesNames.some((one) => one === name);
}

function runFilesCommand(
  name: RunFilesName,
  values: Values,
  positionals: readonly string[],
): Command {
  switch (name) {
    case "shapes":
      return { name, ...runFilesOf(name, values, positionals), json: values["json"] === true };
    case "check":
    case "diagnose":
      return runsCommand(name, values, positionals);
    case "probe":
    case "reduce":
      return caseCommand(name, values, positionals);
    case "picture":
      return pictureCommand(values, positionals);
    case "report":
      return reportCommand(values, positionals);
  }
}

function inspectCommand(values: Values, positionals: readonly string[], json: boolean): Command {
  const { map = null } = flagsOf(values);
  return { name: "inspect", file: assertOneFile("inspect", positionals), map, json };
}

function exportCommand(values: Values, positionals: readonly string[], json: boolean): Command {
  const tensor = assertOneTensor("export", positionals);
  const out = stringOf(values, "out");
  if (out === undefined) throw usage("unroll export", text("expected --out, the file to write"));
  const module = exportModuleCommand(values, { tensor, out, json });
  if (module !== null) return module;
  return { name: "export", tensor, out, slice: stringOf(values, "slice") ?? null, json };
}

function explainCommand(values: Values, positionals: readonly string[], json: boolean): Command {
  if (positionals.length === 0) {
    throw usage(
      "unroll explain",
      text("expected the text of a message, or - for what is piped in"),
    );
  }
  const message = positionals.join(" ");
  const files = values["file"];
  return {
    name: "explain",
    message: message === "-" ? null : message,
    files: Array.isArray(files) ? files.map(String) : [],
    json,
  };
}

function gradientsCommand(values: Values, positionals: readonly string[], json: boolean): Command {
  const flags = flagsOf(values);
  const runFile = assertOneRun("unroll gradients", positionals, flags);
  const out = stringOf(values, "out") ?? null;
  const loss = lossFlagsOf(values);
  return { name: "gradients", runFile, flags, loss, out, ...traceMemoryOf(values), json };
}

function runCommand(values: Values, positionals: readonly string[], json: boolean): Command {
  const flags = flagsOf(values);
  const runFile = assertOneRun("unroll run", positionals, flags);
  const out = stringOf(values, "out") ?? null;
  const trace = values["trace"] === true;
  if (trace && out === null)
    throw usage("--trace", text("needs --out: the states are written to that file"));
  const hashes = values["hashes"] === true;
  return { name: "run", runFile, flags, out, trace, hashes, ...traceMemoryOf(values), json };
}
