/**
 * Cases of PyTorch on disk as runs of the command line: a run file for each weights file, and what comes back.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { main } from "../../src/cli/main";
import { FileSet } from "../../src/node/files";
import type { Place } from "../../src/protocol/run/messages";
import type { WireNumber } from "../../src/protocol/wire";
import { writeRunFile } from "../../src/run/spec/file";
import type { RunSpec } from "../../src/run/spec/spec";
import type { DType } from "../../src/tensor/dtype";
import type { Tensor } from "../../src/tensor/tensor";

export const fixtures = join(process.cwd(), "test/fixtures");

/** What `case.json` says, as far as the tests need it. */
export interface CaseDescription {
  readonly id: string;
  readonly cell: string;
  readonly constructor: {
    readonly input_size: number;
    readonly hidden_size: number;
    readonly num_layers?: number;
    readonly bias: boolean;
    readonly bidirectional?: boolean;
    readonly batch_first?: boolean;
    readonly nonlinearity?: "tanh" | "relu";
    readonly proj_size?: number;
  };
  readonly T: number;
  readonly batched: boolean;
  readonly model: string;
  readonly initial_state: "none" | "zeros" | "random";
  readonly lengths: readonly number[] | null;
  readonly dtype: { readonly weights: DType; readonly native_outputs?: boolean };
  readonly tolerance?: {
    readonly suggested_atol: number | null;
    readonly suggested_rtol: number;
    readonly error_growth?: Readonly<Record<string, number>>;
  };
  readonly outputs_that_differ?: readonly string[];
  readonly first_time_step_that_differs?: number;
  readonly library_message?: string | null;
}

/** One tensor of `unroll check --json`. */
export interface CheckedTensor {
  readonly verdict: string;
  readonly maxAbs: WireNumber;
  readonly outside: number;
  readonly total: number;
  readonly first: Place | null;
  readonly referenceError: WireNumber | null;
  readonly shape?: readonly number[];
  readonly referenceShape?: readonly number[];
}

export interface CheckedRun {
  readonly file: string;
  readonly verdicts: Readonly<Record<string, CheckedTensor>>;
  readonly first?: { readonly tensor: string; readonly layer?: number } | null;
  readonly noiseFloor: WireNumber | null;
  readonly error?: string;
}

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Folders below `folder` that hold a case. */
export function listCases(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name))
    .sort();
}

export function describeCase(folder: string): CaseDescription {
  return JSON.parse(readFileSync(join(folder, "case.json"), "utf8")) as CaseDescription;
}

/** The weights files of a case, in every format it comes in. */
export function weightsOf(folder: string): readonly string[] {
  return readdirSync(folder).filter((name) => /^(?:weights|checkpoint)\.|\.onnx$/.test(name));
}

/** Names of the arrays of one recurrent module in a case's files. */
export interface CaseModule {
  /** Where a file holds several modules, which. */
  readonly module?: string;
  readonly input: string;
  readonly h0?: string;
  readonly c0?: string;
  readonly output: string;
  readonly h_n: string;
  readonly c_n?: string;
}

/** The recurrent modules of a case. A model keeps the results of its recurrent part beside its own. */
export function modulesOf(description: CaseDescription): readonly CaseModule[] {
  const { model, cell, initial_state } = description;
  if (model === "encoder_decoder") {
    const named = (module: string): { module: string; output: string; h_n: string } => ({
      module,
      output: `${module}_output`,
      h_n: `${module}_h_n`,
    });
    return [
      { ...named("encoder"), input: "src" },
      { ...named("decoder"), input: "tgt", h0: "encoder_h_n" },
    ];
  }
  const inside = ["rnn_model", "embedding_lstm"].includes(model) ? "rnn_" : "";
  const isLstm = cell === "LSTM";
  return [
    {
      input: model === "embedding_lstm" ? "embedded" : "input",
      ...(initial_state !== "none" ? { h0: "h0" } : {}),
      ...(initial_state !== "none" && isLstm ? { c0: "c0" } : {}),
      output: `${inside}output`,
      h_n: `${inside}h_n`,
      ...(isLstm ? { c_n: `${inside}c_n` } : {}),
    },
  ];
}

/** The file with the arrays of a case. */
export function arraysOf(folder: string): string {
  const packed = join(folder, "io.npz");
  return existsSync(packed) ? packed : join(folder, "io.safetensors");
}

/** The run of a case's only or given module with one of its weights files; whole paths. */
export function specOf(folder: string, weights: string, given?: CaseModule): RunSpec {
  const description = describeCase(folder);
  const { lengths, constructor } = description;
  const [only] = modulesOf(description);
  const { module, input, h0, c0, output, h_n, c_n } = given ?? only ?? noModule(folder);
  const io = arraysOf(folder);
  return {
    weights: { file: join(folder, weights), ...(module === undefined ? {} : { module }) },
    input: `${io}#${input}`,
    ...(h0 === undefined ? {} : { h0: `${io}#${h0}` }),
    ...(c0 === undefined ? {} : { c0: `${io}#${c0}` }),
    ...(lengths !== null ? { lengths: `${io}#lengths` } : {}),
    options: {
      batchFirst: constructor.batch_first ?? false,
      ...(constructor.nonlinearity === undefined ? {} : { nonlinearity: constructor.nonlinearity }),
    },
    reference: {
      output: `${io}#${output}`,
      h_n: `${io}#${h_n}`,
      ...(c_n === undefined ? {} : { c_n: `${io}#${c_n}` }),
    },
  };
}

function noModule(folder: string): never {
  throw new Error(`${folder} has no module`);
}

/** A folder for run files and results; call `remove` when done. */
export class Workplace {
  readonly folder = mkdtempSync(join(tmpdir(), "unroll-differential-"));

  /** Writes a run file and returns its path. */
  write(name: string, spec: RunSpec): string {
    const path = join(this.folder, `${name}.unroll.json`);
    writeFileSync(path, writeRunFile(spec));
    return path;
  }

  /** Runs a command line in this folder. */
  async unroll(...argv: readonly string[]): Promise<CommandResult> {
    let [stdout, stderr] = ["", ""];
    const terminal = {
      folder: this.folder,
      print: (output: string) => void (stdout += output),
      warn: (line: string) => void (stderr += `${line}\n`),
    };
    const code = await main(argv, { terminal, version: () => "0.0.0", debug: true });
    return { code, stdout, stderr };
  }

  /** `unroll check --json` on one run. */
  async check(name: string, spec: RunSpec): Promise<CheckedRun & { code: number }> {
    const { code, stdout } = await this.unroll("check", this.write(name, spec), "--json");
    const { runs } = JSON.parse(stdout) as { runs: readonly CheckedRun[] };
    const [checked] = runs;
    if (checked === undefined) throw new Error("check printed no run");
    return { ...checked, code };
  }

  /** All tensors of a file. */
  async readAll(file: string): Promise<ReadonlyMap<string, Tensor>> {
    const files = new FileSet();
    try {
      const archive = await files.open(resolve(this.folder, file));
      const tensors = new Map<string, Tensor>();
      for (const entry of archive.entries) tensors.set(entry.name, await archive.read(entry));
      return tensors;
    } finally {
      await files.close();
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
