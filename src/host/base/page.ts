/**
 * The HTML of a panel or an editor, with its content security policy.
 */
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

/** What stands on a page: an element, its bundle and its stylesheet. */
export interface Page {
  readonly element: "unroll-app" | "unroll-tensors";
  /** Base name of the .js and the .css in dist/. */
  readonly bundle: "webview" | "tensors";
}

/** Options of a webview whose page `pageOf` writes. */
export function webviewOptions(dist: vscode.Uri): vscode.WebviewOptions {
  return { enableScripts: true, localResourceRoots: [dist] };
}

/** HTML of the page; `dist` holds its bundle. */
export function pageOf(
  webview: vscode.Webview,
  dist: vscode.Uri,
  { element, bundle }: Page,
): string {
  const nonce = randomBytes(16).toString("base64");
  const addressOf = (file: string): string =>
    escapeAttribute(webview.asWebviewUri(vscode.Uri.joinPath(dist, file)).toString());
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    // The toolkit probes for :focus-visible with a style element of its own, which takes the nonce from the meta tag.
    `style-src ${webview.cspSource} 'nonce-${nonce}'`,
    `img-src ${webview.cspSource} data:`,
    `font-src ${webview.cspSource}`,
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="${escapeAttribute(vscode.env.language)}">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <meta property="csp-nonce" content="${nonce}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Unroll</title>
    <link rel="stylesheet" href="${addressOf(`${bundle}.css`)}">
  </head>
  <body>
    <${element}></${element}>
    <script type="application/json" id="unroll-l10n" nonce="${nonce}">${embedJson(vscode.l10n.bundle ?? {})}</script>
    <script nonce="${nonce}" src="${addressOf("controls.js")}"></script>
    <script nonce="${nonce}" src="${addressOf(`${bundle}.js`)}"></script>
  </body>
</html>
`;
}

/** JSON that cannot end the script element it stands in. */
function embedJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}

function escapeAttribute(value: string): string {
  return value.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}
