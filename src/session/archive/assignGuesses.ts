/**
 * Maps that fit the tensors of an archive: those that were made before, then what names and shapes suggest.
 */
import { text, type Text } from "../../core/text";
import { checkIn } from "../../model/assign/check";
import type { ModuleMap } from "../../model/assign/map";
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

/** The maps that fit, those made before first. Each map stands once. */
export function guessesOf(
  entries: readonly TensorEntry[],
  entryOf: EntryLookup,
  { known }: GuessRequest,
): MapGuesses {
  const found = new Map<string, MapGuess>();
  for (const each of known.flatMap((item) => knownGuess(item, entries, entryOf))) {
    const key = JSON.stringify(each.map);
    if (!found.has(key)) found.set(key, each);
  }
  return { guesses: [...found.values()], empty };
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
