/**
 * The script that records a reference for the module at hand, as text.
 */
import { text } from "../../core/text";
import { flaxScript } from "./flax";
import type {
  RecordedModule,
  RecorderFramework,
  RecorderRequest,
  RecorderScript,
  ScriptPart,
} from "./frameworks";
import { kerasScript } from "./keras";
import { notebook } from "./notebook";
import { pytorchScript } from "./pytorch";

/** @throws UnsupportedError for a module that the framework does not have. */
export function recorderScript(
  module: RecordedModule,
  { framework, isNotebook, stem }: RecorderRequest,
): RecorderScript {
  const writes = { tensors: `${stem}.safetensors`, runFile: `${stem}.unroll.json` };
  const parts = scripts[framework](module, writes);
  return {
    content: isNotebook ? notebook(parts) : `${parts.map(({ code }) => code).join("\n\n\n")}\n`,
    writes,
    lines: [
      text(
        "put your model into {0}() and run it: it writes {1} and {2}, which Unroll opens",
        "make",
        ...([writes.tensors, writes.runFile] as const),
      ),
    ],
  };
}

type Writer = (module: RecordedModule, writes: RecorderScript["writes"]) => readonly ScriptPart[];

const scripts: Readonly<Record<RecorderFramework, Writer>> = {
  pytorch: pytorchScript,
  keras: kerasScript,
  flax: flaxScript,
};
