/**
 * Starts the page of the tensor editor.
 */
import "./app";
import "./assign/assignDialog";
import "./headView";
import "./heatmap/heatmapView";
import "./heatmap/sliceBar";
import "./statistics/statisticsView";
import "./table/gridView";
import "./tensorToolbar";
import "./tree/treeView";
import { TensorStore } from "./store/store";
import { startPage } from "../shared/startPage";

startPage(document.querySelector("unroll-tensors"), (host) => new TensorStore(host));
