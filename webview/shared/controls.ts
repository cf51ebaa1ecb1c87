/**
 * The controls of the panel; the only file that knows the kit they come from.
 *
 * The kit is archived upstream: to replace it, register other elements under the same tags here.
 */
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeTextField,
} from "@vscode/webview-ui-toolkit";

provideVSCodeDesignSystem().register(
  vsCodeButton(),
  vsCodeCheckbox(),
  vsCodeDropdown(),
  vsCodeOption(),
  vsCodeTextField(),
);

/** Value of a control after its `change` event. */
export function valueOf(event: Event): string {
  return (event.currentTarget as unknown as { value: string }).value;
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
