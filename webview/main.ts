/**
 * Starts the view: connects the store to the host and hands it to the page's element.
 */
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
import { connectHost } from "./vscodeHost";

const store = new Store(connectHost());

const app = document.querySelector("unroll-app");
if (app instanceof UnrollApp) app.store = store;
void store.refresh();
