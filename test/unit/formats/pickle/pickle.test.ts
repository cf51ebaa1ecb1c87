import assert from "node:assert/strict";
import { isUnrollError } from "../../../../src/core/errors";
import { parsePickle, runPickle } from "../../../../src/formats/pickle/pickle";
import {
  PickleDict,
  PickleGlobal,
  PickleOpaque,
  type PickleHost,
  type PickleValue,
} from "../../../../src/formats/pickle/values";
import { ascii } from "../support";

const host: PickleHost = {
  callables: new Map([["m.pair", (args: readonly PickleValue[]): PickleValue => [...args]]]),
  persistent: (id) => ["persistent", id],
};

/** Opcodes as Python's pickletools names their characters; `\x` escapes are bytes. */
function parse(pickle: string): PickleValue {
  return parsePickle("x.pkl", ascii(pickle), host);
}

function assertRefused(pickle: string, tag: string, sentence: RegExp): void {
  assert.throws(
    () => parse(pickle),
    (error) => {
      assert.ok(isUnrollError(error), String(error));
      assert.equal(error.tag, tag, error.message);
      assert.match(error.message, sentence);
      return true;
    },
  );
}

function opaque(name: string, pickle: string): PickleOpaque {
  const value = parse(pickle);
  assert.ok(value instanceof PickleOpaque);
  assert.equal(value.name, name);
  return value;
}

describe("parsePickle", () => {
  const values: readonly (readonly [string, string, PickleValue])[] = [
    ["None", "N.", null],
    ["True and False", "\x88\x89\x86.", [true, false]],
    ["small integers", "K\x05M\x01\x02J\xff\xff\xff\xff\x87.", [5, 0x201, -1]],
    ["long integers", "\x8a\x01\xff\x8a\x00\x8b\x01\x00\x00\x00\x7f\x87.", [-1, 0, 127]],
    [
      "negative integers",
      "\x8a\x03\x00\x00\xff\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x80\xff\x86.",
      [-65536, -(2n ** 63n)],
    ],
    ["integers of nine bytes", "\x8a\x09\x01\x00\x00\x00\x00\x00\x00\x00\x01.", 2n ** 64n + 1n],
    ["integers beyond 2^53", "\x8a\x08\x00\x00\x00\x00\x00\x00\x00\x40.", 2n ** 62n],
    ["floats", "G\x3f\xf8\x00\x00\x00\x00\x00\x00.", 1.5],
    ["text", "X\x01\x00\x00\x00a\x8c\x02\xc3\xa4\x86.", ["a", "ä"]],
    ["text with a 64-bit length", "\x8d\x01\x00\x00\x00\x00\x00\x00\x00a.", "a"],
    ["text of Python 2", "U\x01aT\x01\x00\x00\x00b\x86.", ["a", "b"]],
    ["bytes", "C\x01aB\x01\x00\x00\x00b\x86.", [ascii("a"), ascii("b")]],
    ["long bytes", "\x8e\x01\x00\x00\x00\x00\x00\x00\x00a.", ascii("a")],
    ["a bytearray", "\x96\x01\x00\x00\x00\x00\x00\x00\x00a.", ascii("a")],
    ["lists", "](K\x01K\x02eK\x03a.", [1, 2, 3]],
    ["tuples", ")K\x01\x85(K\x01K\x02t\x87.", [[], [1], [1, 2]]],
    ["a list from a mark", "(K\x01l.", [1]],
    ["memo and duplicates", "]q\x00h\x002\x87.", [[], [], []]],
    ["long memo indices", "]r\x00\x01\x00\x00j\x00\x01\x00\x00\x86.", [[], []]],
    ["implicit memo indices", "\x80\x04]\x94h\x00\x86.", [[], []]],
    ["values thrown away", "NK\x010(K\x021.", null],
    ["a frame", "\x80\x05\x95\x02\x00\x00\x00\x00\x00\x00\x00N.", null],
    ["a call of the closed list", "cm\npair\nK\x01K\x02\x86R.", [1, 2]],
    ["the same by STACK_GLOBAL and NEWOBJ", "\x8c\x01m\x8c\x04pair\x93K\x01\x85\x81.", [1]],
    ["the same with keywords, left out", "cm\npair\nK\x01\x85}\x92.", [1]],
    ["a persistent id", "K\x07Q.", ["persistent", 7]],
    ["a persistent id of protocol 0", "P12\n.", ["persistent", "12"]],
    [
      "numbers of protocol 0",
      "I7\nL12345678901234567890L\nF1.5\n\x87.",
      [7, 12345678901234567890n, 1.5],
    ],
    ["texts of protocol 0", "S'a'\nVb\n\x86.", ["a", "b"]],
    ["memo of protocol 0", "]p5\ng5\n\x86.", [[], []]],
    ["the same call by INST", "(K\x01im\npair\n.", [1]],
    ["the same call by OBJ", "(cm\npair\nK\x01o.", [1]],
  ];
  for (const [what, pickle, expected] of values) {
    it(`reads ${what}`, () => assert.deepEqual(parse(pickle), expected));
  }

  it("does not convert integers that are longer than any id", () => {
    assert.equal(parse(`\x8a\xff${"\x7f".repeat(255)}.`), "an integer of 255 bytes");
    assert.equal(parse(`L${"7".repeat(500)}L\n.`), "an integer of 501 bytes");
    assert.throws(() => parse(`L${"7".repeat(500)}x\n.`), { tag: "format" });
  });

  it("reads dictionaries, keys such as __proto__ included", () => {
    const dict = parse("}(U\x09__proto__K\x01K\x05K\x02uU\x01aK\x03s.");
    assert.ok(dict instanceof PickleDict);
    assert.deepEqual(
      [...dict.items],
      [
        ["__proto__", 1],
        [5, 2],
        ["a", 3],
      ],
    );
    const marked = parse("(U\x01aK\x01d.");
    assert.ok(marked instanceof PickleDict);
    assert.deepEqual([...marked.items], [["a", 1]]);
  });

  it("names what it does not call, and keeps items and state to be searched", () => {
    const call = opaque("posix.system", "cposix\nsystem\nU\x02ls\x85R}U\x01aK\x01sb.");
    assert.ok(call.state instanceof PickleDict);
    const items = opaque("m.Dict", "cm\nDict\n)R(U\x01aK\x01uK\x01a.");
    assert.deepEqual([...items.dict.items], [["a", 1]]);
    opaque("builtins.getattr", "cbuiltins\ngetattr\n)R)R.");
    opaque("builtins.set", "\x8f(K\x01\x90.");
    opaque("builtins.frozenset", "(K\x01\x91.");
    opaque("posix.system", "(U\x02lsiposix\nsystem\n.");
    opaque("extension registry code 258", "\x83\x02\x01)R.");
    opaque("out-of-band buffer", "\x97\x98.");
    assert.ok(parse("cm\npair\n.") instanceof PickleGlobal);
    const long = parse(`c${"x".repeat(5000)}\ny\n.`);
    assert.ok(long instanceof PickleGlobal && long.name.length === 200);
  });

  it("ignores attributes of what it rebuilt itself", () => {
    assert.deepEqual(parse("]}U\x0c__setstate__K\x01sb."), []);
  });

  const refused: readonly (readonly [string, string, string, RegExp])[] = [
    ["no end", "N", "format", /ends too early/],
    ["an unknown opcode", "\x07.", "format", /0x7 is no opcode/],
    ["an empty stack", "R.", "format", /empty stack/],
    ["nothing left at the end", ".", "format", /empty stack/],
    ["a missing mark", "}u.", "format", /mark/],
    ["a missing memo entry", "h\x07.", "format", /did not store/],
    ["a text longer than the file", "X\xff\xff\xff\x7fab.", "format", /2147483647 bytes/],
    ["bytes longer than any file", "\x8e\x00\x00\x00\x00\x00\x00\x00\x10ab.", "format", /needed/],
    ["a huge integer", "\x8b\xff\xff\xff\x7f.", "limit", /integer/],
    ["keys of a list", "]K\x01K\x02s.", "format", /no dictionary/],
    ["half a pair", "}(K\x01u.", "format", /no dictionary/],
    ["appending to a number", "K\x01K\x02a.", "format", /no list/],
    ["calling a number", "K\x01)R.", "format", /no function/],
    ["a call without arguments", "cm\npair\nNR.", "format", /arguments/],
    ["a class named by a number", "K\x01K\x02\x93.", "format", /no text/],
    ["a name without end", "cm\npair", "format", /ends too early/],
    ["protocol 200", "\x80\xc8N.", "unsupported", /protocol 200/],
    ["millions of opcodes", "N0".repeat(8_000_001), "limit", /opcodes/],
    ["millions of containers", "]".repeat(4_700_000), "limit", /size of the values/],
    ["a jump of the memo", "]r\xff\xff\xff\xff.", "format", /skips to memo/],
    ["digits that are none", "Ione\n.", "format", /no number/],
  ];
  for (const [what, pickle, tag, sentence] of refused) {
    it(`refuses ${what}`, () => assertRefused(pickle, tag, sentence));
  }
});

