/**
 * The panel as a user sees it: what it says, and where to click. One panel is on screen at a time.
 */
import type { FrameLocator, Locator } from "playwright-core";
import { actUntil, becomes, retry, settled, until } from "../../harness/poll";
import type { Workbench } from "../../harness/workbench";

/** The root of a page, of the panel or of the tensor editor. */
interface PageElement extends HTMLElement {
  readonly store: { readonly isWaiting: boolean } | undefined;
}

/** The state behind the panel, as far as tests look at it. */
interface AppElement extends HTMLElement {
  readonly store: { readonly state: { readonly view: { readonly revision: number } | null } };
}

/** A lane, whose units may be in groups of rows. */
interface LaneOnScreen {
  readonly id: string;
  readonly units: number;
  readonly sorted?: { readonly groups: readonly (readonly [from: number, to: number])[] };
}

/** Where the input, a lane or the axis of time lies on the unrolled view's canvas, CSS pixels of the page. */
interface UnrolledElement extends HTMLElement {
  readonly layout: {
    readonly plotLeft: number;
    readonly plotWidth: number;
    readonly columnWidth: number;
    readonly finalLeft: number;
    readonly finalWidth: number;
    readonly boxes: readonly { info: LaneOnScreen; top: number; height: number }[];
  };
}

type UnrolledLayout = UnrolledElement["layout"];

