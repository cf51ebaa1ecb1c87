/**
 * `unroll map`: which tensors of a file may be the parameters of a recurrent module, ranked; writes one of the guesses.
 */
import { resolve } from "node:path";
import { baseName } from "../../core/baseName";
import { NotFoundError } from "../../core/errors";
import { legible, renderText, text } from "../../core/text";
import { chooseEngine } from "../../engine/choose";
import { guessMaps, type MapGuess } from "../../model/assign/guess/guess";
import { reasonSentence } from "../../model/assign/guess/reasons";
import type { ModuleMap } from "../../model/assign/map";
import { writeMap } from "../../model/assign/write";
import { constructorLine } from "../../model/config";
import { withModules, type ModuleArchive } from "../../model/derive/derive";
import { lookAlike } from "../../model/find/lookAlike";
import { FileSet } from "../../node/files";
import { replaceFile } from "../../node/writeWhole";
import { rankByReference } from "../../session/assign/rank";
import {
  rankingSentence,
  type RankCandidate,
  type Ranked,
  type Ranking,
} from "../../session/assign/ranking";
import { controlOf, type ExitCode, type Terminal } from "./commands";
import { toJson } from "../print/json";
import type { MapCommand } from "../flags/mapFlags";
import { assertNotInput } from "./outFile";
import { readRun } from "../flags/runSource";

/** Guesses that are printed in words; JSON has all. */
const maxPrinted = 8;

/** A guess, or a module of the file, as it is printed. */
interface Line {
  readonly map: ModuleMap | null;
  readonly module: string | null;
  readonly constructor_: string;
  readonly reasons: readonly string[];
  readonly ranked: Ranked | null;
}

/** Prints the guesses, the best first, and writes the one that was picked. */
export async function map(command: MapCommand, terminal: Terminal): Promise<ExitCode> {
  const { file, out, pick, json } = command;
  const path = resolve(terminal.folder, file);
  if (out !== null) await assertNotInput(resolve(terminal.folder, out), [path]);
  const files = new FileSet();
  try {
    const archive = withModules(baseName(file), await files.open(path));
    const hints = command.kind === null ? {} : { kind: command.kind };
    const { guesses, leftOut } = guessMaps(archive.entries, hints);
    const ranking = await rank(command, guesses, archive, { files, terminal });
    const lines = linesOf(guesses, archive, ranking);
    if (lines.length === 0) throw noneFits(file, archive);
    if (out !== null) await write(lines, pick, { file, out, terminal });
    terminal.print(
      json
        ? toJson(mapJson(command, lines, { leftOut, ranking }))
        : formatLines(lines, { leftOut, ranking, out }),
    );
    return 0;
  } finally {
    await files.close();
  }
}

function noneFits(file: string, { entries }: ModuleArchive): NotFoundError {
  const { looksLike, text: look, remedies } = lookAlike(entries);
  const sentence = text("no tensors of these shapes form a recurrent module: {0}", look);
  return new NotFoundError(file, sentence, [], { data: { file, looksLike }, remedies });
}

/** The maps and the modules of the file beside the reference, where one is given. */
async function rank(
  { file, flags }: MapCommand,
  guesses: readonly MapGuess[],
  { modules }: ModuleArchive,
  { files, terminal }: { readonly files: FileSet; readonly terminal: Terminal },
): Promise<Ranking | null> {
  if ((flags.reference ?? flags.referenceFiles) === undefined) return null;
  const given = { ...flags, weights: { file } };
  const { spec } = await readRun(null, given, terminal.folder);
  const candidates: RankCandidate[] = [
    ...modules.map(({ prefix }) => ({ module: prefix })),
    ...guesses.map((guess) => ({ map: guess.map })),
  ];
  const control = controlOf(terminal);
  return rankByReference(spec, candidates, files, { control, createEngine: chooseEngine });
}

