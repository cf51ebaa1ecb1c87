/**
 * The questions of the palette flow: weights, module, input, initial states, reference.
 */
import * as vscode from "vscode";
import type { RecurrentConfig } from "../../model/config";
import { fitsCell, fitsHidden } from "../../model/find/fit";
import type { ModuleView } from "../../protocol/run/workerMessages";
import { foreign, text } from "../../core/text";
import { folderOf, parseLocation } from "../workspace/locations";
import type { Report } from "../base/report";
import { sentence } from "../base/surfaces";
import { askFile, type FileQuestion, type Position } from "./askFile";
import type { Candidates } from "./candidates";
import { draftOf, inputShape, type Draft } from "./draft";
import {
  describeEntry,
  groupByFit,
  moduleItem,
  referenceItem,
  tensorItem,
  weightsItems,
} from "./items";
import { pickItem, type Picked } from "./pickItem";
import {
  companionsOf,
  inputChoices,
  referenceChoices,
  type Candidate,
  type Companions,
  type ReferenceChoice,
  type TensorChoice,
} from "./rank";

/** One question about a draft. */
export interface Step {
  /** False once the draft has the answer, or while an earlier answer makes the question empty. */
  readonly applies: (draft: Draft) => boolean;
  readonly ask: (draft: Draft, position: Position) => Promise<Picked<Draft>>;
}

export class Steps {
  readonly #candidates: Candidates;
  readonly #report: Report;
  readonly #near: string | undefined;

  /** Weights are offered from `near` outwards: a file that the user looks at, or has run before. */
  constructor(candidates: Candidates, report: Report, near: string | undefined) {
    this.#candidates = candidates;
    this.#report = report;
    this.#near = near;
  }

  /** All questions in their order. */
  get all(): readonly Step[] {
    return [this.weights, this.module, this.input, this.companions, this.reference];
  }

