/**
 * What the run is compared with: the menu that chooses it, how far engines are, and who agrees with whom.
 */
import { html, nothing, type TemplateResult } from "lit";
import type {
  AgreementView,
  CompareChoice,
  CompareState,
  EngineProblem,
} from "../../../src/protocol/run/comparedMessages";
import type { RunView } from "../../../src/protocol/run/messages";
import { decodeNumber } from "../../../src/protocol/wire";
import { significant } from "../../../src/drawing/base/exactNumber";
import { t, tr } from "../../shared/l10n";
import type { MenuItem } from "../../shared/menuButton";
import "../../shared/menuButton";
import { progressMeter } from "../../shared/pageElement";
import type { Store } from "../store/store";

type EngineId = CompareState extends infer State
  ? State extends { readonly engines: readonly (infer Id)[] }
    ? Id
    : never
  : never;

/** Names that no language translates. */
const TITLES: Readonly<Record<EngineId, string>> = {
  onnxruntime: "ONNX Runtime",
  pytorch: "PyTorch",
  keras: "Keras",
};

const ENGINES = Object.keys(TITLES) as EngineId[];

/** The engines that the run on screen stands beside, or is about to. */
function chosen({ compared }: RunView, compare: CompareState): readonly EngineId[] {
  if (compare.kind === "running" || compare.kind === "failed") return compare.engines;
  const { engines = [], problems = [] } = compared ?? {};
  return [...engines, ...problems].map(({ id }) => id);
}

function titlesOf(engines: readonly EngineId[]): string {
  return engines.map((id) => TITLES[id]).join(", ");
}

/** "Compared with …", which opens the menu. */
export function referenceMenu(store: Store, view: RunView): TemplateResult {
  const { compare } = store.state;
  const engines = chosen(view, compare);
  const choose = (next: readonly EngineId[]): void => {
    store.send("compare/choose", { engines: next });
  };
  const isFile = view.verdicts.length > 0 && (view.compared?.shown ?? "file") === "file";
  const items: MenuItem[] = [
    { kind: "heading", label: t("Compare with") },
    {
      kind: "item",
      label: isFile ? t("another file…") : t("a file…"),
      run: () => {
        store.send("run/pick", { what: "reference" });
      },
    },
    ...ENGINES.map((id): MenuItem => {
      const isOn = engines.includes(id);
      const without = engines.filter((each) => each !== id);
      return {
        kind: "item",
        label: `${isOn ? "✓ " : ""}${TITLES[id]}`,
        run: () => {
          choose(isOn ? without : [...without, id]);
        },
      };
    }),
    ...(engines.length === 0
      ? []
      : [
          {
            kind: "item",
            label: t("no engine"),
            run: () => {
              choose([]);
            },
          } as const,
        ]),
    ...deviceItems(store, view, engines),
  ];
  return html`<unroll-menu
    class="compared-with"
    .label=${menuLabel(view)}
    .short=${comparedNames(view).join(" + ")}
    .items=${items}
  ></unroll-menu>`;
}

/** Where the engines of the user's Python compute; none where no such engine is chosen. */
function deviceItems(
  store: Store,
  { spec }: RunView,
  engines: readonly EngineId[],
): readonly MenuItem[] {
  if (!engines.some((id) => id !== "onnxruntime")) return [];
  const { device = "cpu", tf32 = false } = spec.compareWith ?? {};
  const item = (label: string, how: Pick<CompareChoice, "device" | "tf32">): MenuItem => {
    const isOn = device === how.device && (how.device === "cpu" || tf32 === how.tf32);
    return {
      kind: "item",
      label: `${isOn ? "✓ " : ""}${label}`,
      run: () => {
        store.send("compare/choose", { engines, ...how });
      },
    };
  };
  return [
    { kind: "heading", label: t("PyTorch and Keras compute on") },
    item(t("the CPU"), { device: "cpu", tf32: false }),
    item(t("the GPU"), { device: "gpu", tf32: false }),
    item(t("the GPU, with TF32"), { device: "gpu", tf32: true }),
  ];
}

