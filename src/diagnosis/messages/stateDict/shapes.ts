/**
 * What the shapes of one recurrent module tell that differ between checkpoint and model: kind of cell and sizes.
 */
import { text, type Text } from "../../../core/text";
import { constructorLine, type RecurrentConfig } from "../../../model/config";
import { findModules } from "../../../model/find/find";
import type { Shape } from "../../../tensor/tensor";
import { recurrentKey, type Mismatch, type ModuleSides, type Rule } from "./keys";

/** What shapes tell of both sides. */
export function shapeRule({ name, mismatches }: ModuleSides): ReturnType<Rule> {
  if (mismatches.length === 0) return null;
  const [checkpoint, model] = [sideOf(mismatches, "checkpoint"), sideOf(mismatches, "model")];
  if (checkpoint !== null && model !== null) return bothDecoded(name, checkpoint, model);
  return partlyDecoded(name, mismatches);
}

/** The module that the shapes of one side make, where both matrices of layer 0 are among them. */
function sideOf(
  mismatches: readonly Mismatch[],
  side: "checkpoint" | "model",
): RecurrentConfig | null {
  const entries = mismatches.map((each) => ({
    name: each.key,
    shape: each[side],
    dtype: "float32" as const,
    byteLength: 0,
  }));
  const has = (role: string): boolean =>
    mismatches.some(({ key }) => {
      const found = recurrentKey(key);
      return found?.role === role && (found.layer ?? 0) === 0;
    });
  return has("weight_ih") && has("weight_hh") ? (findModules(entries)[0]?.config ?? null) : null;
}

function bothDecoded(
  name: string | Text,
  checkpoint: RecurrentConfig,
  model: RecurrentConfig,
): ReturnType<Rule> {
  const said = [
    {
      means: text(
        "By the shapes that differ, {0} is {1} in the checkpoint and {2} in the model.",
        name,
        bareLine(checkpoint),
        bareLine(model),
      ),
      fits: text(
        "Declare {0} as nn.{1} with input_size={2} and hidden_size={3}.",
        name,
        checkpoint.cell + (checkpoint.isCellClass ? "Cell" : ""),
        checkpoint.inputSize,
        checkpoint.hiddenSize,
      ),
    },
  ];
  return said;
}

/** Kind and sizes alone: layers and directions are not in the shapes that differ. */
function bareLine(config: RecurrentConfig): string {
  return constructorLine({ ...config, numLayers: 1, bidirectional: false, bias: true });
}

/** Where one of the matrices is the same on both sides and therefore not told. */
function partlyDecoded(name: string | Text, mismatches: readonly Mismatch[]): ReturnType<Rule> {
  return mismatches.slice(0, 4).flatMap((mismatch) => {
    const place = recurrentKey(mismatch.key);
    if (place?.role !== "weight_ih" && place?.role !== "weight_hh") return [];
    const [theirs, ours] = [mismatch.checkpoint, mismatch.model];
    if (theirs[0] !== ours[0]) return rowsDiffer(name, mismatch);
    if ((place.layer ?? 0) === 0 && place.role === "weight_ih")
      return inputSizes(name, theirs, ours);
    return upperColumns(name, mismatch.key, theirs, ours);
  });
}

function inputSizes(
  name: string | Text,
  theirs: Shape,
  ours: Shape,
): { means: Text; fits: Text }[] {
  return [
    {
      means: text(
        "In the checkpoint {0} takes {1} features, the model's takes {2}; its rows are the same, so kind and hidden size agree.",
        name,
        theirs[1] ?? 0,
        ours[1] ?? 0,
      ),
      fits: text(
        "Declare {0} with input_size={1}; or give it that many features (embedding size, columns of the data).",
        name,
        theirs[1] ?? 0,
      ),
    },
  ];
}

function upperColumns(
  name: string | Text,
  key: string,
  theirs: Shape,
  ours: Shape,
): { means: Text; fits: Text }[] {
  const [columns = 0, declared = 0] = [theirs[1], ours[1]];
  if (declared === 2 * columns || columns === 2 * declared) {
    const isBidirectional = columns > declared;
    return [
      {
        means: text(
          "{0} takes {1} features in the checkpoint and {2} in the model: a layer above the first takes D·H, so one side is bidirectional.",
          key,
          columns,
          declared,
        ),
        fits: isBidirectional
          ? text(
              "Declare {0} with bidirectional=True; what follows it then takes 2·H features.",
              name,
            )
          : text(
              "Declare {0} with bidirectional=False; what follows it then takes H features.",
              name,
            ),
      },
    ];
  }
  return [
    {
      means: text(
        "{0} takes {1} features in the checkpoint and {2} in the model, with the same rows.",
        key,
        columns,
        declared,
      ),
      fits: text(
        "Its columns are H, or P with a projection: look at hidden_size and proj_size of {0}.",
        name,
      ),
    },
  ];
}

function rowsDiffer(
  name: string | Text,
  { key, checkpoint, model }: Mismatch,
): { means: Text; fits: Text }[] {
  const [theirs = 0, ours = 0] = [checkpoint[0], model[0]];
  const kinds = kindsOf(theirs, ours);
  return [
    {
      means: text(
        "{0} has {1} rows in the checkpoint and {2} in the model; rows are 4·H of an LSTM, 3·H of a GRU, H of an RNN.",
        key,
        theirs,
        ours,
      ),
      fits:
        kinds === null
          ? text(
              "Declare {0} with the hidden_size that gives these rows: {1} of an LSTM, {2} of a GRU.",
              name,
              part(theirs, 4),
              part(theirs, 3),
            )
          : text(
              "Declare {0} as nn.{1} instead of nn.{2}: with H = {3} both have these rows.",
              name,
              kinds.theirs,
              kinds.ours,
              kinds.hidden,
            ),
    },
  ];
}

function kindsOf(
  theirs: number,
  ours: number,
): { theirs: string; ours: string; hidden: number } | null {
  if (theirs * 4 === ours * 3 && ours % 4 === 0)
    return { theirs: "GRU", ours: "LSTM", hidden: ours / 4 };
  if (theirs * 3 === ours * 4 && theirs % 4 === 0)
    return { theirs: "LSTM", ours: "GRU", hidden: theirs / 4 };
  return null;
}

function part(rows: number, gates: number): string {
  return rows % gates === 0 ? String(rows / gates) : "—";
}
