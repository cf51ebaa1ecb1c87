/** Where the Tab key leads, and whether it can be seen. */
import assert from "node:assert/strict";
import { until } from "../../harness/poll";
import type { Panel } from "./panel";

interface Focus {
  readonly name: string;
  readonly isVisible: boolean;
}

/** Time after which a border that fades in is visible. */
const FADE_LIMIT_MS = 2000;

/** More stops than a page has: round once. */
const MAX_STOPS = 80;

/** Goes round by the Tab key from `first` until `last` comes a second time: every part is reached, and no stop is unseen. */
export async function assertTabReaches(
  panel: Panel,
  [first, last]: readonly [string, string],
  parts: readonly string[],
): Promise<void> {
  const { keyboard } = panel.workbench.page;
  await panel.locator(first).first().focus();
  // What a script focuses counts as reached by keyboard only after a key.
  await keyboard.press("Tab");
  await keyboard.press("Shift+Tab");
  const reached = new Set<string>();
  const hidden: string[] = [];
  for (let stop = 0; stop < MAX_STOPS; stop++) {
    const { name, isVisible } = await focusAtRest(panel);
    if (name.startsWith("body") || (reached.has(name) && name.includes(last))) break;
    reached.add(name);
    if (!isVisible) hidden.push(name);
    await keyboard.press("Tab");
  }
  const all = [...reached].join("\n");
  for (const part of parts) assert.ok(all.includes(part), `${part} is not among\n${all}`);
  assert.deepEqual(hidden, []);
}

/** Where the focus is, and whether it comes to be seen. */
async function focusAtRest(panel: Panel): Promise<Focus> {
  const read = (): Promise<Focus> => panel.locator("html").evaluate(describeFocus);
  try {
    return await until("The focus", read, ({ isVisible }) => isVisible, FADE_LIMIT_MS);
  } catch {
    return read();
  }
}

/** Where the focus is, and whether it can be seen: an outline or a border in the focus colour. Runs in the page. */
function describeFocus(): Focus {
  const focusColour = getComputedStyle(document.body).getPropertyValue("--vscode-focusBorder");
  const probe = document.createElement("i");
  document.body.append(probe);
  probe.style.color = focusColour.trim();
  const { color } = getComputedStyle(probe);
  probe.remove();
  let element = document.activeElement;
  const names: string[] = [];
  let isVisible = false;
  while (element !== null) {
    const inside = element.shadowRoot?.querySelectorAll(".control") ?? [];
    isVisible ||= [element, ...inside].some((each) => {
      const { outlineStyle, outlineWidth, borderTopColor, boxShadow } = getComputedStyle(each);
      const hasOutline = outlineStyle !== "none" && parseFloat(outlineWidth) > 0;
      return hasOutline || borderTopColor === color || boxShadow.includes(color);
    });
    names.push(`${element.localName}.${element.className}`);
    element = element.shadowRoot?.activeElement ?? null;
  }
  return { name: names.join(" "), isVisible };
}
