/** What has the focus, for tests of the keyboard. */
import { until } from "../harness/poll";
import type { Panel } from "./panel";

interface Focus {
  readonly name: string;
  readonly isVisible: boolean;
}

/** Time after which a border that fades in is visible. */
const FADE_LIMIT_MS = 2000;

/** Where the focus is, and whether it comes to be seen. */
export async function focusAtRest(panel: Panel): Promise<Focus> {
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
