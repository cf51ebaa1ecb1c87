/**
 * `unroll picture` and `unroll report`: a run as a file to show to others.
 */
import { resolve } from "node:path";
import { UnsupportedError } from "../../core/errors";
import { plainEnglish, renderText, text } from "../../core/text";
import { PICTURE_THEMES } from "../../drawing/picture/theme";
import { PICTURE_HEIGHT } from "../../drawing/picture/size";
import { mistakeOf } from "../../drawing/run/flip/reverseOrder";
import { hasCellStates } from "../../drawing/run/state";
import { encodePng } from "../../node/png";
import { replaceFile } from "../../node/writeWhole";
import type { RunView } from "../../protocol/run/messages";
import { diagnosisView } from "../../session/diagnosis";
import { filesOf } from "../../run/spec/spec";
import type { PictureCommand, ReportCommand } from "../flags/pictureFlags";
import { toJson } from "../print/json";
import { exitCodeOf, withOpened, type ExitCode, type Terminal } from "./commands";
import { assertNotInput } from "./outFile";

/** Draws the unrolled view, or how a layer is flipped. */
export function picture(command: PictureCommand, terminal: Terminal): Promise<ExitCode> {
  const { mode, deltaAs, state, batch, theme, width } = command;
  return withOpened<ExitCode>(command.runFile, command, terminal, async (session, control) => {
    const { view } = session;
    assertShown(view, command);
    const isDiagnosed = showsMistakes(view, command);
    const findings = isDiagnosed ? (await session.diagnose(control)).findings : [];
    const { runPicture } = await import("../../report/pictures");
    const content = runPicture(
      view,
      session,
      {
        ...{ mode, deltaAs, stateName: state, batch, width, theme: PICTURE_THEMES[theme] },
        ...{ steps: null, range: "auto", height: PICTURE_HEIGHT },
        ...(command.view === "flip"
          ? { flip: { layer: command.layer, step: 0, ...mistakeOf(findings) } }
          : {}),
      },
      { encodePng, say: (sentence) => renderText(sentence) },
    );
    await write(view, command, terminal, content);
    return 0;
  });
}

/** True where a picture of the flips says of a reference which of them it lacks. */
function showsMistakes(view: RunView, { view: shown, mode }: PictureCommand): boolean {
  const hasReference = mode === "reference" || mode === "delta";
  return shown === "flip" && hasReference && exitCodeOf(view) !== 0;
}

/** Writes the run as one HTML file. The exit code is that of a check. */
export function report(
  command: ReportCommand,
  terminal: Terminal,
  version: string,
): Promise<ExitCode> {
  return withOpened(command.runFile, command, terminal, async (session, control) => {
    const { view } = session;
    assertRow(view, command);
    const code = exitCodeOf(view);
    const { reportHtml } = await import("../../report/pictures");
    const isDiagnosed = command.diagnoses && code !== 0;
    const diagnosis = isDiagnosed ? diagnosisView(await session.diagnose(control)) : null;
    const { batch } = command;
    const means = { encodePng, surface: plainEnglish, language: "en" };
    const content = await reportHtml(view, session, { diagnosis, batch, version }, means);
    await write(view, command, terminal, content);
    return code;
  });
}

/** Never over a file that the run reads. */
async function write(
  view: RunView,
  { runFile, out, json }: PictureCommand | ReportCommand,
  terminal: Terminal,
  content: string,
): Promise<void> {
  const path = resolve(terminal.folder, out);
  const read = [runFile, ...filesOf(view.spec)].map((file) => resolve(terminal.folder, file));
  await assertNotInput(path, read);
  const bytes = new TextEncoder().encode(content);
  await replaceFile(path, bytes);
  terminal.print(json ? toJson({ out, bytes: bytes.length }) : `${out}: ${bytes.length} bytes\n`);
}

function assertRow({ batchSize }: RunView, { batch }: { readonly batch: number }): void {
  if (batch < batchSize) return;
  throw new UnsupportedError(
    "--batch",
    text("expected a row of the batch from 0 to {0}, not {1}", batchSize - 1, batch),
  );
}

/** @throws UnsupportedError where the run has nothing of what is to be drawn. */
function assertShown(view: RunView, command: PictureCommand): void {
  assertRow(view, command);
  if (command.state === "c" && !hasCellStates(view)) {
    throw new UnsupportedError("--state", text("only an LSTM has c"));
  }
  const layers = view.config?.numLayers ?? 0;
  if (command.view === "flip" && command.layer >= layers) {
    const { layer } = command;
    throw new UnsupportedError(
      "--layer",
      text("expected a layer from 0 to {0}, not {1}", layers - 1, layer),
    );
  }
  if (command.mode !== "ours" && view.verdicts.length === 0) {
    throw new UnsupportedError("--mode", text("the run has no reference; ours alone can be drawn"));
  }
}
