/**
 * One panel: its page, its run and the files that the run was read from.
 */
import * as vscode from "vscode";
import { runUnder } from "../../diagnosis/fixes/options";
import type {
  CaseName,
  HostEvents,
  Pickable,
  RunView,
  ViewRequests,
} from "../../protocol/run/messages";
import type { DiagnosisView } from "../../protocol/run/diagnosisMessages";
import { respond, type Handlers } from "../../protocol/rpc";
import { choicesOf } from "../../reference/choices";
import type { EngineChoice, EngineId } from "../../reference/engine";
import { applyEdits } from "../../diagnosis/clashes/edits";
import { filesOf, type CompareSpec, type RunSpec } from "../../run/spec/spec";
import { text } from "../../core/text";
import { FileWatch } from "../workspace/fileWatch";
import { baseName, parseLocation } from "../workspace/locations";
import { pageOf, webviewOptions } from "../base/page";
import type { Report } from "../base/report";
import { readRun } from "../workspace/readRunFile";
import { saveRun, saveRunUnder } from "../runFiles/save";
import { dismissTrap, undismissed } from "../workspace/settings";
import { sentence } from "../base/surfaces";
import { webviewPort } from "../base/webviewPort";
import { CaseMaker } from "./caseMaker";
import { changeSpec } from "./changeSpec";
import { comparedChoices, Comparison } from "./comparison";
import { Diagnoser } from "./diagnoser";
import { exportHandlers } from "./exportRun";
import type { RunFileMemory } from "./runFileMemory";
import { Runner, valueHandlers } from "./runner";
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

/** A run and the file it is written in. */
export interface RunStart {
  readonly spec: RunSpec;
  readonly runFile: vscode.Uri | null;
}

export class RunPanel {
  readonly webviewPanel: vscode.WebviewPanel;
  readonly #services: PanelServices;
  readonly #runner: Runner;
  readonly #diagnoser: Diagnoser;
  readonly #cases: CaseMaker;
  readonly #comparison: Comparison;
  readonly #watch: FileWatch;
  readonly #channel: ReturnType<typeof respond<ViewRequests, HostEvents>>;
  /** Asked for last, whether it could be made or not. */
  #attempted: RunSpec;
  /** The spec of the runner's view. */
  #shown: RunSpec | null = null;
  #runFile: vscode.Uri | null;
  /** What the run file says, as far as we know. */
  #written: RunSpec | null;

