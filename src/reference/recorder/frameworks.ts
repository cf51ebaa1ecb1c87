/**
 * The frameworks that there are recorders for, and what is asked and answered about one.
 */
import { UnsupportedError } from "../../core/errors";
import { text, type Text } from "../../core/text";
import type { ArchiveFormat } from "../../formats/base/names";
import type { RecurrentConfig } from "../../model/config";
import type { RunSpec } from "../../run/spec/spec";

/** Frameworks that there is a recorder for. */
export const recorderFrameworks = ["pytorch", "keras", "flax"] as const;
export type RecorderFramework = (typeof recorderFrameworks)[number];

export const recorderTitles: Readonly<Record<RecorderFramework, string>> = {
  pytorch: "PyTorch",
  keras: "Keras",
  flax: "JAX/Flax",
};

/** The module that a script is written for. */
export interface RecordedModule {
  readonly config: RecurrentConfig;
  /** Probability between layers in training; null where it is not known. */
  readonly dropout: number | null;
  /** Prefix of its tensors: for Keras the names of its layers. */
  readonly prefix: string;
  /** Path of the weights file from the folder of the script. */
  readonly file: string;
  readonly format: ArchiveFormat;
  /** The tensors of the file by parameter; null where it holds them otherwise than torch.nn has them. */
  readonly weightNames: ReadonlyMap<string, string> | null;
}

export interface RecorderRequest {
  readonly framework: RecorderFramework;
  readonly isNotebook: boolean;
  /** What recordings are called, without an ending. */
  readonly stem: string;
}

/** The part of a run that a script is written for. */
export type RecordedRun = Pick<RunSpec, "weights" | "options">;

/** What is asked about a run. */
export interface RecorderQuestion extends RecorderRequest {
  /** Path of the weights file from the folder of the script. */
  readonly weights: string;
}

export interface RecorderScript {
  /** Python, or the JSON of a notebook. */
  readonly content: string;
  /** Files that it writes beside itself. */
  readonly writes: { readonly tensors: string; readonly runFile: string };
  /** What is to be done with it, one sentence each. */
  readonly lines: readonly Text[];
}

/** A part of a script, a cell of its notebook. */
export interface ScriptPart {
  readonly title: string;
  /** Python without a newline at its end. */
  readonly code: string;
}

/** @throws UnsupportedError for a cell whose steps are none of the framework's. */
export function refuseVariant(framework: RecorderFramework): never {
  throw new UnsupportedError(
    recorderTitles[framework],
    text("it has no such module, so there is nothing to record; choose another framework"),
  );
}
