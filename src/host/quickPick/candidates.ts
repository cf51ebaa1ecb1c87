/**
 * The files that a quick pick offers, inspected one after another.
 */
import type * as vscode from "vscode";
import { text } from "../../core/text";
import type { Inspection } from "../workspace/inspection";
import { baseName, parseLocation } from "../workspace/locations";
import { showCancellable } from "../base/surfaces";
import { findTensorFiles } from "../workspace/tensorFiles";
import type { ModuleMap } from "../../model/assign/map";
import { Arrivals } from "./arrivals";
import type { Candidate } from "./rank";

/** More than this only waits for a thread. */
const PARALLEL = 4;
/** Redrawing a list for every file found would cost more than finding it. */
const REDRAW_MS = 100;
/** A file that takes longer no longer keeps those behind it from being shown. */
const WAITED_FOR_MS = 1000;
/** Most files are looked into sooner, and nothing needs to be cancelled before it. */
const SHOWN_AFTER_MS = 1000;

/** Looks into each file once for as long as a quick pick lasts. */
export class Candidates {
  readonly #inspection: Inspection;
  readonly #known = new Map<string, Promise<Candidate>>();
  readonly #abort = new AbortController();

  constructor(inspection: Inspection) {
    this.#inspection = inspection;
  }

  /** One file, with the module of a map where one is given. Rejects with the reader's sentence. */
  inspect(location: string, map?: ModuleMap): Promise<Candidate> {
    const key = map === undefined ? location : `${location} ${JSON.stringify(map)}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const candidate = this.#inspection
      .inspect(location, this.#abort.signal, map)
      .then((archive) => ({ location, archive }));
    this.#known.set(key, candidate);
    return candidate;
  }

  /** A file that the user points at: where it takes long, a notification offers to cancel it. */
  async open(location: string, map?: ModuleMap): Promise<Candidate> {
    const look = this.inspect(location, map);
    const timer = setTimeout(() => void this.#offerCancel(location, look), SHOWN_AFTER_MS);
    try {
      return await look;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the looks that are under way. */
  dispose(): void {
    this.#abort.abort();
  }

  async #offerCancel(location: string, look: Promise<unknown>): Promise<void> {
    const title = text("Looking into {0}", baseName(parseLocation(location)));
    await showCancellable(title, look, () => {
      this.dispose();
    });
  }

  /**
   * Looks into all files near `near` and in the workspace, the nearest first, and shows those that could be read: rows
   * are added behind those that are shown, in the order of the search unless a file takes too long.
   * What cannot be read is left out: a workspace is full of .json files that hold no tensors.
   */
  async scan(
    near: string | undefined,
    token: vscode.CancellationToken,
    show: (found: readonly Candidate[]) => void,
  ): Promise<void> {
    const locations = await findTensorFiles(near, token);
    const found = new Arrivals<Candidate>();
    let shownAt = 0;
    const showFound = (): void => {
      shownAt = Date.now();
      show(found.shown);
    };
    const queue = locations.entries();
    const work = async (): Promise<void> => {
      for (const [place, location] of queue) {
        if (token.isCancellationRequested) return;
        const giveUp = setTimeout(() => {
          found.settle(place, undefined);
          showFound();
        }, WAITED_FOR_MS);
        const candidate = await this.inspect(location).catch(() => undefined);
        clearTimeout(giveUp);
        found.settle(place, candidate);
        if (Date.now() - shownAt > REDRAW_MS) showFound();
      }
    };
    showFound();
    await Promise.all(Array.from({ length: PARALLEL }, work));
    showFound();
  }
}
