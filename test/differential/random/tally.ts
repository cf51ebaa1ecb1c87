/**
 * What many runs came to, by engine, precision and kind of module.
 */
import { repeatCommand, type Outcome } from "./liveRun";

interface Row {
  readonly ratios: number[];
  ours: number;
  theirs: number;
  /** The outcome with the largest ratio. */
  worst: Outcome;
}

export class Tally {
  readonly #rows = new Map<string, Row>();
  total = 0;

  add(outcome: Outcome): void {
    const key = [outcome.engine, outcome.precision, outcome.kind].join("|");
    const row = this.#rows.get(key);
    this.total++;
    if (row === undefined) {
      const { ours, theirs } = outcome;
      this.#rows.set(key, { ratios: [outcome.ratio], ours, theirs, worst: outcome });
      return;
    }
    row.ratios.push(outcome.ratio);
    row.ours = Math.max(row.ours, outcome.ours);
    row.theirs = Math.max(row.theirs, outcome.theirs);
    if (!(outcome.ratio <= row.worst.ratio)) row.worst = outcome;
  }

  /** Names of the engines, in alphabetical order. */
  engines(): string[] {
    return [...new Set([...this.#rows.values()].map(({ worst }) => worst.engine))].sort();
  }

  /** For each engine and precision the largest ratio of our error to PyTorch's. */
  summary(): string {
    const worst = new Map<string, number>();
    for (const { worst: outcome } of this.#rows.values()) {
      const key = `${outcome.engine} ${outcome.precision}`;
      worst.set(key, Math.max(worst.get(key) ?? 0, outcome.ratio));
    }
    const shares = [...worst].map(([key, ratio]) => `${key} ×${ratio.toFixed(2)}`);
    return `${this.total} runs, error over PyTorch's at most: ${shares.join(", ")}`;
  }

  /** The largest ratio of all. */
  worstRatio(): number {
    return Math.max(0, ...[...this.#rows.values()].map(({ worst }) => worst.ratio));
  }

  /** One line for each kind, and below it the run whose ratio is the largest. */
  table(): string {
    const lines = [...this.#rows].sort(([left], [right]) => (left < right ? -1 : 1));
    const widths = [12, 4, 14, 6, 8, 8, 12, 5];
    const format = (cells: readonly string[]): string =>
      cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" ");
    const heading = ["engine", "", "module", "cases", "ours", "PyTorch", "median ratio", "worst"];
    return [
      format(heading),
      ...lines.map(([key, { ratios, ours, theirs, worst }]) => {
        const numbers = [ours, theirs].map((error) => error.toExponential(1));
        const middle = [...ratios].sort((left, right) => left - right)[ratios.length >> 1] ?? NaN;
        const shares = [middle, worst.ratio].map((ratio) => ratio.toFixed(2));
        const line = format([...key.split("|"), String(ratios.length), ...numbers, ...shares]);
        return `${line}\n    ${worst.configuration}\n    ${repeatCommand(worst)}`;
      }),
    ].join("\n");
  }
}
