/**
 * What the files of a case take over from the run that it is made of.
 */
import type { ArchiveFormat } from "../../formats/base/names";
import type { RecurrentConfig } from "../../model/config";
import { gateActivationOption } from "../../model/variant";
import type { Precision, RunOptions, RunSpec } from "../../run/spec/spec";

export interface CaseSource {
  readonly spec: RunSpec;
  readonly precision: Precision;
  /** Of the weights file. */
  readonly format: ArchiveFormat;
  /** The tensors of the weights file by parameter; null where it holds them otherwise than torch.nn has them. */
  readonly weightNames: ReadonlyMap<string, string> | null;
}

/** The options that make a run of the module's own weights compute as this one does. */
export function optionsOf(config: RecurrentConfig, { spec, precision }: CaseSource): RunOptions {
  const { cell, variant } = config;
  const { resetAfter, gateActivation, clip, coupledInputForget } = variant;
  return {
    batchFirst: config.batchFirst,
    ...(cell === "RNN" ? { nonlinearity: config.nonlinearity } : {}),
    ...(spec.options?.precision === undefined ? {} : { precision }),
    ...(cell === "GRU" && !resetAfter ? { resetAfter } : {}),
    ...(cell !== "RNN" && gateActivation.kind !== "sigmoid"
      ? { gateActivation: gateActivationOption(gateActivation) }
      : {}),
    ...(clip === null ? {} : { clip }),
    ...(cell === "LSTM" && coupledInputForget ? { coupledInputForget } : {}),
    ...(config.reverseOnly === true ? { reverse: true } : {}),
  };
}

/** The tolerance of the run, where it has one of its own. */
export function toleranceOf({ spec: { tolerance = {} } }: CaseSource): Pick<RunSpec, "tolerance"> {
  return Object.keys(tolerance).length === 0 ? {} : { tolerance };
}
