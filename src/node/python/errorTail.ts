/**
 * What a process writes to its standard error: the first part is told, the last line is kept.
 */

/** Bytes that are told of one process: a package that warns at every step would fill the log. */
const maxToldBytes = 64 * 1024;
const keptBytes = 4096;

export class ErrorTail {
  readonly #tell: (output: string) => void;
  #told = 0;
  #kept = Buffer.alloc(0);

  constructor(tell: (output: string) => void = () => undefined) {
    this.#tell = tell;
  }

  push(bytes: Buffer): void {
    this.#kept = Buffer.concat([this.#kept, bytes]).subarray(-keptBytes);
    const room = maxToldBytes - this.#told;
    if (room <= 0) return;
    this.#told += bytes.length;
    const cut = bytes.length > room ? " […]" : "";
    this.#tell(bytes.subarray(0, room).toString("utf8") + cut);
  }

  /** null where nothing was written. */
  get lastLine(): string | null {
    const lines = this.#kept.toString("utf8").split("\n");
    return (
      lines
        .map((line) => line.trim())
        .filter((line) => line !== "")
        .at(-1) ?? null
    );
  }
}
