/**
 * Cases that are made of a run: a better test, and the smallest one that fails.
 */
import type { RunControl } from "../core/control";
import { NotFoundError } from "../core/errors";
import { text } from "../core/text";
import type { CaseSource } from "../diagnosis/cases/source";
import type { MadeProbe, ProbeRequest } from "../diagnosis/probe/probeFiles";
import type { MadeReduction } from "../diagnosis/reduce/reducedFiles";
import type { RunInputs } from "../run/inputs";
import type { ArchiveFiles } from "../run/load/tensors/chooseTensor";
import type { RunSpec } from "../run/spec/spec";
import { asGiven, readGiven, type Given } from "./given";

/** @throws CancelledError when `control` says so; UnsupportedError for a chaotic module. */
export async function probeInputs(
  inputs: RunInputs,
  given: Given,
  request: ProbeRequest,
  control: RunControl,
): Promise<MadeProbe> {
  const { probeRun } = await import("../diagnosis/doctor");
  return probeRun(asGiven(inputs, given), sourceOf(given), request, control);
}

/** null where nothing explains the reference. @throws as `probeInputs`. */
export async function reduceInputs(
  inputs: RunInputs,
  given: Given,
  control: RunControl,
): Promise<MadeReduction | null> {
  const { reduceRun } = await import("../diagnosis/doctor");
  return reduceRun(asGiven(inputs, given), given.own, sourceOf(given), control);
}

/** Of a run that no session holds. @throws as `readGiven` and `probeInputs`. */
export async function probeSpec(
  spec: RunSpec,
  request: ProbeRequest,
  files: ArchiveFiles,
  control: RunControl,
): Promise<MadeProbe> {
  const { inputs, given } = await readGiven(spec, files, control);
  return probeInputs(inputs, given, request, control);
}

/** As `reduceInputs`, of a run that no session holds. @throws as `readGiven` as well. */
export async function reduceSpec(
  spec: RunSpec,
  files: ArchiveFiles,
  control: RunControl,
): Promise<MadeReduction | null> {
  const { inputs, given } = await readGiven(spec, files, control);
  return reduceInputs(inputs, given, control);
}

function sourceOf({ source, names }: Given): CaseSource {
  if (source !== null) return source;
  throw new NotFoundError(names.weightsFile, text("the run was not read from files"));
}
