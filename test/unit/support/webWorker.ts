/** Workers as a page would start them: the same handlers, files from whoever asks, no threads beside them. */
import { baseName } from "../../../src/core/baseName";
import { chooseEngine } from "../../../src/engine/choose";
import type { Archive } from "../../../src/formats/base/archive";
import { MemorySource } from "../../../src/formats/base/bytes";
import { openArchive } from "../../../src/formats/open";
import type { Port } from "../../../src/protocol/rpc";
import { serveArchive } from "../../../src/worker/archive";
import type { OpenFiles, ReadBytes } from "../../../src/worker/platform";
import { serveRuns } from "../../../src/worker/runs";
import { Stops } from "../../../src/worker/stops";

function openFiles(readBytes: ReadBytes): OpenFiles {
  const archives = new Map<string, Promise<Archive>>();
  let bytes = 0;
  const read = async (location: string): Promise<Archive> => {
    const source = new MemorySource(baseName(location), await readBytes(location));
    bytes += source.size;
    return openArchive(source);
  };
  return {
    open: (location) => {
      const archive = archives.get(location) ?? read(location);
      archives.set(location, archive);
      return archive;
    },
    get bytes() {
      return bytes;
    },
    get locations() {
      return [...archives.keys()];
    },
    close: () => Promise.resolve(),
  };
}

/** Serves runs or one archive at `port`. */
export function start(kind: "runs" | "archive", port: Port): void {
  const nextTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
  const platform = { port, stops: new Stops(), openFiles, nextTurn };
  if (kind === "runs") {
    serveRuns({
      rehearses: true,
      ...platform,
      createEngine: chooseEngine,
      createReferenceEngine: () => null,
      // Tests of workers ask for no picture.
      encodePng: () => new Uint8Array(),
    });
  } else
    serveArchive({ ...platform, writeWhole: () => Promise.reject(new Error("no folders here")) });
}
