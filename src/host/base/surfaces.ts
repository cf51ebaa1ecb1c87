/**
 * The only access to VS Code's own surfaces: it escapes every sentence and name that they show.
 *
 * VS Code reads markup in strings, and not the same everywhere. The linter refuses its calls in other modules.
 */
import * as vscode from "vscode";
import type { Progress } from "../../core/control";
import { legible, renderText, visible, type Surface, type Text } from "../../core/text";
import { withoutAddresses, withoutIcons, withoutLinks } from "./escapes";

const surface: Surface = { translate: (template) => vscode.l10n.t(template), foreign: legible };

/** What is offered for choice: an icon of ours, and texts in which none is drawn. */
export interface ChoiceTexts {
  readonly icon?: string;
  readonly label: Text;
  readonly description?: Text;
  readonly detail?: Text;
}

/** The same item as VS Code takes it. */
type ChoiceItem<Item> = Omit<Item, keyof ChoiceTexts> & vscode.QuickPickItem;

/** A sentence where VS Code shows strings as they are: problems, titles of tabs and of quick fixes. */
export function sentence(message: Text): string {
  return renderText(message, surface);
}

/** Shows an error; returns the label of the button that was pressed, undefined when none was. */
export function showError(message: Text, ...buttons: string[]): Thenable<string | undefined> {
  return vscode.window.showErrorMessage(withoutLinks(sentence(message)), ...buttons);
}

/** Shows a warning, as `showError` an error. */
export function showWarning(message: Text, ...buttons: string[]): Thenable<string | undefined> {
  return vscode.window.showWarningMessage(withoutLinks(sentence(message)), ...buttons);
}

/** Tells something in one or more sentences. */
export function showNotes(notes: readonly Text[]): void {
  const message = withoutLinks(notes.map(sentence).join(" "));
  void vscode.window.showInformationMessage(message);
}

/** Asks in a dialog whether to go on, knowing all of this; `goOn` is the button, in our own words. */
export async function mayGoOn(
  question: Text,
  known: readonly Text[],
  goOn: string,
): Promise<boolean> {
  const detail = known.map((each) => `• ${withoutLinks(sentence(each))}`).join("\n");
  const message = withoutLinks(sentence(question));
  const options = { modal: true, detail };
  return (await vscode.window.showInformationMessage(message, options, goOn)) === goOn;
}

/** Work that tells how far it is and can be ended. */
export interface CancellableWork<Result> {
  readonly made: Promise<Result>;
  readonly cancel: () => void;
}

/** The result of work that `start` begins; a notification tells how far it is, with a button that ends it. */
export async function showProgress<Result>(
  title: Text,
  start: (onProgress: (progress: Progress) => void) => CancellableWork<Result>,
): Promise<Result> {
  const { Notification } = vscode.ProgressLocation;
  return vscode.window.withProgress(
    { location: Notification, title: withoutLinks(sentence(title)), cancellable: true },
    (notification, token) => {
      let shown = 0;
      const { made, cancel } = start(({ fraction, activity }) => {
        const message = withoutLinks(sentence(activity));
        notification.report({ increment: Math.max(0, 100 * fraction - shown), message });
        shown = Math.max(shown, 100 * fraction);
      });
      token.onCancellationRequested(cancel);
      return made;
    },
  );
}

/** A notification that stays while work goes on, with a button that calls `cancel`. */
export async function showCancellable(
  title: Text,
  work: Promise<unknown>,
  cancel: () => void,
): Promise<void> {
  await showProgress(title, () => ({ made: work.catch(() => undefined), cancel }));
}

/** An item of a quick pick with its texts. */
export function choiceOf<Item extends ChoiceTexts>(item: Item): ChoiceItem<Item> {
  const { icon, label, description, detail, ...others } = item;
  const prefix = icon === undefined ? "" : `$(${icon}) `;
  return {
    ...others,
    label: prefix + labelText(label),
    ...(description === undefined ? {} : { description: labelText(description) }),
    ...(detail === undefined ? {} : { detail: labelText(detail) }),
  };
}

/** Offers items for choice; undefined when the user gave up. Options are our own words. */
export async function showChoices<Item extends ChoiceTexts>(
  items: Promise<readonly Item[]>,
  options: vscode.QuickPickOptions,
): Promise<ChoiceItem<Item> | undefined> {
  const choices = items.then((all) => all.map((item) => choiceOf(item)));
  return vscode.window.showQuickPick<ChoiceItem<Item>>(choices, options);
}

/** Asks for a line of text; undefined when the user gave up. Options are our own words. */
export function askForLine(options: vscode.InputBoxOptions): Thenable<string | undefined> {
  return vscode.window.showInputBox(options);
}

/** A quick pick whose items are made by `choiceOf`. */
export function createChoices<Item extends vscode.QuickPickItem>(): vscode.QuickPick<Item> {
  return vscode.window.createQuickPick<Item>();
}

/** A problem of a document, for the Problems panel and the hover over its place. */
export function diagnosticOf(
  range: vscode.Range,
  message: Text,
  severity: vscode.DiagnosticSeverity,
): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(range, sentence(message), severity);
  diagnostic.source = "Unroll RNN";
  return diagnostic;
}

/** A line of a document of ours: no address in it becomes a link. */
export function documentText(line: string): string {
  return withoutAddresses(line);
}

/** An entry of the log, whatever it was made from; line breaks stay. */
export function logText(entry: string): string {
  return withoutAddresses(entry.split("\n").map(visible).join("\n"));
}

function labelText(label: Text): string {
  return withoutIcons(sentence(label));
}
