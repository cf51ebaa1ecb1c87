/**
 * File name extensions of files that may hold tensors. The only list of them: package.json has to repeat it, and a test
 * compares.
 */

/** How VS Code opens files with an extension. */
interface Ending {
  /** Unroll's editor opens it by itself; other endings belong to others as well. */
  readonly opensByItself?: true;
  /** It may hold the weights of a module, not only an array. */
  readonly holdsWeights?: true;
  /** Its name alone does not say that there are tensors inside. */
  readonly isAmbiguous?: true;
  /** Most files of the ending hold something else: it is opened from the menu, and not looked for. */
  readonly onlyFromMenu?: true;
}

const endings: Readonly<Record<string, Ending>> = {
  pt: { opensByItself: true, holdsWeights: true },
  pth: { opensByItself: true, holdsWeights: true },
  ckpt: { opensByItself: true, holdsWeights: true },
  bin: { holdsWeights: true },
  safetensors: { opensByItself: true, holdsWeights: true },
  npz: { opensByItself: true, holdsWeights: true },
  npy: { opensByItself: true },
  onnx: { holdsWeights: true },
  pb: { holdsWeights: true },
  h5: { holdsWeights: true },
  hdf5: { holdsWeights: true },
  keras: { holdsWeights: true },
  pt2: { opensByItself: true, holdsWeights: true },
  nemo: { opensByItself: true, holdsWeights: true },
  gguf: { opensByItself: true, holdsWeights: true },
  index: { holdsWeights: true },
  pkl: { holdsWeights: true },
  mat: { holdsWeights: true },
  json: { isAmbiguous: true },
  zip: { holdsWeights: true, onlyFromMenu: true },
  tar: { holdsWeights: true, onlyFromMenu: true },
  gz: { holdsWeights: true, onlyFromMenu: true },
  csv: { onlyFromMenu: true },
  tsv: { onlyFromMenu: true },
  txt: { onlyFromMenu: true },
  dat: { onlyFromMenu: true },
};

function endingsThat(isMeant: (ending: Ending) => boolean): readonly string[] {
  return Object.keys(endings).filter((name) => isMeant(endings[name] ?? {}));
}

/** Of files that are looked for, since they may hold tensors. */
export const tensorEndings = endingsThat(({ onlyFromMenu }) => onlyFromMenu !== true);
/** Of files that Unroll's editor opens by itself. */
export const ownEndings = endingsThat(({ opensByItself }) => opensByItself === true);
/** Of files whose names say that there are tensors inside. */
export const tellingEndings = endingsThat(({ isAmbiguous }) => isAmbiguous !== true);
/** Of files inside of an archive that are weights, unless they are archives or parts of something. */
export const packedEndings = endingsThat(
  ({ holdsWeights, onlyFromMenu }) => holdsWeights === true && onlyFromMenu !== true,
).filter((ending) => !["pb", "index", "nemo"].includes(ending));
/** Of files that may hold weights. */
export const weightsEndings = endingsThat(({ holdsWeights }) => holdsWeights === true);

/** The only .json whose name says that it leads to tensors. */
export const shardIndexSuffix = ".safetensors.index.json";
