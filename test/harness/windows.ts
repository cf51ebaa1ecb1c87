/**
 * Windows for suites: to load a workbench costs more than most suites do, so one takes over what another has left.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { openPage, type Viewport } from "./browser";
import { measureExecuted } from "./executed";
import { removeAtExit } from "./leftFolders";
import { becomes, until } from "./poll";
import { trimmedTexts } from "./texts";
import { THEMES } from "./themes";
import { Workbench } from "./workbench";

export interface WorkbenchOptions {
  /** Folder to open, relative to the repository's root; the test works on a copy of it. Empty without one. */
  readonly folder?: string;
  /** Puts more files into the copy before it is opened. */
  readonly prepare?: (folder: string) => void | Promise<void>;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly viewport?: Viewport;
  /** Opens the folder in Restricted Mode, as VS Code does of itself; the tests' server would trust every folder. */
  readonly isRestricted?: boolean;
  /** Has a window that no other suite had: a reload would bring back what they have stored in it. */
  readonly isFirst?: boolean;
}

const VIEWPORT = { width: 1400, height: 900 };
const SETTINGS = ".vscode";
/** So many rows of the Explorer are on screen, whatever else is. */
const ROWS_ON_SCREEN = 10;

/** The window that no suite has now. */
let left: Workbench | null = null;
let taken = 0;

/** Opens a copy of a folder in a new browser window and waits until the workbench can be used. */
export async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const parent = mkdtempSync(join(tmpdir(), "unroll-e2e-"));
  removeAtExit(parent);
  const folder = join(parent, "workspace");
  mkdirSync(join(folder, SETTINGS), { recursive: true });
  writeSettings(folder, options.settings);
  await fill(folder, options);
  const page = await openPage(options.viewport ?? VIEWPORT);
  if (options.isRestricted === true) await restrict(page);
  const workbench = new Workbench(page, folder, parent);
  workbench.executed = await measureExecuted(page);
  await workbench.load();
  return workbench;
}

/** Gives a suite the window that another one has left, with its own folder and settings in it; a new one without any. */
export async function takeWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const workbench = left;
  const isFirst = options.isFirst === true || options.isRestricted === true;
  if (workbench === null || isFirst) return openWorkbench(options);
  left = null;
  await renew(workbench, options);
  return workbench;
}

/** Leaves a window to the next suite, which may have one already. Throws when a webview complained meanwhile. */
export async function leaveWorkbench(workbench: Workbench): Promise<void> {
  if (left !== null) {
    await workbench.close();
    return;
  }
  await revertEditors(workbench);
  await workbench.closeEditors();
  left = workbench;
  workbench.throwComplaints();
}

/** Closes the window that no suite took any more. */
export async function closeLeftWorkbench(): Promise<void> {
  await left?.close();
  left = null;
}

/** Closes the editors whose changes are not saved: with the others they would ask what to do with them. */
async function revertEditors(workbench: Workbench): Promise<void> {
  const changed = workbench.page.locator(".tabs-container .tab.dirty");
  for (let count = await changed.count(); count > 0; count = await changed.count()) {
    await changed.first().click();
    await workbench.runCommand("View: Revert and Close Editor");
    // Another one may go at the same time: of two views of a document both do.
    const isLess = (now: number): boolean => now < count;
    await until("The number of changed editors", () => changed.count(), isLess);
  }
}

/** Makes a window what it was when it was opened, but for the files and settings, which are the next suite's. */
async function renew(workbench: Workbench, options: WorkbenchOptions): Promise<void> {
  const { folder, page } = workbench;
  await page.setViewportSize(options.viewport ?? VIEWPORT);
  const shows = (selector: string): Promise<boolean> => page.locator(selector).first().isVisible();
  if (await shows(".part.panel")) await workbench.runCommand("View: Toggle Panel Visibility");
  if (!(await shows(".part.sidebar")))
    await workbench.runCommand("View: Toggle Primary Side Bar Visibility");
  if (await shows(".notification-toast"))
    await workbench.runCommand("Notifications: Clear All Notifications");
  // The settings are in force where the title is.
  const title = `window ${++taken}`;
  writeSettings(folder, { ...options.settings, "window.title": title });
  for (const name of readdirSync(folder)) {
    if (name !== SETTINGS) rmSync(join(folder, name), { recursive: true, maxRetries: 3 });
  }
  await until(
    "The title of the window",
    () => page.title(),
    (shown) => shown.includes(title),
  );
  await page.locator(`.monaco-workbench${THEMES.dark.workbench}`).first().waitFor();
  const rows = page.locator(".explorer-folders-view .monaco-list-row");
  await becomes("The files of the Explorer", () => trimmedTexts(rows), [SETTINGS]);
  await fill(folder, options);
  const expected = Math.min(readdirSync(folder).length, ROWS_ON_SCREEN);
  await until(
    "The rows of the Explorer",
    () => rows.count(),
    (count) => count >= expected,
  );
}

function writeSettings(folder: string, settings: WorkbenchOptions["settings"]): void {
  writeFileSync(join(folder, SETTINGS, "settings.json"), JSON.stringify(settings ?? {}));
}

async function fill(folder: string, { folder: source, prepare }: WorkbenchOptions): Promise<void> {
  if (source !== undefined) cpSync(source, folder, { recursive: true });
  await prepare?.(folder);
}

/** The page of the workbench carries the choice of the server: here it is the other one. */
async function restrict(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const change = (_: unknown, observer: MutationObserver): void => {
      const element = document.getElementById("vscode-workbench-web-configuration");
      const settings = element?.dataset["settings"];
      if (element === null || settings === undefined) return;
      observer.disconnect();
      element.dataset["settings"] = settings.replace(
        '"enableWorkspaceTrust":false',
        '"enableWorkspaceTrust":true',
      );
    };
    new MutationObserver(change).observe(document, { childList: true, subtree: true });
  });
}
