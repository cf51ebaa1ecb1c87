/** Copies of folders that tests work on: none stays when the process ends early. */
import { rmSync } from "node:fs";

const leftFolders = new Set<string>();

/** Removes a folder when the process ends, if it was not removed before. */
export function removeAtExit(folder: string): void {
  if (leftFolders.size === 0) {
    process.once("exit", () => {
      for (const each of leftFolders) rmSync(each, { recursive: true, force: true });
    });
  }
  leftFolders.add(folder);
}
