/** Runs in memory for engines that live in a Python process, and the process' own place. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { join } from "node:path";
import type { Precision } from "../../../../src/engine/base/engine";
import { pytorchVariant, type CellKind, type RecurrentConfig } from "../../../../src/model/config";
import { numDirections, stateSize } from "../../../../src/model/config";
import { expectedParameters } from "../../../../src/model/parameters";
import { outputShapes, sequenceShape } from "../../../../src/model/sequence";
import { PythonEngine, type PythonEngineId } from "../../../../src/node/python/engine";
import type { RunInputs } from "../../../../src/run/inputs";
import { elementCount, type Shape, type Tensor } from "../../../../src/tensor/tensor";
import { filled, numbersFrom } from "../runs";
import { environment } from "./python";

/** The script as it lies in the repository. */
export const servingScript = join(process.cwd(), "python/unroll_serve.py");

/** A module of torch.nn with a few units. */
export function configOf(cell: CellKind, options: Partial<RecurrentConfig> = {}): RecurrentConfig {
  return {
    cell,
    isCellClass: false,
    inputSize: 3,
    hiddenSize: 4,
    numLayers: 1,
    bidirectional: false,
    bias: true,
    projSize: 0,
    batchFirst: false,
    nonlinearity: "tanh",
    variant: pytorchVariant,
    ...options,
  };
}

export interface RunOptions {
  readonly seqLength?: number;
  readonly batchSize?: number;
  readonly unbatched?: boolean;
  readonly hasStates?: boolean;
  readonly lengths?: readonly number[] | null;
  readonly precision?: Precision;
  readonly seed?: number;
}

/** A run with values that follow from a seed, in −1…1. */
export function inputsOf(
  config: RecurrentConfig,
  {
    seqLength = 5,
    batchSize = 2,
    unbatched = false,
    hasStates = true,
    lengths = null,
    precision = "f32",
    seed = 1,
  }: RunOptions = {},
): RunInputs {
  const next = numbersFrom(seed);
  const tensor = (shape: Shape): Tensor => {
    const values = filled(elementCount(shape), next);
    return precision === "f64"
      ? { dtype: "float64", shape, data: values }
      : { dtype: "float32", shape, data: Float32Array.from(values) };
  };
  const sizes = { seqLength, batchSize, features: config.inputSize, unbatched };
  const { hn, cn } = outputShapes(config, sizes);
  return {
    config,
    parameters: new Map(
      expectedParameters(config).map(({ name, shape }) => [name, tensor(shape)] as const),
    ),
    input: tensor(sequenceShape(sizes, config.batchFirst)),
    h0: hasStates ? tensor(hn) : null,
    c0: hasStates && cn !== null ? tensor(cn) : null,
    lengths,
    precision,
    tolerance: {},
    reference: { output: null, hn: null, cn: null },
  };
}

/** The number of lanes, and of features of their h. */
export function sizesOf(config: RecurrentConfig): { lanes: number; state: number } {
  return { lanes: config.numLayers * numDirections(config), state: stateSize(config) };
}

/** A folder for the processes of a suite, and engines that use it; all of it goes with `dispose`. */
export class PythonPlace {
  readonly storage = mkdtempSync(join(tmpdir(), "unroll-storage-"));
  readonly #engines: PythonEngine[] = [];
  #output = "";

  constructor() {
    // Of every process that is started here.
    Object.assign(process.env, environment);
  }

  engine(id: PythonEngineId, limitSeconds = 120): PythonEngine {
    const engine = new PythonEngine(id, {
      script: servingScript,
      storage: this.storage,
      limitSeconds,
      onOutput: (output) => {
        this.#output += output;
      },
    });
    this.#engines.push(engine);
    return engine;
  }

  /** What packages have printed. */
  get output(): string {
    return this.#output;
  }

  /** What is left of processes. */
  get left(): readonly string[] {
    return readdirSync(this.storage);
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#engines.map((engine) => engine.dispose()));
    rmSync(this.storage, { recursive: true, force: true });
  }
}

/** Waits until a value is `expected`, for at most as long as a machine under load may take. */
export async function becomes<Value>(
  what: string,
  read: () => Value,
  expected: Value,
): Promise<void> {
  const deadline = Date.now() + 45_000;
  const wanted = JSON.stringify(expected);
  for (let found = JSON.stringify(read()); found !== wanted; found = JSON.stringify(read())) {
    if (Date.now() > deadline) throw new Error(`${what} stays ${found}`);
    await delay(20);
  }
}

/** True where a process has this id. */
export function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
