/**
 * Exports of a panel's run: pictures and the report, into a file that the user names.
 */
import * as vscode from "vscode";
import type { DiagnosisView } from "../../protocol/run/diagnosisMessages";
import type { RunExport, PictureRequest, Reader } from "../../protocol/run/pictureMessages";
import type { Handlers } from "../../protocol/rpc";
import type { RunView, ViewRequests } from "../../protocol/run/messages";
import { baseName, parseLocation } from "../workspace/locations";
import { RUN_FILE_SUFFIX } from "../workspace/readRunFile";
import { mayReplace, writableFolderOf, writeFile } from "../workspace/writing";
import type { Runner } from "./runner";

/** What an export is made of beside the run. */
export interface ExportSource {
  readonly runFile: () => vscode.Uri | null;
  readonly version: string;
  /** Made where the run differs; null where it does not. */
  readonly diagnosis: () => Promise<DiagnosisView | null>;
}

const FILTERS = { svg: "SVG", png: "PNG", html: "HTML" } as const;

/** Answers the page's requests for pictures and exports. */
export function exportHandlers(
  runner: Runner,
  source: ExportSource,
): Pick<Handlers<ViewRequests>, "picture/draw" | "run/export"> {
  const draw = (request: PictureRequest): Promise<string> =>
    runner.request("picture/draw", { ...request, reader: reader() });
  const contentOf = async (wanted: RunExport): Promise<string | Uint8Array> => {
    if (wanted.kind === "png") return wanted.bytes;
    if (wanted.kind === "svg") return draw(wanted.picture);
    const { batch } = wanted;
    const request = { diagnosis: await source.diagnosis(), batch, version: source.version };
    return runner.request("report/write", { ...request, reader: reader() });
  };
  return {
    "picture/draw": draw,
    "run/export": async (wanted) => {
      const { view } = runner;
      if (view === null || view.lanes.length === 0) return null;
      const file = await askForFile(wanted.kind, view, source.runFile());
      if (file === undefined) return null;
      const content = await contentOf(wanted);
      await writeFile(
        file,
        typeof content === "string" ? new TextEncoder().encode(content) : content,
      );
      return baseName(file);
    },
  };
}

function reader(): Reader {
  const bundle: Readonly<Record<string, unknown>> = vscode.l10n.bundle ?? {};
  const texts = Object.entries(bundle).filter(([, one]) => typeof one === "string");
  return {
    // Without a translation the sentences are English, whatever the editor's language is.
    language: texts.length === 0 ? "en" : vscode.env.language,
    translations: Object.fromEntries(texts) as Record<string, string>,
  };
}

/** `rnn.unroll.json` → `rnn.svg`, in the same folder. */
async function askForFile(
  kind: RunExport["kind"],
  view: RunView,
  runFile: vscode.Uri | null,
): Promise<vscode.Uri | undefined> {
  const own = runFile ?? parseLocation(view.spec.weights.file);
  const name = baseName(own).replace(runFile === null ? /\.[^.]+$/ : RUN_FILE_SUFFIX, "");
  const folder = writableFolderOf(own);
  const file = await vscode.window.showSaveDialog({
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, `${name}.${kind}`) }),
    saveLabel: vscode.l10n.t("Export"),
    filters: { [FILTERS[kind]]: [kind] },
  });
  if (file === undefined || file.path.toLowerCase().endsWith(`.${kind}`)) return file;
  // The dialog has asked about the name that it was given.
  const named = file.with({ path: `${file.path}.${kind}` });
  return (await mayReplace([named])) ? named : undefined;
}
