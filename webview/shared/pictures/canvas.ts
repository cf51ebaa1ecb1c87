/**
 * Canvases at the pixel density of the screen.
 */
import type { Context } from "./marks";

/** Sizes a canvas in device pixels and clears it; its context draws in CSS pixels. null when there is no context. */
export function clearedContext(
  canvas: HTMLCanvasElement,
  { width, height }: { readonly width: number; readonly height: number },
): Context | null {
  const dpr = window.devicePixelRatio;
  const [wide, high] = [Math.round(width * dpr), Math.round(height * dpr)];
  if (canvas.width !== wide) canvas.width = wide;
  if (canvas.height !== high) canvas.height = high;
  const context = canvas.getContext("2d");
  context?.setTransform(1, 0, 0, 1, 0, 0);
  context?.clearRect(0, 0, wide, high);
  context?.setTransform(dpr, 0, 0, dpr, 0, 0);
  return context;
}
