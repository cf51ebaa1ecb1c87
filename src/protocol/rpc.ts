/**
 * Requests, answers and events over a pair of ports: host ↔ view and host ↔ worker.
 *
 * The reply type follows from the method. Every request settles: with its result, with an error, or when the
 * client is disposed.
 */
import { CancelledError, isUnrollError, type ErrorData } from "../core/errors";
import { renderText, text, type Text } from "../core/text";

/** One method name → its parameters and its result. */
export type RequestMap<Map> = { [Method in keyof Map]: { params: unknown; result: unknown } };

/** One end of a channel. `receive` returns a function that stops listening. */
export interface Port {
  post(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  receive(handler: (message: unknown) => void): () => void;
}

interface WireError {
  readonly tag: string;
  readonly text: Text;
  readonly stack: string;
  /** Nothing of a bug. */
  readonly data?: ErrorData;
}

interface RequestMessage {
  readonly type: "request";
  readonly id: number;
  readonly method: string;
  readonly params: unknown;
}

interface AnswerMessage {
  readonly type: "answer";
  readonly id: number;
  readonly result?: unknown;
  readonly error?: WireError;
}

interface EventMessage {
  readonly type: "event";
  readonly name: string;
  readonly data: unknown;
}

type Message = RequestMessage | AnswerMessage | EventMessage;

/** An error that happened at the other end; `tag` is that of the class thrown there, or `bug`. */
export class RemoteError extends Error {
  readonly tag: string;
  readonly text: Text;
  readonly data: ErrorData;
  readonly remoteStack: string;

  constructor(error: WireError) {
    super(renderText(error.text));
    this.name = "RemoteError";
    this.tag = error.tag;
    this.text = error.text;
    this.data = error.data ?? {};
    this.remoteStack = error.stack;
  }
}

function isMessage(value: unknown): value is Message {
  return typeof value === "object" && value !== null && "type" in value;
}

function toWire(error: unknown): WireError {
  if (error instanceof RemoteError) {
    const { tag, data } = error;
    return { tag, text: error.text, stack: error.remoteStack, data };
  }
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  if (isUnrollError(error)) return { tag: error.tag, text: error.text, stack, data: error.data };
  const reason = error instanceof Error ? error.message : String(error);
  return { tag: "bug", text: text("Unexpected error, please report it: {0}", reason), stack };
}

/** Sends requests of `Requests` and listens to events of `Events`. */
export class RpcClient<Requests extends RequestMap<Requests>, Events extends object> {
  readonly #port: Port;
  readonly #stop: () => void;
  readonly #waiting = new Map<
    number,
    { resolve: (result: unknown) => void; reject: (error: Error) => void }
  >();
  readonly #listeners = new Map<keyof Events, Set<(data: never) => void>>();
  #nextId = 1;
  #closed: Error | undefined;

  constructor(port: Port) {
    this.#port = port;
    this.#stop = port.receive((message) => {
      this.#accept(message);
    });
  }

  request<Method extends keyof Requests & string>(
    method: Method,
    params: Requests[Method]["params"],
    transfer?: readonly ArrayBuffer[],
  ): Promise<Requests[Method]["result"]> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#port.post({ type: "request", id, method, params } satisfies RequestMessage, transfer);
    });
  }

  on<Name extends keyof Events>(name: Name, listener: (data: Events[Name]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    listeners.add(listener);
    this.#listeners.set(name, listeners);
    return () => listeners.delete(listener);
  }

  /** Rejects open and later requests with `error` (cancelled by default), and stops listening. */
  dispose(error: Error = new CancelledError()): void {
    this.#closed ??= error;
    this.#stop();
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    this.#listeners.clear();
  }

  #accept(message: unknown): void {
    if (!isMessage(message)) return;
    if (message.type === "event") {
      for (const listener of this.#listeners.get(message.name as keyof Events) ?? []) {
        listener(message.data as never);
      }
    } else if (message.type === "answer") {
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (message.error === undefined) waiting?.resolve(message.result);
      else waiting?.reject(new RemoteError(message.error));
    }
  }
}

/** One handler per method. */
export type Handlers<Requests extends RequestMap<Requests>> = {
  [Method in keyof Requests]: (
    params: Requests[Method]["params"],
  ) => Promise<Requests[Method]["result"]> | Requests[Method]["result"];
};

/**
 * Answers requests with `handlers`; returns the way to send events, and to stop. `transferOf` names the buffers of an
 * answer that are given away instead of copied.
 */
export function respond<Requests extends RequestMap<Requests>, Events extends object>(
  port: Port,
  handlers: Handlers<Requests>,
  onBug: (error: unknown) => void = () => undefined,
  transferOf: (result: unknown, method: string) => readonly ArrayBuffer[] = () => [],
): {
  emit<Name extends keyof Events & string>(name: Name, data: Events[Name]): void;
  dispose(): void;
} {
  const answer = async (request: RequestMessage): Promise<void> => {
    const reply = { type: "answer", id: request.id } as const;
    try {
      if (!Object.hasOwn(handlers, request.method)) throw new Error(`no method ${request.method}`);
      const handler = handlers[request.method as keyof Requests];
      const result = await handler(request.params);
      const transfer = transferOf(result, request.method);
      port.post({ ...reply, result } satisfies AnswerMessage, transfer);
    } catch (error) {
      const wire = toWire(error);
      if (wire.tag === "bug") onBug(error);
      port.post({ ...reply, error: wire } satisfies AnswerMessage);
    }
  };
  const dispose = port.receive((message) => {
    if (isMessage(message) && message.type === "request") answer(message).catch(onBug);
  });
  return {
    emit: (name, data) => {
      port.post({ type: "event", name, data } satisfies EventMessage);
    },
    dispose,
  };
}
