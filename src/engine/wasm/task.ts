/**
 * Writes tasks into the kernels' memory, in the words of kernel/layout/task.ts.
 */
import * as Task from "./kernel/layout/task";
import type { KernelMemory } from "./memory";

/** Bytes of a task, with as many parts of x as a network has directions. */
export const taskBytes = Task.firstPart + 2 * Task.bytesOfPart;

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
    readonly barrier: number;
    readonly participants: number;
  } | null;
  readonly x: readonly { readonly address: number; readonly features: number }[];
}

export function writeTask(memory: KernelMemory, address: number, task: TaskValues): void {
  const { otherH = 0, barrier = 0, participants = 0 } = task.together ?? {};
  memory.writeWords(address, [
    [Task.layer, task.layer],
    [Task.steps, task.steps],
    [Task.time, task.from],
    [Task.reverse, task.isReverse ? 1 : 0],
    [Task.batchSize, task.batchSize],
    [Task.rowFrom, task.rows.from],
    [Task.rowTo, task.rows.to],
    [Task.lengths, task.lengths],
    [Task.stateH, task.stateH],
    [Task.stateC, task.stateC],
    [Task.h, task.h],
    [Task.c, task.c],
    [Task.scratch, task.scratch],
    [Task.block, task.block],
    [Task.done, 0],
    [Task.until, task.until],
    [Task.otherH, otherH],
    [Task.barrier, barrier],
    [Task.participants, participants],
    [Task.parts, task.x.length],
  ]);
  task.x.forEach((part, index) => {
    memory.writeWords(address + Task.firstPart + index * Task.bytesOfPart, [
      [Task.partAddress, part.address],
      [Task.partFeatures, part.features],
    ]);
  });
}
