/**
 * How wide a text is in the page's own letters, so that a short form stands where the long one would be cut.
 */
let context: CanvasRenderingContext2D | null | undefined;

/** CSS pixels; `size` is that of the letters beside the page's. */
export function textWidth(written: string, size = 1): number {
  context ??= document.createElement("canvas").getContext("2d");
  if (context === null) return 0;
  const { fontFamily, fontSize } = getComputedStyle(document.body);
  context.font = `${size * parseFloat(fontSize)}px ${fontFamily}`;
  return context.measureText(written).width;
}
