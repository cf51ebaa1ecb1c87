/**
 * The engines of one owner, each made when it is first asked for.
 */
import { text } from "../core/text";
import {
  engineTitles,
  type CreateReferenceEngine,
  type EngineId,
  type ReferenceEngine,
  type ReferenceOutcome,
  type ReferenceRequest,
} from "./engine";
import type { RunControl } from "../core/control";

export class ReferenceEngines {
  readonly #create: CreateReferenceEngine;
  readonly #engines = new Map<EngineId, ReferenceEngine>();

  constructor(create: CreateReferenceEngine) {
    this.#create = create;
  }

  /** @throws CancelledError when `control` says so. */
  async run(request: ReferenceRequest, control: RunControl): Promise<ReferenceOutcome> {
    const { id } = request.choice;
    const engine = this.#engines.get(id) ?? this.#create(id);
    if (engine === null) {
      return {
        kind: "unavailable",
        engine: id,
        why: "missing",
        sentence: text("{0} cannot be run here", engineTitles[id]),
        remedy: null,
      };
    }
    this.#engines.set(id, engine);
    return engine.run(request, control);
  }

  /** Ends all of them. */
  async dispose(): Promise<void> {
    const engines = [...this.#engines.values()];
    this.#engines.clear();
    await Promise.all(engines.map((engine) => engine.dispose()));
  }
}