describe("runPickle", () => {
  const run = (pickle: string): ReturnType<typeof runPickle> =>
    runPickle("x.pkl", ascii(pickle), host);

  it("ends at the pickle's end and says what would have been called", () => {
    const { byteLength, called, problem } = run("cposix\nsystem\n)Rcm\npair\n)R\x86.more");
    assert.equal(byteLength, 28);
    assert.deepEqual([...called], ["posix.system"]);
    assert.equal(problem, undefined);
  });

  const broken: readonly (readonly [string, string])[] = [
    ["in a dictionary", "}(U\x01aK\x01U\x01b"],
    ["behind a dictionary", "}U\x01aK\x01"],
    ["in the arguments of a call", "}(U\x01aK\x01U\x01bcm\npair\n(K\x02"],
    ["at an unknown opcode", "}(U\x01aK\x01\x07"],
  ];
  for (const [where, pickle] of broken) {
    it(`keeps what was read before it broke off ${where}`, () => {
      const { value, problem } = run(pickle);
      assert.equal(problem?.tag, "format");
      assert.ok(value instanceof PickleDict);
      assert.equal(value.get("a"), 1);
    });
  }

  it("keeps the state of objects that was read before it broke off", () => {
    const { value } = run("cm\nNet\n)R}(U\x01aK\x01");
    assert.ok(value instanceof PickleOpaque && value.state instanceof PickleDict);
    assert.equal(value.state.get("a"), 1);
    const nested = run("}(U\x01xcm\nNet\n)R}(U\x01aK\x01").value;
    assert.ok(nested instanceof PickleDict);
    const inner = nested.get("x");
    assert.ok(inner instanceof PickleOpaque && inner.state instanceof PickleDict);
    assert.equal(inner.state.get("a"), 1);
  });

  it("says how many bytes were missing", () => {
    assert.equal(run("U\x05ab").missingBytes, 3);
    assert.equal(run("\x07").missingBytes, 0);
  });
});
