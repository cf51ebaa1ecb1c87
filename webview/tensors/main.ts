/**
 * Starts the tensor editor's view: connects the store to the host and hands it to the page's element.
 */
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
import { connectHost } from "../vscodeHost";

const store = new TensorStore(connectHost());

const app = document.querySelector("unroll-tensors");
if (app instanceof TensorsApp) app.store = store;
void store.refresh();
