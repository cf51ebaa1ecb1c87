/**
 * The shape check of a run with what would mend it, without running anything.
 */
import { noControl, type RunControl } from "../core/control";
import { baseName } from "../core/baseName";
import { LimitError } from "../core/errors";
import { clashFixes } from "../diagnosis/clashes/fixes";
import { trapsOf } from "../diagnosis/traps/traps";
import type { Archive } from "../formats/base/archive";
import { constructorLine } from "../model/config";
import { checkShapes } from "../model/shapes/check";
import type { ShapeCheck } from "../model/shapes/shapes";
import { shardHint } from "../model/shardName";
import type { RunCheck } from "../protocol/run/workerMessages";
import { besideOf } from "../run/load/besideOf";
import type { ArchiveFiles } from "../run/load/tensors/chooseTensor";
import { loadRun, type LoadedRun } from "../run/load/load";
import { loadOwn, type LoadedOwn } from "../run/load/own";
import { shapeInputsOf } from "../run/load/shapeInputs";
import { unreadReason } from "../run/load/unread";
import type { RunSpec } from "../run/spec/spec";

/** Files whose tensors are read only where they are small: what is checked in passing must not take long. */
export function smallTensors(files: ArchiveFiles, maxBytes: number): ArchiveFiles {
  return {
    ...besideOf(files),
    open: async (location) => {
      const archive = await files.open(location);
      const read: Archive["read"] = (entry) => {
        if (entry.byteLength <= maxBytes) return archive.read(entry);
        const [file, tensor] = [baseName(location), entry.name];
        const bound = { of: "tensor-bytes", tensor } as const;
        return Promise.reject(new LimitError({ file }, bound, maxBytes, entry.byteLength));
      };
      return { ...archive, read };
    },
  };
}

/**
 * Loads a run's tensors, but for its weights, and checks their shapes.
 * @throws the readers' errors, NotFoundError, LimitError, CancelledError.
 */
export async function checkRun(
  spec: RunSpec,
  files: ArchiveFiles,
  control: RunControl = noControl,
): Promise<RunCheck> {
  const loaded = await loadRun(spec, files);
  return {
    constructorLine: constructorLine(loaded.config, loaded.module.facts.dropout),
    shapes: shapesOf(loaded, await loadOwn(spec, loaded, files)),
    fixes: await clashFixes(spec, loaded, files, control),
    traps: trapsOf(spec, loaded),
  };
}

/**
 * Where a tensor is missing, what the reader noted about it is added, and what is known of the other files of a set.
 */
export function shapesOf(loaded: LoadedRun, own: LoadedOwn | null): ShapeCheck {
  const checked = checkShapes(shapeInputsOf(loaded));
  const shapes = { ...checked, rows: [...checked.rows, ...ownRows(own)] };
  const missing = shapes.rows.find(({ status }) => status === "missing");
  if (missing === undefined || shapes.cause === null) return shapes;
  const reason = unreadReason(loaded.module.prefix + missing.name, loaded.weights.notes);
  const hints = [reason, shardHint(loaded.weightsFile)].filter((hint) => hint !== null);
  return { ...shapes, hints };
}

const REFERENCE = "reference ";

/** The rows of the user's own output: those of a reference, under its name. */
function ownRows(own: LoadedOwn | null): ShapeCheck["rows"] {
  if (own === null) return [];
  return checkShapes(shapeInputsOf(own.run))
    .rows.filter(({ name }) => name.startsWith(REFERENCE))
    .map((row) => ({ ...row, name: `own ${row.name.slice(REFERENCE.length)}` }));
}
