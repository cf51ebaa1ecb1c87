/**
 * Drives VS Code's web workbench in a browser, for tests of the packaged extension.
 *
 * scripts/e2e.mjs starts the server with the extension installed and names it in the environment. Clicks and
 * keys can be lost while a workbench or a webview loads, so every step has a short limit and is tried again.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CDPSession, ConsoleMessage, Frame, Locator, Page } from "playwright-core";
import { closePage, environment } from "./browser";
import type { Executed } from "./executed";
import { actUntil, becomes, retry, until } from "./poll";
import { QuickInput } from "./quickInput";
import { readStorage } from "./storage";
import { trimmedTexts } from "./texts";
import { THEMES, type Theme } from "./themes";

/** One finding of axe. */
interface AxeViolation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

const AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"];
const COLOUR_RULES = ["color-contrast", "link-in-text-block"];

const OPEN_LIMIT_MS = 120_000;
const STEP_LIMIT_MS = 3000;
const RETRY_LIMIT_MS = 90_000;
/** Time after which a click on a menu counts as ignored. */
const MENU_LIMIT_MS = 400;
/** Time after which rows that were scrolled to are in the page. */
const SCROLL_LIMIT_MS = 300;
/** Time after which the workbench has stored its state. */
const STORE_LIMIT_MS = 8000;
const SCROLL_PIXELS = 400;
const MOST_PIXELS = 100_000;

/** One window of VS Code. */
export class Workbench {
  readonly page: Page;
  /** The opened copy of the folder, an absolute path. */
  readonly folder: string;
  readonly quick: QuickInput;
  /** What the views execute; null when nobody asks. */
  executed: Executed | null = null;
  private readonly parent: string;
  private session: CDPSession | null = null;
  /** Errors that pages of webviews wrote to their console. */
  private readonly viewErrors: string[] = [];

  constructor(page: Page, folder: string, parent: string) {
    this.page = page;
    this.quick = new QuickInput(page);
    this.folder = folder;
    this.parent = parent;
    page.on("console", (message) => {
      if (message.type() === "error") this.noteError(message);
    });
  }

  /** Loads the workbench, or loads it again as a window reload does. */
  async load(): Promise<void> {
    const address = `${environment("UNROLL_E2E_ADDRESS")}/?folder=${encodeURI(this.folder)}`;
    await this.executed?.stop();
    await retry(
      "Opening the workbench",
      async () => {
        await this.page.goto(address, { timeout: OPEN_LIMIT_MS });
        await this.page.locator(".monaco-workbench").waitFor({ timeout: OPEN_LIMIT_MS / 2 });
        await this.page
          .locator(".explorer-folders-view .monaco-list-row")
          .first()
          .waitFor({ timeout: OPEN_LIMIT_MS / 2 });
      },
      OPEN_LIMIT_MS,
    );
    await this.executed?.start();
  }

  /** Runs a command of the palette by its full title, such as `Unroll RNN: Run Forward…`. */
  runCommand(title: string): Promise<void> {
    return this.quick.run(title);
  }

  /** The row of a file or folder in the Explorer, scrolled into view by its name. */
  explorerRow(name: string): Locator {
    const label = this.page.getByText(name, { exact: true });
    return this.page.locator(".explorer-folders-view .monaco-list-row").filter({ has: label });
  }

  /** Opens the folders of a path in the Explorer one after another and returns the last row. */
  async revealInExplorer(path: string): Promise<Locator> {
    const names = path.split("/");
    for (const name of names.slice(0, -1)) {
      await retry(`The folder "${name}" in the Explorer`, async () => {
        const row = this.explorerRow(name).first();
        await this.scrollTo(row);
        if ((await row.getAttribute("aria-expanded")) === "true") return;
        await row.click({ timeout: STEP_LIMIT_MS });
        throw new Error("not yet open");
      });
    }
    const row = this.explorerRow(names.at(-1) ?? path).last();
    await retry(`"${path}" in the Explorer`, () => this.scrollTo(row));
    return row;
  }

  /** Opens a file of the folder as a double click in the Explorer does. */
  async openFile(path: string): Promise<void> {
    const name = path.split("/").at(-1) ?? path;
    const tab = this.page.locator(`.tabs-container .tab[data-resource-name="${name}"]`).first();
    const refused = this.page.locator(".monaco-editor-pane-placeholder");
    const shown = this.page.locator("iframe.webview, .editor-instance .view-lines");
    await retry(`The editor of "${path}"`, async () => {
      // A window that has just opened may lose the click, or not know yet of the extension's editors.
      await (await this.revealInExplorer(path)).dblclick({ timeout: STEP_LIMIT_MS });
      await tab.waitFor({ timeout: STEP_LIMIT_MS });
      await shown.or(refused).first().waitFor({ timeout: STEP_LIMIT_MS });
      if ((await refused.count()) === 0) return;
      await this.closeEditors();
      throw new Error("it was opened as text");
    });
  }

