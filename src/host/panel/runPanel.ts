/**
 * One panel: its page, its run and the files that the run was read from.
 */
import type * as vscode from "vscode";
import { runUnder } from "../../diagnosis/fixes/options";
import type {
  CaseName,
  HostEvents,
  Pickable,
  RunView,
  ViewRequests,
} from "../../protocol/run/messages";
import type { DiagnosisView } from "../../protocol/run/diagnosisMessages";
import { respond } from "../../protocol/rpc";
import type { SpareThread } from "../../node/spareThread";
import { choicesOf } from "../../reference/choices";
import type { EngineChoice, EngineId } from "../../reference/engine";
import type { CompareSpec, RunSpec } from "../../run/spec/spec";
import { text } from "../../core/text";
import { FileWatch } from "../workspace/fileWatch";
import { baseName, parseLocation } from "../workspace/locations";
import { pageOf, webviewOptions } from "../base/page";
import type { Report } from "../base/report";
import { saveRun, saveRunUnder } from "../runFiles/save";
import { undismissed } from "../workspace/settings";
import { sentence } from "../base/surfaces";
import { webviewPort } from "../base/webviewPort";
import { CaseMaker } from "./caseMaker";
import { comparedChoices, Comparison } from "./comparison";
import { Diagnoser } from "./diagnoser";
import { panelHandlers, type AskedPanel } from "./panelRequests";
import { PanelState, type RunStart } from "./panelState";
import type { RunFileMemory } from "./runFileMemory";
import { Runner } from "./runner";
import { withPreset } from "./withPreset";

/** What every panel is given. */
export interface PanelServices {
  /** Folder of the bundles. */
  readonly dist: vscode.Uri;
  /** Of this extension. */
  readonly version: string;
  readonly report: Report;
  readonly memory: RunFileMemory;
  /** Asks the user for another file of the run; undefined when nothing was chosen. */
  readonly pick: (what: Pickable, spec: RunSpec) => Promise<RunSpec | undefined>;
  /** Makes a case of a panel's run in a folder that the user names, and opens it. */
  readonly makeCase: (what: CaseName, panel: RunPanel) => Promise<void>;
  /** Opens a run file in a panel of its own. */
  readonly open: (runFile: vscode.Uri) => Promise<void>;
  /** Engines with what only the host knows, such as the interpreter for files in this place. */
  complete(choices: readonly EngineChoice[], place: vscode.Uri): Promise<readonly EngineChoice[]>;
}

/** Holds what one panel is made of: its page, worker and watchers, which are disposed with it. */
export class RunPanel implements AskedPanel {
  readonly webviewPanel: vscode.WebviewPanel;
  readonly #services: PanelServices;
  readonly #state: PanelState;
  readonly #runner: Runner;
  readonly #diagnoser: Diagnoser;
  readonly #cases: CaseMaker;
  readonly #comparison: Comparison;
  readonly #watch: FileWatch;
  readonly #channel: ReturnType<typeof respond<ViewRequests, HostEvents>>;

