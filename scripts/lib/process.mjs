/**
 * Child processes that never outlive this one.
 *
 * Each child leads a process group of its own, so that ending it ends its children too. A script that was
 * started by another one ends as soon as that one is gone, however it went.
 */
import { spawn, spawnSync } from "node:child_process";

/** Child processes that are still running, with the signal that ends each at once. */
const running = new Map();

function endGroup(pid, signal) {
  if (process.platform === "win32") {
    spawnSync("taskkill", ["/pid", String(pid), "/T", "/F"], { stdio: "ignore" });
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended already.
  }
}

process.on("exit", () => {
  for (const [pid, signal] of running) endGroup(pid, signal);
});
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
]) {
  process.on(signal, () => process.exit(code));
}
if (process.channel) {
  process.channel.unref();
  process.once("disconnect", () => process.exit(143));
}

/**
 * Starts a program in a process group of its own.
 *
 * `ownScript` marks one of this repository's scripts: it gets a channel that tells it when this process is
 * gone, and is asked to end rather than killed, so that it can end its own children.
 */
export function start(command, args, { ownScript = false, stdio = "inherit", ...options } = {}) {
  const streams = Array.isArray(stdio) ? stdio : [stdio, stdio, stdio];
  const child = spawn(command, args, {
    ...options,
    stdio: ownScript ? [...streams, "ipc"] : streams,
    detached: process.platform !== "win32",
  });
  if (child.pid !== undefined) {
    const { pid } = child;
    running.set(pid, ownScript ? "SIGTERM" : "SIGKILL");
    child.once("exit", () => {
      // What the leader leaves behind in its group is ended with it.
      if (process.platform !== "win32") endGroup(pid, ownScript ? "SIGTERM" : "SIGKILL");
      running.delete(pid);
    });
  }
  return child;
}

/** Ends a started program and everything in its group, and waits for it. */
export async function end(child) {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  const ended = new Promise((resolve) => child.once("exit", resolve));
  endGroup(child.pid, "SIGTERM");
  const forced = setTimeout(() => endGroup(child.pid, "SIGKILL"), 3000);
  await ended;
  clearTimeout(forced);
}

/**
 * Runs a program to its end, or for `limitMs`.
 *
 * Returns its exit code (1 when a signal ended it) and what it wrote. `echo` passes the output on at once.
 */
export async function run(command, args, { limitMs = 0, echo = true, ...options } = {}) {
  const child = start(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const parts = [];
  const forward = (stream) => (chunk) => {
    parts.push(chunk);
    if (echo) stream.write(chunk);
  };
  child.stdout.on("data", forward(process.stdout));
  child.stderr.on("data", forward(process.stderr));
  let timedOut = false;
  const timer =
    limitMs > 0 &&
    setTimeout(() => {
      timedOut = true;
      void end(child);
    }, limitMs);
  const code = await new Promise((resolve) => {
    child.once("error", (error) => {
      parts.push(Buffer.from(`${command}: ${error.message}\n`));
      if (echo) process.stderr.write(`${command}: ${error.message}\n`);
      resolve(127);
    });
    child.once("close", (exitCode) => resolve(exitCode ?? 1));
  });
  clearTimeout(timer);
  return { code: timedOut ? 124 : code, output: Buffer.concat(parts).toString("utf8"), timedOut };
}