  /** Right-clicks a file in the Explorer and chooses an entry of the menu. */
  async explorerMenu(path: string, entry: string): Promise<void> {
    const row = await this.revealInExplorer(path);
    await retry(`The menu entry "${entry}"`, async () => {
      // A menu that an attempt before left open takes every click.
      await this.page.keyboard.press("Escape");
      await row.click({ button: "right", timeout: STEP_LIMIT_MS });
      const label = this.page.getByText(entry, { exact: true });
      const item = this.page.locator(".monaco-menu .action-item").filter({ has: label }).first();
      await item.waitFor({ timeout: STEP_LIMIT_MS });
      // The menu ignores clicks in its first moments.
      let isClicked = false;
      const choose = async (): Promise<void> => {
        if (await item.isHidden()) {
          if (isClicked) return;
          throw new Error("the menu went away");
        }
        isClicked = true;
        await item.click({ timeout: STEP_LIMIT_MS });
        await item.waitFor({ state: "hidden", timeout: MENU_LIMIT_MS });
      };
      await retry("A click on it", choose, STEP_LIMIT_MS);
    });
  }

  /** The webview whose document holds `selector`, for `evaluate` and locators alike. */
  async webviewFrame(selector: string): Promise<Frame> {
    return retry(`The webview with ${selector}`, async () => {
      for (const frame of this.webviewFrames()) {
        if (await shows(frame, selector)) return frame;
      }
      throw new Error(`no webview shows ${selector}`);
    });
  }

  /** The documents of all webviews, those as well that are being loaded or left. */
  webviewFrames(): Frame[] {
    return this.page
      .frames()
      .filter((frame) => frame.url().includes("fake.html") || frame.name() === "active-frame");
  }

  /** The notification with this text. */
  async notification(part: string): Promise<Locator> {
    const toast = this.page.locator(".notification-toast").filter({ hasText: part }).first();
    await toast.waitFor({ timeout: RETRY_LIMIT_MS });
    return toast;
  }

  /** Waits until these are the titles of the open editor tabs. */
  async tabsAre(...titles: readonly string[]): Promise<void> {
    await becomes("The titles of the tabs", () => this.tabTitles(), [...titles]);
  }

  /** Waits until one of the open editor tabs has this title. */
  async hasTab(title: string): Promise<void> {
    const hasTitle = (titles: readonly string[]): boolean => titles.includes(title);
    await until("The titles of the tabs", () => this.tabTitles(), hasTitle);
  }

  /** Changes workspace settings; VS Code notices by itself within a second. */
  writeSettings(settings: Readonly<Record<string, unknown>>): void {
    const file = join(this.folder, ".vscode/settings.json");
    const current = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
    writeFileSync(file, JSON.stringify({ ...current, ...settings }));
  }

  /** Switches the colour theme and waits until the workbench, and the given webview, wear it. */
  async setTheme(theme: Theme, frame?: Frame): Promise<void> {
    const { name, workbench, body } = THEMES[theme];
    this.writeSettings({ "workbench.colorTheme": name });
    await this.page.locator(`.monaco-workbench${workbench}`).first().waitFor();
    if (frame === undefined) return;
    await frame.locator(`body${body}`).waitFor();
  }

  /** Writes a picture of the whole window to `path`. */
  async screenshot(path: string): Promise<void> {
    await this.page.screenshot({ path });
  }

  /** A picture of the window to compare with another one: it is made sooner than a file that is small. */
  async pixels(): Promise<string> {
    this.session ??= await this.page.context().newCDPSession(this.page);
    const { data } = await this.session.send("Page.captureScreenshot", { optimizeForSpeed: true });
    return data;
  }

