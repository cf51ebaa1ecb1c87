/**
 * The base of both pages' stores: state, subscribers, requests to the host, saved state.
 */
import { CancelledError } from "../../../src/core/errors";
import type { Progress } from "../../../src/core/control";
import { text, type Text } from "../../../src/core/text";
import { RemoteError, RpcClient, type Port, type RequestMap } from "../../../src/protocol/rpc";
import { QueryCache } from "./queryCache";
import type { Change, ChangeListener } from "./storeElement";

/** The connection of the page to its host; `Saved` is the state that survives a reload. */
export interface PageHost<Saved> {
  readonly port: Port;
  readonly getState: () => unknown;
  readonly setState: (state: Saved) => void;
}

/** The state that every page has. */
export interface PageState {
  /** False until the host has said whether there is something to show. */
  readonly ready: boolean;
  /** null unless long work is under way. */
  readonly progress: Progress | null;
  /** The latest problem; the previous contents stay on screen. */
  readonly problem: Text | null;
  readonly helpOpen: boolean;
}

/** What the answer to a question is kept under. */
export function keyOf(method: string, params: unknown): string {
  return `${method} ${JSON.stringify(params)}`;
}

/** A page that has just been opened. */
export const NEW_PAGE: PageState = {
  ready: false,
  progress: null,
  problem: null,
  helpOpen: false,
};

/**
 * Holds the state of a page, the answers of the host (bounded in bytes) and what was saved last. The page makes one
 * when it is opened and hands it to its elements; it ends with the page, so nothing disposes of it.
 */
export abstract class PageStore<
  State extends PageState,
  Saved extends object,
  Requests extends RequestMap<Requests>,
  Events extends object,
> {
  readonly client: RpcClient<Requests, Events>;
  protected readonly cache: QueryCache;
  readonly #host: PageHost<Saved>;
  readonly #listeners = new Set<ChangeListener>();
  #state: State;
  #saved: Saved;

  constructor(host: PageHost<Saved>, saved: Saved, state: State) {
    this.#host = host;
    this.#saved = saved;
    this.#state = state;
    this.client = new RpcClient<Requests, Events>(host.port);
    this.cache = new QueryCache({
      arrived: () => {
        this.#notify("answer");
      },
      failed: (error) => {
        this.report(error);
      },
    });
  }

  get state(): State {
    return this.#state;
  }

  /** True while values that are to be shown are still on their way from the host. */
  get isWaiting(): boolean {
    return this.cache.isWaiting;
  }

  /** The state that was saved last. */
  protected get saved(): Saved {
    return this.#saved;
  }

  /** Fetches the host's current contents. */
  abstract refresh(): Promise<void>;

  /** The part of the state that outlives a reload. */
  protected abstract toSave(): Saved;

  /** Changes the state, saves the part that survives a reload, and notifies the listeners. */
  update(patch: Partial<State>): void {
    this.#state = { ...this.#state, ...patch };
    this.#save();
    this.#notify("state");
  }

  /** Calls `listener` after every change; returns the function that stops it. */
  subscribe(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Asks the host to do something; a failure becomes the problem on screen. */
  send<Method extends keyof Requests & string>(
    method: Method,
    params: Requests[Method]["params"],
  ): void {
    this.client.request(method, params).catch((error: unknown) => {
      this.report(error);
    });
  }

  /** Shows an error as the problem of the page; being cancelled is none. */
  report(error: unknown): void {
    if (error instanceof CancelledError) return;
    if (error instanceof RemoteError && error.tag === "cancelled") return;
    this.fail(
      error instanceof RemoteError
        ? error.text
        : text("Unexpected error, please report it: {0}", String(error)),
    );
  }

  /** True where what the host tells is on screen already: a page is told of what it asks for at the same time. */
  protected isOnScreen(shown: unknown, told: unknown): boolean {
    const { ready, progress, problem } = this.#state;
    const isSettled = ready && progress === null && problem === null;
    return isSettled && JSON.stringify(shown) === JSON.stringify(told);
  }

  /** Shows a problem; nothing is under way any more. */
  protected fail(problem: Text): void {
    this.patch({ problem, progress: null, ready: true });
  }

  /** Changes the state that all pages have. */
  protected patch(patch: Partial<PageState>): void {
    // Any state has these fields, which the compiler does not see through `Partial<State>`.
    this.update(patch as Partial<State>);
  }

  /** The answer to a question, kept until the cache is cleared; undefined while it is fetched. */
  protected ask<Method extends keyof Requests & string>(
    method: Method,
    params: Requests[Method]["params"],
  ): (Requests[Method]["result"] & object) | undefined {
    return this.cache.get(keyOf(method, params), () => {
      const answer = this.client.request(method, params);
      return answer as Promise<Requests[Method]["result"] & object>;
    });
  }

  #save(): void {
    const next = this.toSave();
    const keys = Object.keys(next) as (keyof Saved)[];
    if (keys.every((key) => next[key] === this.#saved[key])) return;
    this.#saved = next;
    this.#host.setState(next);
  }

  #notify(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }
}
