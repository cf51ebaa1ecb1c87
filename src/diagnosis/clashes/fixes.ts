/**
 * For a run whose shapes clash: every single change that makes it fit, found by trying, the best one first.
 */
import type { Archive } from "../../formats/base/archive";
import { checkShapes } from "../../model/shapes/check";
import type { ShapeCheck } from "../../model/shapes/shapes";
import { noControl, type RunControl } from "../../core/control";
import { CancelledError, isUnrollError } from "../../core/errors";
import type { Text } from "../../core/text";
import { besideOf } from "../../run/load/besideOf";
import type { ArchiveFiles } from "../../run/load/tensors/chooseTensor";
import { loadRun, type LoadedRun } from "../../run/load/load";
import { shapeInputsOf } from "../../run/load/shapeInputs";
import { tensorFilesOf, parseTensorRef, type RunSpec } from "../../run/spec/spec";
import type { Tensor, TensorEntry } from "../../tensor/tensor";
import { candidatesOf } from "./candidates";
import type { Candidate } from "./situation";
import { applyEdits, type SpecEdit } from "./edits";
import { reshapeSentences } from "./reshapes";

/** A change that makes the run fit. */
export interface ClashFix {
  readonly title: Text;
  /** Of the run file; none where a run file cannot say it, and the title says how it is done. */
  readonly edits: readonly SpecEdit[];
}

/** Changes that are tried. */
const MAX_TRIED = 32;
/** Changes that are offered. */
const MAX_OFFERED = 8;
/** Files that are looked into, those of the run and those beside them. */
const MAX_FILES = 16;
/** Elements of a run's input beyond which it is not read again for every try. */
const MAX_ELEMENTS = 16_000_000;

/**
 * The changes that make a loaded run fit; none for one that fits, references and all.
 * @throws CancelledError when `control` says so.
 */
export async function clashFixes(
  spec: RunSpec,
  loaded: LoadedRun,
  files: ArchiveFiles,
  control: RunControl = noControl,
): Promise<ClashFix[]> {
  const inputs = shapeInputsOf(loaded);
  const shapes = checkShapes(inputs);
  const misfits = misfitsOf(shapes);
  if (misfits === 0) return [];
  const remembering = remember(files);
  const archives = await openedArchives(spec, remembering);
  const candidates = candidatesOf({ spec, loaded, shapes, archives }).slice(0, MAX_TRIED);
  const tried: { fix: Candidate; misfits: number }[] = [];
  const isLarge = loaded.input.data.length > MAX_ELEMENTS;
  for (const candidate of isLarge ? [] : candidates) {
    control.check();
    const left = await misfitsUnder(spec, candidate, remembering);
    if (left !== null && left < misfits) tried.push({ fix: candidate, misfits: left });
  }
  tried.sort((left, right) => left.misfits - right.misfits);
  const stop = shapes.clash?.tensor ?? null;
  const words = stop === null ? [] : reshapeSentences(inputs, stop);
  const offered = (isLast: boolean): ClashFix[] =>
    tried
      .filter(({ fix }) => (fix.isLast === true) === isLast)
      .map(({ fix: { title, edits } }) => ({ title, edits }));
  const inPython = words.map((title): ClashFix => ({ title, edits: [] }));
  return [...offered(false), ...inPython, ...offered(true)].slice(0, MAX_OFFERED);
}

/** How many rows do not fit. A run that cannot be made counts as many, whatever else is right. */
function misfitsOf({ rows, clash }: ShapeCheck): number {
  const broken = rows.filter(({ status }) => status === "mismatch" || status === "missing").length;
  return clash === null ? broken : broken + rows.length + 1;
}

/** Rows that do not fit after a change; null where the run cannot be made then. */
async function misfitsUnder(
  spec: RunSpec,
  { edits }: Candidate,
  files: ArchiveFiles,
): Promise<number | null> {
  try {
    const shapes = checkShapes(shapeInputsOf(await loadRun(applyEdits(spec, edits), files)));
    return shapes.clash === null ? misfitsOf(shapes) : null;
  } catch (error) {
    // A change after which the run cannot even be read is no fix.
    if (!isUnrollError(error) || error instanceof CancelledError) throw error;
    return null;
  }
}

async function openedArchives(
  spec: RunSpec,
  files: ArchiveFiles,
): Promise<ReadonlyMap<string, Archive>> {
  const archives = new Map<string, Archive>();
  for (const file of tensorFilesOf(spec)) archives.set(file, await files.open(file));
  const { file: input } = parseTensorRef(spec.input);
  for (const near of [input, spec.weights.file]) {
    for (const file of (await files.beside?.(near)) ?? []) {
      if (archives.has(file) || archives.size >= MAX_FILES) continue;
      // What cannot be read is no help; a folder is full of such files.
      const archive = await files.open(file).catch(() => null);
      if (archive !== null) archives.set(file, archive);
    }
  }
  return archives;
}

/** Files of which each tensor is read once, however often it is asked for. */
function remember(files: ArchiveFiles): ArchiveFiles {
  const opened = new Map<string, Promise<Archive>>();
  const remembered = async (location: string): Promise<Archive> => {
    const archive = await files.open(location);
    const read = new Map<TensorEntry, Promise<Tensor>>();
    return {
      ...archive,
      read: (entry) => {
        const known = read.get(entry) ?? archive.read(entry);
        read.set(entry, known);
        return known;
      },
    };
  };
  return {
    ...besideOf(files),
    open: (location) => {
      const known = opened.get(location) ?? remembered(location);
      opened.set(location, known);
      return known;
    },
  };
}
