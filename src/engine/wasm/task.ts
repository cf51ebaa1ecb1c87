/**
 * Tasks in the kernels' memory, as `Task` in kernel/layout.ts has their words.
 */
import { lineBytes, type KernelMemory } from "./memory";

/** Bytes of a task, with as many parts of x as a network has directions. */
export const taskBytes = 2 * lineBytes;

/** Words that are written again while a task stays where it is. */
export const taskWord = { time: 2, done: 14, until: 15 };

/** What a task is made of: addresses, 0 for what there is not, and counts. */
export interface TaskValues {
  /** Address of the packed layer. */
  readonly layer: number;
  readonly steps: number;
  /** Time of the first step. */
  readonly from: number;
  readonly isReverse: boolean;
  readonly batchSize: number;
  /** Rows of the batch that it runs. */
  readonly rows: { readonly from: number; readonly to: number };
  /** Of the valid steps of each row. */
  readonly lengths: number;
  readonly stateH: number;
  readonly stateC: number;
  readonly h: number;
  readonly c: number;
  readonly scratch: number;
  /** Steps whose x is multiplied at once. */
  readonly block: number;
  /** Step before which it stops. */
  readonly until: number;
  /** Of tasks that compute the units of a step together. */
  readonly together: {
    readonly otherH: number;
    readonly meeting: number;
    readonly parties: number;
  } | null;
  readonly x: readonly { readonly address: number; readonly features: number }[];
}

export function writeTask(memory: KernelMemory, address: number, task: TaskValues): void {
  const { otherH = 0, meeting = 0, parties = 0 } = task.together ?? {};
  const words = [
    ...[task.layer, task.steps, task.from, task.isReverse ? 1 : 0],
    ...[task.batchSize, task.rows.from, task.rows.to, task.lengths],
    ...[task.stateH, task.stateC, task.h, task.c, task.scratch],
    ...[task.block, 0, task.until],
    ...[otherH, meeting, parties],
    ...[task.x.length, ...task.x.flatMap((part) => [part.address, part.features])],
  ];
  memory.words.set(words, address / 4);
}
