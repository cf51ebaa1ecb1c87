/**
 * The table of the views of a run, from which switch, keys, help and saved state are made. A further view is a row
 * here, and its folder, which webview/run/main.ts imports.
 */
import type { RunView } from "../../../src/protocol/run/messages";
import type { Mode } from "../../../src/drawing/run/modes";
import { t } from "../../shared/l10n";

/** The controls of the view switch that a view uses. */
type Choice = "mode" | "state" | "colours" | "lanes";

export interface ViewEntry {
  readonly id: string;
  /** The letter that opens it. */
  readonly key: string;
  readonly title: () => string;
  /** Tag of its element, which is given the store. */
  readonly element: string;
  readonly choices: readonly Choice[];
  /** True where it shows one side at a time. */
  readonly isOneSided?: true;
  /** True where it has something to show of a run that could not be made. */
  readonly needsNoValues?: true;
  /** True where it has the place of the inspector as well. */
  readonly isWide?: true;
}

export const VIEWS = [
  {
    id: "unrolled",
    key: "U",
    title: () => t("Unrolled"),
    element: "unroll-unrolled",
    choices: ["mode", "state", "colours", "lanes"],
  },
  {
    id: "flip",
    key: "F",
    title: () => t("Flip & concat"),
    element: "unroll-flip",
    choices: ["mode", "colours"],
    isOneSided: true,
  },
  {
    id: "shapes",
    key: "H",
    title: () => t("Shapes"),
    element: "unroll-shapes",
    choices: [],
    needsNoValues: true,
  },
  {
    id: "why",
    key: "W",
    title: () => t("Why"),
    element: "unroll-why",
    choices: [],
    isWide: true,
  },
  {
    id: "numbers",
    key: "M",
    title: () => t("Numbers"),
    element: "unroll-numbers",
    choices: [],
  },
  {
    id: "table",
    key: "T",
    title: () => t("Table"),
    element: "unroll-table",
    choices: ["mode", "state", "colours"],
  },
] as const satisfies readonly ViewEntry[];

export type ViewId = (typeof VIEWS)[number]["id"];

export const VIEW_IDS: readonly ViewId[] = VIEWS.map(({ id }) => id);

/** The languages of a fix. */
export const FIX_LANGUAGES = ["pytorch", "numpy", "typescript"] as const;

export type FixLanguage = (typeof FIX_LANGUAGES)[number];

interface Shown {
  readonly view: Pick<RunView, "lanes"> | null;
  /** The view that was chosen. */
  readonly tab: ViewId;
}

/** True where a view has something to show; a run that could not be made has no values. */
export function isUsable({ needsNoValues }: ViewEntry, { view }: Pick<Shown, "view">): boolean {
  return view?.lanes.length !== 0 || needsNoValues === true;
}

/** The view on screen: the one that was chosen where it has something to show, else one that has. */
export function shownView(state: Shown): ViewEntry & { readonly id: ViewId } {
  const usable = VIEWS.filter((view) => isUsable(view, state));
  return usable.find(({ id }) => id === state.tab) ?? usable[0] ?? VIEWS[0];
}

/** What the view on screen shows: a view of one side has ours where the others have both. */
export function shownMode(state: Shown & { readonly mode: Mode }): Mode {
  return canShow(state, state.mode) ? state.mode : "ours";
}

/** False for both sides in a view of one. */
export function canShow(state: Shown, mode: Mode): boolean {
  return mode !== "sideBySide" || shownView(state).isOneSided !== true;
}
