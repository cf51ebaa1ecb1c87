/**
 * What the state under the cursor is made of, and what is made of it, as columns of lanes; no DOM.
 */
import type { Place, RunView, StateName } from "../../protocol/run/messages";
import type { LaneId } from "../../protocol/run/windowMessages";
import { sequenceLength } from "./sequenceLength";

/** A column of a lane that is linked with the cursor's state. */
export interface LinkedColumn {
  readonly lane: LaneId;
  readonly step: number;
  /** `x`: the input of the step; `previous`: the state before; `next`: the state after; `above`: the input of the layer above. */
  readonly role: "x" | "previous" | "next" | "above";
}

type LinkedRun = Pick<RunView, "lanes" | "seqLength" | "lengths">;

/** Nothing in the padding, where nothing was computed. */
export function linkedColumns(
  run: LinkedRun,
  { layer, direction, step, batch }: Place,
): LinkedColumn[] {
  const { lanes } = run;
  const length = sequenceLength(run, batch);
  if (step >= length) return [];
  const own: LaneId = `layer${layer}.${direction}`;
  const by = direction === "forward" ? 1 : -1;
  const ofLayer = (wanted: number): LaneId[] =>
    lanes.filter((lane) => lane.layer === wanted).map(({ id }) => id);
  const isStep = (at: number): boolean => at >= 0 && at < length;
  const below: LaneId[] = layer === 0 ? ["input"] : ofLayer(layer - 1);
  const above = ofLayer(layer + 1);
  const columns: LinkedColumn[] = [
    ...below.map((lane) => ({ lane, step, role: "x" }) as const),
    { lane: own, step: step - by, role: "previous" },
    { lane: own, step: step + by, role: "next" },
    ...above.map((lane) => ({ lane, step, role: "above" }) as const),
  ];
  return columns.filter((column) => isStep(column.step));
}

/** `h_(t−1)` of a neighbour of the cursor's state: as time goes, not as the direction runs; null of the same step. */
export function neighbourName(
  { step }: Pick<LinkedColumn, "step">,
  cursor: Pick<Place, "step">,
  stateName: StateName,
): string | null {
  if (step === cursor.step) return null;
  return `${stateName}_(t${step < cursor.step ? "−" : "+"}1)`;
}
