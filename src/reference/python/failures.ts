/**
 * Why a Python process has given no answer: one sentence each, and what would help.
 */
import { text, type Text } from "../../core/text";
import { engineTitles, type EngineId, type ReferenceUnavailable } from "../engine";
import type { PythonRefusal } from "./wire";

/** How a process ends or refuses. */
export type PythonFailure =
  /** The workspace is not trusted. */
  | { readonly of: "untrusted" }
  /** No path was given. */
  | { readonly of: "not-chosen" }
  /** The path cannot be started; `code` as the system has it. */
  | { readonly of: "not-started"; readonly path: string; readonly code: string }
  /** What was started did not say that it is Python. */
  | { readonly of: "not-python"; readonly path: string; readonly said: string | null }
  | { readonly of: "old-python"; readonly path: string; readonly version: string }
  | {
      readonly of: "died";
      readonly code: number | null;
      readonly signal: string | null;
      /** The last line of its standard error. */
      readonly line: string | null;
    }
  | { readonly of: "timed-out"; readonly seconds: number }
  /** What it wrote was no answer. */
  | { readonly of: "broken"; readonly line: string | null }
  | { readonly of: "no-folder"; readonly code: string }
  | { readonly of: "refused"; readonly path: string; readonly refusal: PythonRefusal };

type Said = Pick<ReferenceUnavailable, "why" | "sentence" | "remedy">;

/** A failure as the outcome of an engine. */
export function unavailable(engine: EngineId, failure: PythonFailure): ReferenceUnavailable {
  return { kind: "unavailable", engine, ...said(engine, failure) };
}

const chooseAnother = text(
  "choose another interpreter: the setting unroll.python.interpreter, or --python on the command line",
);
const again = text("run it again: the process is started anew");

type Sentences = {
  readonly [Of in PythonFailure["of"]]: (
    engine: EngineId,
    failure: PythonFailure & { readonly of: Of },
  ) => Said;
};

function said(engine: EngineId, failure: PythonFailure): Said {
  // The table has a function for each kind, which takes the failure of that kind.
  const make = sentences[failure.of] as (engine: EngineId, failure: PythonFailure) => Said;
  return make(engine, failure);
}

const sentences: Sentences = {
  untrusted: (engine) => ({
    why: "untrusted",
    sentence: text(
      "{0} is not run in Restricted Mode: nothing of yours is executed here",
      engineTitles[engine],
    ),
    remedy: text("trust the workspace, or compare with ONNX Runtime, which is embedded"),
  }),
  "not-chosen": (engine) => ({
    why: "missing",
    sentence: text("{0}: no Python interpreter is chosen", engineTitles[engine]),
    remedy: text(
      "select one with the Python extension, or give its path in the setting unroll.python.interpreter",
    ),
  }),
  "not-started": (_, { path, code }) => ({
    why: "missing",
    sentence:
      code === "ENOENT"
        ? text("{0}: there is no such Python interpreter", path)
        : text("{0}: the Python interpreter cannot be started ({1})", path, code),
    remedy: chooseAnother,
  }),
  "not-python": (_, { path, said: line }) => ({
    why: "missing",
    sentence:
      line === null
        ? text("{0} is no Python interpreter: it did not run our script", path)
        : text("{0} is no Python interpreter that runs our script; it said: {1}", path, line),
    remedy: chooseAnother,
  }),
  "old-python": (_, { path, version }) => ({
    why: "old",
    sentence: text("{0} is Python {1}; 3.8 or later is needed", path, version),
    remedy: chooseAnother,
  }),
  died: (engine, failure) => ({
    why: failure.signal === "SIGKILL" ? "too-large" : "crashed",
    sentence: text("{0}: {1}", engineTitles[engine], deathText(failure)),
    remedy: again,
  }),
  "timed-out": (engine, { seconds }) => ({
    why: "timed-out",
    sentence: text(
      "{0}: no answer within {1} seconds, so the process was ended",
      engineTitles[engine],
      seconds,
    ),
    remedy: text("raise unroll.python.timeLimit, shorten the sequence, or use fewer batch rows"),
  }),
  broken: (engine, { line }) => ({
    why: "crashed",
    sentence:
      line === null
        ? text("{0}: the Python process wrote something that is no answer", engineTitles[engine])
        : text(
            "{0}: the Python process wrote something that is no answer, and last said: {1}",
            engineTitles[engine],
            line,
          ),
    remedy: again,
  }),
  "no-folder": (engine, { code }) => ({
    why: "failed",
    sentence: text(
      "{0}: the folder for large tensors cannot be written ({1})",
      engineTitles[engine],
      code,
    ),
    remedy: text("make room there, or give Unroll's storage folder back its rights"),
  }),
  refused: (engine, { path, refusal }) => refusalText(engine, path, refusal),
};

