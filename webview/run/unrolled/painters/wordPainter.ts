/**
 * Paints the words of tokens in their cells, where a vocabulary names them.
 */
import { titleWithin } from "../../../../src/drawing/base/fitName";
import { stepX } from "../../../../src/drawing/run/layout";
import type { Rect } from "../../../shared/pictures/marks";
import type { BandData } from "./bandData";
import type { Scene } from "./scene";

/** Narrower cells have no room for a word. */
const WORD_FROM = 10;
const PADDING = 4;

export function paintWords(scene: Scene, { plan, tiles }: BandData): void {
  const { context, layout, theme, view } = scene;
  const { box, band } = plan;
  const words = new Map(view.surrounding?.words ?? []);
  if (box.info.id !== "tokens" || words.size === 0 || layout.columnWidth < WORD_FROM) return;
  context.save();
  context.beginPath();
  context.rect(layout.plotLeft, band.top, layout.plotWidth, band.height);
  context.clip();
  context.font = `${Math.min(theme.fontSize, layout.columnWidth) - 1}px ${theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const { request, data } of tiles) {
    if (data.columns !== request.stepEnd - request.stepStart) continue;
    for (let column = 0; column < data.columns; column++) {
      const word = words.get(data.values[column] ?? Number.NaN);
      if (word === undefined || data.valid[column] === 0) continue;
      const x = stepX(layout, request.stepStart + column);
      paintWord(scene, word, { x, y: band.top, width: layout.columnWidth, height: band.height });
    }
  }
  context.restore();
}

/** Over the number of the token; a quiet ground lets through what is below it. */
function paintWord({ context, theme }: Scene, word: string, { x, y, width, height }: Rect): void {
  for (const ground of [theme.background, theme.quiet]) {
    context.fillStyle = ground;
    context.fillRect(x, y, width - 1, height);
  }
  context.fillStyle = theme.foreground;
  const measure = (part: string): number => context.measureText(part).width;
  // In a narrow cell a word that runs upwards is read, and one that is cut is not.
  const isUpright = measure(word) > width - PADDING && height > width;
  const room = (isUpright ? height : width) - PADDING;
  const shown = titleWithin(room, word, { measure });
  context.save();
  context.translate(x + width / 2, y + height / 2);
  if (isUpright) context.rotate(-Math.PI / 2);
  context.fillText(shown, 0, 0);
  context.restore();
}
