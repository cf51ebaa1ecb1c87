/**
 * Cases of PyTorch on disk as runs of the command line: a run file for each weights file, and what comes back.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { main } from "../../src/cli/main";
import { FileSet } from "../../src/node/files";
import type { Place } from "../../src/protocol/messages";
import type { WireNumber } from "../../src/protocol/wire";
import { writeRunFile } from "../../src/runFile";
import type { RunSpec } from "../../src/runSpec";
import type { Tensor } from "../../src/tensor/tensor";

export const fixtures = join(process.cwd(), "test/fixtures");

/** What `case.json` says, as far as the tests need it. */
export interface CaseDescription {
  readonly id: string;
  readonly cell: string;
  readonly constructor: {
    readonly input_size: number;
    readonly hidden_size: number;
    readonly num_layers: number;
    readonly bias: boolean;
    readonly bidirectional: boolean;
    readonly batch_first?: boolean;
    readonly nonlinearity?: "tanh" | "relu";
    readonly proj_size?: number;
  };
  readonly T: number;
  readonly batched: boolean;
  readonly model: string;
  readonly initial_state: "none" | "zeros" | "random";
  readonly lengths: readonly number[] | null;
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
  return readdirSync(folder).filter((name) => /^(weights|checkpoint)\./.test(name));
}

/** The run of a case with one of its weights files; whole paths. */
export function specOf(folder: string, weights: string): RunSpec {
  const { model, cell, initial_state, lengths, constructor } = describeCase(folder);
  const names = readdirSync(folder);
  const io = join(folder, names.includes("io.npz") ? "io.npz" : "io.safetensors");
  // A model keeps the results of its recurrent part beside its own.
  const inside = model === "rnn_model" ? "rnn_" : "";
  return {
    weights: { file: join(folder, weights) },
    input: `${io}#input`,
    ...(initial_state !== "none" ? { h0: `${io}#h0` } : {}),
    ...(initial_state !== "none" && cell === "LSTM" ? { c0: `${io}#c0` } : {}),
    ...(lengths !== null ? { lengths: `${io}#lengths` } : {}),
    options: {
      batchFirst: constructor.batch_first ?? false,
      ...(constructor.nonlinearity === undefined ? {} : { nonlinearity: constructor.nonlinearity }),
    },
    reference: {
      output: `${io}#${inside}output`,
      h_n: `${io}#${inside}h_n`,
      ...(cell === "LSTM" ? { c_n: `${io}#${inside}c_n` } : {}),
    },
  };
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
