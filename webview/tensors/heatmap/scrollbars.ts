/**
 * Scrollbars of the heatmap. Keys move it too, so they are for the pointer.
 */
import { clamp } from "../../../src/core/numeric";
import { html, nothing, type TemplateResult } from "lit";
import { SCROLLBAR, type Frame } from "../../../src/drawing/tensors/frame";

/** Shares of the track. */
interface Thumb {
  readonly start: number;
  readonly length: number;
}

export interface ScrollbarsRequest {
  readonly frame: Frame;
  /** null where all is on screen. */
  readonly across: Thumb | null;
  readonly down: Thumb | null;
  /** Called with the share of the slice at which the screen is to begin. */
  readonly scroll: (share: number, isAcross: boolean) => void;
}

/** Thinner ones could not be caught. */
const LEAST_THUMB = 24;
const GAP = 3;

function trackStyle({ left, top, plot }: Frame, isAcross: boolean): string {
  const thickness = SCROLLBAR - 2 * GAP;
  return isAcross
    ? `left:${left}px;top:${top + plot.height + GAP}px;width:${plot.width}px;height:${thickness}px`
    : `left:${left + plot.width + GAP}px;top:${top}px;width:${thickness}px;height:${plot.height}px`;
}

function bar(request: ScrollbarsRequest, isAcross: boolean): TemplateResult | typeof nothing {
  const { frame, across, down, scroll } = request;
  const thumb = isAcross ? across : down;
  if (thumb === null) return nothing;
  const track = isAcross ? frame.plot.width : frame.plot.height;
  const length = Math.max(LEAST_THUMB, thumb.length * track);
  // A thumb longer than its share leaves less way for the rest.
  const start = (thumb.start / Math.max(1e-9, 1 - thumb.length)) * (track - length);
  const shareAt = (pixels: number): number =>
    clamp(pixels / Math.max(1, track - length), 0, 1) * (1 - thumb.length);
  const place = (event: PointerEvent): number => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return isAcross ? event.clientX - box.left : event.clientY - box.top;
  };
  const drag = (event: PointerEvent): void => {
    const bar = event.currentTarget as HTMLElement;
    event.stopPropagation();
    if (!bar.hasPointerCapture(event.pointerId)) return;
    scroll(shareAt(place(event) - Number(bar.dataset["grip"] ?? length / 2)), isAcross);
  };
  const grab = (event: PointerEvent): void => {
    const bar = event.currentTarget as HTMLElement;
    const inside = place(event) - start;
    bar.dataset["grip"] = String(inside >= 0 && inside <= length ? inside : length / 2);
    bar.setPointerCapture(event.pointerId);
    drag(event);
  };
  const thumbStyle = isAcross
    ? `left:${start}px;width:${length}px`
    : `top:${start}px;height:${length}px`;
  return html`<div
    class=${isAcross ? "scrollbar scrollbar-across" : "scrollbar scrollbar-down"}
    aria-hidden="true"
    .style=${trackStyle(frame, isAcross)}
    @pointerdown=${grab}
    @pointermove=${drag}
  >
    <div class="thumb" .style=${thumbStyle}></div>
  </div>`;
}

export function scrollbars(request: ScrollbarsRequest): TemplateResult {
  return html`${bar(request, true)}${bar(request, false)}`;
}
