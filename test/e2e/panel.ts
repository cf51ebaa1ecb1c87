/**
 * The panel as a person meets it: what it says, and where they click. One panel is on screen at a time.
 */
import type { FrameLocator, Locator } from "playwright-core";
import { until } from "../harness/poll";
import type { Workbench } from "../harness/workbench";

/** The state behind the panel, as far as tests look at it. */
interface AppElement extends HTMLElement {
  readonly store: { readonly state: { readonly view: { readonly revision: number } | null } };
}

/** Where the input, a lane or the axis of time lies on the score's canvas, CSS pixels of the page. */
interface ScoreElement extends HTMLElement {
  readonly layout: {
    readonly plotLeft: number;
    readonly plotWidth: number;
    readonly columnWidth: number;
    readonly finalLeft: number;
    readonly finalWidth: number;
    readonly boxes: readonly { info: { id: string }; top: number; height: number }[];
  };
}

export class Panel {
  readonly workbench: Workbench;
  readonly #root: FrameLocator;

  constructor(workbench: Workbench) {
    this.workbench = workbench;
    this.#root = workbench.page
      .locator("iframe.webview.ready")
      .filter({ visible: true })
      .contentFrame()
      .locator("iframe#active-frame")
      .contentFrame();
  }

  locator(selector: string): Locator {
    return this.#root.locator(selector);
  }

  /** Opens a run file by the Explorer's menu, waits for the run and returns its verdicts. */
  async openRun(path: string): Promise<string[]> {
    await this.workbench.explorerMenu(path, "Open Run");
    return this.verdicts();
  }

  /** The chips of the verdict bar, once no run is under way. */
  async verdicts(): Promise<string[]> {
    await this.locator(".verdicts .chip").first().waitFor({ timeout: 60_000 });
    await this.locator(".progress").waitFor({ state: "detached", timeout: 60_000 });
    return this.texts(".verdicts .chip");
  }

  /** Waits until the chips are these. */
  verdictsAre(expected: readonly string[]): Promise<string[]> {
    const read = (): Promise<string[]> => this.verdicts();
    return until("The verdict", read, (chips) => chips.join() === expected.join());
  }

  /** The texts of all elements, with single spaces. */
  async texts(selector: string): Promise<string[]> {
    return (await this.locator(selector).allTextContents()).map(squeeze);
  }

  async text(selector: string): Promise<string> {
    return squeeze((await this.locator(selector).first().textContent({ timeout: 30_000 })) ?? "");
  }

  /** Waits until an element's text has this part, and returns the text. */
  says(selector: string, part: string | RegExp): Promise<string> {
    const accept = (text: string): boolean =>
      typeof part === "string" ? text.includes(part) : part.test(text);
    return until(`The text of ${selector}`, () => this.text(selector), accept);
  }

  /** Where the cursor is, as the inspector's heading says it. */
  cursor(): Promise<string> {
    return this.text("unroll-inspector h2");
  }

  /** Waits until the cursor is at a place, such as `t = 3`. */
  cursorIs(part: string): Promise<string> {
    return this.says("unroll-inspector h2", part);
  }

  /** The step that assistive technology is told. */
  async stepForAssistiveTechnology(): Promise<number> {
    return Number(await this.locator(".timeline-track").getAttribute("aria-valuenow"));
  }

  /** Presses keys with the focus in the panel. */
  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.locator(".side").press(key);
  }

  /** Goes to a view by its tab. */
  async openTab(name: string): Promise<void> {
    const tab = this.locator(".tab").getByText(name, { exact: true });
    await tab.click();
    await until(
      "The view",
      () => tab.getAttribute("aria-current"),
      (is) => is === "page",
    );
  }

  /** The view that is open. */
  openedTab(): Promise<string> {
    return this.text(".tab[aria-current=page]");
  }

  /** Chooses what the lanes show. */
  async showMode(name: string): Promise<void> {
    const segment = this.locator(".segment").getByText(name, { exact: true });
    await segment.click();
    await until(
      "The mode",
      () => segment.getAttribute("aria-pressed"),
      (is) => is === "true",
    );
  }

  /** Chooses an entry of a dropdown. */
  async choose(label: string, option: string): Promise<void> {
    const dropdown = this.locator(`vscode-dropdown[aria-label="${label}"]`);
    await dropdown.click();
    await dropdown.locator("vscode-option").getByText(option, { exact: true }).click();
  }

  /** Presses the toolbar's button for a file: `weights`, `input`, `h0` or `reference`. */
  async pick(kind: string): Promise<void> {
    const name = this.#root.getByText(kind, { exact: true });
    await this.locator("vscode-button.pick").filter({ has: name }).click();
  }

  /** Counts the runs that the panel has shown. */
  revision(): Promise<number> {
    return this.locator("unroll-app").evaluate(
      (app: AppElement) => app.store.state.view?.revision ?? 0,
    );
  }

  /** Waits until two pictures in a row are the same: every value has arrived and every motion ended. */
  async settle(): Promise<void> {
    let last = "";
    const read = async (): Promise<boolean> => {
      const now = (await this.workbench.page.screenshot()).toString("base64");
      const isSame = now === last;
      last = now;
      return isSame;
    };
    await until("A picture that stays", read, (isSame) => isSame);
  }

  /** What the canvas of the lanes shows. */
  picture(): Promise<string> {
    return this.locator(".score-lanes").evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  }

  /** Pixels of a part of the lanes (x, y, width, height), a column of the canvas a string. */
  columns(area: readonly [number, number, number, number]): Promise<string[]> {
    const read = (canvas: HTMLCanvasElement, [x, y, width, height]: typeof area): string[] => {
      const { data = [] } = canvas.getContext("2d")?.getImageData(x, y, width, height) ?? {};
      return Array.from({ length: width }, (_, column) =>
        Array.from({ length: height }, (_, row) => {
          const start = 4 * (row * width + column);
          return data.slice(start, start + 3).join();
        }).join(" "),
      );
    };
    return this.locator(".score-lanes").evaluate(read, area);
  }

  layout(): Promise<ScoreElement["layout"]> {
    return this.locator("unroll-score").evaluate((score: ScoreElement) => score.layout);
  }

  /** Moves the pointer over the score, in the coordinates of its layout. */
  async hover(x: number, y: number): Promise<void> {
    await this.locator(".score-scroll").hover({ position: { x, y } });
  }
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
