/**
 * What is done with a module that was made of tensors by hand: run, tried against a reference, saved, exported.
 */
import type * as vscode from "vscode";
import { WorkerClient } from "../../node/workerClient";
import type { ModuleMap } from "../../model/assign/map";
import type { Progress } from "../../core/control";
import type { KnownMap, MapGuess, MapTrials } from "../../protocol/archive/assignMessages";
import type { RunSpec } from "../../run/spec/spec";
import { baseName, parseLocation } from "../workspace/locations";
import { readBytes } from "../workspace/readBytes";
import type { RunFlow } from "../quickPick/runFlow";
import type { Panels } from "../panel/panels";
import { saveRun } from "../runFiles/save";
import type { KnownMaps } from "./knownMaps";

export interface AssignedServices {
  readonly flow: RunFlow;
  readonly panels: Pick<Panels, "open">;
  readonly maps: KnownMaps;
  /** Path of the bundled worker. */
  readonly script: string;
  readonly exportModule: (uri: vscode.Uri, map: ModuleMap) => Promise<void>;
}

/** What is tried, and with what. */
export interface TrialRequest {
  readonly map: ModuleMap;
  readonly guesses: readonly MapGuess[];
}

/** Holds input and reference of each file that was run or tried, so that they are asked for once. */
export class Assigned {
  readonly #services: AssignedServices;
  readonly #specs = new Map<string, RunSpec>();
  /** Files that were tried against a reference. */
  readonly #tried = new Set<string>();

  constructor(services: AssignedServices) {
    this.#services = services;
  }

  known(): Promise<readonly KnownMap[]> {
    return this.#services.maps.all();
  }

  /** Asks for input and reference as Run Forward does, unless a trial has them, and opens the panel. */
  async run(location: string, map: ModuleMap): Promise<void> {
    const { flow, panels, maps } = this.#services;
    const tried = this.#tried.has(location) ? this.#specs.get(location) : undefined;
    const spec = tried === undefined ? await flow.createMapped(location, map) : withMap(tried, map);
    if (spec === undefined) return;
    this.#specs.set(location, spec);
    maps.add(map);
    await panels.open({ spec, runFile: null });
  }

  /** Writes a run file with the map; input and reference are those of the last run or trial, else they are asked for. */
  async save(location: string, map: ModuleMap): Promise<string | null> {
    const { flow, maps } = this.#services;
    const before = this.#specs.get(location);
    const spec =
      before === undefined ? await flow.createMapped(location, map) : withMap(before, map);
    if (spec === undefined) return null;
    this.#specs.set(location, spec);
    const file = await saveRun(spec, null);
    if (file === null) return null;
    maps.add(map);
    return baseName(file);
  }

  async export(location: string, map: ModuleMap): Promise<void> {
    this.#services.maps.add(map);
    await this.#services.exportModule(parseLocation(location), map);
  }

  /** Asks for input and reference, and runs what fits. Gives null when the user gave up. */
  async tryOut(
    location: string,
    { map, guesses }: TrialRequest,
    work: {
      readonly onProgress: (progress: Progress) => void;
      readonly begin: (cancel: () => void) => void;
    },
  ): Promise<MapTrials | null> {
    const spec = await this.#services.flow.createMapped(location, map, "reference");
    if (spec?.reference === undefined) return null;
    this.#specs.set(location, spec);
    const { script } = this.#services;
    const worker = new WorkerClient({ script, readBytes, onProgress: work.onProgress });
    work.begin(() => {
      worker.cancel(0);
    });
    try {
      const found = await worker.request("run/tryMaps", { spec, guesses });
      this.#tried.add(location);
      return found;
    } finally {
      await worker.dispose();
    }
  }
}

function withMap(spec: RunSpec, map: ModuleMap): RunSpec {
  return { ...spec, weights: { file: spec.weights.file, map } };
}
