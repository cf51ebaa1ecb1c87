/**
 * Reports errors: one sentence to the user, the details to the log.
 */
import * as vscode from "vscode";
import { isUnrollError } from "../../core/errors";
import { RemoteError } from "../../protocol/rpc";
import { text, type Text } from "../../core/text";
import { logText, sentence, showError } from "./surfaces";

/** An error as far as a surface needs to know it. */
export interface Problem {
  readonly tag: string;
  readonly text: Text;
}

/** The sentence about an error; an error without a tag is a bug of Unroll. */
export function problemOf(error: unknown): Problem {
  if (error instanceof RemoteError || isUnrollError(error)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return { tag: "bug", text: text("Unexpected error, please report it: {0}", reason) };
}

export class Report {
  readonly #log: vscode.LogOutputChannel;

  constructor(log: vscode.LogOutputChannel) {
    this.#log = log;
  }

  /** Writes what a program has printed to the log. */
  log(output: string): void {
    this.#log.info(logText(output.trimEnd()));
  }

  /** Writes an error to the log, with its stack where it is a bug, and returns its sentence. */
  record(error: unknown): Text {
    const problem = problemOf(error);
    if (problem.tag === "bug") this.#log.error(logText(stackOf(error)));
    else this.#log.warn(logText(sentence(problem.text)));
    return problem.text;
  }

  /** Tells the user. Does not wait for the answer: a message may stay for minutes. */
  show(error: unknown): void {
    if (problemOf(error).tag === "cancelled") return;
    const showLog = vscode.l10n.t("Show Log");
    void showError(this.record(error), showLog).then((answer) => {
      if (answer === showLog) this.#log.show();
    });
  }

  /** Runs a command's work; whatever it throws is shown. */
  async guard<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await work();
    } catch (error) {
      this.show(error);
      return undefined;
    }
  }
}

function stackOf(error: unknown): string {
  if (error instanceof RemoteError && error.remoteStack !== "") return error.remoteStack;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