  /**
   * What axe finds wrong in the webview with `selector`, a line for each place: WCAG 2.1 A and AA, and its best practices;
   * or only what its colours make of it, since nothing else depends on the theme.
   */
  async findings(selector: string, only?: "colours"): Promise<string[]> {
    const frame = await this.webviewFrame(selector);
    if (!(await frame.evaluate<boolean>("'axe' in window"))) await frame.evaluate(axeSource());
    const runOnly = only === "colours" ? COLOUR_RULES : AXE_TAGS;
    // Of what is right nothing is told: the places of all of it take longest.
    const options = JSON.stringify({ runOnly, resultTypes: ["violations"] });
    const result: { violations: AxeViolation[] } = await frame.evaluate(
      `axe.run(document, ${options})`,
    );
    return result.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary = "" }) => `${id}: ${html} ${failureSummary}`),
    );
  }

  /**
   * Reloads the window, as Developer: Reload Window does, once the workbench has stored all of `parts`.
   *
   * In a browser it writes its storage every few seconds; what was not written yet would be lost. What a webview
   * changed about its state is written with the next change of the open editors, so one that came before the state
   * did, from a busy webview, has to be made again.
   */
  async reload(...parts: readonly string[]): Promise<void> {
    const missing = async (): Promise<string[]> => {
      // Windows of a browser have one storage; what is of this one names its folder.
      const all = await this.page.evaluate(readStorage);
      const stored = all.filter((value) => value.includes(this.folder));
      return parts.filter((part) => !stored.some((value) => value.includes(part)));
    };
    const isEmpty = ({ length }: string[]): boolean => length === 0;
    await retry("Storing the state", async () => {
      await this.pinEditor(true);
      await this.pinEditor(false);
      await until("What is not stored yet", missing, isEmpty, STORE_LIMIT_MS);
    });
    await this.load();
  }

  /** Closes every editor of the window, also one that a reload has brought back pinned. */
  async closeEditors(): Promise<void> {
    await this.executed?.take();
    const tabs = this.page.locator(".tabs-container .tab");
    // scripts/lib/vscode/vscodeServer.mjs gives the key to "Close All Editor Groups": "Close All Editors" would leave the pinned ones open.
    const close = async (): Promise<void> => {
      await this.page.keyboard.press("Escape");
      await this.page.keyboard.press("Control+Alt+Shift+F9");
    };
    await actUntil("Closing the editors", close, async () => (await tabs.count()) === 0);
  }

  /** Closes the window and removes the copy of the folder. Throws when a webview complained meanwhile. */
  async close(): Promise<void> {
    await this.executed?.take();
    await closePage(this.page);
    rmSync(this.parent, { recursive: true, force: true, maxRetries: 3 });
    this.throwComplaints();
  }

  /** Throws when a webview has complained since this was asked before. */
  throwComplaints(): void {
    const errors = this.viewErrors.splice(0);
    if (errors.length > 0) throw new Error(`errors in the view's console:\n${errors.join("\n")}`);
  }

  /** Pins or unpins the active editor, and looks whether it is: a command just enabled may still be refused. */
  private async pinEditor(pinned: boolean): Promise<void> {
    const tab = this.page.locator(".tabs-container .tab.active");
    const wanted = pinned
      ? tab.and(this.page.locator(".sticky"))
      : tab.and(this.page.locator(":not(.sticky)"));
    await retry(pinned ? "Pinning the editor" : "Unpinning the editor", async () => {
      await this.runCommand(`View: ${pinned ? "Pin" : "Unpin"} Editor`);
      await wanted.first().waitFor({ timeout: STEP_LIMIT_MS });
    });
  }

  /** Scrolls the Explorer on when a row is not on screen; fails as long as it is not. */
  private async scrollTo(row: Locator): Promise<void> {
    if (await this.isOnScreen(row)) return;
    await this.scrollExplorer();
    await row.waitFor({ timeout: SCROLL_LIMIT_MS });
    if (!(await this.isOnScreen(row))) throw new Error("it lies beyond the edge of the list");
  }

  /** True for a row that lies within the Explorer's list: one that is cut off by its edge counts as visible, too. */
  private async isOnScreen(row: Locator): Promise<boolean> {
    if (!(await row.isVisible())) return false;
    const [own, list] = await Promise.all([row.boundingBox(), this.explorerList.boundingBox()]);
    if (own === null || list === null) return false;
    return own.y >= list.y && own.y + own.height <= list.y + list.height;
  }

  private get explorerList(): Locator {
    return this.page.locator(".explorer-folders-view .monaco-list").first();
  }

  /** Scrolls the Explorer on, at its end back to its top: rows out of sight are in no document. */
  private async scrollExplorer(): Promise<void> {
    const rows = this.page.locator(".explorer-folders-view .monaco-list-row");
    const read = async (): Promise<string> => (await rows.allInnerTexts()).join();
    const before = await read();
    // The first row may lie under the heading, once the list is scrolled.
    await this.explorerList.hover({ timeout: STEP_LIMIT_MS });
    await this.page.mouse.wheel(0, SCROLL_PIXELS);
    await this.page.waitForTimeout(SCROLL_LIMIT_MS);
    if ((await read()) === before) await this.page.mouse.wheel(0, -MOST_PIXELS);
  }

  private noteError(message: ConsoleMessage): void {
    const { url } = message.location();
    if (/webview|^unroll\//i.test(url)) this.viewErrors.push(`${message.text()} (${url})`);
  }

  private tabTitles(): Promise<string[]> {
    return trimmedTexts(this.page.locator(".tabs-container .tab .label-name"));
  }
}

async function shows(frame: Frame, selector: string): Promise<boolean> {
  try {
    const element = frame.locator(selector).first();
    return await element.isVisible();
  } catch {
    return false; // The frame went away while it was looked at.
  }
}

function axeSource(): string {
  return readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
}
