/**
 * One Python process that runs `python/unroll_serve.py`: started, asked one thing at a time, and ended for certain.
 *
 * It leads a process group of its own, which is killed as a whole; where we are killed, it ends at the end of its input.
 */
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { randomUUID } from "node:crypto";
import type { PythonFailure } from "../../reference/python/failures";
import type { PythonRefusal, PythonRequest } from "../../reference/python/wire";
import type { Tensor } from "../../tensor/tensor";
import { encodeFrame, FrameReader, ProtocolError, type Frame } from "./frames";
import { packTensors, removeAll, unpackTensors } from "./payload";
import { makeScratch, removeScratch } from "./scratch";
import { ErrorTail } from "./errorTail";

/** Milliseconds that the pipes of a process that has ended stay open: others may hold them. */
const pipeMs = 500;
const oldest = [3, 8] as const;

export interface PythonOptions {
  /** Path of the interpreter. */
  readonly interpreter: string;
  /** Path of `unroll_serve.py`. */
  readonly script: string;
  /** Folder in which the process gets one of its own. */
  readonly storage: string;
  /** Seconds that the interpreter has to say that it is one. */
  readonly limitSeconds: number;
  /** Receives what packages print, a bounded part of it. */
  readonly onOutput?: (output: string) => void;
}

/** A process that gave no answer. */
export class PythonError extends Error {
  readonly failure: PythonFailure;

  constructor(failure: PythonFailure) {
    super(failure.of);
    this.failure = failure;
  }
}

/** What a process answered. */
export interface PythonReply {
  readonly header: Frame["header"];
  readonly tensors: ReadonlyMap<string, Tensor>;
}

interface Waiting {
  readonly id: number;
  readonly settle: (frame: Frame) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: (fraction: number) => void;
}

export class PythonProcess {
  readonly #options: PythonOptions;
  readonly #folder: string;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #reader: FrameReader;
  readonly #errors: ErrorTail;
  readonly #ended: Promise<void>;
  #greet: ((failure: PythonFailure | null) => void) | null = null;
  #failure: PythonFailure | null = null;
  #waiting: Waiting | null = null;
  #requests = 0;

