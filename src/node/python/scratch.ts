/**
 * The folder through which large tensors go to a Python process and back: made for one process, removed with it.
 *
 * A folder is named after the process of ours that made it. One that was left behind by a process that was killed is
 * removed by the next one.
 */
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

const stem = "unroll-python-";

/** Makes a folder in `parent`, which is made where there is none. @throws the system's error. */
export async function makeScratch(parent: string): Promise<string> {
  await mkdir(parent, { recursive: true });
  await sweepScratch(parent);
  return mkdtemp(join(parent, `${stem}${process.pid}-`));
}

/** Removes folders of processes that are gone. */
async function sweepScratch(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  const left = names.filter((name) => {
    const [, pid] = new RegExp(`^${stem}(\\d+)-`).exec(name) ?? [];
    return pid !== undefined && !isAlive(Number(pid));
  });
  await Promise.all(left.map((name) => removeScratch(join(parent, name))));
}

/** Removes a folder with what is in it. */
export async function removeScratch(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