function linesOf(
  guesses: readonly MapGuess[],
  { modules }: ModuleArchive,
  ranking: Ranking | null,
): readonly Line[] {
  const ofGuess = (guess: MapGuess, map: ModuleMap, ranked: Ranked | null): Line => ({
    map,
    module: null,
    constructor_: constructorLine(guess.config),
    reasons: reasonsOf(guess, map).map((reason) => renderText(reasonSentence(reason))),
    ranked,
  });
  const recognised = modules.map(({ prefix, config, facts }): Line => ({
    map: null,
    module: prefix,
    constructor_: constructorLine(config),
    reasons: [
      renderText(text("recognised without a map")),
      ...(facts.remarks ?? []).map((remark) => renderText(remark)),
    ],
    ranked: null,
  }));
  if (ranking === null) {
    return [...recognised, ...guesses.map((guess) => ofGuess(guess, guess.map, null))];
  }
  return ranking.ranked.flatMap((ranked): Line[] => {
    const { origin, candidate } = ranked;
    if ("module" in origin) {
      const found = recognised.find(({ module }) => module === origin.module);
      return found === undefined ? [] : [{ ...found, ranked }];
    }
    const guess = guesses.find((each) => each.map === origin.map);
    if (guess === undefined) return [];
    return [ofGuess(guess, "map" in candidate ? candidate.map : guess.map, ranked)];
  });
}

/** A variation has a layout of its own. */
function reasonsOf({ map: own, reasons }: MapGuess, map: ModuleMap): MapGuess["reasons"] {
  return own.layout === map.layout ? reasons : reasons.filter(({ kind }) => kind !== "layout");
}

/** Writes the map of a line. @throws NotFoundError where there is none of this number. */
async function write(
  lines: readonly Line[],
  pick: number,
  { file, out, terminal }: { file: string; out: string; terminal: Terminal },
): Promise<void> {
  const maps = lines.flatMap((line) => line.map ?? []);
  const picked = maps[pick - 1];
  if (picked === undefined) {
    throw new NotFoundError(file, text("there is no guess {0}, but {1}", pick, maps.length));
  }
  const bytes = new TextEncoder().encode(writeMap(picked));
  await replaceFile(resolve(terminal.folder, out), bytes);
}

interface Said {
  readonly leftOut: number;
  readonly ranking: Ranking | null;
}

function mapJson(
  { file, out }: MapCommand,
  lines: readonly Line[],
  { leftOut, ranking }: Said,
): object {
  return {
    file,
    guesses: lines.map(({ map: own, module, constructor_, reasons, ranked }) => ({
      ...(module === null ? {} : { module }),
      ...(own === null ? {} : { map: own }),
      constructor: constructor_,
      reasons,
      ...(ranked === null
        ? {}
        : {
            error: ranked.error,
            reproduces: ranked.reproduces,
            ...(ranked.nonlinearity === null ? {} : { nonlinearity: ranked.nonlinearity }),
          }),
    })),
    leftOut,
    ...(ranking === null
      ? {}
      : { tried: ranking.tried, notTried: ranking.leftOut, unfit: ranking.unfit }),
    ...(out === null ? {} : { out }),
  };
}

function formatLines(
  lines: readonly Line[],
  { leftOut, ranking, out }: Said & { readonly out: string | null },
): string {
  let number = 0;
  const shown = lines.slice(0, maxPrinted).map((line) => {
    if (line.map !== null) number += 1;
    return formatLine(line, line.map === null ? "–" : `${number}.`);
  });
  const more = lines.length - shown.length + leftOut;
  return [
    ...shown,
    ...(more > 0 ? [`${more} more; --json prints those that were kept\n`] : []),
    ...(ranking === null ? [] : [`${renderText(rankingSentence(ranking))}\n`]),
    ...(out === null ? [] : [`written: ${legible(out)}\n`]),
  ].join("");
}

function formatLine(line: Line, number: string): string {
  const { map: own, module, constructor_, reasons, ranked } = line;
  const layout = typeof own?.layout === "string" ? own.layout : JSON.stringify(own?.layout ?? {});
  const head =
    own === null ? `module ${legible(module === "" ? '""' : (module ?? ""))}` : `layout ${layout}`;
  const slots = Object.entries(own?.slots ?? {}).map(
    ([slot, value]) => `     ${slot}: ${legible(JSON.stringify(value))}\n`,
  );
  return [
    `${number.padEnd(4)} ${constructor_}, ${head}${errorText(ranked)}\n`,
    ...slots,
    `     ${reasons.join("; ")}\n`,
  ].join("");
}

function errorText(ranked: Ranked | null): string {
  if (ranked === null) return "";
  const { error, fits, reproduces, nonlinearity } = ranked;
  if (!fits) return ", not run: its shapes do not go with the input or the reference";
  if (error === null) return ", not run";
  const activation = nonlinearity === null ? "" : ` with ${nonlinearity}`;
  const off = `largest difference ${error.toExponential(1)}`;
  return reproduces ? `: reproduces the reference${activation}, ${off}` : `: ${off}${activation}`;
}
