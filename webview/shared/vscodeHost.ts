/**
 * The connection of a page to VS Code: messages, and a state that survives a reload.
 */
import { inBatches } from "../../src/protocol/batches";
import type { Port } from "../../src/protocol/rpc";

interface VsCodeApi {
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

export interface VsCodeHost {
  readonly port: Port;
  readonly getState: () => unknown;
  readonly setState: (state: unknown) => void;
}

/** May be called once in a page. */
export function connectHost(): VsCodeHost {
  const api = acquireVsCodeApi();
  const port: Port = {
    post: (message, transfer) => {
      api.postMessage(message, transfer);
    },
    receive: (handler) => {
      const listener = (event: MessageEvent): void => {
        handler(event.data);
      };
      window.addEventListener("message", listener);
      return () => {
        window.removeEventListener("message", listener);
      };
    },
  };
  return {
    port: inBatches(port, queueMicrotask),
    getState: () => api.getState(),
    setState: (state) => {
      api.setState(state);
    },
  };
}
