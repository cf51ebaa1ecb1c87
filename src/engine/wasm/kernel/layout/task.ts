/**
 * Words of a task, 4 bytes each: steps of one direction of one layer, for some batch rows. It may be run in several
 * turns.
 */

export const layer = 0;
/** Steps of the span. */
export const steps = 4;
/** Time of the first step of the span, which lengths are compared with. */
export const time = 8;
/** 1: from the last step to the first. */
export const reverse = 12;
export const batchSize = 16;
/** Rows rowFrom … rowTo (exclusive) of the batch. */
export const rowFrom = 20;
export const rowTo = 24;
/** Valid steps of each row (i32), 0 where all have all. */
export const lengths = 28;
/** (B, P or H) and (B, H), read and written; c: 0 without. */
export const stateH = 32;
export const stateC = 36;
/** (steps, B, P or H) and (steps, B, H), written; c: 0 where it is not wanted. */
export const h = 40;
export const c = 44;
/** Of the thread: as many bytes as `scratchBytes` says. */
export const scratch = 48;
/** Steps whose x is multiplied at a time, counted from the first that is run. */
export const block = 52;
/** Steps that have been run, and how many are to have been when the task is left. */
export const done = 56;
export const until = 60;
/**
 * Where other tasks compute the other units at the same time: a second place for h (B = 1), read and written in turn
 * with `stateH`, the barrier they wait at after each step (barrier.ts), and how many they are. 0 without.
 */
export const otherH = 64;
export const barrier = 68;
export const participants = 72;
/** Parts of x, each (steps, B, features): their number, then the words of each. */
export const parts = 76;
export const firstPart = 80;
/** Words of a part of x, counted from its own first byte. */
export const partAddress = 0;
export const partFeatures = 4;
export const bytesOfPart = 8;
