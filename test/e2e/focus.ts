/** What has the focus, for tests of the keyboard. */

/** Where the focus is, and whether it can be seen: an outline or a border in the focus colour. Runs in the page. */
export function describeFocus(): { name: string; isVisible: boolean } {
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
