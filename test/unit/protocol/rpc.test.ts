/** Requests and answers over a pair of ports: every request settles, errors keep what they say. */
import assert from "node:assert/strict";
import { CancelledError, NotFoundError } from "../../../src/core/errors";
import {
  RemoteError,
  respond,
  RpcClient,
  type Handlers,
  type Port,
} from "../../../src/protocol/rpc";
import { renderText, text } from "../../../src/core/text";

interface Requests {
  double: { params: number; result: number };
  fail: { params: null; result: null };
  wait: { params: null; result: string };
}

interface Events {
  moved: { readonly step: number };
}

/** Two ports that hand clones to each other, each in a microtask of its own. */
function portPair(): readonly [Port, Port] {
  const handlers = [new Set<(message: unknown) => void>(), new Set<(message: unknown) => void>()];
  const portOf = (own: number): Port => ({
    post: (message) => {
      const copy: unknown = structuredClone(message);
      queueMicrotask(() => handlers[1 - own]?.forEach((handler) => handler(copy)));
    },
    receive: (handler) => {
      handlers[own]?.add(handler);
      return () => void handlers[own]?.delete(handler);
    },
  });
  return [portOf(0), portOf(1)];
}

function connect(changes: Partial<Handlers<Requests>> = {}, onBug?: (error: unknown) => void) {
  const [near, far] = portPair();
  const handlers: Handlers<Requests> = {
    double: (value) => value * 2,
    fail: () => {
      throw new NotFoundError("w.pt", text("there is no module {0}", "rnn."), ["gru."]);
    },
    wait: () => Promise.resolve("done"),
    ...changes,
  };
  return {
    client: new RpcClient<Requests, Events>(near),
    responder: respond<Requests, Events>(far, handlers, onBug),
    near,
    far,
  };
}

async function rejection(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("the promise was not rejected with an error");
}

describe("a request", () => {
  it("is answered by its handler, whether that waits or not", async () => {
    const { client } = connect();
    assert.equal(await client.request("double", 21), 42);
    assert.equal(await client.request("wait", null), "done");
  });

  it("gets its own answer when several are under way and end in another order", async () => {
    const { client } = connect({
      double: async (value) => {
        for (let turn = 0; turn < 10 - value; turn++) await Promise.resolve();
        return value * 2;
      },
    });
    const answers = await Promise.all([1, 9, 5].map((value) => client.request("double", value)));
    assert.deepEqual(answers, [2, 18, 10]);
  });

  it("is rejected with the tag and the sentence of the error thrown there", async () => {
    const error = await rejection(connect().client.request("fail", null));
    assert.ok(error instanceof RemoteError);
    assert.equal(error.tag, "not-found");
    assert.equal(renderText(error.text), "w.pt: there is no module rnn.; it has gru.");
    assert.equal(error.message, "w.pt: there is no module rnn.; it has gru.");
    assert.match(error.remoteStack, /NotFoundError/);
  });

  it("keeps its tag when it is relayed by a host in between", async () => {
    const inner = connect();
    const outer = connect({ fail: () => inner.client.request("fail", null) });
    const error = await rejection(outer.client.request("fail", null));
    assert.ok(error instanceof RemoteError && error.tag === "not-found");
    assert.deepEqual(error.data, { file: "w.pt", candidates: ["gru."] });
    assert.match(error.remoteStack, /NotFoundError/);
  });

  it("is rejected as a bug when something else is thrown, and the bug is reported", async () => {
    const bugs: unknown[] = [];
    const cause = new TypeError("x is undefined");
    const throwing = (): never => {
      throw cause;
    };
    const { client } = connect({ double: throwing }, (error) => bugs.push(error));
    const error = await rejection(client.request("double", 1));
    assert.ok(error instanceof RemoteError && error.tag === "bug");
    assert.match(renderText(error.text), /x is undefined/);
    assert.deepEqual(bugs, [cause]);
  });

  it("is rejected when its answer cannot be cloned", async () => {
    const { client } = connect({ double: () => (() => undefined) as unknown as number });
    assert.ok((await rejection(client.request("double", 1))) instanceof RemoteError);
  });

  it("is rejected when there is no such method, built-in names included", async () => {
    const { client } = connect();
    for (const method of ["toString", "__proto__", "constructor", "nothing"]) {
      const error = await rejection(client.request(method as keyof Requests, null));
      assert.ok(error instanceof RemoteError && error.tag === "bug", method);
    }
  });

  it("is reported when its answer can no longer be posted", async () => {
    const [near, far] = portPair();
    const gone = new Error("the view is gone");
    const post = (): never => {
      throw gone;
    };
    const bug = new Promise((resolve) => {
      const handlers = { double: () => 1, fail: () => null, wait: () => "" };
      respond<Requests, Events>({ ...far, post }, handlers, resolve);
    });
    const client = new RpcClient<Requests, Events>(near);
    const open = rejection(client.request("double", 1));
    assert.equal(await bug, gone);
    client.dispose();
    await open;
  });

  it("is rejected when it cannot be posted", async () => {
    const { client } = connect();
    const unclonable = (() => undefined) as unknown as number;
    await rejection(client.request("double", unclonable));
  });
});

describe("a client that is disposed", () => {
  it("rejects what is open as cancelled, or with the error it is given", async () => {
    const first = connect({ wait: () => new Promise(() => undefined) });
    const open = first.client.request("wait", null);
    first.client.dispose();
    assert.ok((await rejection(open)) instanceof CancelledError);

    const second = connect({ wait: () => new Promise(() => undefined) });
    const waiting = second.client.request("wait", null);
    const cause = new Error("the worker ended");
    second.client.dispose(cause);
    assert.equal(await rejection(waiting), cause);
  });

  it("rejects what is asked of it afterwards", async () => {
    const { client } = connect();
    client.dispose();
    assert.ok((await rejection(client.request("double", 1))) instanceof CancelledError);
  });

  it("receives no more events", async () => {
    const { client, responder } = connect();
    const heard: number[] = [];
    client.on("moved", ({ step }) => heard.push(step));
    responder.emit("moved", { step: 1 });
    await Promise.resolve();
    client.dispose();
    responder.emit("moved", { step: 2 });
    await Promise.resolve();
    assert.deepEqual(heard, [1]);
  });
});

describe("a responder that is disposed", () => {
  it("answers no more", async () => {
    let calls = 0;
    const { client, responder } = connect({ double: () => ++calls });
    responder.dispose();
    const request = rejection(client.request("double", 1));
    await Promise.resolve();
    client.dispose();
    await request;
    assert.equal(calls, 0);
  });
});

describe("events", () => {
  it("reach every listener of their name until it stops listening", async () => {
    const { client, responder } = connect();
    const heard: string[] = [];
    const stop = client.on("moved", ({ step }) => heard.push(`a${step}`));
    client.on("moved", ({ step }) => heard.push(`b${step}`));
    responder.emit("moved", { step: 1 });
    await Promise.resolve();
    stop();
    responder.emit("moved", { step: 2 });
    await Promise.resolve();
    assert.deepEqual(heard, ["a1", "b1", "b2"]);
  });
});

describe("foreign messages", () => {
  it("are ignored on both sides", async () => {
    const { client, near, far } = connect();
    for (const message of [null, 3, "x", {}, { type: "else" }, { type: "answer", id: 99 }]) {
      near.post(message);
      far.post(message);
    }
    assert.equal(await client.request("double", 1), 2);
  });
});
