/**
 * What is asked of ONNX Runtime, wherever it lives: a model and the values of its inputs, for some of its outputs.
 */
import type { RunControl } from "../../core/control";

/** Element types that cross. */
export type OnnxData =
  | { readonly type: "float32"; readonly data: Float32Array }
  | { readonly type: "float64"; readonly data: Float64Array }
  | { readonly type: "int32"; readonly data: Int32Array }
  | { readonly type: "int64"; readonly data: BigInt64Array }
  | { readonly type: "uint8"; readonly data: Uint8Array }
  | { readonly type: "bool"; readonly data: Uint8Array };

/** A value that goes in or comes out. */
export type OnnxTensor = OnnxData & { readonly dims: readonly number[] };

/** A model that is to be run once. */
export interface OnnxJob {
  readonly model: Uint8Array<ArrayBuffer>;
  readonly feeds: Readonly<Record<string, OnnxTensor>>;
  /** Names of the outputs that are wanted; all when not given. */
  readonly fetches?: readonly string[];
  /** Bytes of files that the model names, by the names that it has for them. */
  readonly external?: Readonly<Record<string, Uint8Array>>;
}

/** What it gave, or the words in which it refused. */
export type OnnxReply =
  | {
      readonly kind: "outputs";
      readonly outputs: Readonly<Record<string, OnnxTensor>>;
      readonly version: string;
      /** That the run took, without loading. */
      readonly milliseconds: number;
    }
  | { readonly kind: "refused"; readonly at: "load" | "run"; readonly message: string }
  /** It ended by itself; `message` is for the log. */
  | { readonly kind: "died"; readonly isOutOfMemory: boolean; readonly message: string }
  /** Its files are not there. */
  | { readonly kind: "missing"; readonly message: string };

/** ONNX Runtime, started when it is first used. */
export interface OnnxRuntime {
  /** @throws CancelledError when `control` says so; the runtime is ended then. */
  run(job: OnnxJob, control: RunControl): Promise<OnnxReply>;
  dispose(): Promise<void>;
}
