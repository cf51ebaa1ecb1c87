/** The other end of an engine's process: starts it when it is asked something, and ends it when it takes too long. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const COMPLAINT_LENGTH = 2000;

/** What came instead of an answer; `timedOut` when the engine was ended for taking too long. */
class EngineFailure extends Error {
  timedOut = false;
}

/** One engine: `id` names it, `threads` is how many it uses (0 for all), `command` starts it. */
export class EngineProcess {
  #child = null;
  #waiting = [];

  constructor({ id, threads, command, name = id }) {
    Object.assign(this, { id, threads, command, name });
  }

  /**
   * Answer to one request.
   * @throws EngineFailure with the engine's own reason.
   */
  async ask(request, limitMs = 600_000) {
    this.#child ??= this.#start();
    const child = this.#child;
    const answered = new Promise((resolve) => this.#waiting.push(resolve));
    child.stdin.write(`${JSON.stringify(request)}\n`);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill("SIGKILL");
    }, limitMs);
    const answer = await answered;
    clearTimeout(timer);
    if (answer.error === undefined) return answer;
    throw Object.assign(new EngineFailure(answer.error), { timedOut: late });
  }

  /** Asks for the engine's name; says why and gives false when there is no such engine here. */
  async isThere() {
    try {
      this.name = (await this.ask({ do: "hello" })).name;
      return true;
    } catch (error) {
      console.log(`${this.id} is not measured: ${error.message}`);
      return false;
    }
  }

  close() {
    this.#child?.stdin.end();
    this.#child = null;
  }

  #start() {
    const [program, ...argv] = this.command;
    const child = spawn(program, argv, { stdio: "pipe" });
    let complaint = "";
    const settle = (answer) => this.#waiting.shift()?.(answer);
    const end = (reason) => {
      if (this.#child === child) this.#child = null;
      settle({ error: reason });
    };
    child.stderr.on("data", (chunk) => {
      complaint = (complaint + chunk).slice(-COMPLAINT_LENGTH);
    });
    // An engine's own greetings are no answers.
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line.startsWith("{")) settle(JSON.parse(line));
    });
    child.stdin.on("error", () => undefined);
    child.once("error", (error) => end(error.message));
    child.once("close", () => end(reasonIn(complaint)));
    return child;
  }
}

/** The line of an uncaught error that says what it is, in Node's and in Python's form; else the last one. */
function reasonIn(complaint) {
  const lines = complaint.trim().split("\n");
  const reason = lines.find((line) => /^\w*Error: /.test(line)) ?? lines.at(-1);
  return reason || "it ended";
}
