/**
 * Answers what a panel's page asks for.
 */
import * as vscode from "vscode";
import { applyEdits } from "../../diagnosis/clashes/edits";
import type { DiagnosisView } from "../../protocol/run/diagnosisMessages";
import type { CaseName, Pickable, RunView, ViewRequests } from "../../protocol/run/messages";
import type { Handlers } from "../../protocol/rpc";
import type { EngineId } from "../../reference/engine";
import type { CompareSpec, RunSpec } from "../../run/spec/spec";
import { baseName } from "../workspace/locations";
import { dismissTrap } from "../workspace/settings";
import { changeSpec } from "./changeSpec";
import { exportHandlers } from "./exportRun";
import { valueHandlers, type Runner } from "./runner";

/** The part of a panel that its page asks. */
export interface AskedPanel {
  readonly spec: RunSpec;
  readonly view: RunView | null;
  readonly runFile: vscode.Uri | null;
  /** True for a run on screen that differs nowhere. */
  readonly agrees: boolean;
  describe(): RunView | null;
  run(spec: RunSpec): Promise<void>;
  again(): Promise<void>;
  cancel(): void;
  compareWith(engines: readonly EngineId[], how?: Omit<CompareSpec, "engines">): Promise<void>;
  cancelComparison(): void;
  diagnose(): Promise<DiagnosisView>;
  cancelDiagnosis(): void;
  runUnder(ids: readonly string[]): Promise<void>;
  save(): Promise<vscode.Uri | null>;
  saveUnder(ids: readonly string[]): Promise<vscode.Uri | null>;
  pick(what: Pickable): Promise<RunSpec | undefined>;
  makeCase(what: CaseName): Promise<void>;
}

/** `version` is that of this extension. */
export function panelHandlers(
  panel: AskedPanel,
  runner: Runner,
  version: string,
): Handlers<ViewRequests> {
  return {
    "run/describe": () => panel.describe(),
    "run/again": () => done(panel.again()),
    "run/cancel": () => {
      panel.cancel();
      return null;
    },
    "run/change": (change) => done(panel.run(changeSpec(panel.spec, change))),
    "run/fix": ({ index }) => done(fix(panel, index)),
    "trap/dismiss": ({ id }) => done(dismissTrap(id)),
    "compare/choose": ({ engines, ...how }) => done(panel.compareWith(engines, how)),
    "compare/cancel": () => {
      panel.cancelComparison();
      return null;
    },
    "run/diagnose": () => panel.diagnose(),
    "diagnosis/cancel": () => {
      panel.cancelDiagnosis();
      return null;
    },
    "run/under": ({ ids }) => done(panel.runUnder(ids)),
    "run/saveUnder": async ({ ids }) => nameOf(await panel.saveUnder(ids)),
    "case/make": ({ what }) => done(panel.makeCase(what)),
    "run/pick": async ({ what }) => {
      const spec = await panel.pick(what);
      return spec === undefined ? null : done(panel.run(spec));
    },
    "run/save": async () => nameOf(await panel.save()),
    ...exportHandlers(runner, {
      runFile: () => panel.runFile,
      version,
      diagnosis: async () => (panel.agrees ? null : panel.diagnose()),
    }),
    ...valueHandlers(runner),
    "text/copy": ({ text: copied }) => done(vscode.env.clipboard.writeText(copied)),
  };
}

/** A fix is of the view that the page has: another one may have come meanwhile. */
async function fix(panel: AskedPanel, index: number): Promise<void> {
  const chosen = panel.view?.fixes?.[index];
  if (chosen !== undefined && chosen.edits.length > 0) {
    await panel.run(applyEdits(panel.spec, chosen.edits));
  }
}

function nameOf(file: vscode.Uri | null): string | null {
  return file === null ? null : baseName(file);
}

async function done(work: PromiseLike<unknown>): Promise<null> {
  await work;
  return null;
}
