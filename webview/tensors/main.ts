/**
 * Starts the tensor editor's view: connects the store to the host and hands it to the page's element.
 */
import type { Port } from "../../src/protocol/rpc";
import { TensorsApp } from "./app";
import { TensorStore } from "./store";
import "./views/gridView";
import "./views/headView";
import "./views/heatmapView";
import "./views/sliceBar";
import "./views/statisticsView";
import "./views/tensorHelp";
import "./views/tensorToolbar";
import "./views/treeView";

interface VsCodeApi {
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

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

const store = new TensorStore({
  port,
  getState: () => api.getState(),
  setState: (state) => {
    api.setState(state);
  },
});

const app = document.querySelector("unroll-tensors");
if (app instanceof TensorsApp) app.store = store;
void store.refresh();
