/** The peak memory of this process. */
import { readFileSync } from "node:fs";

const KIBIBYTES_PER_MEBIBYTE = 1024;

/** MiB. Linux counts what the parent had before `exec` into `maxRSS`, but not into VmHWM. */
export function peakMebibytes() {
  const kibibytes =
    process.platform === "linux"
      ? Number(/^VmHWM:\s*(\d+)/m.exec(readFileSync("/proc/self/status", "latin1"))?.[1])
      : process.resourceUsage().maxRSS;
  return kibibytes / KIBIBYTES_PER_MEBIBYTE;
}
