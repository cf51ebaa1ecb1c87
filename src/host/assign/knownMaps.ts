/**
 * Maps that were made before: in run files and files of maps of the workspace, and those used in it.
 */
import * as vscode from "vscode";
import { parseMap } from "../../model/assign/parse";
import type { ModuleMap } from "../../model/assign/map";
import type { KnownMap } from "../../protocol/archive/assignMessages";
import { parseRunFile } from "../../run/spec/file";
import { baseName } from "../workspace/locations";
import { readBytes } from "../workspace/readBytes";
import { RUN_FILE_SUFFIX } from "../workspace/readRunFile";

const KEY = "unroll.maps";
/** Maps that are remembered, and files that are looked into; each is checked against the tensors of a file. */
const MAX_REMEMBERED = 20;
const MAX_FILES = 200;
/** A larger file is no map, and storage is no place for a larger one. */
const MAX_BYTES = 1_000_000;
const MAX_STORED = 64_000;

const MAP_SUFFIX = ".map.json";

export class KnownMaps {
  readonly #storage: vscode.Memento;

  /** Kept in the workspace's own storage. */
  constructor(storage: vscode.Memento) {
    this.#storage = storage;
  }

  /** Those in files first, then those used last; each map once. */
  async all(): Promise<readonly KnownMap[]> {
    const pattern = `**/*{${RUN_FILE_SUFFIX},${MAP_SUFFIX}}`;
    const files = await vscode.workspace.findFiles(pattern, "**/node_modules/**", MAX_FILES);
    const sorted = [...files].sort((left, right) => (left.path < right.path ? -1 : 1));
    const read = await Promise.all(sorted.map(readKnown));
    const remembered = this.#read().map((map): KnownMap => ({ file: null, map }));
    const known = new Map<string, KnownMap>();
    for (const each of [...read.flat(), ...remembered]) {
      const key = JSON.stringify(each.map);
      if (!known.has(key)) known.set(key, each);
    }
    return [...known.values()];
  }

  /** Remembers a map that was used. */
  add(map: ModuleMap): void {
    const written = JSON.stringify(map);
    if (written.length > MAX_STORED) return;
    const others = this.#read().filter((each) => JSON.stringify(each) !== written);
    void this.#storage.update(KEY, [map, ...others].slice(0, MAX_REMEMBERED));
  }

  /** What another version of the extension has stored may be none. */
  #read(): readonly ModuleMap[] {
    const stored = this.#storage.get<unknown>(KEY);
    const all: readonly unknown[] = Array.isArray(stored) ? stored : [];
    return all.flatMap((each) => parseMap(each).map ?? []);
  }
}

/** The map in a file; none where it has none, or cannot be read: nobody has asked for this file. */
async function readKnown(uri: vscode.Uri): Promise<readonly KnownMap[]> {
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > MAX_BYTES) return [];
    const source = new TextDecoder().decode(await readBytes(uri.toString()));
    const map = mapIn(uri, source);
    return map === null ? [] : [{ file: baseName(uri), map }];
  } catch {
    return [];
  }
}

function mapIn({ path }: vscode.Uri, source: string): ModuleMap | null {
  if (path.endsWith(RUN_FILE_SUFFIX)) {
    const map = parseRunFile(source).spec?.weights.map;
    return typeof map === "object" ? map : null;
  }
  return parseMap(JSON.parse(source)).map;
}
