/** Finds a Chromium browser; where nothing is installed, a root user of Debian gets one by apt-get. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";
import { run } from "../process.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const INSTALLED_AT = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
];

/** What a browser needs to start in a container and to stay away from the network. */
export const browserArguments = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

function installedChromium() {
  const onPath = (process.env.PATH ?? "")
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return [...onPath, ...INSTALLED_AT, chromium.executablePath()].find((path) => existsSync(path));
}

/**
 * The path of a Chromium browser.
 *
 * @throws Error with one sentence saying what to do when there is none and none can be installed.
 */
export async function ensureChromium() {
  const named = process.env.CHROMIUM_PATH;
  if (named) {
    if (!existsSync(named)) throw new Error(`CHROMIUM_PATH names ${named}, which does not exist.`);
    return named;
  }
  const found = installedChromium();
  if (found) return found;
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    console.log("No Chromium here: installing Debian's package (apt-get install chromium) …");
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const install = "apt-get update && apt-get install -y --no-install-recommends chromium";
    const { code, output } = await run("sh", ["-c", install], { env, echo: false });
    if (code !== 0) console.log(output);
    const installed = installedChromium();
    if (installed) return installed;
  }
  throw new Error("No Chromium was found. Install one, or set CHROMIUM_PATH to its executable.");
}