/** The reference, and the engines beside it. */
function comparedNames({ labels, compared, verdicts }: RunView): string[] {
  const { engines = [], shown = null } = compared ?? {};
  const others = engines.filter(({ id }) => id !== shown).map(({ title }) => title);
  const first = verdicts.length === 0 ? [] : [labels.reference ?? t("a reference")];
  return [...first, ...others];
}

function menuLabel(view: RunView): string {
  const all = comparedNames(view);
  return all.length === 0 ? t("Compare with…") : t("Compared with {0}", all.join(" + "));
}

/** What engines are doing, offer to do, or could not do; nothing where there is nothing to say. */
export function compareStatus(store: Store, view: RunView): TemplateResult | typeof nothing {
  const { compare } = store.state;
  const problems = view.compared?.problems ?? [];
  switch (compare.kind) {
    case "idle":
      return problems.length === 0 ? nothing : html`${problems.map(problemText)}`;
    case "running": {
      const name = t("Comparing with {0}…", titlesOf(compare.engines));
      return html`<span class="comparing" aria-busy="true" title=${tr(compare.activity)}
        >${name}
        <span class="search"
          >${progressMeter(compare.fraction, name, () => {
            store.send("compare/cancel", null);
          })}</span
        ></span
      >`;
    }
    case "offered":
      return html`<button
        type="button"
        class="link"
        @click=${() => {
          store.send("compare/choose", { engines: compare.engines });
        }}
      >
        ${t("Compare with {0} (takes a while)", titlesOf(compare.engines))}
      </button>`;
    case "failed":
      return html`<span class="compare-problem" role="status">${tr(compare.sentence)}</span>`;
  }
}

function problemText({ sentence, remedy }: EngineProblem): TemplateResult {
  return html`<span class="compare-problem" role="status"
    ><span aria-hidden="true">⚠</span> ${tr(sentence)}${
      remedy === null ? nothing : html`; ${tr(remedy)}`
    }</span
  >`;
}

/** More lanes than these are folded away. */
const MOST_OPEN = 8;

/** Who agrees with whom, where there are several references. */
export function agreementTable({ compared, labels }: RunView): TemplateResult | typeof nothing {
  const table = compared?.table ?? null;
  if (table === null) return nothing;
  const isAccusing = table.rows.some(({ alone }) => alone !== null);
  return html`<section class="agreement" aria-label=${t("Who agrees with whom")}>
    <p class=${isAccusing ? "accusing" : ""} role="status">
      <span aria-hidden="true">${isAccusing ? "●" : "✓"}</span> ${table.sentences
        .map(tr)
        .join("; ")}
    </p>
    <details ?open=${table.rows.length <= MOST_OPEN}>
      <summary>${t("Lane by lane ({0})", table.rows.length)}</summary>
      <div class="agreement-scroll">${rowsOf(table, labels.reference)}</div>
    </details>
  </section>`;
}

function rowsOf(table: AgreementView, file: string | null): TemplateResult {
  const titles = table.parties.map((party) =>
    party === "run" ? "Unroll" : party === "file" ? (file ?? t("file")) : TITLES[party],
  );
  return html`<table>
    <thead>
      <tr>
        <th scope="col">${t("lane")}</th>
        ${titles.map((title) => html`<th scope="col">${title}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${table.rows.map(
        ({ name, cells, alone }) =>
          html`<tr>
            <th scope="row"><code>${name}</code></th>
            ${cells.map((cell, at) => cellOf(cell, table.parties[at] === alone))}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function cellOf(
  cell: AgreementView["rows"][number]["cells"][number],
  isAlone: boolean,
): TemplateResult {
  if (cell === null) return html`<td class="absent" title=${t("not given")}>–</td>`;
  const { group, maxAbs } = cell;
  const distance = maxAbs === null ? "" : significant(decodeNumber(maxAbs), 2);
  const tone = isAlone ? "alone" : group === 0 ? "agrees" : "apart";
  const word = isAlone ? t("stands alone") : group === 0 ? t("agrees") : t("differs");
  return html`<td class=${tone}>
    <span aria-hidden="true">${group === 0 ? "✓" : "✗"}</span>
    ${word}${distance === "" || distance === "0" ? nothing : html` · ${t("Δ {0}", distance)}`}
  </td>`;
}
