/**
 * What a failed `load_state_dict` says of the checkpoint, and what the declared model would have to be.
 *
 * Rules: keys of one side alone tell layers, directions, bias and projection; shapes tell the kind of cell and its
 * sizes, by rows = gates · H and columns of weight_hh = H.
 */
import { text, type Text } from "../../../core/text";
import { formatShape, sameShape } from "../../../tensor/tensor";
import type { FileContents, Reading, Wanted } from "../base/message";
import { checkpointsAmong } from "./files";
import { moduleSentences } from "./module";
import { prefixDifference, prefixesOf, type PrefixDifference, type StateDictBlock } from "./keys";
import { otherMismatches } from "./others";

/** Modules of one model that sentences are made for. */
const MAX_MODULES = 8;

export function readStateDict(block: StateDictBlock, files: readonly FileContents[]): Reading {
  const prefix = prefixDifference(block);
  const known = checkpointsAmong(block, files);
  const means: Text[] = [counts(block)];
  const fits: Text[] = [];
  if (prefix !== null) {
    const said = prefixSentences(prefix);
    means.push(...said.means);
    fits.push(...said.fits);
  }
  for (const { file, module, isSure } of known) {
    const name = module.prefix === "" ? "—" : module.prefix;
    means.push(
      isSure
        ? text("{0} holds this checkpoint: {1} is {2}.", file, name, module.constructorLine)
        : text(
            "{0} may hold this checkpoint, it has none of the missing keys: {1} is {2}.",
            file,
            name,
            module.constructorLine,
          ),
    );
    fits.push(
      text(
        "Declare {0}; what the file does not tell (batch_first, dropout) changes no key.",
        module.constructorLine,
      ),
    );
  }
  const rest = prefix === null ? block : withoutPrefixed(block, prefix.prefix);
  for (const name of prefixesOf(rest).slice(0, MAX_MODULES)) {
    const said = moduleSentences(rest, name);
    means.push(...said.means);
    fits.push(...said.fits);
  }
  const others = otherMismatches(rest);
  const allFits = [...fits, ...others.fits];
  return {
    means: [...means, ...others.means],
    fits: allFits.length > 0 ? allFits : [lastResort(block)],
    wanted: [sameKey(block)],
  };
}

function prefixSentences({ prefix, side }: PrefixDifference): { means: Text[]; fits: Text[] } {
  const strict = text(
    "Load with strict=True afterwards: with strict=False such keys are left out without a word, and the weights stay random.",
  );
  if (side === "model") {
    return {
      means: [
        text(
          "Every key of the model begins with {0}, which the checkpoint's keys have not: the checkpoint is of that part alone.",
          prefix,
        ),
      ],
      fits: [
        text("Load it into that part: model.{0}.load_state_dict(state).", prefix.slice(0, -1)),
        strict,
      ],
    };
  }
  return {
    means: [
      text(
        "Every key of the checkpoint begins with {0}, which the model's keys have not: it was saved from inside another module (module. is of DataParallel).",
        prefix,
      ),
    ],
    fits: [
      text('Take it off: state = {k.removeprefix("{0}"): v for k, v in state.items()}.', prefix),
      strict,
    ],
  };
}

function counts({ missing, unexpected, mismatches, notTensors }: StateDictBlock): Text {
  if (notTensors.length > 0) {
    return text(
      "The checkpoint has something else than a tensor under {0}: it is not a state_dict, but holds one.",
      notTensors,
    );
  }
  return text(
    "{0} keys are in the model alone (missing), {1} in the checkpoint alone (unexpected), {2} have another shape.",
    missing.length,
    unexpected.length,
    mismatches.length,
  );
}

/** What to do where keys and shapes tell nothing of a recurrent module. */
function lastResort({ notTensors, unexpected, missing }: StateDictBlock): Text {
  if (notTensors.length > 0) {
    return text(
      'Take the state_dict out of it, as in checkpoint["state_dict"]; unroll inspect lists what the file holds.',
    );
  }
  if (unexpected.length > 0 && unexpected.every((key) => key.startsWith("module."))) {
    return text(
      'It was saved from inside nn.DataParallel: state = {k.removeprefix("module."): v for k, v in state.items()}.',
    );
  }
  return missing.length > 0 && unexpected.length === 0
    ? text("The checkpoint lacks these keys: it is of a smaller model, or of a part of this one.")
    : text("Give the checkpoint's file as well: then it can be said which module it holds.");
}

/** The block without the keys that differ by a prefix alone. */
function withoutPrefixed(block: StateDictBlock, prefix: string): StateDictBlock {
  const [missing, unexpected] = [new Set(block.missing), new Set(block.unexpected)];
  return {
    ...block,
    missing: block.missing.filter(
      (key) => !unexpected.has(prefix + key) && !unexpected.has(stripped(key, prefix)),
    ),
    unexpected: block.unexpected
      .filter((key) => !missing.has(prefix + key) && !missing.has(stripped(key, prefix)))
      .map((key) => stripped(key, prefix)),
  };
}

function stripped(key: string, prefix: string): string {
  return key.startsWith(prefix) ? key.slice(prefix.length) : key;
}

/** Tensors of files that the block names. */
function sameKey({ unexpected, missing, mismatches }: StateDictBlock): Wanted {
  const shapes = new Map(mismatches.map((each) => [each.key, each]));
  const [surplus, lacking] = [new Set(unexpected), new Set(missing)];
  return ({ file, name, shape }) => {
    const mismatch = shapes.get(name);
    if (mismatch !== undefined && sameShape(shape, mismatch.checkpoint)) {
      return {
        means: text("{0} of {1} is {2}, as in the checkpoint", name, file, formatShape(shape)),
      };
    }
    if (mismatch !== undefined && sameShape(shape, mismatch.model)) {
      return { means: text("{0} of {1} is {2}, as in the model", name, file, formatShape(shape)) };
    }
    if (surplus.has(name))
      return { means: text("{0} of {1} is one of the unexpected keys", name, file) };
    if (lacking.has(name)) return { fits: text("{1} has {0}, which is missing here", name, file) };
    return null;
  };
}
