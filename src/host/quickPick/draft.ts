/**
 * The choices of the palette flow so far, and the run that they make.
 */
import { NotFoundError } from "../../core/errors";
import type { ModuleMap } from "../../model/assign/map";
import { lookAlike } from "../../model/find/lookAlike";
import type { ModuleView } from "../../protocol/run/workerMessages";
import type { RunSpec } from "../../run/spec/spec";
import type { Shape } from "../../tensor/tensor";
import { text } from "../../core/text";
import { defined } from "../base/defined";
import {
  sequenceShapeOf,
  withImpliedBatch,
  type Candidate,
  type Companions,
  type ReferenceChoice,
  type TensorChoice,
} from "./rank";

export interface Draft {
  readonly weights?: Candidate;
  readonly module?: ModuleView;
  /** What the module was made of by hand. */
  readonly map?: ModuleMap;
  /** The tensor and the file it lies in. */
  readonly input?: { readonly candidate: Candidate; readonly choice: TensorChoice };
  /** States and lengths to use; `{}` for none. */
  readonly companions?: Companions;
  /** null for none. */
  readonly reference?: ReferenceChoice | null;
  /** True where a run without a reference is of no use. */
  readonly needsReference?: boolean;
}

/** A draft with its weights. @throws NotFoundError when the file has no recurrent module. */
export function draftOf(weights: Candidate): Draft & { readonly weights: Candidate } {
  const { modules } = weights.archive;
  const [module, ...others] = modules;
  if (module === undefined) throw noModule(weights);
  return others.length === 0 ? { weights, module } : { weights };
}

/** That a file has no recurrent module, and what its tensors look like. */
export function noModule({ archive: { file, entries } }: Candidate): NotFoundError {
  const { looksLike, text: look, remedies } = lookAlike(entries);
  return new NotFoundError(
    file,
    text("no recurrent module found: {0}", look),
    entries.map(({ name }) => name),
    { data: { file, looksLike }, remedies: [...remedies, { do: "assign", file }] },
  );
}

/** The run of a draft; undefined when its weights, module or input are still open. */
export function specOf(draft: Draft): RunSpec | undefined {
  const { weights, module, map, input } = draft;
  if (weights === undefined || module === undefined || input === undefined) return undefined;
  const spec = {
    weights: map === undefined ? weightsOf(weights, module) : { file: weights.location, map },
    input: input.choice.ref,
    ...refsOf(draft),
  };
  return withImpliedBatch(spec, module.config, inputShape(draft), batchedShapes(draft));
}

/** The shape of what layer 0 reads; [] while the input is open. */
export function inputShape({ module, input }: Draft): Shape {
  if (module === undefined || input === undefined) return [];
  return sequenceShapeOf(module.config, input.choice.entry, module.embedding !== null);
}

/** A file's only module needs no name. */
export function weightsOf(weights: Candidate, module: ModuleView): RunSpec["weights"] {
  const file = weights.location;
  return weights.archive.modules.length > 1 ? { file, module: module.prefix } : { file };
}

function refsOf({ companions = {}, reference }: Draft): Omit<RunSpec, "weights" | "input"> {
  const { h0, c0, lengths } = companions;
  return defined({
    h0: h0?.ref,
    c0: c0?.ref,
    lengths: lengths?.ref,
    reference: reference?.reference,
  });
}

/** Shapes in which the place of the batch axis is known. */
function batchedShapes({ companions, reference }: Draft): { state?: Shape; lengths?: Shape } {
  const finalState = reference?.entries.h_n ?? reference?.entries.c_n;
  return defined({
    state: (companions?.h0 ?? companions?.c0)?.entry.shape ?? finalState?.shape,
    lengths: companions?.lengths?.entry.shape,
  });
}
