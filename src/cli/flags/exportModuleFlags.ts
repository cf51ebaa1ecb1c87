/**
 * The flags of `unroll export --as`.
 */
import { exportTargets } from "../../model/export/targets";
import type {
  ExportTargetId,
  GraphInputs,
  ModuleExportRequest,
  ModuleOptions,
} from "../../protocol/archive/messages";
import type { TensorRef } from "../../run/spec/spec";
import { text } from "../../core/text";
import { flagsOf, mapFlag, moduleFlags } from "./base/flags";
import { choiceOf, stringOf, usage, type FlagTypes, type Values } from "./base/values";

export interface ExportModuleCommand {
  readonly name: "export-module";
  /** FILE#module */
  readonly tensor: TensorRef;
  readonly target: ExportTargetId;
  readonly out: string;
  readonly inputs: GraphInputs;
  readonly options: ModuleOptions;
  /** Initial states that a graph begins with. */
  readonly states: NonNullable<ModuleExportRequest["states"]>;
  /** A file of a map; null for none. */
  readonly map: string | null;
  readonly json: boolean;
}

const graphInputs = ["states", "lengths"] as const;

export const exportModuleFlags: FlagTypes = {
  as: { type: "string" },
  with: { type: "string" },
  h0: { type: "string" },
  c0: { type: "string" },
  ...mapFlag,
  ...moduleFlags,
};

/** The command where `--as` is given, else null. @throws UnsupportedError that names the flag. */
export function exportModuleCommand(
  values: Values,
  given: Pick<ExportModuleCommand, "tensor" | "out" | "json">,
): ExportModuleCommand | null {
  const ids = exportTargets.map(({ id }) => id);
  const target = choiceOf(values, "as", ids);
  if (target === undefined) {
    const alone = Object.keys(exportModuleFlags).find((name) => values[name] !== undefined);
    if (alone === undefined) return null;
    throw usage(`--${alone}`, text("needs --as: it is about a module"));
  }
  if (stringOf(values, "slice") !== undefined) {
    throw usage("--slice", text("does not go with --as: a module is exported whole"));
  }
  const inputs = inputsOf(stringOf(values, "with"));
  if (stringOf(values, "with") !== undefined && target !== "onnx") {
    throw usage("--with", text("is about ONNX graphs alone"));
  }
  const { options, map = null, h0, c0 } = flagsOf(values);
  const states = { ...(h0 === undefined ? {} : { h0 }), ...(c0 === undefined ? {} : { c0 }) };
  return { name: "export-module", ...given, target, inputs, options, map, states };
}

function inputsOf(value: string | undefined): GraphInputs {
  const names = value?.split(",").map((name) => name.trim()) ?? [];
  const strange = names.find((name) => !graphInputs.some((known) => known === name));
  if (strange !== undefined) {
    throw usage("--with", text("expected {0}, not {1}", graphInputs.join(" | "), strange));
  }
  return { states: names.includes("states"), lengths: names.includes("lengths") };
}
