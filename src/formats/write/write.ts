/**
 * Writers of the formats for results: .npz, .safetensors and JSON.
 *
 * float32 and float64 stay what they are; what was read from another dtype is written as the floats it was decoded to.
 * NumPy, safetensors and `readJson` read back exactly the values that were written.
 */
import { LimitError } from "../../core/errors";
import { encodeFloats } from "../../tensor/dtype";
import type { Tensor } from "../../tensor/tensor";
import { concat, npyHeader, safetensorsHeader, safetensorsOrder } from "./encode";
import { escapeJson } from "../../core/escapeJson";
import { memberNames } from "./memberName";
import { ZipWriter } from "../zip/writer";

/** JSON takes some 20 characters for a value, and the platform bounds a string at half a billion. */
const maxJsonValues = 2 ** 24;

/** Formats that `writeArchive` writes; the words are file extensions. */
export type WritableFormat = "npz" | "safetensors" | "json";

/**
 * Writes tensors, by name, in the given format; `metadata` where the format has a place for it, which is safetensors.
 * @throws LimitError when there are too many values for JSON.
 */
export async function writeArchive(
  format: WritableFormat,
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<Uint8Array> {
  switch (format) {
    case "npz":
      return writeNpz(tensors);
    case "safetensors":
      return writeSafetensors(tensors, metadata);
    case "json":
      return writeJson(tensors);
  }
}

async function writeNpz(tensors: ReadonlyMap<string, Tensor>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const writer = new ZipWriter((bytes) => {
    parts.push(bytes);
  });
  const members = memberNames([...tensors.keys()], "npy");
  for (const [index, tensor] of [...tensors.values()].entries()) {
    await writer.addWhole(members[index] ?? "", encodeNpy(tensor));
  }
  await writer.close();
  return concat(parts);
}

function encodeNpy({ shape, data }: Tensor): Uint8Array {
  return concat([npyHeader(floatDtype(data), shape), encodeFloats(data)]);
}

function writeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const ordered = safetensorsOrder(
    Array.from(tensors, ([name, { shape, data }]) => ({
      name,
      shape,
      data,
      dtype: floatDtype(data),
    })),
  );
  return concat([
    safetensorsHeader(ordered, metadata),
    ...ordered.map(({ data }) => encodeFloats(data)),
  ]);
}

function floatDtype(data: Tensor["data"]): "float32" | "float64" {
  return data instanceof Float32Array ? "float32" : "float64";
}

function writeJson(tensors: ReadonlyMap<string, Tensor>): Uint8Array {
  const fields = Array.from(tensors, ([name, { shape, data }]) => {
    if (data.length > maxJsonValues) {
      const bound = { of: "json-value-count" } as const;
      throw new LimitError({ tensor: name }, bound, maxJsonValues, data.length, [
        { do: "save-as", format: ".npz" },
      ]);
    }
    const dtype = floatDtype(data);
    const values = Array.from(data, formatNumber).join(", ");
    return `${escapeJson(JSON.stringify(name))}: {"shape": [${shape.join(", ")}], "dtype": "${dtype}", "data": [${values}]}`;
  });
  return new TextEncoder().encode(`{${fields.join(",\n ")}}\n`);
}

/** A number as Python's `json` writes a float: NaN and Infinity by name, whole numbers with a point, -0 kept. */
function formatNumber(value: number): string {
  if (Object.is(value, -0)) return "-0.0";
  const digits = String(value);
  return Number.isInteger(value) && !digits.includes("e") ? `${digits}.0` : digits;
}
