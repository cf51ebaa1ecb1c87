/**
 * The lines of a file, read in pieces, so that a large one is never in memory as a whole.
 */
import { LimitError } from "../../core/errors";
import type { ByteSource } from "../base/bytes";

/** Read at a time. */
const pieceBytes = 2 ** 20;

/** A row of a million numbers takes a third of this. */
const maxLineBytes = 2 ** 26;

const newline = 0x0a;
const carriageReturn = 0x0d;
const hash = 0x23;
const space = 0x20;
const tab = 0x09;

const byteOrderMark = [0xef, 0xbb, 0xbf];

/** What spreadsheets write for a value that could not be computed: a cell, although it begins like a comment. */
const failedCell = /^#(?:n\/a|div\/0!|value!|ref!|name\?|num!|null!|spill!|calc!)(?=[\s,;|"]|$)/i;
const maxFailedBytes = 16;

const latin1 = new TextDecoder("latin1");

/** A line with something on it: from `start` to `end` of `bytes`, blanks and comments left out. */
export interface Line {
  bytes: Uint8Array;
  start: number;
  end: number;
  /** From 1. */
  number: number;
}

/**
 * Calls `take` with each line that is neither empty nor a comment; the line is valid until it returns. Stops where it
 * returns false.
 * @throws LimitError when a line has no end.
 */
export async function eachLine(source: ByteSource, take: (line: Line) => boolean): Promise<void> {
  const line: Line = { bytes: new Uint8Array(0), start: 0, end: 0, number: 0 };
  let rest = new Uint8Array(0);
  let position = await startOf(source);
  while (position < source.size) {
    const piece = await source.read(position, Math.min(pieceBytes, source.size - position));
    position += piece.length;
    const bytes = rest.length === 0 ? piece : joined(rest, piece);
    line.bytes = bytes;
    let start = 0;
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
      if (!takeLine(line, start, end, take)) return;
      start = end + 1;
    }
    rest = bytes.slice(start);
    if (rest.length > maxLineBytes) throw tooLong(source, line.number + 1, rest.length);
  }
  line.bytes = rest;
  if (rest.length > 0) takeLine(line, 0, rest.length, take);
}

/** Behind the byte order mark, where there is one. */
async function startOf(source: ByteSource): Promise<number> {
  const { length } = byteOrderMark;
  if (source.size < length) return 0;
  const head = await source.read(0, length);
  return byteOrderMark.every((byte, index) => head[index] === byte) ? length : 0;
}

/** False when no further line is wanted. */
function takeLine(line: Line, from: number, to: number, take: (line: Line) => boolean): boolean {
  const { bytes } = line;
  line.number += 1;
  let start = from;
  let end = to;
  end = commentOf(bytes, start, end);
  // Tabs stay: beside an empty cell they stand between two.
  while (end > start && (bytes[end - 1] === space || bytes[end - 1] === carriageReturn)) end -= 1;
  while (start < end && bytes[start] === space) start += 1;
  if (isEmpty(bytes, start, end)) return true;
  line.start = start;
  line.end = end;
  return take(line);
}

/** Where a comment begins; the end of the line without one. */
function commentOf(bytes: Uint8Array, start: number, end: number): number {
  let at = bytes.subarray(start, end).indexOf(hash);
  while (at >= 0) {
    const from = start + at;
    const rest = bytes.subarray(from, Math.min(end, from + maxFailedBytes));
    if (!failedCell.test(latin1.decode(rest))) return from;
    const next = bytes.subarray(from + 1, end).indexOf(hash);
    at = next < 0 ? next : at + 1 + next;
  }
  return end;
}

function isEmpty(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    if (!isBlank(bytes[at] ?? 0)) return false;
  }
  return true;
}

function isBlank(byte: number): boolean {
  return byte === space || byte === tab || byte === carriageReturn;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}

function tooLong({ name }: ByteSource, line: number, length: number): LimitError {
  return new LimitError(name, { of: "line-bytes", line }, maxLineBytes, length);
}
