/**
 * What an engine that is not ours is asked, and what it answers: the contract of every live or embedded reference.
 *
 * Everything here is plain data but for `ReferenceEngine` itself, so that it crosses between threads.
 */
import type { RunControl } from "../core/control";
import type { Text } from "../core/text";
import type { NamedState } from "../model/stateNames";
import type { RunInputs } from "../run/inputs";
import type { LoadedGraph } from "../run/load/graph/fromGraph";
import type { ResultName } from "../run/references";
import type { EngineId } from "../run/spec/engineIds";
import type { Tensor } from "../tensor/tensor";

export type { EngineId } from "../run/spec/engineIds";

/** The names of the engines, which no language translates. */
export const engineTitles: Readonly<Record<EngineId, string>> = {
  onnxruntime: "ONNX Runtime",
  pytorch: "PyTorch",
  keras: "Keras",
};

/** Which engine, and what it is told; what is left out is the engine's own choice. Survives `postMessage`. */
export interface EngineChoice {
  readonly id: EngineId;
  /** That of the run when not given: float64 for a run in float64, else float32. */
  readonly dtype?: "float32" | "float64";
  /** "cpu" when not given. */
  readonly device?: "cpu" | "gpu";
  /** Whether a GPU may round the factors of float32 products to 10 bits; false when not given. */
  readonly tf32?: boolean;
  /** Path of the interpreter, of engines that need one. Only the host may set it, and never in Restricted Mode. */
  readonly interpreter?: string;
  /** Path of a folder for what is too large for a message, of engines that need one. */
  readonly storage?: string;
  /** Seconds that an answer may take, of engines that can hang. */
  readonly limitSeconds?: number;
  /** Why the engine must not be started. */
  readonly withheld?: "untrusted";
}

/** The file that the weights of a run came from, for engines that can run it as it is. */
export interface ModelFile {
  /** A path or a URI, as the run has it. */
  readonly location: string;
  /** Name of the format, as archives have it: `onnx`, `keras`, `pytorch`, … */
  readonly format: string;
  /** The prefix of the run's module in it. */
  readonly module: string;
}

/** A run to be computed. */
export interface ReferenceRequest {
  readonly choice: EngineChoice;
  /** The run in memory: configuration, parameters by PyTorch's names, input, states, lengths and layers around it. */
  readonly inputs: RunInputs;
  readonly file: ModelFile | null;
  /** The whole model, where the run's input is the model's own. */
  readonly graph?: LoadedGraph | null;
}

/** A state or gate of every step, time-major: (T, B, P) of h, (T, B, H) of others, in the input's order of time. */
export interface AnsweredState extends NamedState {
  readonly tensor: Tensor;
}

/** ‖∂L/∂h_t‖₂ of one direction of one layer, (T, B), where L is the sum of the output, of all steps or of the last. */
export interface AnsweredGradient extends Pick<NamedState, "layer" | "direction"> {
  readonly loss: "sum" | "last";
  readonly norms: Tensor;
}

/** A part of the run that an engine did not give, and why. */
export interface NotCovered {
  /** `h`, `c`, `gates`, or the name of a result. */
  readonly what: string;
  readonly reason: Text;
}

/** What an engine computed. */
export interface ReferenceAnswer {
  readonly kind: "answer";
  readonly engine: EngineId;
  /** As the engine says it, e.g. `1.30.0`. */
  readonly version: string;
  readonly dtype: "float32" | "float64";
  /** How and on what it computed, e.g. `WASM, CPU` or `cuda:0, TF32 off`; names, not sentences. */
  readonly device: string;
  /** The results, each in the layout in which a file of the run has it (batchFirst, unbatched). */
  readonly tensors: Readonly<Partial<Record<ResultName, Tensor>>>;
  /** Any part of the states and gates inside the layers; those in padding are not read. */
  readonly states: readonly AnsweredState[];
  /** Of engines that differentiate, where the run is small enough. */
  readonly gradients?: readonly AnsweredGradient[];
  readonly notCovered: readonly NotCovered[];
  /** What a user should know of the answer, one sentence each. */
  readonly notes: readonly Text[];
  /** That the engine took, without its start. */
  readonly milliseconds: number;
}

/** Why an engine gave no answer. A new kind is one more word here. */
export type UnavailableKind =
  /** It is not there: no interpreter, no package, no file of the engine. */
  | "missing"
  /** It is there in a version that is too old. */
  | "old"
  /** Nothing of the user's is executed here. */
  | "untrusted"
  /** It cannot run this run or this file. */
  | "unsupported"
  /** The run is too much for it: memory, size, time. */
  | "too-large"
  | "timed-out"
  /** It ended in the middle. */
  | "crashed"
  /** It refused, and said why. */
  | "failed";

/** An engine that gave no answer. The panel stays as it is and shows the sentence. */
export interface ReferenceUnavailable {
  readonly kind: "unavailable";
  readonly engine: EngineId;
  readonly why: UnavailableKind;
  /** One sentence. */
  readonly sentence: Text;
  /** What would help, as one sentence; null where nothing is known to. */
  readonly remedy: Text | null;
}

export type ReferenceOutcome = ReferenceAnswer | ReferenceUnavailable;

/** Something that computes runs and is not ours. It starts when it is first used, and may end when it is idle. */
export interface ReferenceEngine {
  readonly id: EngineId;
  /**
   * Computes a run. What goes wrong is an outcome, not an error.
   * @throws CancelledError when `control` says so.
   */
  run(request: ReferenceRequest, control: RunControl): Promise<ReferenceOutcome>;
  /** Ends its threads and processes; the next run would start them again. */
  dispose(): Promise<void>;
}

/** Makes an engine on the machine at hand; null where it cannot be there at all. */
export type CreateReferenceEngine = (
  id: EngineId,
  /** Receives what an engine prints, for the log. */
  onOutput?: (output: string) => void,
) => ReferenceEngine | null;
