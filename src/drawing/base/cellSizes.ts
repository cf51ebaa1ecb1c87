/**
 * From which sizes the cells of a run have gaps, frames and numbers, on screen and in pictures; CSS pixels.
 */

/** Cells of at least this size are separated by a line of background. */
export const GRID_FROM = 5;

/** A frame of fewer pixels is a dot. */
export const FRAME_FROM = 5;

/** Height of a cell that a number is read in, and the room beside its digits. */
export const NUMBER_HEIGHT = 13;
export const CELL_PADDING = 8;
