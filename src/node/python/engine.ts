/**
 * PyTorch and Keras in the user's interpreter as reference engines: one warm process each, started when it is needed.
 */
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { CancelledError, isUnrollError } from "../../core/errors";
import type { RunControl } from "../../core/control";
import { text } from "../../core/text";
import {
  engineTitles,
  type EngineChoice,
  type ReferenceEngine,
  type ReferenceOutcome,
  type ReferenceRequest,
  type ReferenceUnavailable,
} from "../../reference/engine";
import { kerasAnswer, torchAnswer, type Answered } from "../../reference/python/answer";
import { unavailable } from "../../reference/python/failures";
import { kerasRequest } from "../../reference/python/kerasRequest";
import { torchRequest } from "../../reference/python/torchRequest";
import type { PythonAnswer, PythonRequest, TorchHeader } from "../../reference/python/wire";
import { pathOf } from "../files";
import { PythonError, PythonProcess, type PythonOptions, type PythonReply } from "./process";

/** How often work that is under way looks up whether it is to stop. */
const checkMs = 50;
/** A process that nobody asks anything for so long ends; it holds some hundred megabytes. */
const idleMs = 10 * 60_000;
const defaultSeconds = 120;

/** What an engine is made with; a choice may say otherwise, and the rest has defaults. */
export type PythonEngineOptions = Pick<PythonOptions, "script" | "onOutput"> &
  Partial<Pick<PythonOptions, "storage" | "limitSeconds">>;

/** The script that a process runs: in `python/` beside a bundle, or in the first folder above that has it. */
export function servingScript(from: string): string {
  const script = join(from, "python", "unroll_serve.py");
  const above = dirname(from);
  return above === from || existsSync(script) ? script : servingScript(above);
}

/** The engines that live in a Python process. */
export type PythonEngineId = "pytorch" | "keras";

export class PythonEngine implements ReferenceEngine {
  readonly id: PythonEngineId;
  readonly #options: PythonEngineOptions;
  #kept: { readonly process: Promise<PythonProcess>; readonly abort: AbortController } | null =
    null;
  #idle: NodeJS.Timeout | undefined;
  /** The question before: each waits for it. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(id: PythonEngineId, options: PythonEngineOptions) {
    this.id = id;
    this.#options = options;
  }

  run(request: ReferenceRequest, control: RunControl): Promise<ReferenceOutcome> {
    const run = this.#last.then(() => this.#run(request, control));
    this.#last = run.catch(() => undefined);
    return run;
  }

  async dispose(): Promise<void> {
    clearTimeout(this.#idle);
    const kept = this.#kept;
    this.#kept = null;
    kept?.abort.abort();
    const python = await kept?.process.catch(() => null);
    await python?.dispose();
  }

  async #run(request: ReferenceRequest, control: RunControl): Promise<ReferenceOutcome> {
    control.check();
    const { interpreter, withheld } = request.choice;
    if (withheld !== undefined) return unavailable(this.id, { of: withheld });
    if (interpreter === undefined || interpreter === "") {
      return unavailable(this.id, { of: "not-chosen" });
    }
    const asked = this.#request(request);
    if ("kind" in asked) return asked;
    try {
      const { storage, limitSeconds } = this.#optionsOf(request.choice);
      const options = { ...this.#options, interpreter, storage, limitSeconds };
      return this.#answer(request, asked, await this.#ask(options, asked, control));
    } catch (error) {
      if (error instanceof PythonError) return unavailable(this.id, error.failure);
      throw error;
    }
  }

  /** What is asked; an outcome where the engine does not take the run. */
  #request({ inputs, choice, file }: ReferenceRequest): PythonRequest | ReferenceUnavailable {
    if (this.id === "pytorch") return torchRequest(inputs, choice);
    const format = file?.format;
    if (file === null || (format !== "keras" && format !== "hdf5")) {
      const sentence = text(
        "Keras runs models in .keras and .h5 files; the weights lie in another",
      );
      return this.#unsupported(sentence);
    }
    try {
      const { module, location } = file;
      return kerasRequest(inputs, { path: pathOf(location), format, module }, choice);
    } catch (error) {
      if (isUnrollError(error)) return this.#unsupported(error.text);
      throw error;
    }
  }

  #unsupported(sentence: ReferenceUnavailable["sentence"]): ReferenceUnavailable {
    return { kind: "unavailable", engine: this.id, why: "unsupported", sentence, remedy: null };
  }

  #answer(
    { inputs }: ReferenceRequest,
    { header }: PythonRequest,
    { header: answer, tensors, milliseconds }: PythonReply & { readonly milliseconds: number },
  ): ReferenceOutcome {
    const answered: Answered = {
      answer: answer as unknown as PythonAnswer,
      tensors,
      milliseconds,
    };
    return this.id === "keras"
      ? kerasAnswer(inputs, answered)
      : torchAnswer(inputs, header as TorchHeader, answered);
  }

  /** Asks the process, which a cancelled question ends. @throws PythonError, CancelledError. */
  async #ask(
    options: PythonOptions,
    request: PythonRequest,
    control: RunControl,
  ): Promise<PythonReply & { readonly milliseconds: number }> {
    clearTimeout(this.#idle);
    const activity = text("{0} computes the run", engineTitles[this.id]);
    control.report(0, text("Starting {0}", engineTitles[this.id]));
    const stop = watch(control, () => void this.dispose());
    try {
      const python = await this.#ensure(options);
      stop.check();
      const started = performance.now();
      const reply = await python.ask(request, (fraction) => {
        control.report(fraction, activity);
      });
      return { ...reply, milliseconds: performance.now() - started };
    } catch (error) {
      stop.check();
      throw error;
    } finally {
      stop.end();
      this.#rest();
    }
  }

  /** The process that is kept, else a new one. @throws PythonError. */
  async #ensure(options: PythonOptions): Promise<PythonProcess> {
    const kept = await this.#kept?.process.catch(() => null);
    if (kept?.alive === true && kept.fits(options)) return kept;
    await kept?.dispose();
    const abort = new AbortController();
    const process = PythonProcess.start(options, abort.signal);
    this.#kept = { process, abort };
    return process;
  }

  #optionsOf({
    storage,
    limitSeconds,
  }: EngineChoice): Pick<PythonOptions, "storage" | "limitSeconds"> {
    return {
      storage: storage ?? this.#options.storage ?? tmpdir(),
      limitSeconds: limitSeconds ?? this.#options.limitSeconds ?? defaultSeconds,
    };
  }

  /** Nothing is asked now. The timer keeps no program from ending. */
  #rest(): void {
    this.#idle = setTimeout(() => void this.dispose(), idleMs);
    this.#idle.unref();
  }
}

/** Calls `stop` once a control says so; `check` throws what it said. */
function watch(control: RunControl, stop: () => void): { check(): void; end(): void } {
  let cancelled: { readonly with: Error } | null = null;
  const timer = setInterval(() => {
    if (cancelled !== null) return;
    try {
      control.check();
    } catch (error) {
      cancelled = { with: error instanceof Error ? error : new CancelledError() };
      stop();
    }
  }, checkMs);
  return {
    check: () => {
      if (cancelled !== null) throw cancelled.with;
      control.check();
    },
    end: () => {
      clearInterval(timer);
    },
  };
}
