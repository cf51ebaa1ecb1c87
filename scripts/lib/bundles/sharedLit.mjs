/** lit once for both pages: dist/controls.js, which they load first, holds it; their own scripts take it from there. */

/** What the pages import. A name that is missing here fails the build. */
const MODULES = {
  lit: ["LitElement", "html", "nothing", "svg"],
  "lit/static-html.js": ["html", "unsafeStatic"],
  "lit/directives/keyed.js": ["keyed"],
  "lit/directives/ref.js": ["ref"],
};
/** Where the one script leaves it for the other. */
const SHARED = "globalThis.unrollLit";

/** Puts lit into the bundle whose entry point is `entry`. */
export function holdsLit(entry) {
  const modules = Object.entries(MODULES);
  const contents = [
    `import "./${entry}";`,
    ...modules.map(([path, names], at) => {
      const renamed = names.map((name) => `${name} as ${name}${at}`);
      return `import { ${renamed.join(", ")} } from "${path}";`;
    }),
    `${SHARED} = {`,
    ...modules.map(([path, names], at) => {
      const fields = names.map((name) => `${name}: ${name}${at}`);
      return `"${path}": { ${fields.join(", ")} },`;
    }),
    "};",
  ].join("\n");
  return {
    name: "holds-lit",
    setup(build) {
      build.onResolve({ filter: /./ }, ({ kind }) =>
        kind === "entry-point" ? { path: entry, namespace: "with-lit" } : undefined,
      );
      build.onLoad({ filter: /./, namespace: "with-lit" }, () => ({
        contents,
        resolveDir: build.initialOptions.absWorkingDir,
      }));
    },
  };
}

/** Takes lit from the script that was loaded before. */
export const takesLit = {
  name: "takes-lit",
  setup(build) {
    build.onResolve({ filter: /^lit(\/|$)/ }, ({ path }) =>
      Object.hasOwn(MODULES, path)
        ? { path, namespace: "shared-lit", sideEffects: false }
        : {
            errors: [
              { text: `${path} is not shared: add it to scripts/lib/bundles/sharedLit.mjs` },
            ],
          },
    );
    build.onLoad({ filter: /./, namespace: "shared-lit" }, ({ path }) => ({
      contents: `export const { ${MODULES[path].join(", ")} } = ${SHARED}[${JSON.stringify(path)}];`,
    }));
  },
};
