/**
 * Starts the page of a run.
 */
import "./app";
import "./flip/flipView";
import "./inspector/inspectorView";
import "./numbers/numbersView";
import "./unrolled/unrolledView";
import "./shapes/shapesView";
import "./table/tableView";
import "./timeline/playBar";
import "./timeline/timelineView";
import "./toolbar/toolbarView";
import "./toolbar/verdictBar";
import "./toolbar/viewSwitch";
import "./why/whyView";
import { Store } from "./store/store";
import { startPage } from "../shared/startPage";

startPage(document.querySelector("unroll-app"), (host) => new Store(host));
