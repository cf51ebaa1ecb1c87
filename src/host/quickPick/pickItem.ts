/**
 * One step of a multi-step quick pick whose items arrive while it is open.
 */
import * as vscode from "vscode";
import { choiceOf, createChoices, type ChoiceTexts } from "../base/surfaces";

export interface PickItem<Value> extends ChoiceTexts {
  readonly kind?: vscode.QuickPickItemKind;
  readonly alwaysShow?: boolean;
  readonly value?: Value;
  /** Under the selection until the user moves it; otherwise the first item is. */
  readonly preferred?: boolean;
}

export interface PickStep<Value> {
  readonly title: string;
  readonly step: number;
  readonly totalSteps: number;
  readonly placeholder: string;
  readonly canGoBack: boolean;
  /** Shows items as they are found; the step is busy until this settles. Stops when the token says so. */
  readonly fill: (
    show: (items: readonly PickItem<Value>[]) => void,
    token: vscode.CancellationToken,
  ) => Promise<void>;
}

/** An item as VS Code shows it. */
type ShownItem<Value> = vscode.QuickPickItem & Pick<PickItem<Value>, "value" | "preferred">;

/** How a step ended. */
export type Picked<Value> =
  | { readonly kind: "picked"; readonly value: Value }
  | { readonly kind: "back" }
  | { readonly kind: "cancelled" };

/** Shows a step and waits for the user. */
export async function pickItem<Value>(step: PickStep<Value>): Promise<Picked<Value>> {
  const pick = createChoices<ShownItem<Value>>();
  const stop = new vscode.CancellationTokenSource();
  pick.title = step.title;
  pick.step = step.step;
  pick.totalSteps = step.totalSteps;
  pick.placeholder = step.placeholder;
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.ignoreFocusOut = false;
  pick.buttons = step.canGoBack ? [vscode.QuickInputButtons.Back] : [];
  try {
    const ended = new Promise<Picked<Value>>((resolve) => {
      pick.onDidAccept(() => {
        const value = pick.selectedItems[0]?.value;
        if (value !== undefined) resolve({ kind: "picked", value });
      });
      pick.onDidTriggerButton(() => {
        resolve({ kind: "back" });
      });
      pick.onDidHide(() => {
        resolve({ kind: "cancelled" });
      });
    });
    pick.busy = true;
    pick.show();
    const filled = step.fill((items) => {
      if (!stop.token.isCancellationRequested) showItems(pick, items);
    }, stop.token);
    return await Promise.race([ended, filled.then(() => settle(pick, ended))]);
  } finally {
    stop.cancel();
    stop.dispose();
    pick.dispose();
  }
}

/** New items must not take the selection away from the user's. */
function showItems<Value>(
  pick: vscode.QuickPick<ShownItem<Value>>,
  found: readonly PickItem<Value>[],
): void {
  const items: readonly ShownItem<Value>[] = found.map((item) => choiceOf(item));
  const [active] = pick.activeItems;
  const moved = active !== undefined && active !== initialItem(pick.items);
  pick.keepScrollPosition = true;
  pick.items = items;
  const same = items.find(
    ({ label, detail }) => label === active?.label && detail === active.detail,
  );
  const next = (moved ? same : undefined) ?? initialItem(items);
  if (next !== undefined) pick.activeItems = [next];
}

/** What Enter takes when nothing else was chosen. */
function initialItem<Value>(items: readonly ShownItem<Value>[]): ShownItem<Value> | undefined {
  return items.find(({ preferred }) => preferred === true) ?? items.find(isChoice);
}

function isChoice(item: vscode.QuickPickItem): boolean {
  return item.kind !== vscode.QuickPickItemKind.Separator;
}

function settle<Value>(
  pick: vscode.QuickPick<ShownItem<Value>>,
  ended: Promise<Picked<Value>>,
): Promise<Picked<Value>> {
  pick.busy = false;
  return ended;
}