function deathText({ code, signal, line }: PythonFailure & { readonly of: "died" }): Text {
  if (signal === "SIGKILL") {
    return text(
      "the Python process was ended by the system (SIGKILL), as it is where memory runs out",
    );
  }
  const how = signal === null ? text("exit code {0}", code ?? -1) : text("signal {0}", signal);
  return line === null
    ? text("the Python process ended in the middle ({0})", how)
    : text("the Python process ended in the middle ({0}): {1}", how, line);
}

/** By the code of a refusal; what has none is what a package has thrown. */
const refusals: Readonly<
  Record<string, (engine: EngineId, path: string, refusal: PythonRefusal) => Said>
> = {
  "no-package": (_, path, { package: name = "" }) => ({
    why: "missing",
    sentence: text("{0} has no package {1}", path, name),
    remedy: text(
      "install it there ({0}), or choose another interpreter",
      `${path} -m pip install ${name.split(",")[0] ?? name}`,
    ),
  }),
  "broken-package": (_, path, { package: name = "", message = "" }) => ({
    why: "missing",
    sentence: text("{0} has a package {1} that does not load: {2}", path, name, message),
    remedy: text("install it anew, or choose another interpreter"),
  }),
  "old-package": (_, path, { package: name = "", version = "", needed = "", lacks = "" }) => ({
    why: "old",
    sentence: text(
      "{0} has {1} {2}, which lacks {3}; {4} or later is needed",
      path,
      name,
      version,
      lacks,
      needed,
    ),
    remedy: text("install a later one there, or choose another interpreter"),
  }),
  "no-device": (_, path, { device = "", version = "" }) => ({
    why: "missing",
    sentence: text("PyTorch {0} of {1} finds no GPU here ({2})", version, path, device),
    remedy: text("compute on the CPU, or install a PyTorch that is built for the GPU"),
  }),
  "no-float64": (_, __, { device = "", version = "" }) => ({
    why: "unsupported",
    sentence: text("PyTorch {0} has no float64 on {1}", version, device),
    remedy: text("compute on the CPU, or in float32"),
  }),
  "out-of-memory": (engine, _, { message = "" }) => ({
    why: "too-large",
    sentence: text("{0}: out of memory: {1}", engineTitles[engine], message),
    remedy: text("shorten the sequence, or use fewer batch rows"),
  }),
  foreign: (_, __, { name = "" }) => ({
    why: "unsupported",
    sentence: text(
      "Keras: the model holds {0}, which is not one of Keras' own layers; such code is not run",
      name,
    ),
    remedy: text("record its values where the model is defined: Create Reference Recorder"),
  }),
  "no-model": () => ({
    why: "unsupported",
    sentence: text("Keras: the file holds weights alone, and no model that could be run"),
    remedy: text("save the whole model with model.save"),
  }),
  "no-layer": (_, __, { name = "" }) => ({
    why: "unsupported",
    sentence: text("Keras: the model has no layer {0} after loading", name),
    remedy: null,
  }),
  swapped: (_, __, { name = "" }) => ({
    why: "unsupported",
    sentence: text("Keras: the directions of {0} are exchanged, which is not compared", name),
    remedy: null,
  }),
  "bad-file": (_, __, { message = "" }) => ({
    why: "failed",
    sentence: text("Keras: the model file cannot be read: {0}", message),
    remedy: null,
  }),
  "not-loaded": (_, __, { message = "" }) => ({
    why: "failed",
    sentence: text("Keras does not load the model: {0}", message),
    remedy: text("load it with the version of Keras that saved it"),
  }),
};

function refusalText(engine: EngineId, path: string, refusal: PythonRefusal): Said {
  const known = Object.hasOwn(refusals, refusal.code) ? refusals[refusal.code] : undefined;
  return (
    known?.(engine, path, refusal) ?? {
      why: "failed",
      sentence: text("{0} refuses the run: {1}", engineTitles[engine], refusal.message ?? ""),
      remedy: null,
    }
  );
}
