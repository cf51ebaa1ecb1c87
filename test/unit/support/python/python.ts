/** The Python whose packages some suites compare with: without them they are skipped, in CI they fail. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The interpreter. */
export const python = process.env["UNROLL_PYTHON"] ?? "python3";

/**
 * Of Python processes: nothing is written beside the scripts, Keras computes with PyTorch, and there is one thread: the
 * products are small, and threads that wait for each other take the cores of the tests beside.
 */
export const environment = {
  ...process.env,
  PYTHONDONTWRITEBYTECODE: "1",
  OMP_NUM_THREADS: "1",
  OPENBLAS_NUM_THREADS: "1",
  KERAS_BACKEND: process.env["KERAS_BACKEND"] ?? "torch",
};

/** Of random runs: the same in every run of the suite; `npm run differential` takes another one each time. */
export const seed = Number(process.env["UNROLL_SEED"] ?? 20261129);

const REQUIREMENTS = "test/requirements.txt";

/** Prints the version of each package that is installed, as JSON. */
const PROBE = `
import importlib.metadata, json, sys
found = {}
for name in sys.argv[1:]:
    try:
        found[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        pass
print(json.dumps(found))
`;

/** Versions of packages by their names, or what is missing and what to do about it. */
export type Found =
  { readonly versions: Readonly<Record<string, string>> } | { readonly missing: string };

/** What there is of all required packages, once it was asked for. */
let found: Found | null = null;

function findAll(): Found {
  try {
    const output = execFileSync(python, ["-c", PROBE, ...requiredPackages()], {
      encoding: "utf8",
      stdio: "pipe",
    });
    return { versions: JSON.parse(output) as Record<string, string> };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "was not found" : `cannot be used: ${message}`;
    return { missing: `${python} ${reason} (Python 3.10 or later, or set UNROLL_PYTHON)` };
  }
}

/** Looks for some of the required packages without importing them. */
export function findPackages(names: readonly string[]): Found {
  found ??= findAll();
  if ("missing" in found) return found;
  const { versions } = found;
  const absent = names.filter((name) => !Object.hasOwn(versions, name));
  if (absent.length === 0) return { versions };
  const advice = `${python} -m pip install -r ${REQUIREMENTS}`;
  return { missing: `${python} has no ${absent.join(", ")} (${advice})` };
}

/** Every package that the suites compare with. */
export function requiredPackages(): readonly string[] {
  // The tests run in the repository's root.
  const lines = readFileSync(join(process.cwd(), REQUIREMENTS), "utf8").split("\n");
  return lines.flatMap((line) => /^[\w-]+/.exec(line) ?? []);
}

/** A suite that needs packages of Python: without them it is skipped and says so; where CI is set, it fails. */
export function describePython(
  title: string,
  packages: readonly string[],
  define: (versions: Readonly<Record<string, string>>) => void,
): void {
  describe(title, () => {
    const found = findPackages(packages);
    if ("versions" in found) {
      define(found.versions);
    } else if (process.env["CI"]) {
      it("has what it compares with", () => {
        throw new Error(found.missing);
      });
    } else {
      it.skip(found.missing);
    }
  });
}
