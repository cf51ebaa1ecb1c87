/**
 * The worker thread of one archive.
 */
import { parentPort, workerData } from "node:worker_threads";
import { serveArchive } from "../worker/archive";
import { threadPlatform } from "./threadPlatform";
import { writeWhole } from "./writeWhole";

serveArchive({ ...threadPlatform(parentPort, workerData), writeWhole });
