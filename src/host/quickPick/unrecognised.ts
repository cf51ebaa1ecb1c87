/**
 * What the palette flow does with weights in which no module was found: maps that were made before and fit are offered,
 * else the message says what the tensors look like and leads to the dialog that assigns them.
 */
import * as vscode from "vscode";
import { foreign, text, type Text } from "../../core/text";
import type { KnownMap } from "../../protocol/archive/assignMessages";
import { showError } from "../base/surfaces";
import type { Candidates } from "./candidates";
import { draftOf, noModule, type Draft } from "./draft";
import { pickItem, type PickItem } from "./pickItem";
import type { Candidate } from "./rank";

/** Maps that are looked at: each takes a look into the file. */
const MAX_TRIED = 20;

export interface UnrecognisedServices {
  /** Maps that were made before. */
  readonly knownMaps: () => Promise<readonly KnownMap[]>;
  /** Opens the dialog that makes a module of the tensors of a file. */
  readonly assign: (location: string) => Promise<void>;
}

type Answer = { readonly draft: Draft } | "assign";

/** The draft of these weights; undefined when the user gave up, or goes on in the dialog. */
export async function draftOfWeights(
  weights: Candidate,
  candidates: Candidates,
  { knownMaps, assign }: UnrecognisedServices,
): Promise<Draft | undefined> {
  if (weights.archive.modules.length > 0) return draftOf(weights);
  const items = await fittingItems(weights, candidates, await knownMaps());
  if (items.length === 0) {
    offerDialog(weights, assign);
    return undefined;
  }
  const picked = await pickItem<Answer>({
    title: vscode.l10n.t("Run Forward: module"),
    placeholder: vscode.l10n.t("No recurrent module was recognised; these maps fit its tensors"),
    step: 1,
    totalSteps: 1,
    canGoBack: false,
    fill: (show) => {
      show([
        ...items,
        { icon: "symbol-structure", label: text("Use as Recurrent Module…"), value: "assign" },
      ]);
      return Promise.resolve();
    },
  });
  if (picked.kind !== "picked") return undefined;
  if (picked.value !== "assign") return picked.value.draft;
  await assign(weights.location);
  return undefined;
}

async function fittingItems(
  { location }: Candidate,
  candidates: Candidates,
  known: readonly KnownMap[],
): Promise<readonly PickItem<Answer>[]> {
  const looks = known.slice(0, MAX_TRIED).map(async ({ file, map }) => {
    // A map that does not fit is none of this file.
    const mapped = await candidates.inspect(location, map).catch(() => undefined);
    const [module] = mapped?.archive.modules ?? [];
    if (mapped === undefined || module === undefined) return [];
    const from: Text = file === null ? text("as used before") : text("as in {0}", file);
    const draft: Draft = { weights: mapped, module, map };
    return [{ label: from, description: foreign(module.constructorLine), value: { draft } }];
  });
  return (await Promise.all(looks)).flat();
}

/** Does not wait for the answer: a message may stay for minutes. */
function offerDialog(weights: Candidate, assign: UnrecognisedServices["assign"]): void {
  const button = vscode.l10n.t("Use as Recurrent Module…");
  void showError(noModule(weights).text, button).then((answer) => {
    if (answer === button) void assign(weights.location);
  });
}
