/** Messages that travel together arrive one by one, in their order. */
import assert from "node:assert/strict";
import { inBatches } from "../../../src/protocol/batches";
import type { Port } from "../../../src/protocol/rpc";

describe("inBatches", () => {
  it("posts what comes until it is flushed as one, with all transfers", () => {
    const posted: { readonly message: unknown; readonly transfer: unknown }[] = [];
    let flush = (): void => undefined;
    const below: Port = {
      post: (message, transfer) => posted.push({ message, transfer }),
      receive: () => () => undefined,
    };
    const port = inBatches(below, (next) => {
      flush = next;
    });
    const [a, b] = [new ArrayBuffer(1), new ArrayBuffer(2)];
    port.post("first", [a]);
    port.post("second");
    port.post("third", [b]);
    assert.equal(posted.length, 0);
    flush();
    port.post("fourth");
    flush();
    assert.deepEqual(posted, [
      { message: ["first", "second", "third"], transfer: [a, b] },
      { message: ["fourth"], transfer: [] },
    ]);
  });

  it("hands each message on, also after one whose handler throws, and nothing that is no batch", () => {
    let arrive: (batch: unknown) => void = () => undefined;
    const below: Port = {
      post: () => undefined,
      receive: (handler) => {
        arrive = handler;
        return () => undefined;
      },
    };
    const taken: unknown[] = [];
    inBatches(below, queueMicrotask).receive((message) => {
      taken.push(message);
      if (message === 1) throw new Error("one");
    });
    assert.throws(() => {
      arrive([1, 2, 3]);
    }, /one/);
    arrive({ type: "request" });
    arrive("text");
    assert.deepEqual(taken, [1, 2, 3]);
  });
});
