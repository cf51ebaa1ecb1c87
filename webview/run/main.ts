/**
 * Starts the view: connects the store to the host and hands it to the page's element.
 */
import { UnrollApp } from "./app";
import "./flip/flipView";
import "./toolbar/helpView";
import "./inspector/inspectorView";
import "./unrolled/unrolledView";
import "./shapes/shapesView";
import "./table/tableView";
import "./timeline/timelineView";
import "./toolbar/toolbarView";
import "./toolbar/verdictBar";
import { Store } from "./store/store";
import { connectHost } from "../shared/vscodeHost";

const store = new Store(connectHost());

const app = document.querySelector("unroll-app");
if (app instanceof UnrollApp) app.store = store;
void store.refresh();
