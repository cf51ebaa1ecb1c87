/**
 * Exports to files: the tensor or its slice as numbers, the heatmap as a picture.
 */
import type { TensorExportFormat } from "../../../src/protocol/archive/messages";
import { t } from "../../shared/l10n";
import type { TensorStore } from "./store";

export const EXPORT_FORMATS: readonly (readonly [format: TensorExportFormat, name: string])[] = [
  ["npy", "NumPy .npy"],
  ["npz", "NumPy .npz"],
  ["safetensors", ".safetensors"],
  ["csv", ".csv"],
  ["json", ".json"],
];

/** An object that draws the heatmap as a file. */
export interface PictureSource {
  picture(format: "png" | "svg"): Promise<Uint8Array>;
}

function say(store: TensorStore, file: string | null): void {
  if (file !== null) store.update({ message: t("Saved as {0}", file) });
}

/** The tensor, or the slice that is shown, as numbers. */
export async function exportTensor(
  store: TensorStore,
  format: TensorExportFormat,
  isSlice: boolean,
): Promise<void> {
  const { info, slice } = store.state;
  if (info === null) return;
  try {
    const request = { tensors: [info.name], slice: isSlice ? slice : null, format };
    say(store, await store.client.request("tensor/export", request));
  } catch (error) {
    store.report(error);
  }
}

/** The heatmap as it is on screen. */
export async function exportPicture(
  store: TensorStore,
  source: PictureSource,
  format: "png" | "svg",
): Promise<void> {
  const { info } = store.state;
  if (info === null) return;
  try {
    const bytes = await source.picture(format);
    say(store, await store.client.request("image/save", { name: info.name, format, bytes }));
  } catch (error) {
    store.report(error);
  }
}

/** Opens the run flow with the module of the tensor that is shown, else with the whole file. */
export function runForward(store: TensorStore, module: string | null): void {
  store.send("archive/run", { module });
}
