/**
 * Which file is the checkpoint that `load_state_dict` complains of: it has its keys with its shapes, and none that it
 * lacks.
 */
import { sameShape, type Shape } from "../../../tensor/tensor";
import type { FileContents, FileModule } from "../base/message";
import { prefixesOf, type StateDictBlock } from "./keys";

/** A module of a file that may be the checkpoint. */
export interface CheckpointModule {
  readonly file: string;
  readonly module: FileModule;
  /** False where only keys that it has not speak for it. */
  readonly isSure: boolean;
}

/** Modules of one file that are told. */
const MAX_MODULES = 8;

/** The modules of the files that the message means; those that only may be meant where none surely is. */
export function checkpointsAmong(
  block: StateDictBlock,
  files: readonly FileContents[],
): readonly CheckpointModule[] {
  const found = files.flatMap((contents) => modulesIn(block, contents));
  const sure = found.filter(({ isSure }) => isSure);
  return sure.length > 0 ? sure : found;
}

function modulesIn(
  block: StateDictBlock,
  { file, entries, modules }: FileContents,
): CheckpointModule[] {
  const shapes = new Map(entries.map(({ name, shape }) => [name, shape]));
  const isSure = block.unexpected.length + block.mismatches.length > 0;
  const concerned = prefixesOf(block);
  // Saved beside other things, as {"state_dict": …}, its keys have the name of their dict before them.
  const wrappers = new Set(
    modules.flatMap(({ prefix }) =>
      concerned
        .filter((each) => prefix.endsWith(each))
        .map((each) => prefix.slice(0, prefix.length - each.length)),
    ),
  );
  wrappers.delete("");
  for (const wrapper of ["", ...wrappers]) {
    if (!isCheckpoint(block, shapes, wrapper)) continue;
    const own = modules.filter(({ prefix }) => concerned.some((each) => prefix === wrapper + each));
    if (own.length === 0 && !isSure) continue;
    const told = own.length > 0 ? own : modules;
    return told.slice(0, MAX_MODULES).map((module) => ({ file, module, isSure }));
  }
  return [];
}

function isCheckpoint(
  { missing, unexpected, mismatches }: StateDictBlock,
  shapes: ReadonlyMap<string, Shape>,
  wrapper: string,
): boolean {
  return (
    unexpected.every((key) => shapes.has(wrapper + key)) &&
    mismatches.every(({ key, checkpoint }) =>
      sameShape(shapes.get(wrapper + key) ?? [-1], checkpoint),
    ) &&
    missing.every((key) => !shapes.has(wrapper + key))
  );
}
