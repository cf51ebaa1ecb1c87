/**
 * A webview as a port of `protocol/rpc`.
 */
import type { Webview } from "vscode";
import { inBatches } from "../../protocol/batches";
import type { Port } from "../../protocol/rpc";

/** The worker answers what a picture asks for one after another, most of it within this time. */
const JOINED_MS = 4;

/** Messages to a hidden webview are lost: a view that is shown again asks for what it missed. */
export function webviewPort(webview: Webview): Port {
  const port: Port = {
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
  return inBatches(port, (flush) => setTimeout(flush, JOINED_MS));
}
