/**
 * What stands around the lanes: arrows of the directions, lines to h_n, captions, the time axis.
 */
import { clamp } from "../../core/numeric";
import { text } from "../../core/text";
import { layerCaptions } from "../run/captions";
import { classNameOf } from "../run/classes";
import { lastProcessedStep } from "../run/requests/finals";
import { AXIS_HEIGHT, hasTrack, stepX, TRACK_HEIGHT, type LaneBox } from "../run/layout";
import { finalName } from "../run/state";
import { labelledSteps } from "../run/timeAxis";
import { unitOfRow } from "../run/sortedUnits";
import { BRACKET, groupMarks, sizeOfGroup, unitTicks, WRITTEN } from "../run/zoom/unitAxis";
import { labelsOf } from "./laneLabels";
import type { PictureScene } from "./scene";
import { fitted, fittedForm, group, label, path, rect, widthOf } from "./svg";

const ARROW = { every: 28, half: 3 } as const;
/** Distance of the line to h_n below its lane. */
const LINK_BELOW = 10;
const SMALL = 11;
/** From the name of a class to its logit. */
const CLASS_GAP = 6;

/** Everything of the frame, in the order it is drawn. */
export function frameMarkup(scene: PictureScene): string {
  const { layout, theme } = scene;
  const layers = layout.boxes.filter(({ info }) => hasTrack(info));
  return [
    group(
      { fill: theme.muted },
      layers.map((box) => arrowsOf(scene, box)),
    ),
    group(
      { stroke: theme.muted, "stroke-dasharray": "3 3", "stroke-opacity": 0.8 },
      layers.map((box) => linkOf(scene, box)),
    ),
    group({ fill: theme.muted, "font-size": SMALL }, [
      ...layout.boxes.map((box) => captionOf(scene, box)),
    ]),
    unitAxisMarkup(scene),
    classesMarkup(scene),
    finalHeader(scene),
    ...layout.boxes.map((box) => labelsOf(scene, box)),
    ...layout.boxes.map((box) => halvesOf(scene, box)),
  ].join("");
}

function arrowsOf({ layout, view, request }: PictureScene, box: LaneBox): string {
  const length = view.lengths?.[request.batch] ?? view.seqLength;
  const y = box.top + box.height + TRACK_HEIGHT / 2 - 2;
  const every = Math.max(1, Math.ceil(ARROW.every / layout.columnWidth));
  const towards = box.info.direction === "reverse" ? -1 : 1;
  const arrows: string[] = [];
  const first = Math.max(1, Math.ceil(layout.steps[0] / every)) * every;
  for (let step = first; step < Math.min(length, layout.steps[1]); step += every) {
    const x = stepX(layout, step);
    const points = [
      [x - towards * ARROW.half, y - ARROW.half],
      [x + towards * (ARROW.half + 0.5), y],
      [x - towards * ARROW.half, y + ARROW.half],
    ];
    arrows.push(`M${points.map((point) => point.map((at) => at.toFixed(1)).join(" ")).join("L")}Z`);
  }
  return arrows.length === 0 ? "" : `<path d="${arrows.join("")}"/>`;
}

/** A dashed line from the column that is processed last to its slot in h_n. */
function linkOf({ layout, view, request }: PictureScene, box: LaneBox): string {
  const step = lastProcessedStep(box.info, view.seqLength, view.lengths?.[request.batch]);
  const right = layout.plotLeft + layout.plotWidth;
  const column = stepX(layout, step + 0.5);
  const from = Math.round(clamp(column, layout.plotLeft - 5, right)) + 0.5;
  const to = Math.round(layout.finalLeft + layout.finalWidth / 2) + 0.5;
  const bottom = box.top + box.height + 1;
  const y = Math.round(box.top + box.height + LINK_BELOW) + 0.5;
  const isShown = column >= layout.plotLeft && column <= right;
  const start = isShown ? `M${from} ${bottom}V${y}` : `M${from} ${y}`;
  return path(`${start}H${to}V${bottom}`, {});
}

function captionOf({ layout, view, run, say }: PictureScene, { info, captionY }: LaneBox): string {
  if (captionY === null) return "";
  const captions = layerCaptions(view, run.lanes, info).map(say);
  const x = layout.plotLeft + 6;
  return label(x, captionY, fittedForm(captions, SMALL, layout.width - x));
}