  private constructor(options: PythonOptions, folder: string) {
    const token = `unroll-${randomUUID()}`;
    this.#options = options;
    this.#folder = folder;
    this.#reader = new FrameReader(token);
    this.#errors = new ErrorTail(options.onOutput);
    this.#child = spawn(options.interpreter, [options.script, token, folder], {
      cwd: folder,
      detached: process.platform !== "win32",
      windowsHide: true,
      env: { ...process.env, PYTHONIOENCODING: "utf-8" },
    });
    this.#ended = this.#listen();
  }

  /** Starts an interpreter and waits until it says that it is one, or `signal` ends it. @throws PythonError. */
  static async start(options: PythonOptions, signal: AbortSignal): Promise<PythonProcess> {
    const folder = await makeScratch(options.storage).catch((error: unknown) => {
      throw new PythonError({ of: "no-folder", code: codeOf(error) });
    });
    const made = new PythonProcess(options, folder);
    const end = (): void => void made.dispose();
    if (signal.aborted) end();
    signal.addEventListener("abort", end);
    try {
      await made.#greeted();
      return made;
    } catch (error) {
      await made.#ended;
      throw error;
    }
  }

  /** False once it has ended or is about to. */
  get alive(): boolean {
    return this.#failure === null;
  }

  /** True where a process with these options would be the same one. */
  fits({ interpreter, storage, limitSeconds }: PythonOptions): boolean {
    const own = this.#options;
    return (
      own.interpreter === interpreter &&
      own.storage === storage &&
      own.limitSeconds === limitSeconds
    );
  }

  /**
   * Asks; another question is to wait until this one is settled.
   * @throws PythonError when there is no answer; the process is ended unless it has refused.
   */
  async ask(
    { header, tensors }: PythonRequest,
    onProgress: (fraction: number) => void,
  ): Promise<PythonReply> {
    const { limitSeconds } = this.#options;
    const id = ++this.#requests;
    const packed = await packTensors(tensors, this.#folder, id).catch((error: unknown) => {
      throw new PythonError({ of: "no-folder", code: codeOf(error) });
    });
    const timer = setTimeout(() => {
      this.#fail({ of: "timed-out", seconds: limitSeconds });
    }, limitSeconds * 1000);
    try {
      const frame = await new Promise<Frame>((settle, reject) => {
        if (this.#failure !== null) throw new PythonError(this.#failure);
        this.#waiting = { id, settle, reject, onProgress };
        const frameHeader = { ...header, id, limit: limitSeconds, tensors: packed.entries };
        for (const part of encodeFrame(frameHeader, packed.parts)) this.#child.stdin.write(part);
      });
      return await this.#reply(frame);
    } finally {
      clearTimeout(timer);
      this.#waiting = null;
      await removeAll(packed.files);
    }
  }

  /** Ends the process and removes its folder; an open question is rejected as ended. */
  async dispose(): Promise<void> {
    this.#fail({ of: "died", code: null, signal: "SIGTERM", line: null });
    await this.#ended;
  }

  async #reply(frame: Frame): Promise<PythonReply> {
    const refusal = frame.header["error"];
    if (refusal !== undefined) {
      const path = this.#options.interpreter;
      throw new PythonError({ of: "refused", path, refusal: refusal as PythonRefusal });
    }
    try {
      return { header: frame.header, tensors: await unpackTensors(frame, this.#folder) };
    } catch {
      const failure: PythonFailure = { of: "broken", line: this.#errors.lastLine };
      this.#fail(failure);
      throw new PythonError(failure);
    }
  }

  #greeted(): Promise<void> {
    const { interpreter: path, limitSeconds: seconds } = this.#options;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#fail({ of: "timed-out", seconds });
      }, seconds * 1000);
      this.#greet = (failure) => {
        clearTimeout(timer);
        this.#greet = null;
        if (failure === null) resolve();
        else reject(new PythonError(beforeGreeting(failure, path, this.#said())));
      };
      if (this.#failure !== null) this.#greet(this.#failure);
    });
  }

  /** The last line that something other than Python has said. */
  #said(): string | null {
    const lines = this.#reader.rest.subarray(-400).toString("utf8").trim().split("\n");
    return this.#errors.lastLine ?? lines.filter((line) => line !== "").at(-1) ?? null;
  }

  #listen(): Promise<void> {
    const { stdin, stdout, stderr } = this.#child;
    // The end of the process tells why it does not read any more.
    stdin.on("error", () => undefined);
    stdout.on("data", (bytes: Buffer) => {
      this.#take(bytes);
    });
    stderr.on("data", (bytes: Buffer) => {
      this.#errors.push(bytes);
    });
    return new Promise((resolve) => {
      const end = (failure: PythonFailure): void => {
        this.#fail(failure);
        void removeScratch(this.#folder).then(resolve);
      };
      this.#child.on("error", (error) => {
        end({ of: "not-started", path: this.#options.interpreter, code: codeOf(error) });
      });
      this.#child.on("exit", () => {
        setTimeout(() => {
          stdout.destroy();
          stderr.destroy();
        }, pipeMs);
      });
      this.#child.on("close", (code, signal) => {
        end({ of: "died", code, signal, line: this.#errors.lastLine });
      });
    });
  }

  #take(bytes: Buffer): void {
    if (this.#failure !== null) return;
    try {
      this.#reader.push(
        bytes,
        (header) => {
          this.#welcome(header);
        },
        (frame) => {
          this.#accept(frame);
        },
      );
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#fail({ of: "broken", line: this.#errors.lastLine });
    }
  }

  #welcome({ python }: Frame["header"]): void {
    const version = String(python);
    const [major = 0, minor = 0] = version.split(".").map(Number);
    const isOld = major < oldest[0] || (major === oldest[0] && minor < oldest[1]);
    const { interpreter: path } = this.#options;
    if (isOld) this.#fail({ of: "old-python", path, version });
    else this.#greet?.(null);
  }

  #accept(frame: Frame): void {
    const waiting = this.#waiting;
    if (waiting === null || frame.header["id"] !== waiting.id) {
      throw new ProtocolError("an answer that nobody asked for");
    }
    const { progress } = frame.header;
    if (typeof progress === "number") waiting.onProgress(progress);
    else waiting.settle(frame);
  }

  /** The first failure counts. Ends the whole group. */
  #fail(failure: PythonFailure): void {
    if (this.#failure !== null) return;
    this.#failure = failure;
    endGroup(this.#child);
    this.#greet?.(failure);
    this.#waiting?.reject(new PythonError(failure));
  }
}

/** What has failed before it greeted is no interpreter, unless it could not be started, took too long, or is too old. */
function beforeGreeting(failure: PythonFailure, path: string, said: string | null): PythonFailure {
  const isOther = failure.of === "died" || failure.of === "broken";
  return isOther ? { of: "not-python", path, said } : failure;
}

function endGroup({ pid }: ChildProcessWithoutNullStreams): void {
  if (pid === undefined) return;
  if (process.platform === "win32") {
    spawn("taskkill", ["/pid", String(pid), "/T", "/F"], { windowsHide: true, stdio: "ignore" });
    return;
  }
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
