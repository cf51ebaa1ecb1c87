/** Scripts in Python, each in a fork of one process: to import PyTorch takes it more than a second, and Keras three. */
import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { environment, python } from "./python";

interface Job {
  /** What is imported before: the slow ones of what the script imports. */
  readonly packages: readonly ("torch" | "keras")[];
  /** What would stand behind `python3`. */
  readonly arguments: readonly string[];
  readonly folder?: string;
  readonly input?: string;
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Warm {
  readonly child: ChildProcess;
  readonly answers: AsyncIterator<string>;
}

let warm: Warm | null = null;

/** Runs a script, and returns what it printed. Throws where it fails. One at a time. */
export async function runPython(job: Job): Promise<string> {
  warm ??= start();
  const whole = { folder: process.cwd(), input: "", ...job };
  warm.child.stdin?.write(`${JSON.stringify(whole)}\n`);
  const line = await warm.answers.next();
  if (line.done === true) throw new Error("the Python process has ended");
  const { code, stdout, stderr } = JSON.parse(line.value) as Ended;
  if (code !== 0) throw new Error(`${job.arguments.join(" ")} ended with ${code}:\n${stderr}`);
  return stdout;
}

/** It ends when its standard input does, with this process. */
function start(): Warm {
  const child = spawn(python, ["test/unit/support/python/warm.py"], {
    env: environment,
    stdio: ["pipe", "pipe", "inherit"],
  });
  return { child, answers: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}
