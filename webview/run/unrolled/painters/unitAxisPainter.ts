/**
 * Paints the numbers of the units, between the steps of a lane and its slot of h_n.
 */
import { AXIS_HEIGHT, unitY, type LaneBox } from "../../../../src/drawing/run/layout";
import { rowOfUnit, unitOfRow } from "../../../../src/drawing/run/sortedUnits";
import { classNameOf } from "../../../../src/drawing/run/classes";
import { titleWithin } from "../../../../src/drawing/base/fitName";
import {
  BRACKET,
  groupMarks,
  sizeOfGroup,
  unitTicks,
  WRITTEN,
  type GroupMark,
} from "../../../../src/drawing/run/zoom/unitAxis";
import { t, tr } from "../../../shared/l10n";
import type { CursorScene, Scene } from "./scene";

const TICK_LENGTH = 4;
const SMALLER = 3;
/** From the name of a class to its logit. */
const CLASS_GAP = 6;
const BADGE = { height: 15, padding: 3 } as const;

function axisLeft({ layout }: Pick<Scene, "layout">): number {
  return layout.plotLeft + layout.plotWidth;
}

/** Names the classes beside the logits of one step, where rows have room for it. */
function paintClasses({ context, layout, theme, view }: Scene, { info, bands }: LaneBox): void {
  context.textAlign = "right";
  const room = layout.finalLeft - layout.plotLeft - CLASS_GAP;
  const measure = (part: string): number => context.measureText(part).width;
  for (const band of bands) {
    const row = band.height / info.units;
    if (band.side === null || row < theme.fontSize - SMALLER) continue;
    for (let unit = 0; unit < info.units; unit++) {
      const name = classNameOf(view.surrounding, unitOfRow(info, unit)) ?? String(unit);
      const shown = titleWithin(room, name, { measure });
      context.fillText(shown, layout.finalLeft - CLASS_GAP, band.top + (unit + 0.5) * row + 0.5);
    }
  }
}

/** Draws ticks and numbers beside every lane that is on screen. */
export function paintUnitAxis(scene: Scene): void {
  const { context, bands, scrollTop, height, theme } = scene;
  const screen = { top: scrollTop, height: height - AXIS_HEIGHT };
  const left = axisLeft(scene);
  context.font = `${theme.fontSize - SMALLER}px ${theme.font}`;
  context.fillStyle = theme.muted;
  context.textAlign = "left";
  context.textBaseline = "middle";
  let hasGroups = false;
  for (const { plan } of bands) {
    const { box, band, steps } = plan;
    if (box.info.isFinal === true && band === box.bands[0]) paintClasses(scene, box);
    context.textAlign = "left";
    if (steps === null || steps === "absent") continue;
    const below = box.bands[box.bands.indexOf(band) + 1];
    for (const { unit, y } of unitTicks(band, box.info, screen, below)) {
      context.fillRect(left, Math.round(y), TICK_LENGTH, 1);
      context.fillText(String(unit), left + WRITTEN.from, y + 0.5);
    }
    const groups = groupMarks(band, box.info, scene.view.config);
    hasGroups ||= groups.some(({ name }) => name !== "");
    paintGroups(scene, groups);
  }
  const [first] = bands;
  if (first === undefined || first.plan.box.top < scrollTop + BADGE.height) return;
  // Low lanes begin close to the upper edge, which cuts no letter.
  const y = Math.max(scrollTop + BADGE.height / 2, first.plan.box.top - BADGE.height + 2);
  context.fillText(hasGroups ? t("group") : t("unit"), left + WRITTEN.from, y);
}

/** A bracket beside each group, with its number and size where there is room. */
function paintGroups(scene: Scene, groups: readonly GroupMark[]): void {
  const { context, theme } = scene;
  const x = axisLeft(scene) + BRACKET.from;
  const left = axisLeft(scene) + WRITTEN.from;
  for (const mark of groups) {
    const { top, height, name } = mark;
    context.fillStyle = theme.foreground;
    context.fillRect(x, top, BRACKET.width, height);
    for (const end of [top, top + height - 1]) {
      context.fillRect(x - BRACKET.foot, end, BRACKET.foot, 1);
    }
    if (name === "") continue;
    const y = top + height / 2 + 0.5;
    context.fillText(name, left, y);
    context.fillStyle = theme.muted;
    context.fillText(tr(sizeOfGroup(mark)), left + WRITTEN.number, y);
  }
  context.fillStyle = theme.muted;
}

/** Lights the number of the cursor's unit; behind the numbers of groups, where it says that it is one of a unit. */
export function paintUnitBadge(scene: CursorScene, box: LaneBox, unit: number): void {
  const { context, layout, theme, scrollTop, height } = scene;
  const band = box.bands.at(-1);
  if (band === undefined || band.side === null) return;
  const y = unitY(band, box.info.units, rowOfUnit(box.info, unit) + 0.5);
  if (y < scrollTop || y > scrollTop + height - AXIS_HEIGHT) return;
  const groups = box.bands.flatMap((each) => groupMarks(each, box.info, scene.view.config));
  const isGrouped = groups.some(({ name }) => name !== "");
  const label = isGrouped ? t("unit {0}", unit) : String(unit);
  context.font = `${theme.fontSize - SMALLER}px ${theme.font}`;
  const before = isGrouped ? WRITTEN.number : 0;
  const left = axisLeft(scene) + WRITTEN.from + before - BADGE.padding;
  const width = context.measureText(label).width + 2 * BADGE.padding;
  context.fillStyle = theme.background;
  const room = layout.finalLeft - left - 2;
  context.fillRect(left, y - BADGE.height / 2 - 2, room, BADGE.height + 4);
  // A number that the badge would cut is left out as a whole.
  const screen = { top: scrollTop, height: height - AXIS_HEIGHT };
  const written = [
    ...box.bands.flatMap((each) => unitTicks(each, box.info, screen)).map((tick) => tick.y),
    ...groups.map((mark) => mark.top + mark.height / 2),
  ];
  for (const middle of written) {
    const isCut = Math.abs(middle - y) < BADGE.height;
    if (isCut) context.fillRect(left, middle - BADGE.height / 2, room, BADGE.height);
  }
  context.fillStyle = theme.badge;
  context.beginPath();
  context.roundRect(left, y - BADGE.height / 2, Math.min(room, width), BADGE.height, 4);
  context.fill();
  context.fillStyle = theme.badgeText;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillText(label, left + BADGE.padding, y + 0.5);
}
