/**
 * The dialog that assigns tensors by hand, as a user sees it.
 */
import type { Locator } from "playwright-core";
import { actUntil, until } from "../../harness/poll";
import { TensorEditor } from "./tensorEditor";

export class AssignDialog extends TensorEditor {
  /** Opens it by the button of the toolbar, and waits until it is filled in. */
  async openDialog(): Promise<void> {
    await actUntil(
      "The dialog",
      () =>
        this.locator(".toolbar vscode-button")
          .filter({ hasText: "Use as recurrent module" })
          .click({ timeout: 3000 }),
      () => this.locator("dialog.assign").isVisible(),
    );
    await this.locator(".slot").first().waitFor();
  }

  /** The row of a slot: `weight_ih_l0`. */
  slot(id: string): Locator {
    return this.locator(`.slot[aria-label="${id}"]`);
  }

  /** What is said of a slot. */
  async said(id: string): Promise<string> {
    return ((await this.slot(id).locator(".slot-says").textContent()) ?? "")
      .replace(/\s+/g, " ")
      .trim();
  }

  /** Waits until what is said of a slot is accepted. */
  saysOf(id: string, accept: (said: string) => boolean): Promise<string> {
    return until(`What is said of ${id}`, () => this.said(id), accept);
  }

  /** Types into the field of a slot and takes the first line of the list. */
  async assign(id: string, typed: string, at = 0): Promise<void> {
    const field = this.slot(id).locator("input[role=combobox]").nth(at);
    await field.focus();
    await field.fill(typed);
    await this.locator(".choice .choice-name").filter({ hasText: typed }).first().waitFor();
    await field.press("Enter");
  }

  /** Waits until the line at the foot is accepted. */
  verdictIs(accept: (verdict: string) => boolean): Promise<string> {
    const read = async (): Promise<string> =>
      ((await this.locator(".assign-verdict").textContent()) ?? "").replace(/\s+/g, " ").trim();
    return until("The verdict of the dialog", read, accept);
  }

  /** Presses a button of the foot. */
  async act(label: string): Promise<void> {
    await this.locator(".assign-buttons vscode-button").filter({ hasText: label }).click();
  }
}
