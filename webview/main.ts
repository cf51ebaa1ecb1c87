/**
 * Starts the view: connects the store to the host and hands it to the page's element.
 */
import type { Port } from "../src/protocol/rpc";
import { UnrollApp } from "./app";
import "./views/flipView";
import "./views/helpView";
import "./views/inspectorView";
import "./views/scoreView";
import "./views/shapesView";
import "./views/tableView";
import "./views/timelineView";
import "./views/toolbarView";
import "./views/verdictBar";
import { Store } from "./store";

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

const store = new Store({
  port,
  getState: () => api.getState(),
  setState: (state) => {
    api.setState(state);
  },
});

const app = document.querySelector("unroll-app");
if (app instanceof UnrollApp) app.store = store;
void store.refresh();
