/**
 * What a page asks for as soon as it shows a run, so that the answers can come with the run: on the way there and back
 * the page would wait longer than for all the rest of a small picture. No DOM.
 */
import type { RunView, ViewRequests } from "../../../protocol/run/messages";
import { firstPlace, clampPlace, laneIdOf, ORIGIN } from "../places";
import { sidesOf } from "../sides";
import { shownRun, stateNameOfLane } from "../state";
import { tilesOf } from "./tiles";

/** Values of a run that is sent with its answers: less than a page is worth waiting for. */
const MAX_VALUES = 2 ** 14;

/** Questions about values that a first picture has. */
type FirstMethod = "lane/window" | "finalStates/read" | "unit/explain" | "timeline/read";

interface Question<Method extends FirstMethod> {
  readonly method: Method;
  readonly params: ViewRequests[Method]["params"];
}

export type FirstRequest = { [Method in FirstMethod]: Question<Method> }[FirstMethod];

/**
 * The questions of a page that has not been changed yet, of a run whose values all have pixels of their own; none of a
 * large one, of which the questions depend on the size of the page.
 */
export function firstRequests(run: RunView): readonly FirstRequest[] {
  const { seqLength } = run;
  const values = run.lanes.reduce((sum, { units }) => sum + units * seqLength, 0);
  if (values === 0 || values > MAX_VALUES) return [];
  const first = firstPlace(run);
  const stateName = first?.stateName ?? "h";
  const view = shownRun(run, stateName);
  const mode = first === null ? "ours" : "delta";
  const cursor = clampPlace(view, first?.place ?? ORIGIN);
  const { batch } = cursor;
  const windows = view.lanes.flatMap((info): FirstRequest[] => {
    const [side] = sidesOf(info, mode);
    if (side == null || info.isFinal === true) return [];
    const steps = [0, seqLength] as const;
    const pixels = { devicePixelsPerStep: 1, devicePixelsPerUnit: 1 };
    return tilesOf({ info, side, batch, seqLength, steps, ...pixels }).map((tile) => ({
      method: "lane/window",
      params: { ...tile, stateName: stateNameOfLane(info, stateName) },
    }));
  });
  const lane = laneIdOf(cursor);
  return [
    ...windows,
    { method: "finalStates/read", params: { side: mode, batch, stateName } },
    { method: "unit/explain", params: { ...cursor, stateName } },
    { method: "timeline/read", params: { lane, batch, maxColumns: seqLength, stateName } },
  ];
}
