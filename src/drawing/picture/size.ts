/**
 * Sizes of pictures, CSS pixels.
 */

/** A picture has this height unless it is asked for another. */
export const PICTURE_HEIGHT = 620;
/** Below this width lanes and labels do not stand beside each other. */
export const LEAST_WIDTH = 360;
export const MOST_WIDTH = 8_000;
