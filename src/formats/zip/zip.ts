/**
 * Zip archives of tensors: their members, read within limits.
 *
 * Spec:    APPNOTE.TXT of PKWARE; stored and deflated members, ZIP64. The directory is read by directory.ts.
 * Refuses: overlapping members, two of one name, members that inflate to another size than declared, or as a whole out of
 *          proportion, encrypted members, other compressions, more members than a checkpoint can have.
 * Member names are only ever compared, never used as paths: nothing is extracted. CRCs are checked.
 */
import { FormatError } from "../../core/errors";
import { text } from "../../core/text";
import { endOfFile, type ByteSource } from "../base/bytes";
import { readZipDirectory, type DirectoryEntry } from "./directory";
import { localHeaderBytes, Member, Shared, type ZipMember } from "./member";

export interface ZipArchive {
  /** In the order of the directory, folders left out. */
  readonly members: readonly ZipMember[];
}

/**
 * Reads the directory of a zip archive.
 * @throws FormatError when it is damaged or members overlap, LimitError when it would inflate out of proportion.
 */
export async function openZip(source: ByteSource): Promise<ZipArchive> {
  const directory = await readZipDirectory(source);
  const files = directory.filter(({ name }) => !name.endsWith("/"));
  assertDisjoint(source, files);
  assertDistinct(source, files);
  const shared = new Shared(source);
  return { members: files.map((file) => new Member(shared, file)) };
}

function assertDisjoint(source: ByteSource, files: readonly DirectoryEntry[]): void {
  const inOrder = files.every(
    (file, index) => index === 0 || (files[index - 1]?.offset ?? 0) < file.offset,
  );
  const ordered = inOrder ? files : [...files].sort((left, right) => left.offset - right.offset);
  let end = 0;
  for (const file of ordered) {
    if (file.offset < end) {
      throw new FormatError(
        source.name,
        text("the zip member {0} overlaps another one", file.name),
        {
          offset: file.offset,
        },
      );
    }
    end = file.offset + localHeaderBytes + file.nameBytes + file.compressedSize;
    if (end > source.size) {
      throw endOfFile(source.name, file.offset, end - file.offset, source.size);
    }
  }
}

/** Which of two members of one name is meant is up to the program that opens them. */
function assertDistinct(source: ByteSource, files: readonly DirectoryEntry[]): void {
  const names = new Set<string>();
  for (const { name, offset } of files) {
    if (names.has(name)) {
      throw new FormatError(source.name, text("two zip members are called {0}", name), { offset });
    }
    names.add(name);
  }
}