/** The axis of time below what of the lanes the picture has. */
export function axisMarkup({ layout, view, screen, theme }: PictureScene): string {
  const top = screen.height - AXIS_HEIGHT;
  const y = top + 15;
  const right = layout.plotLeft + layout.plotWidth;
  const places = labelledSteps(layout, view.seqLength)
    .map((step) => ({ step, x: stepX(layout, step + 0.5) }))
    .filter(({ x }) => x >= layout.plotLeft && x <= right);
  const [first] = places;
  const before =
    first === undefined ? layout.plotLeft : first.x - widthOf(String(first.step), SMALL) / 2;
  const left = Math.min(layout.plotLeft - 8, before - 7);
  return group({ fill: theme.muted, "font-size": SMALL }, [
    rect({ x: 0, y: top, width: layout.width, height: AXIS_HEIGHT }, { fill: theme.background }),
    label(left, y, "t", { "text-anchor": "end", "font-style": "italic" }),
    ...places.map(({ step, x }) => label(x, y, String(step), { "text-anchor": "middle" })),
  ]);
}

/** The numbers of units, between the steps of a lane and its slot of h_n. */
function unitAxisMarkup({ layout, screen, theme, say, view }: PictureScene): string {
  const left = layout.plotLeft + layout.plotWidth;
  const seen = { ...screen, height: screen.height - AXIS_HEIGHT };
  const shown = layout.boxes.filter(({ info }) => info.isFinal !== true && info.isFolded !== true);
  const all = shown.flatMap(({ bands, info }) =>
    bands.flatMap((band, index) =>
      band.side === null ? [] : [{ band, info, below: bands[index + 1] }],
    ),
  );
  const ticks = all.flatMap(({ band, info, below }) => unitTicks(band, info, seen, below));
  const groups = all.flatMap(({ band, info }) => groupMarks(band, info, view.config));
  const [first] = shown;
  if (ticks.length + groups.length === 0 || first === undefined) return "";
  // Above it stand the names of classes, where there are logits.
  const isGrouped = groups.some(({ name }) => name !== "");
  const isFree = first === layout.boxes[0];
  return group({ fill: theme.muted, "font-size": SMALL - 1 }, [
    isFree
      ? label(left + WRITTEN.from, first.top - 13, say(isGrouped ? text("group") : text("unit")))
      : "",
    ...ticks.map(
      ({ unit, y }) =>
        rect({ x: left, y: Math.round(y), width: 4, height: 1 }) +
        label(left + WRITTEN.from, y, String(unit)),
    ),
    ...groups.flatMap((mark) => {
      const { top, height, name } = mark;
      const y = top + height / 2;
      const bracket = bracketAt(left + BRACKET.from, top, height);
      const size = label(left + WRITTEN.from + WRITTEN.number, y, say(sizeOfGroup(mark)));
      return [
        group({ fill: theme.ink }, [...bracket, label(left + WRITTEN.from, y, name)]),
        name === "" ? "" : size,
      ];
    }),
  ]);
}

/** A bracket that is open towards the lane left of it. */
function bracketAt(x: number, y: number, height: number): string[] {
  const { width, foot } = BRACKET;
  return [
    rect({ x, y, width, height }),
    ...[y, y + height - 1].map((end) => rect({ x: x - foot, y: end, width: foot, height: 1 })),
  ];
}

/** Names the classes beside the logits of one step, where rows have room for it. */
function classesMarkup({ layout, view, theme }: PictureScene): string {
  const names = layout.boxes
    .filter(({ info }) => info.isFinal === true && info.isFolded !== true)
    .flatMap(({ bands, info }) =>
      bands
        .filter(({ side, height }) => side !== null && height / info.units >= SMALL)
        .flatMap(({ top, height }) =>
          Array.from({ length: info.units }, (_, row) => {
            const name = classNameOf(view.surrounding, unitOfRow(info, row)) ?? "";
            const room = layout.finalLeft - layout.plotLeft - CLASS_GAP;
            const y = top + (row + 0.5) * (height / info.units);
            return label(layout.finalLeft - CLASS_GAP, y, fitted(name, SMALL - 1, room));
          }),
        ),
    );
  return group({ fill: theme.muted, "font-size": SMALL - 1, "text-anchor": "end" }, names);
}

function finalHeader({ layout, theme, request }: PictureScene): string {
  const top = layout.boxes.find((box) => box.info.layer !== null);
  if (top === undefined) return "";
  const x = layout.finalLeft + layout.finalWidth / 2;
  return label(x, top.top - 11, finalName(request.stateName), {
    "text-anchor": "middle",
    "font-size": SMALL,
    fill: theme.ink,
  });
}

/** A line between the two directions' halves of the output. */
function halvesOf({ layout, theme, view }: PictureScene, box: LaneBox): string {
  if (box.info.id !== "output" || view.config?.bidirectional !== true) return "";
  return box.bands
    .map(({ top, height }) =>
      rect(
        {
          x: layout.plotLeft,
          y: Math.round(top + height / 2) - 2,
          width: layout.plotWidth,
          height: 3,
        },
        { fill: theme.background },
      ),
    )
    .join("");
}
