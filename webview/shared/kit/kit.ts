/**
 * Registers the controls of both pages; the only file that knows the kit they come from. With lit, which the build
 * adds (scripts/lib/bundles/sharedLit.mjs), it is a script of its own, which the pages load before theirs: it lies in
 * dist/ once and is compiled once.
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