  constructor(
    webviewPanel: vscode.WebviewPanel,
    services: PanelServices,
    threads: SpareThread,
    start: RunStart,
  ) {
    const { dist, report } = services;
    this.webviewPanel = webviewPanel;
    this.#services = services;
    this.#state = new PanelState(start);
    this.#watch = new FileWatch((changed) => void this.#reload(changed));
    const { webview } = webviewPanel;
    webview.options = webviewOptions;
    this.#diagnoser = new Diagnoser(threads.script, (progress) => {
      this.#channel.emit("diagnosis/progress", progress);
    });
    this.#cases = new CaseMaker(threads.script, () => withPreset(this.spec));
    this.#runner = new Runner(threads, report, {
      changed: (answers) => {
        this.#channel.emit("run/changed", { run: this.describe(), answers });
      },
      progress: (progress) => {
        this.#channel.emit("run/progress", progress);
      },
      problem: (problem) => {
        this.#channel.emit("run/problem", { problem });
      },
      compared: (progress) => {
        this.#comparison.progress(progress);
      },
    });
    this.#comparison = new Comparison({
      compare: async (choices) =>
        this.#runner.compare(await this.#complete(choices), withPreset(this.spec)),
      cancel: () => {
        this.#runner.cancel();
      },
      changed: (state) => {
        this.#channel.emit("compare/changed", state);
      },
    });
    const handlers = panelHandlers(this, this.#runner, services.version);
    this.#channel = respond(webviewPort(webview), handlers, (bug) => report.record(bug));
    webview.html = pageOf(dist, { element: "unroll-app", bundle: "webview" });
    this.#showRunFile();
  }

  get runFile(): vscode.Uri | null {
    return this.#state.runFile;
  }

  /** What the next change builds on: the run on screen, else the one that could not be made. */
  get spec(): RunSpec {
    return this.#state.spec;
  }

  get view(): RunView | null {
    return this.#runner.view;
  }

  get problem(): Runner["problem"] {
    return this.#runner.problem;
  }

  /** Runs `spec`. Never throws: the panel shows what goes wrong. */
  async run(spec: RunSpec): Promise<void> {
    this.#diagnoser.forget();
    this.#comparison.forget();
    this.#state.attempt(spec);
    this.#watchFiles();
    if (await this.#runner.run(withPreset(spec), this.runFile?.toString() ?? null)) {
      this.#state.show(spec);
      this.#watchFiles();
      this.#compare();
    }
  }

  /** The picture is there: engines compute the run beside it. */
  #compare(): void {
    this.#comparison.afterRun(this.#runner.view, this.spec);
  }

  /** Engines are part of the run; what it computes does not change with them. */
  async compareWith(
    engines: readonly EngineId[],
    how: Omit<CompareSpec, "engines"> = {},
  ): Promise<void> {
    const compareWith = { ...this.spec.compareWith, ...how, engines };
    const spec = { ...this.spec, compareWith };
    this.#state.attempt(spec);
    this.#state.show(spec);
    this.#diagnoser.forget();
    await this.#comparison.start(choicesOf(spec));
  }

  /** Runs what was asked for last once more, from the files as they are now. */
  again(): Promise<void> {
    return this.run(this.#state.attempted);
  }

  /** Shows the view again, after hints were dismissed. */
  refresh(): void {
    const { view } = this.#runner;
    if (view !== null) this.#runner.showView(view);
  }

  /** True for a run on screen that differs nowhere. */
  get agrees(): boolean {
    const { verdicts = [] } = this.#runner.view ?? {};
    return verdicts.every(({ verdict }) => verdict !== "differs" && verdict !== "cannot-compare");
  }

  cancel(): void {
    this.#runner.cancel();
  }

  cancelComparison(): void {
    this.#comparison.cancel();
  }

  cancelDiagnosis(): void {
    this.#diagnoser.cancel();
  }

  /** Asks for another file of the run; undefined when nothing was chosen. */
  pick(what: Pickable): Promise<RunSpec | undefined> {
    return this.#services.pick(what, this.spec);
  }

  makeCase(what: CaseName): Promise<void> {
    return this.#services.makeCase(what, this);
  }

  /** Opens a run file in a panel of its own. */
  open(runFile: vscode.Uri): Promise<void> {
    return this.#services.open(runFile);
  }

  /** What is made of the run: a better test, the smallest case, a recorder. */
  get cases(): Pick<CaseMaker, "probe" | "reduce" | "recorder"> {
    return this.#cases;
  }

  /** Writes the run to `target`, or where the user says. Returns the file, null when the user gave up. */
  async save(target?: vscode.Uri): Promise<vscode.Uri | null> {
    const spec = withPreset(this.spec);
    const file = await saveRun(spec, this.runFile, target);
    if (file === null) return null;
    this.#state.saved(spec, file);
    this.#showRunFile();
    this.#watchFiles();
    const { view } = this.#runner;
    if (view !== null) {
      this.#runner.showView({ ...view, labels: { ...view.labels, runFile: baseName(file) } });
    }
    return file;
  }

  /** Ends the worker and the watchers; the webview panel is disposed by its owner. */
  dispose(): void {
    this.#channel.dispose();
    this.#watch.dispose();
    void this.#runner.dispose();
    void this.#diagnoser.dispose();
    void this.#cases.dispose();
  }

  /** The run on screen as if mistakes had been made: its diagnosis stays what it is. */
  async runUnder(ids: readonly string[]): Promise<void> {
    this.#comparison.forget();
    const made = await this.#runner.run(
      withPreset(this.spec),
      this.runFile?.toString() ?? null,
      ids,
    );
    if (made && ids.length === 0) this.#compare();
  }

  /** Of the run on screen, and the engines that it is compared with. */
  async diagnose(): Promise<DiagnosisView> {
    const choices = await this.#complete(comparedChoices(this.#runner.view, this.spec));
    return this.#diagnoser.diagnose(withPreset(this.spec), choices);
  }

  #complete(choices: readonly EngineChoice[]): Promise<readonly EngineChoice[]> {
    const place = this.runFile ?? parseLocation(this.spec.weights.file);
    return this.#services.complete(choices, place);
  }

  /** Writes the run that is another one under these mistakes to a file of its own, and opens it. As `save` returns. */
  async saveUnder(ids: readonly string[]): Promise<vscode.Uri | null> {
    const { view } = this.#runner;
    const spec = withPreset(this.spec);
    if (view?.config == null) return null;
    const under = runUnder(ids, { config: view.config, seqLength: view.seqLength, spec });
    if (under === null) return null;
    const file = await saveRunUnder(under, this.runFile, ids);
    if (file !== null) await this.#services.open(file);
    return file;
  }

  /** A view that was hidden has missed the problem: it gets it again behind the answer. */
  describe(): RunView | null {
    const { problem, view } = this.#runner;
    if (problem !== null) {
      setTimeout(() => {
        this.#channel.emit("run/problem", { problem });
      });
    }
    this.#comparison.tellAgain();
    return view && { ...view, traps: undismissed(view.traps ?? []) };
  }

  #watchFiles(): void {
    this.#watch.watch(this.#state.files);
  }

  async #reload(changed: ReadonlySet<string>): Promise<void> {
    try {
      const spec = await this.#state.afterChange(changed);
      if (spec !== null) await this.run(spec);
    } catch (error) {
      this.#runner.showProblem(error);
    }
  }

  #showRunFile(): void {
    const { runFile, attempted } = this.#state;
    if (runFile !== null) this.#services.memory.add(runFile, this.spec);
    const file = runFile ?? parseLocation(attempted.weights.file);
    this.webviewPanel.title = sentence(text("Unroll: {0}", baseName(file)));
  }
}
