/**
 * The labels of lanes in exported pictures.
 */
import { grouped, percentOf } from "../../core/numeric";
import { text, type Text } from "../../core/text";
import type { LaneInfo } from "../../protocol/run/messages";
import { AXIS_HEIGHT, type LaneBox } from "../run/layout";
import { finalName } from "../run/state";
import { countsOf, finalTexts, fittingLines, withinText } from "../run/verdict/laneCounts";
import { laneContent, laneName } from "./names";
import type { PictureScene } from "./scene";
import { fitted, label, widthOf } from "./svg";

const SMALL = 11;
const NAME_SIZE = 12.5;
/** From the name of a lane to what is said beside it. */
const NAME_GAP = 8;
const LINE = 16;

/** A line of a label. */
interface Line {
  readonly line: string;
  readonly fill: string;
}

/** What Δ says of a lane beside its name: how many values are outside tolerance, in all rows, of its steps and of h_n. */
function outsideLines(scene: PictureScene, info: LaneInfo, width: number): readonly Line[] {
  const { request, say, theme } = scene;
  if (request.mode !== "delta" || info.id === "tokens") return [];
  if (info.reference === "none") return finalLines(scene, info.outsideOfFinal, width);
  if (info.outside === 0) {
    const within = {
      line: say(withinText(info)),
      fill: info.byStep === "none" ? theme.muted : theme.good,
    };
    const isOff = info.layer !== null && (info.outsideOfFinal ?? 0) > 0;
    return isOff ? [...finalLines(scene, info.outsideOfFinal, width), within] : [within];
  }
  const [whole, short] = countTexts(scene, info);
  return [{ line: say(hasRoomForCounts(scene, width) ? whole : short), fill: theme.error }];
}

/** How many values of a lane are outside tolerance, as a number and as a share. */
function countTexts({ request, view }: PictureScene, info: LaneInfo): readonly [Text, Text] {
  const { row, all, total } = countsOf(info, request.batch, view.batchSize);
  const share = percentOf(all, total);
  return row === null
    ? [text("✗ {0} of {1}", grouped(all), grouped(total)), text("✗ {0} of all", share)]
    : [text("✗ {0} in all rows", grouped(all)), text("✗ {0} in all rows", share)];
}

/** True where no lane's number would be cut, which would be another one: all lanes have numbers, or all have shares. */
function hasRoomForCounts(scene: PictureScene, width: number): boolean {
  return scene.view.lanes
    .filter(({ reference, outside }) => reference !== "none" && outside > 0)
    .every((lane) => widthOf(scene.say(countTexts(scene, lane)[0]), SMALL) <= width);
}

/** What h_n or c_n of a lane says: that it is off, or, where it is all there is, that it agrees. */
function finalLines(
  { request, theme, view, say }: PictureScene,
  outside: number | undefined,
  width: number,
): readonly Line[] {
  const name = finalName(request.stateName);
  if (outside === undefined) return [];
  if (outside === 0) return [{ line: `✓ ${name}`, fill: theme.good }];
  const [whole = "", short = ""] = finalTexts(name, outside, view.batchSize).map(say);
  return [{ line: widthOf(whole, SMALL) <= width ? whole : short, fill: theme.error }];
}

/** The label of a lane: its name, what it holds, and what Δ says of it. */
export function labelsOf(scene: PictureScene, box: LaneBox): string {
  const { layout, theme, view, request, say, screen } = scene;
  const x = layout.labelLeft;
  const width = layout.labelWidth - 14;
  const said = outsideLines(scene, box.info, width);
  // A lane without steps has one line.
  const isBeside = box.info.reference === "none";
  const outside = isBeside ? [] : said;
  const detail = { line: say(laneContent(box.info, view, request.stateName)), fill: theme.muted };
  const kept = fittingLines([detail, ...outside], outside, box.height);
  const from = Math.max(box.top, screen.top);
  const to = Math.min(box.top + box.height, screen.top + screen.height - AXIS_HEIGHT);
  if (to < from) return "";
  const top = (from + to) / 2 - (kept.length * LINE) / 2;
  const name = fitted(say(laneName(box.info)), NAME_SIZE, width);
  const beside = isBeside ? said : [];
  const besideX = x + widthOf(name, NAME_SIZE) + NAME_GAP;
  return [
    label(x, top, name, { "font-weight": 600, "font-size": NAME_SIZE, fill: theme.ink }),
    ...beside.map(({ line, fill }) =>
      label(besideX, top, fitted(line, SMALL, x + width - besideX), { "font-size": SMALL, fill }),
    ),
    ...kept.map(({ line, fill }, index) =>
      label(x, top + (index + 1) * LINE, fitted(line, SMALL, width), { "font-size": SMALL, fill }),
    ),
  ].join("");
}
