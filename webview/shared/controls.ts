/**
 * Typed access to the controls of the kit.
 */

/** Value of a control after its `change` event. */
export function valueOf(event: Event): string {
  return (event.currentTarget as unknown as { value: string }).value;
}

/** Puts another value into a dropdown or text field than the one of its `change` event. */
export function setValue(event: Event, value: string): void {
  (event.currentTarget as unknown as { value: string }).value = value;
}

/** State of a checkbox after its `change` event. */
export function isChecked(event: Event): boolean {
  return (event.currentTarget as unknown as { checked: boolean }).checked;
}

/** True when a key belongs to a control that handles it itself. */
export function isControl(target: Element): boolean {
  const tags =
    "input, textarea, select, vscode-dropdown, vscode-text-field, vscode-checkbox, dialog";
  return target.closest(tags) !== null;
}
