/**
 * Maps that fit the tensors of an archive: those that were made before, then what names and shapes suggest.
 */
import { text, type Text } from "../../core/text";
import { checkIn } from "../../model/assign/check";
import { guessMaps, type MapGuess as Guess } from "../../model/assign/guess/guess";
import { reasonSentence } from "../../model/assign/guess/reasons";
import { partsOf, type ModuleMap } from "../../model/assign/map";
import { parseMap } from "../../model/assign/parse";
import type { EntryLookup } from "../../model/assign/sizes";
import { constructorLine } from "../../model/config";
import type {
  GuessRequest,
  KnownMap,
  MapGuess,
  MapGuesses,
} from "../../protocol/archive/assignMessages";
import type { TensorEntry } from "../../tensor/tensor";

/** What the form begins with where nothing fits. */
const empty: ModuleMap = { kind: "LSTM", slots: {} };

/** Reasons that a line has room for. */
const maxReasons = 3;

/** The maps that fit, those made before first, and of the guesses those with the tensors that were pointed at. */
export function guessesOf(
  entries: readonly TensorEntry[],
  entryOf: EntryLookup,
  { known, tensors }: GuessRequest,
): MapGuesses {
  const found = new Map<string, MapGuess>();
  const add = (guess: MapGuess): void => {
    const key = JSON.stringify(guess.map);
    if (!found.has(key)) found.set(key, guess);
  };
  for (const each of known.flatMap((item) => knownGuess(item, entries, entryOf))) add(each);
  const { guesses, leftOut } = guessMaps(entries);
  const pointedAt = new Set(tensors);
  const uses = ({ map }: { readonly map: ModuleMap }): boolean =>
    Object.values(map.slots).some((slot) =>
      partsOf(slot).some(({ tensor }) => pointedAt.has(tensor)),
    );
  const first = tensors.length === 0 ? guesses : guesses.filter(uses);
  for (const guess of new Set([...first, ...guesses])) add(asGuess(guess));
  return { guesses: [...found.values()], leftOut, empty };
}

function asGuess({ map, config, reasons }: Guess): MapGuess {
  const [first = text("fits by its shapes"), ...others] = reasons
    .slice(0, maxReasons)
    .map(reasonSentence);
  const reason = others.reduce((all, each) => text("{0}; {1}", all, each), first);
  return { map, constructorLine: constructorLine(config), reason, isKnown: false };
}

function knownGuess(
  { file, map }: KnownMap,
  entries: readonly TensorEntry[],
  entryOf: EntryLookup,
): readonly MapGuess[] {
  // It comes out of a file that anybody may have written.
  if (parseMap(map).map === null) return [];
  const { config, fits } = checkIn(map, entries, entryOf);
  if (!fits || config === null) return [];
  const reason: Text =
    file === null ? text("as used before in this workspace") : text("as in {0}", file);
  return [{ map, constructorLine: constructorLine(config), reason, isKnown: true }];
}
