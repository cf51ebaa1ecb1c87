/** The tensor editor's store with a host that a test makes up. */
import type {
  ShownArchive,
  TensorEvents,
  TensorInfo,
  TensorRequests,
  TensorStatistics,
  TileRequest,
} from "../../../../src/protocol/archive/messages";
import { respond, type Handlers } from "../../../../src/protocol/rpc";
import type { SavedTensorState } from "../../../../webview/tensors/store/savedState";
import { TensorStore } from "../../../../webview/tensors/store/store";
import { ports } from "../run/bench";

export const gates = {
  name: "PyTorch",
  axis: 0,
  blocks: [
    { name: "W_ii", start: 0, end: 20 },
    { name: "W_if", start: 20, end: 40 },
  ],
};

export function info(name: string, shape: readonly number[]): TensorInfo {
  return {
    name,
    dtype: "float32",
    shape,
    bytes: 4,
    parameters: 1,
    origin: null,
    axes: [],
    layouts: [gates],
    hasSpectrum: false,
  };
}

export function summary(changes: Partial<ShownArchive> = {}): ShownArchive {
  return {
    revision: 1,
    file: "w.pt",
    format: "pytorch",
    fileBytes: 9,
    entryCount: 2,
    parameters: 2,
    modules: [],
    notes: [],
    lookAlike: null,
    first: info("a", [40, 10]),
    version: null,
    ...changes,
  };
}

export function statistics(kind: "exact" | "sampled"): TensorStatistics {
  return { kind, moments: Float64Array.of(-1, 1, 0, 1) } as unknown as TensorStatistics;
}

/** A store, what was asked of its host, and what it saved. */
export interface TensorBench {
  readonly store: TensorStore;
  readonly asked: string[];
  readonly copied: string[];
  readonly saved: () => SavedTensorState | undefined;
  readonly emit: <Name extends keyof TensorEvents>(name: Name, data: TensorEvents[Name]) => void;
}

/** Two tensors, a (40 × 10) and b (80 × 20), unless the test says otherwise. */
export function tensorBench(
  changes: Partial<Handlers<TensorRequests>> = {},
  state?: unknown,
): TensorBench {
  const [left, right] = ports();
  const asked: string[] = [];
  const copied: string[] = [];
  let saved: SavedTensorState | undefined;
  const tile = ({ maxRows, maxColumns }: TileRequest): TensorRequests["tensor/tile"]["result"] => ({
    kind: "exact",
    rows: maxRows,
    columns: maxColumns,
    values: new Float32Array(maxRows * maxColumns),
    flags: new Uint8Array(maxRows * maxColumns),
  });
  const infoOf: Handlers<TensorRequests>["tensor/info"] =
    changes["tensor/info"] ?? (({ tensor }) => info(tensor, tensor === "b" ? [80, 20] : [40, 10]));
  const handlers: Partial<Handlers<TensorRequests>> = {
    "archive/describe": async () => summary({ first: await infoOf({ tensor: "a" }) }),
    "tensor/info": infoOf,
    "tensor/tile": tile,
    "tensor/cells": ({ rowStart, rowEnd, columnStart, columnEnd }) => ({
      texts: Array.from(
        { length: (rowEnd - rowStart) * (columnEnd - columnStart) },
        (_, index) => `v${index}`,
      ),
    }),
    "tensor/statistics": ({ effort }) => statistics(effort === "exact" ? "exact" : "sampled"),
    "text/copy": ({ text }) => {
      copied.push(text);
      return null;
    },
    ...changes,
  };
  const noted = Object.fromEntries(
    Object.entries(handlers).map(([name, handler]) => [
      name,
      (params: never): unknown => {
        asked.push(name);
        return handler(params);
      },
    ]),
  );
  const channel = respond<TensorRequests, TensorEvents>(
    right,
    noted as unknown as Handlers<TensorRequests>,
  );
  const store = new TensorStore({
    port: left,
    getState: () => state,
    setState: (next) => {
      saved = next;
    },
  });
  return { store, asked, copied, saved: () => saved, emit: channel.emit.bind(channel) };
}
