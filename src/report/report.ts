/**
 * A run as one HTML file: verdicts, the finding and its fix, pictures, files and options, values, shapes, notes.
 */
import { foreign, renderText, text, type Surface, type Text } from "../core/text";
import type { StateName, RunView } from "../protocol/run/messages";
import type { ReportRequest } from "../protocol/run/pictureMessages";
import type { EncodePng } from "../drawing/picture/image";
import { modeName, sizesOf } from "../drawing/picture/names";
import { PICTURE_THEMES, THEME_NAMES } from "../drawing/picture/theme";
import { PICTURE_HEIGHT } from "../drawing/picture/size";
import { unrolledPicture, type PictureValues } from "../drawing/picture/unrolled";
import { formatCompact } from "../drawing/base/numbers";
import type { Mode } from "../drawing/run/modes";
import { hasCellStates } from "../drawing/run/state";
import type { ReportContext } from "./context";
import { classTable } from "./classes";
import { findingSection } from "./finding";
import { escaped, figure, list, section } from "./html";
import { shapeTable, verdictSection } from "./sections";
import { reportStyle } from "./style";
import { unseenSection } from "./unseen";
import { valueTables } from "./values";

export interface ReportMeans {
  readonly encodePng: EncodePng;
  readonly surface: Surface;
  /** Of the reader, such as `en`. */
  readonly language: string;
}

const WIDTH = 1032;

/** The file's text, for a run that has lanes. */
export async function reportHtml(
  view: RunView,
  values: PictureValues,
  request: ReportRequest,
  { encodePng, surface, language }: ReportMeans,
): Promise<string> {
  const say = (sentence: Text): string => renderText(sentence, surface);
  const context: ReportContext = { view, values, batch: request.batch, say };
  const body = [
    headingOf(context),
    section(say(text("Verdict")), verdictSection(context, request.diagnosis)),
    section(say(text("What explains it")), findingSection(context, request.diagnosis)),
    section(say(text("Classes")), classTable(context)),
    section(say(text("Pictures")), figuresOf(context, encodePng)),
    section(say(text("What this run cannot show")), unseenSection(context, request.diagnosis)),
    section(say(text("Files and options")), factsOf(context)),
    section(say(text("Values")), valueTables(context)),
    section(say(text("Shapes")), shapeTable(context)),
    section(say(text("Notes")), list(notesOf(view).map(say))),
    footerOf(context, request.version),
  ].join("");
  return pageOf(say(titleOf(view)), body, language);
}

/** Nothing is loaded and nothing is executed: the one stylesheet is known by its hash. */
async function pageOf(title: string, body: string, language: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(reportStyle));
  const hash = btoa(String.fromCharCode(...new Uint8Array(digest)));
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'`;
  return `<!DOCTYPE html>
<html lang="${escaped(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${reportStyle}</style>
</head>
<body>
<main>
${body}</main>
</body>
</html>
`;
}

function titleOf({ labels }: RunView): Text {
  return foreign(labels.runFile ?? labels.weights);
}

function headingOf({ view, say }: ReportContext): string {
  const { constructorLine } = view;
  const line = [...(constructorLine === null ? [] : [foreign(constructorLine)]), sizesOf(view)];
  return (
    `<header><h1>${escaped(say(titleOf(view)))}</h1>` +
    `<p class="quiet">${escaped(line.map(say).join(" · "))}</p></header>\n`
  );
}

/** Files, options and sizes. */
function factsOf({ view, say }: ReportContext): string {
  const { labels, constructorLine, module, options, tolerance } = view;
  const embedding = view.surrounding?.embedding;
  const row = (name: Text, value: Text | null): string =>
    value === null ? "" : `<dt>${escaped(say(name))}</dt><dd>${escaped(say(value))}</dd>`;
  const named = (name: string | null): Text | null => (name === null ? null : foreign(name));
  return [
    "<dl>",
    row(text("Module"), constructorLine === null ? null : foreign(constructorLine)),
    row(text("Name in the file"), module === null || module === "" ? null : foreign(module)),
    row(text("Embedding"), embedding?.isUsed === true ? foreign(embedding.constructorLine) : null),
    row(text("Weights"), foreign(labels.weights)),
    row(text("Input"), foreign(labels.input)),
    row(text("h0"), labels.h0 === null ? text("zeros") : foreign(labels.h0)),
    view.config?.cell === "LSTM" ? row(text("c0"), named(labels.c0) ?? text("zeros")) : "",
    row(text("Lengths"), named(labels.lengths)),
    row(text("Reference"), named(labels.reference)),
    row(text("Sizes"), sizesOf(view)),
    row(text("Precision"), foreign(options.precision)),
    row(
      text("Tolerance"),
      text("rtol {0}, atol {1}", ...[tolerance.rtol, tolerance.atol].map(formatCompact)),
    ),
    "</dl>\n",
  ].join("");
}

/** The difference where there is one, ours, and c of an LSTM: each for light and for dark. */
function figuresOf(context: ReportContext, encodePng: EncodePng): string {
  const { view, values, batch, say } = context;
  const differs = view.verdicts.some(({ verdict }) => verdict === "differs");
  // Where all is within tolerance a picture of differences is empty.
  const modes: readonly Mode[] = differs ? ["delta", "ours"] : ["ours"];
  const shown: (readonly [Mode, StateName])[] = modes.map((mode) => [mode, "h"]);
  if (hasCellStates(view)) shown.push(["ours", "c"]);
  return shown
    .map(([mode, stateName]) => {
      const pictures = THEME_NAMES.map((name) => {
        const theme = PICTURE_THEMES[name];
        const size = { width: WIDTH, height: PICTURE_HEIGHT };
        const wanted = {
          mode,
          stateName,
          batch,
          steps: null,
          range: "auto",
          theme,
          isBare: true,
          ...size,
        } as const;
        const picture = unrolledPicture(view, values, wanted, { encodePng, say });
        return `<div class="${name}">${picture}</div>`;
      });
      const what =
        stateName === "c"
          ? text("Cell states c of every layer; {0}", modeName(mode))
          : text(
              "Hidden states h of every layer, unit by unit and step by step; {0}",
              modeName(mode),
            );
      const caption = view.batchSize > 1 ? text("{0}, batch {1}", what, batch) : what;
      return figure(say(caption), pictures.join(""), say);
    })
    .join("");
}

/** What was assumed and what readers noted; what raises no error and may be meant otherwise. */
function notesOf({ notes, traps = [] }: RunView): Text[] {
  return [...notes, ...traps.map(({ sentence }) => sentence)];
}

function footerOf({ view, say }: ReportContext, version: string): string {
  const { path } = view.details;
  const engine = path === null ? null : text("computed by the engine {0}", path.engine);
  const parts = [text("Unroll {0}", version), ...(engine === null ? [] : [engine])];
  return `<footer><p>${escaped(parts.map(say).join(" · "))}</p></footer>\n`;
}
