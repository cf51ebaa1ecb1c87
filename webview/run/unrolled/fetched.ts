/**
 * What the unrolled view shows beside its picture: its layout, the ranges of its colours, the texts of the cursor.
 */
import { domainsOf, type Domains, type GateSpans } from "../../../src/drawing/run/domains";
import { layoutUnrolled, type UnrolledLayout } from "../../../src/drawing/run/layout";
import type { RunView } from "../../../src/protocol/run/messages";
import type { UnitExplanation } from "../../../src/protocol/run/unitMessages";
import { besideOf } from "../store/diagnosis";
import { lanesShown } from "../store/lanes";
import type { Store } from "../store/store";
import { fetchReadout, type Pointer, type Readout } from "./readout";

/** Made by one fetch for the rendering and the painting that follow it. */
export interface Fetched {
  readonly layout: UnrolledLayout;
  readonly domains: Domains;
  /** The unit under the cursor; undefined while it is fetched. */
  readonly explanation: UnitExplanation | undefined;
  readonly readout: Readout | null;
}

/** The part of the unrolled view that it depends on. */
interface Shown {
  readonly viewport: { readonly width: number; readonly height: number };
  readonly pointer: Pointer | null;
  /** Ranges of the gates, as far as they are known. */
  readonly spans: GateSpans;
}

/** What is shown of a run; what is not here yet is asked for. */
export function fetchUnrolled(
  store: Store,
  view: RunView,
  { viewport, pointer, spans }: Shown,
): Fetched {
  const { state } = store;
  const { cursor, stateName, stateRange } = state;
  return {
    layout: layoutUnrolled({
      ...viewport,
      rowZoom: state.rowZoom,
      lanes: lanesShown(state),
      mode: state.mode,
      steps: state.steps ?? [0, view.seqLength],
      showsFinding: state.showsFinding && besideOf(state).length > 0,
      isZoomed: state.steps !== null,
    }),
    domains: domainsOf(state.run ?? view, stateName, stateRange, spans),
    explanation: view.lanes.length === 0 ? undefined : store.explain({ ...cursor, stateName }),
    readout: fetchReadout(store, pointer),
  };
}
