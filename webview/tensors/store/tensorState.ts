/**
 * The state of the tensor editor's page.
 */
import type { ShownArchive, TensorInfo } from "../../../src/protocol/archive/messages";
import { NEW_PAGE, type PageState } from "../../shared/store/pageStore";
import { assignStateOf, type AssignState } from "./assigning";
import type { SavedTensorState } from "./savedState";

export interface TensorState extends PageState, Omit<SavedTensorState, "version" | "assignment"> {
  /** null until the host has opened the file. */
  readonly summary: ShownArchive | null;
  /** What is shown; stays until that of the tensor chosen next is here. */
  readonly info: TensorInfo | null;
  /** Row of the tree that has the focus; null until it is moved: then it is on the tensor that is shown. */
  readonly treeFocus: number | null;
  /** The heatmap on screen in CSS pixels, as it was measured last. */
  readonly heatmapSize: { readonly width: number; readonly height: number };
  /** True while all elements are counted. */
  readonly isCounting: boolean;
  /** The dialog that assigns tensors by hand. */
  readonly assign: AssignState;
  /** What was done last, for assistive technology and the foot of the editor. */
  readonly message: string;
}

/** The state of a page that has just been opened, or comes back from a reload. */
export function firstState({ assignment, ...saved }: SavedTensorState): TensorState {
  return {
    ...saved,
    ...NEW_PAGE,
    summary: null,
    info: null,
    treeFocus: null,
    heatmapSize: { width: 0, height: 0 },
    isCounting: false,
    assign: assignStateOf(assignment),
    message: "",
  };
}
