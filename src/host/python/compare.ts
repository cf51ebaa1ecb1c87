/**
 * Compare with PyTorch, Compare with Keras: the run of a panel beside the user's own Python, and what helps without it.
 */
import * as vscode from "vscode";
import { engineIds } from "../../run/spec/engineIds";
import type { EngineId } from "../../reference/engine";
import type { EngineProblem } from "../../protocol/run/comparedMessages";
import { text } from "../../core/text";
import { showError } from "../base/surfaces";
import type { RunPanel } from "../panel/runPanel";

/** Compares with an engine first; engines that the run was compared with stay beside it. */
export async function compareWithPython(
  panel: RunPanel,
  id: Exclude<EngineId, "onnxruntime">,
): Promise<void> {
  const others = panel.view?.compared?.engines.map((engine) => engine.id) ?? [];
  const engines = [id, ...engineIds.filter((other) => other !== id && others.includes(other))];
  await panel.compareWith(engines);
  const problem = panel.view?.compared?.problems.find((one) => one.id === id);
  // Not awaited: a message may stay for minutes.
  if (problem !== undefined) void offer(problem);
}

/** Tells why there is no answer, with a button for what would help. */
async function offer({ why, sentence, remedy }: EngineProblem): Promise<void> {
  const help = helps[why];
  const message = remedy === null ? sentence : text("{0}; {1}", sentence, remedy);
  const log = vscode.l10n.t("Show Log");
  const button = help?.label();
  const answer = await showError(message, ...(button === undefined ? [] : [button]), log);
  if (answer === log) await vscode.commands.executeCommand("unroll.showLog");
  else if (answer !== undefined) await help?.open();
}

interface Help {
  /** Our own words. */
  readonly label: () => string;
  readonly open: () => Thenable<unknown>;
}

const chooseInterpreter: Help = {
  label: () => vscode.l10n.t("Choose Interpreter"),
  open: () => openSetting("unroll.python.interpreter"),
};

const helps: Readonly<Partial<Record<EngineProblem["why"], Help>>> = {
  missing: chooseInterpreter,
  old: chooseInterpreter,
  untrusted: {
    label: () => vscode.l10n.t("Manage Workspace Trust"),
    open: () => vscode.commands.executeCommand("workbench.trust.manage"),
  },
  "timed-out": {
    label: () => vscode.l10n.t("Change Time Limit"),
    open: () => openSetting("unroll.python.timeLimit"),
  },
};

function openSetting(name: string): Thenable<unknown> {
  return vscode.commands.executeCommand("workbench.action.openSettings", name);
}
