/** What elements of a page say. */
import type { Locator } from "playwright-core";

/** The texts of all elements as they are on screen. */
export async function trimmedTexts(elements: Locator): Promise<string[]> {
  return (await elements.allInnerTexts()).map((text) => text.trim());
}
