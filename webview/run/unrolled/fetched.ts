/**
 * What the unrolled view shows beside its picture: its layout, the ranges of its colours, the texts of the cursor.
 */
import { domainsOf, type Domains, type Seen } from "../../../src/drawing/run/domains";
import { layoutUnrolled, type UnrolledLayout } from "../../../src/drawing/run/layout";
import type { RunView } from "../../../src/protocol/run/messages";
import type { UnitExplanation } from "../../../src/protocol/run/unitMessages";
import { besideOf } from "../store/diagnosis";
import { sortedLanes } from "../store/lanes";
import { fetchLogit, type ShownLogit } from "../store/logit";
import type { Store } from "../store/store";
import { fetchAnswer, fetchReadout, type Answer, type Pointer, type Readout } from "./readout";

/** Made by one fetch for the rendering and the painting that follow it. */
export interface Fetched {
  readonly layout: UnrolledLayout;
  readonly domains: Domains;
  /** The unit under the cursor; undefined while it is fetched. */
  readonly explanation: UnitExplanation | undefined;
  /** What is looked into in its place. */
  readonly logit: ShownLogit | null;
  readonly readout: Readout | null;
  /** The likeliest class at the cursor's step. */
  readonly answer: Answer | null;
}

/** The part of the unrolled view that it depends on. */
interface Shown {
  readonly viewport: { readonly width: number; readonly height: number };
  readonly pointer: Pointer | null;
  /** Fetches the values of the lanes; returns the ranges that a run does not tell, as far as they are known. */
  readonly fetchLanes: (layout: UnrolledLayout) => Seen;
}

/** What is shown of a run; what is not here yet is asked for. */
export function fetchUnrolled(
  store: Store,
  view: RunView,
  { viewport, pointer, fetchLanes }: Shown,
): Fetched {
  const { state } = store;
  const { cursor, stateName } = state;
  const layout = layoutUnrolled({
    ...viewport,
    rowZoom: state.rowZoom,
    lanes: sortedLanes(store),
    mode: state.mode,
    steps: state.steps ?? [0, view.seqLength],
    showsFinding: state.showsFinding && besideOf(state).length > 0,
    isZoomed: state.steps !== null,
  });
  return {
    layout,
    domains: domainsOf(state.run ?? view, stateName, state, fetchLanes(layout)),
    explanation: view.lanes.length === 0 ? undefined : store.explain({ ...cursor, stateName }),
    logit: fetchLogit(store),
    readout: fetchReadout(store, pointer),
    answer: fetchAnswer(store),
  };
}
