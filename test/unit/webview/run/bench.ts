/** The view's store with a host that a test makes up. */
import type {
  HostEvents,
  LaneInfo,
  RunView,
  ViewRequests,
} from "../../../../src/protocol/run/messages";
import { text } from "../../../../src/core/text";
import { respond, type Handlers, type Port } from "../../../../src/protocol/rpc";
import type { SavedState } from "../../../../webview/run/store/savedState";
import { pressRunKey } from "../../../../webview/run/store/keys";
import { Store } from "../../../../webview/run/store/store";

/** A lane of three units. */
export function lane(layer: number, direction: "forward" | "reverse"): LaneInfo {
  return {
    id: `layer${layer}.${direction}`,
    layer,
    direction,
    units: 3,
    reference: "full",
    outside: 0,
    total: 0,
    range: [-1, 1],
    deltaRange: [0, 0],
    cell: null,
  };
}

/** A run of two lanes, one for each direction. */
export function run(changes: Partial<RunView> = {}): RunView {
  return {
    revision: 1,
    seqLength: 5,
    batchSize: 2,
    lengths: null,
    verdicts: [],
    firstDivergence: null,
    under: [],
    spec: { weights: { file: "w.pt" }, input: "x.npy" },
    labels: { runFile: "a.unroll.json" },
    lanes: [lane(0, "forward"), lane(0, "reverse")],
    ...changes,
  } as unknown as RunView;
}

/** A place in it. */
export const first = { layer: 0, direction: "reverse", step: 3, batch: 1, unit: 2 } as const;
/** A run that differs there. */
export const differs = {
  verdicts: [{ name: "output", first }] as unknown as RunView["verdicts"],
  firstDivergence: {
    name: "output",
    first,
    quantity: "h",
    processing: 1,
    isClean: null,
    sentence: text("the first one"),
  },
} as const;

// Sentences are looked up in the page, which has no translations here.
Object.assign(globalThis, { document: { getElementById: () => null } });

/** Presses a key; false when it stands for nothing. */
export function press(store: Store, key: string): boolean {
  return pressRunKey(store, { key, shiftKey: false, ctrlKey: false });
}

/** Two ports that pass messages on in the next turn. */
export function ports(): [Port, Port] {
  const make = (): { handlers: Set<(message: unknown) => void> } => ({ handlers: new Set() });
  const [left, right] = [make(), make()];
  const port = (own: typeof left, other: typeof left): Port => ({
    post: (message) => {
      setImmediate(() => {
        for (const handler of other.handlers) handler(message);
      });
    },
    receive: (handler) => {
      own.handlers.add(handler);
      return () => own.handlers.delete(handler);
    },
  });
  return [port(left, right), port(right, left)];
}

/** Waits until messages that are under way have arrived. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 6; turn++) {
    // Timers of the same time end in their order: those that were set before this one have ended with it.
    await new Promise((resolve) => setTimeout(resolve));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A store with its host. */
export interface Bench {
  readonly store: Store;
  readonly saved: () => SavedState | undefined;
  readonly emit: <Name extends keyof HostEvents>(name: Name, data: HostEvents[Name]) => void;
}

/** A store whose host answers by `handlers`, and saved `state` before. */
export function bench(handlers: Partial<Handlers<ViewRequests>>, state?: unknown): Bench {
  const [viewPort, hostPort] = ports();
  let saved: SavedState | undefined;
  const host = respond<ViewRequests, HostEvents>(hostPort, handlers as Handlers<ViewRequests>);
  const store = new Store({
    port: viewPort,
    getState: () => state,
    setState: (next) => {
      saved = next;
    },
  });
  return {
    store,
    saved: () => saved,
    emit: (name, data) => {
      host.emit(name, data);
    },
  };
}
