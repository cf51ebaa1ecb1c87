/**
 * A run as its files have it: what the diagnosis takes of them, beside what the run computes with.
 */
import type { RunControl } from "../core/control";
import type { CaseSource } from "../diagnosis/cases/source";
import type { FixNames } from "../diagnosis/fixes/fix";
import type { RunInputs } from "../run/inputs";
import type { ArchiveFiles } from "../run/load/tensors/chooseTensor";
import { loadRun, type LoadedRun } from "../run/load/load";
import { loadOwn, type LoadedOwn } from "../run/load/own";
import { runInputsOf } from "../run/load/runInputs";
import type { RunSpec } from "../run/spec/spec";
import { settledRun } from "./readings";

export interface Given {
  /** Before axes of size 1 were taken out or put in; null for what the run has. */
  readonly reference: RunInputs["reference"] | null;
  /** The same of the user's own output; null where there is none. */
  readonly own: RunInputs["reference"] | null;
  readonly names: FixNames;
  /** null for a run that was not read from files. */
  readonly source: CaseSource | null;
}

/** Of a run that was not read from files. */
export function notGiven(weightsFile: string): Given {
  return { reference: null, own: null, names: { weightsFile, prefix: "" }, source: null };
}

export function givenOf(
  spec: RunSpec,
  { givenReference, weightsFile, weights, module, precision }: LoadedRun,
  own: LoadedOwn | null,
): Given {
  const { prefix } = module;
  const entries = [...module.entries];
  const named = new Map(entries.map(([name, entry]) => [name, entry.name]));
  const isAsStored = entries.every(([, { origin }]) => origin === undefined);
  return {
    reference: givenReference,
    own: own?.run.givenReference ?? null,
    names: {
      weightsFile,
      prefix,
      tensorNames: new Map([...named].filter(([name, stored]) => stored !== prefix + name)),
    },
    source: { spec, precision, format: weights.format, weightNames: isAsStored ? named : null },
  };
}

/** What a run computes with, and its references as their files have them: a missing axis is a mistake as well. */
export function asGiven(inputs: RunInputs, { reference }: Given): RunInputs {
  return { ...inputs, reference: reference ?? inputs.reference };
}

/** A run that no session holds: nothing but its files is read. @throws the readers' errors, ShapeError, CancelledError. */
export async function readGiven(
  written: RunSpec,
  files: ArchiveFiles,
  control: RunControl,
): Promise<{ readonly inputs: RunInputs; readonly given: Given }> {
  const { spec } = await settledRun(written, files, control);
  const loaded = await loadRun(spec, files);
  const own = await loadOwn(spec, loaded, files);
  control.check();
  return { inputs: await runInputsOf(loaded, spec), given: givenOf(spec, loaded, own) };
}
