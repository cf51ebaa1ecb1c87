/**
 * Runs that a Python process makes and PyTorch computes, read from its standard output one after another.
 *
 * Frame: header length (u32, LE) | header (JSON) | the tensors that the header lists, without gaps.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { byteWidth, decodeValues, isDType } from "../../src/tensor/dtype";
import { elementCount, type Tensor } from "../../src/tensor/tensor";
import { fixtures } from "../unit/support/goldens";
import { environment, python } from "../unit/support/python/python";
import type { CaseDescription } from "./cases";

/** A random run: its description and its tensors by group and name, `weights/rnn.weight_ih_l0`. */
export interface LiveRun extends CaseDescription {
  readonly seed: number;
  readonly index: number;
  /** What stands before the parameters' names. */
  readonly prefix: string;
  readonly weight_scale: number;
  /** NaN and infinities are among the inputs. */
  readonly non_finite: boolean;
  /** Largest magnitude of all sums that activations take. */
  readonly largest_sum: number;
  readonly B: number;
  readonly values: ReadonlyMap<string, Tensor>;
}

interface Header {
  readonly tensors: readonly (readonly [name: string, dtype: string, shape: number[]])[];
}

/** What a header says, and the tensors by their names. */
export type Frame = Header & { readonly values: ReadonlyMap<string, Tensor> };

/** Starts a generator script of the fixtures and reads its frames; the process ends with the iteration. */
export async function* streamFrames(
  script: string,
  args: readonly (string | number)[],
): AsyncGenerator<Frame> {
  const path = join(fixtures, "generate", script);
  const child = spawn(python, [path, ...args.map(String)], { env: environment });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("close", resolve);
    child.on("error", reject);
  });
  const bytes = new ByteQueue(child.stdout);
  try {
    for (;;) {
      const length = await bytes.take(4);
      if (length === null) break;
      yield await readFrame(bytes, new DataView(length.buffer).getUint32(0, true));
    }
    const code = await ended;
    if (code !== 0) throw new Error(`${script} ended with ${String(code)}: ${stderr}`);
  } finally {
    child.kill();
  }
}

/** The header of `length` bytes and the tensors it lists. */
async function readFrame(bytes: ByteQueue, length: number): Promise<Frame> {
  const text = new TextDecoder().decode(await bytes.need(length));
  const header = JSON.parse(text) as Header;
  const values = new Map<string, Tensor>();
  for (const [name, dtype, shape] of header.tensors) {
    if (!isDType(dtype)) throw new Error(`${name} comes as ${dtype}`);
    const data = await bytes.need(elementCount(shape) * byteWidth(dtype));
    values.set(name, { dtype, shape, data: decodeValues(data, dtype) });
  }
  return { ...header, values };
}

/** Bytes of a stream in pieces of a wanted length. */
class ByteQueue {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(stream: AsyncIterable<Buffer>) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  /** The next `length` bytes in a buffer of their own; null when the stream ended before the first of them. */
  async take(length: number): Promise<Uint8Array<ArrayBuffer> | null> {
    const taken = new Uint8Array(length);
    for (let filled = 0; filled < length;) {
      if (this.#rest.length === 0 && !(await this.#refill())) {
        if (filled === 0) return null;
        throw new Error(`the stream ended ${length - filled} bytes early`);
      }
      const part = this.#rest.subarray(0, length - filled);
      taken.set(part, filled);
      filled += part.length;
      this.#rest = this.#rest.subarray(part.length);
    }
    return taken;
  }

  async need(length: number): Promise<Uint8Array> {
    const taken = await this.take(length);
    if (taken === null) throw new Error("the stream ended within a frame");
    return taken;
  }

  /** Waits for the next chunk; false at the end of the stream. */
  async #refill(): Promise<boolean> {
    const next = await this.#chunks.next();
    if (next.done === true) return false;
    this.#rest = next.value;
    return true;
  }
}

/**
 * Random runs of a seed. `orders`: how often PyTorch computes the float32 results of each with its sums in another
 * order; where it is not 0, the same results come with every sum one term after another. `indices`: single ones, or a range as `0-399`.
 */
export function streamRuns(
  seed: number,
  orders: number,
  indices: readonly (number | string)[],
): AsyncGenerator<LiveRun> {
  const args = [seed, orders, ...indices];
  return streamFrames("random_runs.py", args) as AsyncGenerator<Frame & LiveRun>;
}