/** A step that is repeated when it is lost. */
const STEP_LIMIT_MS = 3000;

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

  /**
   * For what is read again and again until it is as expected, and for keys: sooner than by way of the frames around the
   * page, where there is one page only. It may be one that goes away meanwhile, whose reading fails.
   */
  protected seen(selector: string): Locator {
    const [page, another] = this.workbench.webviewFrames();
    return (another === undefined && page !== undefined ? page : this.#root).locator(selector);
  }

  /** Opens a run file by the Explorer's menu and waits for the run. */
  async openRun(path: string): Promise<void> {
    await this.workbench.explorerMenu(path, "Open Run");
    await this.locator(".verdicts .chip").first().waitFor({ timeout: 60_000 });
    await this.locator(".progress").waitFor({ state: "detached", timeout: 60_000 });
  }

  /** Waits until these are the chips of the verdict bar and no run is under way. */
  async verdictsAre(...expected: readonly string[]): Promise<void> {
    const read = async (): Promise<string[]> => {
      const isRunning = (await this.seen(".progress").count()) > 0;
      return isRunning ? ["running"] : textsOf(this.seen(".verdicts .chip"));
    };
    await becomes("The verdict", read, [...expected]);
  }

  /** The texts of all elements, with single spaces. */
  texts(selector: string): Promise<string[]> {
    return textsOf(this.locator(selector));
  }

  text(selector: string): Promise<string> {
    return textOf(this.locator(selector));
  }

  /** Waits until an element's text has this part, and returns the text. */
  says(selector: string, part: string | RegExp): Promise<string> {
    const accept = (text: string): boolean =>
      typeof part === "string" ? text.includes(part) : part.test(text);
    return until(`The text of ${selector}`, () => textOf(this.seen(selector)), accept);
  }

  /** Waits until an element's text is this. */
  async textIs(selector: string, expected: string): Promise<void> {
    await becomes(`The text of ${selector}`, () => textOf(this.seen(selector)), expected);
  }

  /** Waits until these are the texts of all elements. */
  async textsAre(selector: string, ...expected: readonly string[]): Promise<void> {
    await becomes(`The texts of ${selector}`, () => textsOf(this.seen(selector)), [...expected]);
  }

  /** Waits until one of the elements has this text. */
  async textsInclude(selector: string, expected: string): Promise<void> {
    const includes = (texts: readonly string[]): boolean => texts.includes(expected);
    await until(`The texts of ${selector}`, () => textsOf(this.seen(selector)), includes);
  }

  /** Waits until there are so many elements. */
  async countIs(selector: string, expected: number): Promise<void> {
    await becomes(`The number of ${selector}`, () => this.seen(selector).count(), expected);
  }

  /** Waits until an element's attribute is this. */
  async attributeIs(selector: string, name: string, expected: string): Promise<void> {
    const read = (): Promise<string | null> => this.seen(selector).getAttribute(name);
    await becomes(`${name} of ${selector}`, read, expected);
  }

  /** Waits until the cursor is at a place, such as `t = 3`. */
  cursorIs(part: string): Promise<string> {
    return this.says("unroll-inspector h2", part);
  }

  /** Waits until assistive technology is told this step. */
  async stepForAssistiveTechnologyIs(step: number): Promise<void> {
    await this.attributeIs(".timeline-track", "aria-valuenow", String(step));
  }

  /** Presses keys with the focus in the panel. */
  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.seen(".side").press(key);
  }

  /** Goes to a view by its tab. */
  async openTab(name: string): Promise<void> {
    const tab = this.seen(".tab").getByText(name, { exact: true });
    await press(tab, "aria-current", "page");
  }

  /** Waits until this view is open. */
  async openedTabIs(name: string): Promise<void> {
    await this.textIs(".tab[aria-current=page]", name);
  }

  /** Chooses what the lanes show. */
  async showMode(name: string): Promise<void> {
    const segment = this.seen(".segment").getByText(name, { exact: true });
    await press(segment, "aria-pressed", "true");
  }

  /** Switches a toggle on or off. */
  async toggle(selector: string, isOn: boolean): Promise<void> {
    await press(this.seen(selector), "aria-pressed", String(isOn));
  }

  /** Opens the box of what is seldom changed; a box that is open stays so. */
  async openOptions(): Promise<void> {
    await press(
      this.locator("unroll-toolbar unroll-options > vscode-button"),
      "aria-expanded",
      "true",
    );
  }

  /** Chooses an entry of a dropdown, which may stand among the options. */
  async choose(label: string, option: string): Promise<void> {
    const dropdown = this.locator(`vscode-dropdown[aria-label="${label}"]`).filter({
      visible: true,
    });
    if ((await dropdown.count()) === 0) await this.openOptions();
    const entry = dropdown.locator("vscode-option").getByText(option, { exact: true });
    // Once it is chosen, an entry may have another name.
    const wanted = await entry.getAttribute("value");
    const choose = async (): Promise<void> => {
      if (!(await entry.isVisible())) await dropdown.click({ timeout: STEP_LIMIT_MS });
      await entry.click({ timeout: STEP_LIMIT_MS });
    };
    const isChosen = async (): Promise<boolean> =>
      (await dropdown.evaluate((list: HTMLSelectElement) => list.value)) === wanted;
    await actUntil(`The choice of ${label}`, choose, isChosen);
  }

  /** Presses the toolbar's button for a file: `weights`, `input`, `h0` or `reference`. */
  async pick(kind: string): Promise<void> {
    const button = this.locator(`vscode-button.pick[title^="${kind}"]`).filter({ visible: true });
    if ((await button.count()) === 0) await this.openOptions();
    await button.click();
  }

  /** Chooses an entry of the Copy or Export menu. */
  async menu(name: string, entry: string): Promise<void> {
    const menu = this.locator("unroll-menu").filter({ hasText: name });
    const item = menu.locator(".menu-item").filter({ hasText: entry }).first();
    await actUntil(
      `The menu ${name}`,
      () => menu.locator("vscode-button").click({ timeout: STEP_LIMIT_MS }),
      () => item.isVisible(),
    );
    await actUntil(
      `The entry ${entry}`,
      () => item.click({ timeout: STEP_LIMIT_MS }),
      () => item.isHidden(),
    );
  }

  /** Counts the runs that the panel has shown. */
  revision(): Promise<number> {
    return this.seen("unroll-app").evaluate(
      (app: AppElement) => app.store.state.view?.revision ?? 0,
    );
  }

  /** Waits until every value has arrived, and then until two pictures in a row are the same: every motion ended. */
  async settle(): Promise<void> {
    const read = async (): Promise<string> => {
      await this.arrived();
      return this.workbench.pixels();
    };
    await settled("A picture that stays", read);
  }

  /** The canvas of the lanes once it no longer changes, so that values which arrive late are not taken for a change. */
  picture(): Promise<string> {
    const read = async (): Promise<string> => {
      await this.arrived();
      return this.canvas();
    };
    return settled("The picture of the lanes", read);
  }

  /** Waits until the canvas of the lanes shows another picture, and returns it once it no longer changes. */
  async pictureDiffers(what: string, before: string): Promise<string> {
    await until(
      what,
      () => this.canvas(),
      (now) => now !== before,
    );
    return this.picture();
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
    return this.seen(".unrolled-lanes").evaluate(read, area);
  }

  layout(): Promise<UnrolledLayout> {
    return this.seen("unroll-unrolled").evaluate((view: UnrolledElement) => view.layout);
  }

  /** Moves the pointer to a place of the unrolled view, in the coordinates of its layout, until the read-out says `parts`. */
  async readsOut(
    place: (layout: UnrolledLayout) => readonly [x: number, y: number],
    ...parts: readonly string[]
  ): Promise<void> {
    await retry(`The read-out of ${parts.join()}`, async () => {
      const [x, y] = place(await this.layout());
      // A pointer that stays tells nothing to an unrolled view that has been laid out anew.
      await this.workbench.page.mouse.move(0, 0);
      await this.seen(".unrolled-scroll").hover({ position: { x, y }, timeout: STEP_LIMIT_MS });
      const hasParts = (text: string): boolean => parts.every((part) => text.includes(part));
      await until("it", () => textOf(this.seen(".readout")), hasParts, STEP_LIMIT_MS);
    });
  }

  /** Waits until the page has been drawn from all values that it asked for: what is drawn may ask for more. */
  private async arrived(): Promise<void> {
    const isDrawn = async (page: PageElement): Promise<boolean> => {
      const frame = (): Promise<number> => new Promise((done) => requestAnimationFrame(done));
      await frame().then(frame);
      return page.store?.isWaiting === false;
    };
    const read = (): Promise<boolean> => this.seen("unroll-app, unroll-tensors").evaluate(isDrawn);
    await until("Every value on screen", read, (is) => is);
  }

  private canvas(): Promise<string> {
    return this.seen(".unrolled-lanes").evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  }
}

/** Clicks an element until its attribute has this value. */
function press(element: Locator, attribute: string, value: string): Promise<void> {
  return actUntil(
    `The click that makes ${attribute} ${value}`,
    () => element.click({ timeout: STEP_LIMIT_MS }),
    async () => (await element.getAttribute(attribute)) === value,
  );
}

async function textsOf(elements: Locator): Promise<string[]> {
  return (await elements.allTextContents()).map(squeeze);
}

async function textOf(element: Locator): Promise<string> {
  return squeeze((await element.first().textContent({ timeout: 30_000 })) ?? "");
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
