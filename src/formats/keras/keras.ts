/** Keras. */
import type { Archive } from "../archive";
import { MemorySource, type ByteSource } from "../bytes";
import { readHdf5 } from "../hdf5/hdf5";
import type { ZipArchive } from "../zip";
export function readKerasHdf5(source: ByteSource): Promise<Archive> { return readHdf5(source, () => []); }
export async function readKeras(source: ByteSource, zip: ZipArchive): Promise<Archive> { return readHdf5(new MemorySource(source.name, await zip.members.find(m=>m.name==="model.weights.h5")!.read()), () => []); }