  readonly weights: Step = {
    applies: ({ weights }) => weights === undefined,
    ask: async (_draft, position) => {
      const picked = await this.#ask<Candidate>({
        ...position,
        title: vscode.l10n.t("Run Forward: weights"),
        placeholder: vscode.l10n.t("A file with the weights of an RNN"),
        near: this.#near,
        fixed: [],
        itemsOf: (candidate) => ({ fits: weightsItems(candidate), others: [] }),
      });
      return mapPicked(picked, draftOf);
    },
  };

  readonly module: Step = {
    applies: ({ weights, module }) => weights !== undefined && module === undefined,
    ask: async (draft, position) => {
      const picked = await pickItem<ModuleView>({
        ...position,
        title: vscode.l10n.t("Run Forward: module"),
        placeholder: vscode.l10n.t("The file holds several recurrent modules"),
        fill: (show) => {
          show(draft.weights?.archive.modules.map(moduleItem) ?? []);
          return Promise.resolve();
        },
      });
      return mapPicked(picked, (module) => ({ ...draft, module }));
    },
  };

  readonly input: Step = {
    applies: ({ input }) => input === undefined,
    ask: async (draft, position) => {
      const config = configOf(draft);
      const picked = await this.#ask<NonNullable<Draft["input"]>>({
        ...position,
        title: vscode.l10n.t("Run Forward: input"),
        placeholder: inputQuestion(draft),
        near: draft.weights?.location,
        fixed: [],
        itemsOf: (candidate) => {
          const choices = inputChoices(config, candidate, hasEmbedding(draft));
          const { fits, others } = groupByFit(choices, (each) => tensorItem(candidate, each));
          const withFile = ({ value, ...item }: (typeof fits)[number]) =>
            value === undefined ? item : { ...item, value: { candidate, choice: value } };
          return { fits: fits.map(withFile), others: others.map(withFile) };
        },
      });
      return mapPicked(picked, (input) => ({ ...draft, input }));
    },
  };

  readonly companions: Step = {
    applies: (draft) => draft.companions === undefined && found(draft).length > 0,
    ask: async (draft, position) => {
      const names = found(draft);
      const picked = await pickItem<Companions>({
        ...position,
        title: vscode.l10n.t("Run Forward: initial states and lengths"),
        placeholder: vscode.l10n.t(
          "The input's file also holds tensors that fit as initial states or lengths",
        ),
        fill: (show) => {
          show([
            {
              label: text(
                "Use {0}",
                names.map(([name]) => name),
              ),
              description: foreign(names.map(([, { entry }]) => describeEntry(entry)).join(", ")),
              value: companionsFor(draft),
            },
            {
              label: text("Start from zeros, every sequence at full length"),
              value: {},
            },
          ]);
          return Promise.resolve();
        },
      });
      return mapPicked(picked, (companions) => ({ ...draft, companions }));
    },
  };

  readonly reference: Step = {
    applies: ({ reference }) => reference === undefined,
    ask: async (draft, position) => {
      const config = configOf(draft);
      const input = inputShape(draft);
      const picked = await this.#ask<ReferenceChoice | "none">({
        ...position,
        title: vscode.l10n.t("Run Forward: reference"),
        placeholder: vscode.l10n.t("The output to compare with"),
        near: draft.input?.candidate.location ?? draft.weights?.location,
        fixed:
          draft.needsReference === true ? [] : [{ label: text("No reference"), value: "none" }],
        itemsOf: (candidate) => {
          const preferred = isBeside(candidate, draft.input?.candidate);
          const choices = referenceChoices(config, input, candidate);
          return groupByFit(choices, (each) => ({
            ...referenceItem(candidate, each),
            preferred: preferred && each.fits,
          }));
        },
      });
      return mapPicked(picked, (reference) => ({
        ...draft,
        reference: reference === "none" ? null : reference,
      }));
    },
  };

  /** Asks for h0 or c0 alone: "zeros" or a tensor. Part of no flow, but of the toolbar. */
  askInitialState(
    state: "h0" | "c0",
    draft: Draft,
    position: Position,
  ): Promise<Picked<TensorChoice | "none">> {
    const config = configOf(draft);
    const fitsState = state === "h0" ? fitsHidden : fitsCell;
    const input = inputShape(draft);
    return this.#ask<TensorChoice | "none">({
      ...position,
      title: vscode.l10n.t("Run Forward: initial state"),
      placeholder:
        state === "h0"
          ? vscode.l10n.t("h0, the state before the first step")
          : vscode.l10n.t("c0, the cell state before the first step"),
      near: draft.input?.candidate.location,
      fixed: [{ label: text("Zeros"), value: "none" }],
      itemsOf: (candidate) =>
        groupByFit(
          inputChoices(config, candidate).map((choice) => ({
            ...choice,
            fits: fitsState(config, input, choice.entry),
          })),
          (each) => tensorItem(candidate, each),
        ),
    });
  }

  #ask<Value>(question: FileQuestion<Value>): Promise<Picked<Value>> {
    return askFile(question, this.#candidates, this.#report);
  }
}

/** States and lengths that lie beside the draft's input. */
export function companionsFor({ module, input }: Draft): Companions {
  if (module === undefined || input === undefined) return {};
  return companionsOf(module.config, inputShape({ module, input }), input.candidate);
}

function found(draft: Draft): [string, TensorChoice][] {
  return Object.entries(companionsFor(draft)) as [string, TensorChoice][];
}

function configOf({ module }: Draft): RecurrentConfig {
  if (module === undefined) throw new Error("the module is asked for before this step");
  return module.config;
}

/** Files of one folder belong together more likely than not. */
function isBeside({ location }: Candidate, other: Candidate | undefined): boolean {
  const folder = (each: string): string => folderOf(parseLocation(each)).toString();
  return other !== undefined && folder(location) === folder(other.location);
}

function hasEmbedding({ module }: Draft): boolean {
  return module !== undefined && module.embedding !== null;
}

function inputQuestion(draft: Draft): string {
  const { inputSize } = configOf(draft);
  return hasEmbedding(draft)
    ? sentence(text("Tokens, or a tensor whose last axis has {0} features", inputSize))
    : sentence(text("A tensor whose last axis has {0} features", inputSize));
}

function mapPicked<From, To>(picked: Picked<From>, map: (value: From) => To): Picked<To> {
  return picked.kind === "picked" ? { kind: "picked", value: map(picked.value) } : picked;
}
