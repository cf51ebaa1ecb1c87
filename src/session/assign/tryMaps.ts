/**
 * Maps that fit a weights file, tried against the reference of a run, as the dialog lists them.
 */
import { baseName } from "../../core/baseName";
import { text, type Text } from "../../core/text";
import type { ModuleMap } from "../../model/assign/map";
import type { MapGuess, MapTrial, MapTrials } from "../../protocol/archive/assignMessages";
import type { ArchiveFiles } from "../../run/load/tensors/chooseTensor";
import { parseTensorRef, type RunSpec } from "../../run/spec/spec";
import { rankByReference, type RankOptions } from "./rank";
import { rankingSentence, type Ranked } from "./ranking";

/** Significant digits of a difference: it tells rounding from a mistake. */
const digits = 2;

/**
 * Ranks maps by the reference of a run. Of a map that has a variation which is nearer, that one is listed.
 * @throws what `rankByReference` throws.
 */
export async function tryMaps(
  spec: RunSpec,
  guesses: readonly MapGuess[],
  files: ArchiveFiles,
  options: RankOptions,
): Promise<MapTrials> {
  const { reference = {} } = spec;
  const ofMap = new Map<ModuleMap, MapGuess>(guesses.map((guess) => [guess.map, guess]));
  const candidates = guesses.map(({ map }) => ({ map }));
  const ranking = await rankByReference(spec, candidates, files, options);
  const compared = (["output", "h_n", "c_n"] as const).filter(
    (name) => reference[name] !== undefined,
  );
  const trials = ranking.ranked.flatMap((ranked): MapTrial[] => {
    const { origin, candidate, error, reproduces, nonlinearity } = ranked;
    const guess = "map" in origin ? ofMap.get(origin.map) : undefined;
    if (guess === undefined) return [];
    const map = "map" in candidate ? candidate.map : guess.map;
    const reason = isVaried(guess.map, map)
      ? text("{0}; in another order or layout", guess.reason)
      : guess.reason;
    const isTurned = map.batchFirst === true && guess.map.batchFirst === undefined;
    const found = sentenceOf(ranked, compared);
    const sentence = isTurned ? text("{0}, with batch_first=True", found) : found;
    return [{ ...guess, map, reason, error, reproduces, nonlinearity, sentence }];
  });
  const [first] = compared;
  return {
    trials,
    input: baseName(parseTensorRef(spec.input).file),
    reference: baseName(parseTensorRef(reference[first ?? "output"] ?? "").file),
    notes: [rankingSentence(ranking)],
  };
}

/** False where they differ in the activation alone, of which another sentence speaks. */
function isVaried(before: ModuleMap, after: ModuleMap): boolean {
  return before.layout !== after.layout || before.slots !== after.slots;
}

function sentenceOf(
  { error, reproduces, nonlinearity }: Ranked,
  compared: readonly string[],
): Text {
  if (error === null) return text("its shapes do not go with the input or the reference");
  const written = error.toPrecision(digits);
  const found = reproduces
    ? text("reproduces {0}: max |Δ| {1}", compared, written)
    : text("max |Δ| {0}", written);
  return nonlinearity === "relu" ? text("{0}, with relu", found) : found;
}
