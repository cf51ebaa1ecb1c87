/** Finds a Chromium browser; where nothing is installed, a root user of Debian gets one by apt-get. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";
import { run } from "../process.mjs";

/** The first that is there: one without a window of its own has less to draw. */
const NAMES = [
  ...["chromium-headless-shell", "chromium", "chromium-browser"],
  ...["google-chrome", "google-chrome-stable", "chrome"],
];
/** Packages of Debian, the first that there is: not every release has the smaller one. */
const PACKAGES = ["chromium-headless-shell", "chromium"];
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
  const folders = (process.env.PATH ?? "").split(delimiter);
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
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
    console.log(`No Chromium here: installing a package of Debian (${PACKAGES.join(" or ")}) …`);
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const installs = PACKAGES.map((name) => `apt-get install -y --no-install-recommends ${name}`);
    const install = `apt-get update && (${installs.join(" || ")})`;
    const { code, output } = await run("sh", ["-c", install], { env, echo: false });
    if (code !== 0) console.log(output);
    const installed = installedChromium();
    if (installed) return installed;
  }
  throw new Error("No Chromium was found. Install one, or set CHROMIUM_PATH to its executable.");
}
