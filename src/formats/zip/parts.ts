/**
 * Reads parts of large compressed members, with a cache of blocks and check points to continue from.
 *
 * Inflated blocks are cached. Check points are taken on the way: a part further back is inflated from the nearest one.
 */
import { InflatePass, type CheckPoint, type Deflated } from "./pass";

/** Blocks are kept one by one; a smaller one would be looked up more often, a larger one be kept for less. */
const blockBytes = 2 ** 20;

/** The number of inflated blocks that are kept, of all members together. */
const maxKeptBlocks = 64;

/** The number of passes that are kept to continue: a member may be read in several places at a time. */
const maxPasses = 4;

/** From one check point to the next, in blocks: 4 MiB are inflated in some 20 ms. */
const minSpacing = 4;
/** Of one member, so that a larger one has them further apart; 2 MB. */
const maxMemberPoints = 64;
/** Of all members; 17 MB. */
const maxPoints = 512;

/** One pass over a member that is read by blocks. */
interface OpenPass {
  readonly member: Deflated;
  readonly pass: InflatePass;
}

/** A map that drops the least recently used entry. */
class Recent<Key, Value> {
  readonly #values = new Map<Key, Value>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  get(key: Key): Value | undefined {
    const value = this.#values.get(key);
    if (value !== undefined) this.set(key, value);
    return value;
  }

  set(key: Key, value: Value): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    const [oldest] = this.#values.keys();
    if (oldest !== undefined && this.#values.size > this.#max) this.#values.delete(oldest);
  }
}

/** The inflated parts of all members of one archive; at most some 80 MB. */
export class InflatedParts {
  readonly #blocks = new Recent<string, Uint8Array>(maxKeptBlocks);
  readonly #points = new Recent<string, CheckPoint>(maxPoints);
  /** The one used last is the last. */
  #passes: readonly OpenPass[] = [];
  /** Parts are read one after another: two that went on with one pass at the same time would mix its blocks. */
  #reading: Promise<unknown> = Promise.resolve();

  /**
   * Inflates `length` bytes at `start`, which lie within the member. What was inflated before is used: a pass that
   * stands before them, or a check point. Size and CRC-32 are checked where the end of the member is reached.
   * @throws the member's error when it is damaged.
   */
  read(member: Deflated, start: number, length: number): Promise<Uint8Array> {
    const part = this.#reading.then(() => this.#join(member, start, length));
    this.#reading = part.catch(() => undefined);
    return part;
  }

  async #join(member: Deflated, start: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const place = start + filled;
      const index = Math.floor(place / blockBytes);
      const block =
        this.#blocks.get(keyOf(member, index)) ?? (await this.#inflateTo(member, index));
      const from = place - index * blockBytes;
      const part = block.subarray(from, from + length - filled);
      bytes.set(part, filled);
      filled += part.length;
    }
    return bytes;
  }

  /** Goes on with the pass that is nearest before a block, or begins one. */
  async #inflateTo(member: Deflated, index: number): Promise<Uint8Array> {
    const open = this.#nearest(member, index);
    const others = this.#passes.filter((each) => each !== open);
    // One that fails is not gone on with.
    this.#passes = others;
    const spacing = spacingOf(member);
    for (;;) {
      const at = open.pass.position / blockBytes;
      const block = await open.pass.next();
      this.#blocks.set(keyOf(member, at), block);
      const isEnd = open.pass.position === member.size;
      if (!isEnd && (at + 1) % spacing === 0) this.#mark(member, at + 1, open.pass);
      if (at < index) continue;
      if (!isEnd) this.#passes = [...others, open].slice(-maxPasses);
      return block;
    }
  }

  #mark(member: Deflated, index: number, pass: InflatePass): void {
    const key = keyOf(member, index);
    if (this.#points.get(key) === undefined) this.#points.set(key, pass.checkPoint);
  }

  #nearest(member: Deflated, index: number): OpenPass {
    const start = index * blockBytes;
    const before = this.#passes
      .filter((open) => open.member.offset === member.offset && open.pass.position <= start)
      .sort((left, right) => right.pass.position - left.pass.position);
    const [open] = before;
    const point = this.#pointBefore(member, index);
    const reached = open?.pass.position ?? 0;
    if (open !== undefined && (point === undefined || reached >= point.position)) return open;
    return { member, pass: new InflatePass(member, blockBytes, point) };
  }

  #pointBefore(member: Deflated, index: number): CheckPoint | undefined {
    const spacing = spacingOf(member);
    for (let at = index - (index % spacing); at > 0; at -= spacing) {
      const point = this.#points.get(keyOf(member, at));
      if (point !== undefined) return point;
    }
    return undefined;
  }
}

function spacingOf({ size }: Deflated): number {
  return Math.max(minSpacing, Math.ceil(size / blockBytes / maxMemberPoints));
}

function keyOf({ offset }: Deflated, index: number): string {
  return `${offset} ${index}`;
}
