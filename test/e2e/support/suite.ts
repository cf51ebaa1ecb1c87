/** The window that the tests of a suite share: taken before the first of them, left to the next suite after the last. */
import { leaveWorkbench, takeWorkbench, type WorkbenchOptions } from "../../harness/windows";
import type { Workbench } from "../../harness/workbench";
import { Panel } from "./panel";
import { TensorEditor } from "./tensorEditor";

/** A window, and the page that the tests look at in it. */
interface Opened<Page> {
  readonly workbench: Workbench;
  readonly panel: Page;
}

interface WindowOptions extends WorkbenchOptions {
  /** Closes every editor before each test, not after it: the picture of a test that failed shows what it saw. */
  readonly closesEditors?: boolean;
}

interface PanelOptions extends WorkbenchOptions {
  /** The run file that is opened beforehand. */
  readonly run?: string;
}

interface EditorOptions extends WorkbenchOptions {
  /** The file whose tensors are opened beforehand. */
  readonly file: string;
}

/** What moves is drawn many times over; suites that test it switch it on. */
const quiet = { "workbench.reduceMotion": "on" };

/** Gives a window to the suite that this is called in; `begin` goes on with it before the first test. */
export function sharesWindow(
  { closesEditors = false, ...options }: WindowOptions,
  begin: (workbench: Workbench) => void | Promise<void>,
): void {
  let workbench: Workbench | undefined;
  before(async () => {
    workbench = await takeWorkbench({ ...options, settings: { ...quiet, ...options.settings } });
    await begin(workbench);
  });
  if (closesEditors) beforeEach(() => workbench?.closeEditors());
  after(async function () {
    const isWell = this.test?.parent?.tests.every(({ state }) => state === "passed");
    // A window that is as it was opened has nothing to do with what failed in it.
    const isLeft = isWell === true && options.isRestricted !== true;
    if (isLeft && workbench) await leaveWorkbench(workbench);
    else await workbench?.close();
  });
}

/** Gives a window with a panel to the suite that this is called in, and hands over both. */
export function sharesPanel(
  { run, ...options }: PanelOptions,
  take: (opened: Opened<Panel>) => void,
): void {
  sharesWindow(options, async (workbench) => {
    const panel = new Panel(workbench);
    take({ workbench, panel });
    if (run !== undefined) await panel.openRun(run);
  });
}

/** Gives a window with a tensor editor to the suite that this is called in, and hands over both. */
export function sharesEditor(
  { file, ...options }: EditorOptions,
  take: (opened: Opened<TensorEditor>) => void,
): void {
  sharesWindow(options, async (workbench) => {
    const panel = new TensorEditor(workbench);
    take({ workbench, panel });
    await panel.inspect(file);
  });
}
