/**
 * Runs spans in the kernels' memory: in pieces that fit there, with pauses, on this thread or with others.
 */
import type { Network, Span } from "../base/engine";
import type { Kernel } from "./binary";
import type { PackedLayers } from "./layers";
import type { SpanMemory } from "./spans";
import { piecesOf } from "./pieces";
import type { Sharing, WasmTeam } from "./team";

/** Called between two pieces of a run with the finished part. */
type Pause = (fraction: number) => void;

const noPause: Pause = () => undefined;

/** One task, which does all. */
const alone: Sharing = { of: "rows", tasksEach: 1 };

interface RunnerParts {
  readonly network: Network;
  readonly layers: PackedLayers;
  readonly spans: SpanMemory;
  readonly kernel: Kernel;
  readonly team: WasmTeam | null;
  /** Between two pauses. */
  readonly multiplicationsPerRun: number;
}

export class SpanRunner {
  readonly #parts: RunnerParts;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  run(spans: readonly Span[], pause: Pause = noPause): void {
    const memory = this.#parts.spans;
    if (spans.every((span) => memory.fits(span))) {
      this.#runWhole(spans, pause);
      return;
    }
    const pieces = spans.map((span) => piecesOf(span, memory.pieceOf(span)));
    const rounds = Math.max(...pieces.map(({ length }) => length));
    for (let round = 0; round < rounds; round++) {
      if (round > 0) pause(round / rounds);
      const ofRound = pieces.flatMap((all) => all.slice(round, round + 1));
      this.#runWhole(ofRound, partOf(pause, round, rounds));
    }
  }

  /** Runs spans that fit in their slots. */
  #runWhole(spans: readonly Span[], pause: Pause): void {
    const { team } = this.#parts;
    if (team === null) {
      this.#runAlone(spans, pause);
      return;
    }
    const groups = team.spansAtOnce > 1 ? [spans] : spans.map((span) => [span]);
    groups.forEach((group, index) => {
      const pauseOfGroup = partOf(pause, index, groups.length);
      if (!this.#runByTeam(team, group, pauseOfGroup)) this.#runAlone(group, pauseOfGroup);
    });
  }

  /** Runs spans one after another on this thread. */
  #runAlone(spans: readonly Span[], pause: Pause): void {
    const { layers, spans: memory, kernel } = this.#parts;
    for (let index = 0; index < spans.length; index++) {
      const span = spans[index]!;
      const steps = span.to - span.from;
      const atOnce = this.#stepsBetweenPauses(span);
      const entered = memory.enter(span, 0, layers.sharesOf(span, alone));
      for (let done = 0; done < steps;) {
        if (done > 0 || (index > 0 && atOnce < steps)) {
          pause((index + done / steps) / spans.length);
        }
        done = Math.min(steps, done + atOnce);
        memory.aim(entered, done);
        for (const task of entered.tasks) kernel.run(task);
      }
      memory.leave(span, entered);
    }
  }

  /** Runs spans in parallel; false, with the spans unchanged, when that does not pay or the threads are missing. */
  #runByTeam(team: WasmTeam, spans: readonly Span[], pause: Pause): boolean {
    const sharing = team.sharingOf(spans);
    if (sharing === null) return false;
    const { layers, spans: memory } = this.#parts;
    const entered = spans.map((span, slot) =>
      memory.enter(span, slot, layers.sharesOf(span, sharing)),
    );
    const longest = Math.max(...spans.map(({ from, to }) => to - from));
    const atOnce = Math.min(...spans.map((span) => this.#stepsBetweenPauses(span)));
    for (let done = 0; done < longest;) {
      if (done > 0) pause(done / longest);
      const before = done;
      done = Math.min(longest, done + atOnce);
      const left = entered.flatMap((each, index) => {
        const steps = spans[index]!.to - spans[index]!.from;
        memory.aim(each, Math.min(steps, done));
        return steps > before ? each.tasks : [];
      });
      // All threads have returned, or the span starts again without them: its state is copied out last.
      if (sharing.of === "rows") team.run(left);
      else if (!team.runTogether(left, before > 0)) return false;
    }
    spans.forEach((span, index) => {
      memory.leave(span, entered[index]!);
    });
    return true;
  }

  /** Steps of a span that are run between two pauses. */
  #stepsBetweenPauses({ layer, directionIndex }: Span): number {
    const { network, multiplicationsPerRun } = this.#parts;
    const { weightHh } = network.weights[layer]![directionIndex]!;
    const ofStep = weightHh.length * network.batchSize;
    return Math.max(1, Math.floor(multiplicationsPerRun / ofStep));
  }
}

/** The pause of one of `count` parts. */
function partOf(pause: Pause, index: number, count: number): Pause {
  return (fraction) => {
    pause((index + fraction) / count);
  };
}
