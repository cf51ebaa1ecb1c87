/**
 * A webview as a port of `protocol/rpc`.
 */
import type { Webview } from "vscode";
import type { Port } from "../../protocol/rpc";

/** Messages to a hidden webview are lost: a view that is shown again asks for what it missed. */
export function webviewPort(webview: Webview): Port {
  return {
    post: (message) => {
      void webview.postMessage(message);
    },
    receive: (handler) => {
      const listener = webview.onDidReceiveMessage(handler);
      return () => {
        listener.dispose();
      };
    },
  };
}