  constructor(webviewPanel: vscode.WebviewPanel, services: PanelServices, start: RunStart) {
    const { dist, report } = services;
    this.webviewPanel = webviewPanel;
    this.#services = services;
    this.#attempted = start.spec;
    this.#runFile = start.runFile;
    this.#written = start.runFile === null ? null : start.spec;
    this.#watch = new FileWatch((changed) => void this.#reload(changed));
    const { webview } = webviewPanel;
    webview.options = webviewOptions(dist);
    this.#channel = respond(webviewPort(webview), this.#handlers(), (bug) => report.record(bug));
    const script = vscode.Uri.joinPath(dist, "worker.js").fsPath;
    this.#diagnoser = new Diagnoser(script, (progress) => {
      this.#channel.emit("diagnosis/progress", progress);
    });
    this.#cases = new CaseMaker(script, () => withPreset(this.spec));
    this.#runner = new Runner(script, report, {
      changed: (revision) => {
        this.#channel.emit("run/changed", { revision });
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
    webview.html = pageOf(webview, dist, { element: "unroll-app", bundle: "webview" });
    this.#showRunFile();
  }

  get runFile(): vscode.Uri | null {
    return this.#runFile;
  }

  /** What the next change builds on: the run on screen, else the one that could not be made. */
  get spec(): RunSpec {
    return this.#shown ?? this.#attempted;
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
    this.#attempted = spec;
    this.#watchFiles();
    if (await this.#runner.run(withPreset(spec), this.#runFile?.toString() ?? null)) {
      this.#shown = spec;
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
    this.#attempted = spec;
    this.#shown = spec;
    this.#diagnoser.forget();
    await this.#comparison.start(choicesOf(spec));
  }

  /** Runs what was asked for last once more, from the files as they are now. */
  again(): Promise<void> {
    return this.run(this.#attempted);
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
    const file = await saveRun(spec, this.#runFile, target);
    if (file === null) return null;
    this.#runFile = file;
    this.#written = spec;
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

  #handlers(): Handlers<ViewRequests> {
    return {
      "run/describe": () => this.#describe(),
      "run/again": () => done(this.again()),
      "run/cancel": () => {
        this.cancel();
        return null;
      },
      "run/change": (change) => done(this.run(changeSpec(this.spec, change))),
      "run/fix": ({ index }) => done(this.#fix(index)),
      "trap/dismiss": ({ id }) => done(dismissTrap(id)),
      "compare/choose": ({ engines, ...how }) => done(this.compareWith(engines, how)),
      "compare/cancel": () => {
        this.#comparison.cancel();
        return null;
      },
      "run/diagnose": () => this.#diagnose(),
      "diagnosis/cancel": () => {
        this.#diagnoser.cancel();
        return null;
      },
      "run/under": ({ ids }) => done(this.#runUnder(ids)),
      "run/saveUnder": ({ ids }) => this.#saveUnder(ids),
      "case/make": ({ what }) => done(this.#services.makeCase(what, this)),
      "run/pick": async ({ what }) => {
        const spec = await this.#services.pick(what, this.spec);
        return spec === undefined ? null : done(this.run(spec));
      },
      "run/save": async () => {
        const file = await this.save();
        return file === null ? null : baseName(file);
      },
      ...exportHandlers(() => this.#runner, {
        runFile: () => this.#runFile,
        version: this.#services.version,
        findings: async () => {
          if (this.agrees) return null;
          return (await this.#diagnose()).findings;
        },
      }),
      ...valueHandlers(() => this.#runner),
      "text/copy": ({ text: copied }) => done(vscode.env.clipboard.writeText(copied)),
    };
  }

  /** The run on screen as if mistakes had been made: its diagnosis stays what it is. */
  async #runUnder(ids: readonly string[]): Promise<void> {
    this.#comparison.forget();
    const made = await this.#runner.run(
      withPreset(this.spec),
      this.#runFile?.toString() ?? null,
      ids,
    );
    if (made && ids.length === 0) this.#compare();
  }

  /** Of the run on screen, and the engines that it is compared with. */
  async #diagnose(): Promise<DiagnosisView> {
    const choices = await this.#complete(comparedChoices(this.#runner.view, this.spec));
    return this.#diagnoser.diagnose(withPreset(this.spec), choices);
  }

  #complete(choices: readonly EngineChoice[]): Promise<readonly EngineChoice[]> {
    const place = this.#runFile ?? parseLocation(this.spec.weights.file);
    return this.#services.complete(choices, place);
  }

  /** Writes the run that is another one under these mistakes to a file of its own, and opens it. */
  async #saveUnder(ids: readonly string[]): Promise<string | null> {
    const { view } = this.#runner;
    const spec = withPreset(this.spec);
    if (view?.config == null) return null;
    const under = runUnder(ids, { config: view.config, seqLength: view.seqLength, spec });
    if (under === null) return null;
    const file = await saveRunUnder(under, this.#runFile, ids);
    if (file === null) return null;
    await this.#services.open(file);
    return baseName(file);
  }

  /** A fix is of the view that the page has: another one may have come meanwhile. */
  async #fix(index: number): Promise<void> {
    const fix = this.#runner.view?.fixes?.[index];
    if (fix !== undefined && fix.edits.length > 0) await this.run(applyEdits(this.spec, fix.edits));
  }

  /** A view that was hidden has missed the problem: it gets it again behind the answer. */
  #describe(): RunView | null {
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
    const files = new Set([...filesOf(this.#attempted), ...filesOf(this.spec)]);
    if (this.#runFile !== null) files.add(this.#runFile.toString());
    this.#watch.watch([...files].map(parseLocation));
  }

  /** After files changed on disk. A run file that says something new replaces the run. */
  async #reload(changed: ReadonlySet<string>): Promise<void> {
    const file = this.#runFile;
    try {
      if (file !== null && changed.has(file.toString())) {
        const spec = await readRun(file);
        const same = JSON.stringify(spec) === JSON.stringify(this.#written);
        this.#written = spec;
        if (!same) {
          await this.run(spec);
          return;
        }
        if (changed.size === 1) return;
      }
      await this.again();
    } catch (error) {
      this.#runner.showProblem(error);
    }
  }

  #showRunFile(): void {
    if (this.#runFile !== null) this.#services.memory.add(this.#runFile, this.spec);
    const file = this.#runFile ?? parseLocation(this.#attempted.weights.file);
    this.webviewPanel.title = sentence(text("Unroll: {0}", baseName(file)));
  }
}

async function done(work: PromiseLike<unknown>): Promise<null> {
  await work;
  return null;
}
