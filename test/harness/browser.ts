/**
 * The browser that the end-to-end tests drive VS Code in.
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type BrowserContext, type Page } from "playwright-core";
import { removeAtExit } from "./leftFolders";

export interface Viewport {
  readonly width: number;
  readonly height: number;
}

/** How long a click waits for what it is meant for: several times what a machine takes that does other work beside. */
const ACTION_LIMIT_MS = 90_000;

/** What a browser shows that has no window yet. */
const BLANK = "about:blank";

let browser: BrowserContext | undefined;

/** A variable that scripts/e2e.mjs sets. */
export function environment(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: start with scripts/e2e.mjs`);
  return value;
}

/** The browser that all windows share: what one has loaded and compiled of VS Code, the next one has at once. */
async function launched(): Promise<BrowserContext> {
  if (browser !== undefined) return browser;
  const profile = mkdtempSync(join(tmpdir(), "unroll-e2e-browser-"));
  removeAtExit(profile);
  browser = await chromium.launchPersistentContext(profile, {
    executablePath: environment("UNROLL_E2E_CHROMIUM"),
    args: environment("UNROLL_E2E_CHROMIUM_ARGUMENTS").split(" "),
    permissions: ["clipboard-read"],
  });
  browser.setDefaultTimeout(ACTION_LIMIT_MS);
  return browser;
}

/** Opens an empty window. */
export async function openPage(viewport: Viewport): Promise<Page> {
  const page = await (await launched()).newPage();
  await page.setViewportSize(viewport);
  return page;
}

/** Closes a window; with the last one goes what they have stored, so that the next one knows nothing of it. */
export async function closePage(page: Page): Promise<void> {
  await page.close();
  const context = await launched();
  if (context.pages().some((other) => other.url() !== BLANK)) return;
  const session = await context.newCDPSession(context.pages()[0] ?? (await context.newPage()));
  await session.send("Storage.clearDataForOrigin", {
    origin: environment("UNROLL_E2E_ADDRESS"),
    storageTypes: "cookies,file_systems,indexeddb,local_storage,service_workers,cache_storage",
  });
  await session.detach();
}

/** Writes a picture of every open window into `folder`, for a test that failed. */
export async function screenshotAll(folder: string, name: string): Promise<void> {
  const pages = browser?.pages().filter((page) => page.url() !== BLANK) ?? [];
  for (const [index, page] of pages.entries()) {
    await page.screenshot({ path: join(folder, `${name}-${index + 1}.png`) });
  }
}

/** Ends the browser that all windows share. */
export async function closeBrowser(): Promise<void> {
  await browser?.close();
  browser = undefined;
}
