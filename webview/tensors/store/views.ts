/**
 * The table of the views of a tensor, from which tabs, keys, help and saved state are made.
 */
import { t } from "../../shared/l10n";

export interface TensorViewEntry {
  readonly id: string;
  /** The letter that opens it. */
  readonly key: string;
  readonly title: () => string;
  /** Tag of its element, which is given the store. */
  readonly element: string;
}

export const TENSOR_VIEWS = [
  { id: "heatmap", key: "H", title: () => t("Heatmap"), element: "unroll-heatmap" },
  { id: "table", key: "T", title: () => t("Table"), element: "unroll-tensor-table" },
] as const satisfies readonly TensorViewEntry[];

export type TensorViewId = (typeof TENSOR_VIEWS)[number]["id"];

export const TENSOR_VIEW_IDS: readonly TensorViewId[] = TENSOR_VIEWS.map(({ id }) => id);

/** The view that was chosen. */
export function tensorView(tab: TensorViewId): TensorViewEntry {
  return TENSOR_VIEWS.find(({ id }) => id === tab) ?? TENSOR_VIEWS[0];
}
