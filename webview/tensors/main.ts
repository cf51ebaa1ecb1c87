/**
 * Starts the tensor editor's view: connects the store to the host and hands it to the page's element.
 */
import { TensorsApp } from "./app";
import { TensorStore } from "./store/store";
import "./table/gridView";
import "./headView";
import "./heatmap/heatmapView";
import "./heatmap/sliceBar";
import "./statistics/statisticsView";
import "./tensorHelp";
import "./tensorToolbar";
import "./tree/treeView";
import { connectHost } from "../shared/vscodeHost";

const store = new TensorStore(connectHost());

const app = document.querySelector("unroll-tensors");
if (app instanceof TensorsApp) app.store = store;
void store.refresh();
