/**
 * The HTML of a panel or an editor, with its content security policy.
 *
 * Bundles stand in the page itself: VS Code hands a page its files one by one through the window it is in, which takes
 * longer than all the rest of a first picture while that window opens an editor.
 */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { unitEscape } from "../../core/escapeJson";

/** What stands on a page: an element, its bundle and its stylesheet. */
export interface Page {
  readonly element: "unroll-app" | "unroll-tensors";
  /** Base name of the .js and the .css in dist/. */
  readonly bundle: "webview" | "tensors";
}

/** Options of a webview whose page `pageOf` writes: it loads no file. */
export const webviewOptions: vscode.WebviewOptions = {
  enableScripts: true,
  localResourceRoots: [],
};

/** Files of dist/ by their paths, kept for the next page: the extension comes with them and never writes them. */
const bundles = new Map<string, string>();

/** HTML of the page; `dist` holds its bundle. */
export function pageOf(dist: vscode.Uri, { element, bundle }: Page): string {
  const nonce = randomBytes(16).toString("base64");
  const read = (file: string): string => readBundle(join(dist.fsPath, file));
  // The address is the one that a stack trace and the coverage report name.
  const script = (file: string): string =>
    `<script nonce="${nonce}">${embedScript(read(file))}\n//# sourceURL=unroll/dist/${file}\n</script>`;
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    // The toolkit probes for :focus-visible with a style element of its own, which takes the nonce from the meta tag.
    `style-src 'nonce-${nonce}'`,
    "img-src data:",
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="${escapeAttribute(vscode.env.language)}">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <meta property="csp-nonce" content="${nonce}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Unroll</title>
    <style nonce="${nonce}">${read(`${bundle}.css`)}</style>
  </head>
  <body>
    <${element}></${element}>
    <script type="application/json" id="unroll-l10n" nonce="${nonce}">${embedJson(vscode.l10n.bundle ?? {})}</script>
    ${script("controls.js")}
    ${script(`${bundle}.js`)}
  </body>
</html>
`;
}

function readBundle(path: string): string {
  const known = bundles.get(path);
  if (known !== undefined) return known;
  const contents = readFileSync(path, "utf8");
  bundles.set(path, contents);
  return contents;
}

/** A script that cannot end the element it stands in: where "<" begins a tag or a comment, it is in a string. */
function embedScript(code: string): string {
  return code.replaceAll(/<(?=\/?script|!--)/gi, "\\x3c");
}

/** JSON that cannot end the script element it stands in, in ASCII as the scripts are: else all of the page takes twice the memory. */
function embedJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(/[<\u0080-\uffff]/g, unitEscape);
}

function escapeAttribute(value: string): string {
  return value.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}
