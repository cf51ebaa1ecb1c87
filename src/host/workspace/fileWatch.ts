/**
 * Watches a changing set of files for writes, creations and deletions.
 */
import { setTimeout as delay } from "node:timers/promises";
import * as vscode from "vscode";
import { folderOf } from "./locations";

/** Writers write in pieces; a change is reported once they have paused this long. */
const QUIET_MS = 300;

/** A folder is watched only a moment after it was asked for; what is written meanwhile is found by looking again. */
const LOOK_AGAIN_MS = [1000, 5000] as const;

export class FileWatch implements vscode.Disposable {
  readonly #onChange: (changed: ReadonlySet<string>) => void;
  readonly #watchers = new Map<string, vscode.FileSystemWatcher>();
  #files = new Set<string>();
  #changed = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #disposed = false;

  /** `onChange` is given the URIs, as strings, of the files that changed. */
  constructor(onChange: (changed: ReadonlySet<string>) => void) {
    this.#onChange = onChange;
  }

  /** Replaces the set of files. One watcher serves all files of a folder. */
  watch(files: readonly vscode.Uri[]): void {
    this.#files = new Set(files.map((file) => file.toString()));
    const folders = new Map(files.map((file) => [folderOf(file).toString(), folderOf(file)]));
    for (const [key, watcher] of this.#watchers) {
      if (folders.has(key)) continue;
      watcher.dispose();
      this.#watchers.delete(key);
    }
    for (const [key, folder] of folders) {
      if (this.#watchers.has(key)) continue;
      this.#watchers.set(key, this.#watchFolder(folder));
      void this.#lookAgain(files.filter((file) => folderOf(file).toString() === key));
    }
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.dispose();
    this.#watchers.clear();
  }

  #watchFolder(folder: vscode.Uri): vscode.FileSystemWatcher {
    const pattern = new vscode.RelativePattern(folder, "*");
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    const accept = (uri: vscode.Uri): void => {
      this.#accept(uri);
    };
    watcher.onDidChange(accept);
    watcher.onDidCreate(accept);
    watcher.onDidDelete(accept);
    return watcher;
  }

  /** Compares the files with what they are now, a few times. */
  async #lookAgain(files: readonly vscode.Uri[]): Promise<void> {
    let seen = await Promise.all(files.map(stampOf));
    for (const milliseconds of LOOK_AGAIN_MS) {
      await delay(milliseconds, undefined, { ref: false });
      if (this.#disposed) return;
      const now = await Promise.all(files.map(stampOf));
      files.forEach((file, index) => {
        if (now[index] !== seen[index]) this.#accept(file);
      });
      seen = now;
    }
  }

  #accept(uri: vscode.Uri): void {
    if (this.#disposed || !this.#files.has(uri.toString())) return;
    this.#changed.add(uri.toString());
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const changed = this.#changed;
      this.#changed = new Set();
      this.#onChange(changed);
    }, QUIET_MS);
  }
}

/** What tells one version of a file from the next; empty when there is no file. */
async function stampOf(file: vscode.Uri): Promise<string> {
  try {
    const { mtime, size } = await vscode.workspace.fs.stat(file);
    return `${mtime} ${size}`;
  } catch {
    return "";
  }
}
