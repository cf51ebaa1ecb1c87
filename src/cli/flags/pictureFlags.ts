/**
 * The flags of `unroll picture` and `unroll report`.
 */
import { text } from "../../core/text";
import { LEAST_WIDTH, MOST_WIDTH } from "../../drawing/picture/size";
import { THEME_NAMES, type ThemeName } from "../../drawing/picture/theme";
import { DELTA_MEASURES } from "../../drawing/run/measures";
import type { DeltaAs } from "../../protocol/run/windowMessages";
import type { Mode } from "../../drawing/run/modes";
import { flagsOf, optionFlags, type RunFlags } from "./base/flags";
import { memoryFlag, traceMemoryOf } from "./base/memoryFlag";
import { choiceOf, numberOf, stringOf, usage, type FlagTypes, type Values } from "./base/values";

interface WrittenRun {
  readonly runFile: string;
  readonly flags: RunFlags;
  readonly traceMemory?: number;
  readonly out: string;
  /** Row of the batch that is drawn. */
  readonly batch: number;
  readonly json: boolean;
}

export interface PictureCommand extends WrittenRun {
  readonly name: "picture";
  readonly view: "unrolled" | "flip";
  /** Of the flip picture. */
  readonly layer: number;
  readonly mode: Mode;
  /** How differences are measured. */
  readonly deltaAs: DeltaAs;
  readonly state: "h" | "c";
  readonly theme: ThemeName;
  readonly width: number;
}

export interface ReportCommand extends WrittenRun {
  readonly name: "report";
  readonly diagnoses: boolean;
}

const modes = {
  ours: "ours",
  reference: "reference",
  both: "sideBySide",
  delta: "delta",
} as const satisfies Readonly<Record<string, Mode>>;

const common: FlagTypes = {
  ...optionFlags,
  ...memoryFlag,
  out: { type: "string" },
  batch: { type: "string" },
};

/** The flags, for `parseArgs`. */
export const pictureFlagTypes: FlagTypes = {
  ...common,
  view: { type: "string" },
  layer: { type: "string" },
  mode: { type: "string" },
  measure: { type: "string" },
  state: { type: "string" },
  theme: { type: "string" },
  width: { type: "string" },
};
export const reportFlagTypes: FlagTypes = { ...common, "no-diagnosis": { type: "boolean" } };

/** @throws UnsupportedError with one sentence that names the flag. */
export function pictureCommand(values: Values, files: readonly string[]): PictureCommand {
  const written = writtenRun("picture", values, files);
  if (/\.png$/i.test(written.out)) {
    throw usage(
      "--out",
      text(
        "a PNG needs fonts to draw letters with, which the command line has not; write .svg, or Export in the panel",
      ),
    );
  }
  if (!/\.svg$/i.test(written.out)) throw usage("--out", text("expected a name that ends in .svg"));
  const view = choiceOf(values, "view", ["unrolled", "flip"] as const) ?? "unrolled";
  assertOfView(view, values);
  const names = Object.keys(modes) as (keyof typeof modes)[];
  const width = numberOf(
    values,
    "width",
    (number) => Number.isSafeInteger(number) && number >= LEAST_WIDTH && number <= MOST_WIDTH,
    (value) =>
      text("expected a width of {0} to {1} pixels, not {2}", LEAST_WIDTH, MOST_WIDTH, value),
  );
  return {
    name: "picture",
    ...written,
    view,
    layer: layerOf(values),
    mode: modes[choiceOf(values, "mode", names) ?? "ours"],
    deltaAs: choiceOf(values, "measure", DELTA_MEASURES) ?? "absolute",
    state: choiceOf(values, "state", ["h", "c"] as const) ?? "h",
    theme: choiceOf(values, "theme", THEME_NAMES) ?? "light",
    width: width ?? 1000,
  };
}

/** Flags that say nothing of a picture are none of it. @throws UnsupportedError */
function assertOfView(view: PictureCommand["view"], values: Values): void {
  const others = view === "flip" ? ["measure", "state"] : ["layer"];
  const found = others.find((name) => values[name] !== undefined);
  if (found !== undefined) {
    throw usage(`--${found}`, text("says nothing of the picture {0}", view));
  }
}

function layerOf(values: Values): number {
  const layer = numberOf(
    values,
    "layer",
    (number) => Number.isSafeInteger(number) && number >= 0,
    (value) => text("expected a layer, from 0 on, not {0}", value),
  );
  return layer ?? 0;
}

/** @throws UnsupportedError with one sentence that names the flag. */
export function reportCommand(values: Values, files: readonly string[]): ReportCommand {
  const written = writtenRun("report", values, files);
  if (!/\.html?$/i.test(written.out)) {
    throw usage("--out", text("expected a name that ends in .html"));
  }
  return { name: "report", ...written, diagnoses: values["no-diagnosis"] !== true };
}

function writtenRun(
  name: "picture" | "report",
  values: Values,
  [runFile, more]: readonly string[],
): WrittenRun {
  if (runFile === undefined || more !== undefined) {
    throw usage(`unroll ${name}`, text("expected one run file"));
  }
  const out = stringOf(values, "out") ?? "";
  if (out === "") throw usage(`unroll ${name}`, text("expected --out, the file to write"));
  const batch = numberOf(
    values,
    "batch",
    (number) => Number.isSafeInteger(number) && number >= 0,
    (value) => text("expected a row of the batch, from 0 on, not {0}", value),
  );
  const json = values["json"] === true;
  return {
    runFile,
    flags: flagsOf(values),
    ...traceMemoryOf(values),
    out,
    batch: batch ?? 0,
    json,
  };
}
