/** The palette, quick picks and input boxes of the workbench: one of them is open at a time. */
import type { Locator, Page } from "playwright-core";
import { actUntil, retry, until } from "./poll";
import { trimmedTexts } from "./texts";

const STEP_LIMIT_MS = 3000;
const OPEN_LIMIT_MS = 90_000;
/** A quick pick is complete when its rows have stayed the same for this long. */
const SETTLE_MS = 120;

export class QuickInput {
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Runs a command of the palette by its full title, such as `Unroll RNN: Run Forward…`. */
  async run(title: string): Promise<void> {
    const typed = `>${title}`;
    let isChosen = false;
    const choose = async (): Promise<void> => {
      await this.openPalette();
      await this.input().fill(typed, { timeout: STEP_LIMIT_MS });
      try {
        await this.rowsSettle();
        await this.row(title, "").click({ timeout: STEP_LIMIT_MS });
        isChosen = true;
      } catch (error) {
        await this.page.keyboard.press("Escape");
        throw error;
      }
    };
    const isGone = async (): Promise<boolean> => isChosen && (await this.value()) !== typed;
    await actUntil(`The command "${title}"`, choose, isGone);
  }

  /**
   * Picks the entry with exactly this label in the open quick pick; `path` tells files of the same name apart, since
   * the list fills while it is open: those of the nearest folder are there before others, which may fit better.
   */
  async pick(label: string, path = ""): Promise<void> {
    // Each step has a title of its own, so that the one after it may offer the same label.
    let step: string | null = null;
    const choose = async (): Promise<void> => {
      await this.rowsSettle();
      const title = await this.title();
      step ??= title;
      // An earlier click had its effect late: the same label in the next step is another choice.
      if (title !== step) return;
      await this.row(label, path).click({ timeout: STEP_LIMIT_MS });
    };
    const isGone = async (): Promise<boolean> => step !== null && (await this.title()) !== step;
    await actUntil(`The choice "${label}"`, choose, isGone);
  }

  /**
   * Waits until the palette lists a command for what is typed, and returns its title. It is opened anew each time:
   * one that was open while the window learnt of its extensions does not take their commands in.
   */
  async finds(typed: string): Promise<string> {
    return retry(`A command for "${typed}"`, async () => {
      await this.openPalette();
      await this.input().fill(`>${typed}`, { timeout: STEP_LIMIT_MS });
      await this.rowsSettle();
      const title = (await trimmedTexts(this.labels())).find((label) => label.includes(typed));
      if (title === undefined) throw new Error("it lists none");
      return title;
    });
  }

  /** Waits until the labels that the open quick pick shows, from the top, are accepted. */
  offers(accept: (labels: readonly string[]) => boolean): Promise<readonly string[]> {
    return until("The labels of the quick pick", () => trimmedTexts(this.labels()), accept);
  }

  /**
   * Runs a command until it has opened a quick pick whose title and first entry have these parts. A panel that is still
   * being loaded takes the keyboard once it is there, and an open quick pick closes.
   */
  opens(command: string, title: string, first: string): Promise<void> {
    const row = this.page.locator(".quick-input-widget:visible .monaco-list-row");
    const isOpen = async (): Promise<boolean> => {
      if ((await this.title())?.includes(title) !== true) return false;
      const [text = ""] = await row.allTextContents();
      return text.includes(first);
    };
    return actUntil(`"${first}" as the first of ${title}`, () => this.run(command), isOpen);
  }

  /** Types into the open quick pick or input box, and confirms with Enter when asked to. */
  async type(value: string, { confirm = false } = {}): Promise<void> {
    const fill = (): Promise<void> => this.input().fill(value, { timeout: OPEN_LIMIT_MS });
    const isTyped = async (): Promise<boolean> => (await this.value()) === value;
    // A dialog for files that is slow to show its folder puts that before what is typed meanwhile.
    await actUntil("What is typed", fill, isTyped);
    if (confirm) await this.input().press("Enter");
  }

  /** Waits until what stands in the input of the open quick pick or input box is accepted. */
  holds(accept: (value: string) => boolean): Promise<string | null> {
    const isAccepted = (value: string | null): boolean => value !== null && accept(value);
    return until("The text of the quick input", () => this.value(), isAccepted);
  }

  /** Waits until the title above the open quick pick has this part: one that closes stays on screen a while. */
  isTitled(part: string): Promise<string | null> {
    const hasPart = (title: string | null): boolean => title?.includes(part) === true;
    return until("The title of the quick pick", () => this.title(), hasPart);
  }

  /** Waits until the open quick pick shows the same rows twice: a click could hit a row that is being replaced. */
  private async rowsSettle(): Promise<void> {
    const rows = this.page.locator(".quick-input-widget:visible .monaco-list-row");
    await rows.first().waitFor({ timeout: STEP_LIMIT_MS });
    let before = "";
    for (let now = await shown(rows); now !== before; now = await shown(rows)) {
      before = now;
      await this.page.waitForTimeout(SETTLE_MS);
    }
  }

  private async openPalette(): Promise<void> {
    await this.page.keyboard.press("Escape");
    await this.page.keyboard.press("F1");
    await this.input().waitFor({ timeout: STEP_LIMIT_MS });
  }

  /** The first lines of the rows of the open quick pick. */
  private labels(): Locator {
    return this.page.locator(
      ".quick-input-widget:visible .quick-input-list-row:first-child .label-name",
    );
  }

  private input(): Locator {
    return this.page.locator(".quick-input-widget:visible input.input");
  }

  /** What stands in the open quick input; null when none is open. */
  private async value(): Promise<string | null> {
    const [value = null] = await this.input().evaluateAll((all: HTMLInputElement[]) =>
      all.map((input) => input.value),
    );
    return value;
  }

  /** The title above the open quick input, empty when it has none; null when none is open. */
  private async title(): Promise<string | null> {
    if ((await this.value()) === null) return null;
    const titles = this.page.locator(".quick-input-widget:visible .quick-input-title");
    return (await titles.allInnerTexts()).join().trim();
  }

  private row(label: string, path: string): Locator {
    // The second line of a row is left over from another item where it is not shown.
    const name = this.page
      .locator(".quick-input-list-row:first-child .label-name")
      .getByText(label, { exact: true });
    return this.page
      .locator(".quick-input-widget:visible .monaco-list-row")
      .filter({ has: name })
      .filter({ hasText: path })
      .first();
  }
}

/** Which rows a list shows and where they stand. */
async function shown(rows: Locator): Promise<string> {
  return (
    await rows.evaluateAll((all) => all.map((row) => `${row.ariaLabel} ${row.style.top}`))
  ).join("\n");
}
