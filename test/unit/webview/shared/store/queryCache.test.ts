import assert from "node:assert/strict";
import { QueryCache } from "../../../../../webview/shared/store/queryCache";

/** A send function whose answers are given by hand. */
function deferred(): {
  send: () => Promise<{ values: Float32Array }>;
  sent: () => number;
  answer: (bytes: number) => Promise<void>;
  fail: () => Promise<void>;
} {
  const open: { resolve: (value: { values: Float32Array }) => void; reject: () => void }[] = [];
  let sent = 0;
  return {
    send: () => {
      sent++;
      return new Promise((resolve, reject) => {
        open.push({
          resolve,
          reject: () => {
            reject(new Error("no answer"));
          },
        });
      });
    },
    sent: () => sent,
    answer: async (bytes) => {
      open.shift()?.resolve({ values: new Float32Array(bytes / 4) });
      await new Promise((resolve) => setImmediate(resolve));
    },
    fail: async () => {
      open.shift()?.reject();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

function recorder(): { cache: QueryCache; arrived: () => number; failed: () => number } {
  let arrived = 0;
  let failed = 0;
  const cache = new QueryCache({
    arrived: () => arrived++,
    failed: () => failed++,
  });
  return { cache, arrived: () => arrived, failed: () => failed };
}

describe("QueryCache", () => {
  it("asks once and answers from then on", async () => {
    const { cache, arrived } = recorder();
    const { send, sent, answer } = deferred();
    assert.equal(cache.get("a", send), undefined);
    assert.equal(cache.get("a", send), undefined);
    await answer(8);
    assert.equal(cache.get("a", send)?.values.length, 2);
    assert.deepEqual([sent(), arrived()], [1, 1]);
  });

  it("waits until what was asked has arrived, has failed, or is not wanted any more", async () => {
    const { cache } = recorder();
    const { send, answer, fail } = deferred();
    assert.equal(cache.isWaiting, false);
    await cache.settled();
    cache.get("a", send);
    cache.get("b", send);
    let isSettled = false;
    void cache.settled().then(() => (isSettled = true));
    await answer(8);
    assert.equal(cache.isWaiting, true);
    assert.equal(isSettled, false);
    await fail();
    assert.equal(cache.isWaiting, false);
    assert.equal(isSettled, true);
    cache.get("c", send);
    cache.clear();
    assert.equal(cache.isWaiting, false);
  });

  it("throws away what was asked before it was cleared", async () => {
    const { cache, arrived } = recorder();
    const { send, sent, answer } = deferred();
    cache.get("a", send);
    cache.clear();
    await answer(8);
    assert.equal(cache.get("a", send), undefined);
    assert.deepEqual([sent(), arrived()], [2, 0]);
  });

  it("does not ask again for what failed, and says so once", async () => {
    const { cache, failed } = recorder();
    const { send, sent, fail } = deferred();
    cache.get("a", send);
    await fail();
    assert.equal(cache.get("a", send), undefined);
    assert.deepEqual([sent(), failed()], [1, 1]);
  });

  it("forgets the least recently used answers beyond its bound", async () => {
    const { cache } = recorder();
    const { send, sent, answer } = deferred();
    const big = 40 * 1024 * 1024;
    for (const key of ["a", "b"]) {
      cache.get(key, send);
      await answer(big);
    }
    cache.get("a", send);
    cache.get("c", send);
    await answer(big);
    assert.ok(cache.get("a", send) !== undefined);
    assert.equal(cache.get("b", send), undefined);
    assert.equal(sent(), 4);
  });

  it("sends a few at a time, the newest first, and drops what was scrolled past", async () => {
    const { cache } = recorder();
    const order: number[] = [];
    const release: (() => void)[] = [];
    for (let key = 0; key < 200; key++) {
      cache.get(String(key), () => {
        order.push(key);
        return new Promise<object>((resolve) => {
          release.push(() => {
            resolve({});
          });
        });
      });
    }
    const atOnce = order.length;
    assert.ok(atOnce > 1 && atOnce < 100, String(atOnce));
    assert.deepEqual(
      order,
      Array.from({ length: atOnce }, (_, key) => key),
    );
    while (release.length > 0) {
      release.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(order[atOnce], 199);
    assert.ok(order.length < 200);
    assert.ok(!order.includes(50));
  });
});
