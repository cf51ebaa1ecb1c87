/**
 * The shape check: axes, found and expected shape of each tensor, and the mismatch in one sentence.
 */
import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import type { ShapeCheck, ShapeRow, RunView } from "../../../src/protocol/run/messages";
import { formatShape } from "../../../src/tensor/tensor";
import { legible } from "../../../src/core/text";
import { t, tr } from "../../shared/l10n";
import { drawProduct, type FactorBox } from "../../../src/drawing/run/charts/productDrawing";
import type { Store } from "../store/store";
import { RunElement } from "../store/runElement";
import "../../shared/copyButton";

const MARKS: Readonly<Record<ShapeRow["status"], string>> = {
  ok: "✓",
  mismatch: "✗",
  missing: "✗",
  unexpected: "!",
};

function statusText(status: ShapeRow["status"]): string {
  switch (status) {
    case "ok":
      return t("fits");
    case "mismatch":
      return t("does not fit");
    case "missing":
      return t("missing");
    case "unexpected":
      return t("not expected");
  }
}

export class ShapesView extends RunElement {
  protected override render(): TemplateResult | typeof nothing {
    const store = this.store;
    const view = store?.state.view ?? null;
    if (store === undefined || view === null) return nothing;
    const { shapes, clash: found } = view;
    return html`
      ${found === undefined ? fitting(view) : clash(tr(found.sentence))}
      ${found?.cause == null ? nothing : html`<p>${tr(found.cause)}</p>`}
      ${this.#fixes(store, view.fixes ?? [])} ${this.#traps(store, view.traps ?? [])}
      ${shapes.product === null ? nothing : product(shapes.product)} ${shapeTable(shapes.rows)}
      ${shapes.pytorch === null ? nothing : this.#pytorch(store, shapes.pytorch)}
    `;
  }

  /** What a run file can say is a button; the rest is said in words. */
  #fixes(store: Store, fixes: NonNullable<RunView["fixes"]>): TemplateResult | typeof nothing {
    if (fixes.length === 0) return nothing;
    return html`
      <section class="fixes" aria-label=${t("What would make it fit")}>
        <p class="dim">${t("Each of these alone makes it fit; it was tried:")}</p>
        <ul>
          ${fixes.map(
            ({ title, edits }, index) => html`
              <li>
                ${
                  edits.length === 0
                    ? tr(title)
                    : html`<vscode-button
                        appearance="secondary"
                        @click=${() => {
                          store.send("run/fix", { index });
                        }}
                        >${tr(title)}</vscode-button
                      >`
                }
              </li>
            `,
          )}
        </ul>
      </section>
    `;
  }

  #traps(store: Store, traps: NonNullable<RunView["traps"]>): TemplateResult | typeof nothing {
    if (traps.length === 0) return nothing;
    return html`
      <section class="traps" aria-label=${t("What raises no error")}>
        <p class="dim">${t("What raises no error:")}</p>
        <ul>
          ${traps.map(
            ({ id, sentence }) => html`
              <li>
                ${tr(sentence)}
                <button
                  type="button"
                  class="link"
                  @click=${() => {
                    store.send("trap/dismiss", { id });
                  }}
                >
                  ${t("do not show again")}
                </button>
              </li>
            `,
          )}
        </ul>
      </section>
    `;
  }

  #pytorch(store: Store, message: string): TemplateResult {
    return html`
      <section class="pytorch" aria-label=${t("What PyTorch would print")}>
        <p>
          <span class="dim">${t("PyTorch would say:")}</span>
          <unroll-copy .store=${store} .label=${t("copy")} .read=${() => message}></unroll-copy>
        </p>
        <code>${message}</code>
      </section>
    `;
  }
}

/** The run fits, and so does its reference unless a verdict says otherwise. */
function fitting({ verdicts }: RunView): TemplateResult | TemplateResult[] {
  const misfits = verdicts.filter(({ verdict }) => verdict === "cannot-compare");
  if (misfits.length > 0)
    return misfits.map(
      ({ sentence, hints }) =>
        html`${clash(tr(sentence))} ${hints.map((hint) => html`<p>${tr(hint)}</p>`)}`,
    );
  return html`<h2 class="fits"><span aria-hidden="true">✓</span> ${t("Everything fits")}</h2>`;
}

function clash(sentence: string): TemplateResult {
  return html`<h2 class="clash"><span aria-hidden="true">✗</span> ${sentence}</h2>`;
}

function product({ left, right }: NonNullable<ShapeCheck["product"]>): TemplateResult {
  const drawing = drawProduct(left.shape, right.shape);
  const [leftInner, rightInner] = drawing.inner;
  const description = t(
    "{0} {1} times {2} {3}: inner sizes {4} and {5} differ",
    ...[left.label, formatShape(left.shape), right.label, formatShape(right.shape)],
    ...[leftInner, rightInner],
  );
  const dotX = (drawing.left.x + drawing.left.width + drawing.right.x - 28) / 2;
  const middle = drawing.left.y + drawing.left.height / 2 + 5;
  return html`
    <svg
      class="product"
      role="img"
      aria-label=${description}
      width=${drawing.width}
      height=${drawing.height}
      viewBox="0 0 ${drawing.width} ${drawing.height}"
    >
      <defs>
        <pattern
          id="surplus"
          width="7"
          height="7"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <line class="hatch" x1="0" y1="0" x2="0" y2="7"></line>
        </pattern>
      </defs>
      ${factor(drawing.left, left.label, "left")} ${factor(drawing.right, right.label, "right")}
      <text class="operator" x=${dotX} y=${middle} text-anchor="middle">·</text>
      <text
        class="inner"
        x=${(drawing.left.x + drawing.right.x + drawing.right.width) / 2}
        y=${drawing.height - 8}
        text-anchor="middle"
      >
        ${t("inner sizes {0} ≠ {1}", leftInner, rightInner)}
      </text>
    </svg>
  `;
}

function factor(box: FactorBox, label: string, side: "left" | "right"): SVGTemplateResult {
  const { x, y, width, height, surplus } = box;
  return svg`
    <rect class="factor ${side}" x=${x} y=${y} width=${width} height=${height}></rect>
    ${
      surplus === null
        ? nothing
        : svg`<rect class="surplus-fill" x=${surplus.x} y=${surplus.y} width=${surplus.width} height=${surplus.height}></rect>
            <rect class="surplus" x=${surplus.x} y=${surplus.y} width=${surplus.width} height=${surplus.height} fill="url(#surplus)"></rect>`
    }
    <text class=${side === "left" ? "inner" : "size"} x=${x + width / 2} y=${y - 8} text-anchor="middle">${box.columns}</text>
    <text class=${side === "right" ? "inner" : "size"} x=${x - 8} y=${y + height / 2 + 4} text-anchor="end">${box.rows}</text>
    <text class="factor-label" x=${x + width / 2} y=${y + height / 2 + 4} text-anchor="middle">${label}</text>
  `;
}

function shapeTable(rows: readonly ShapeRow[]): TemplateResult {
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label=${t("Shape check")}>
      <table class="shape-table">
        <caption class="visually-hidden">
          ${t("Every tensor with the shape found and the shape expected")}
        </caption>
        <thead>
          <tr>
            <th scope="col">${t("tensor")}</th>
            <th scope="col">${t("axes")}</th>
            <th scope="col">${t("found")}</th>
            <th scope="col">${t("expected")}</th>
            <th scope="col">${t("fits?")}</th>
          </tr>
        </thead>
        <tbody>
          ${inOrder(rows).map(shapeRow)}
        </tbody>
      </table>
    </div>
  `;
}

/** What does not fit stands first: of many layers it would be out of sight. */
function inOrder(rows: readonly ShapeRow[]): readonly ShapeRow[] {
  const fits = ({ status }: ShapeRow): boolean => status === "ok";
  return [...rows.filter((row) => !fits(row)), ...rows.filter(fits)];
}

const OF_REFERENCE = "reference ";

/** Tensors have the names of their files; what a reference gives is said in words to be its own. */
function rowName(name: string): string {
  if (!name.startsWith(OF_REFERENCE)) return legible(name);
  return t("reference {0}", legible(name.slice(OF_REFERENCE.length)));
}

function shapeRow({ name, axes, found, expected, status, reason }: ShapeRow): TemplateResult {
  return html`
    <tr class=${status}>
      <th scope="row">${rowName(name)}</th>
      <td class="dim">[${axes.join(", ")}]</td>
      <td class="found">${found === null ? t("missing") : formatShape(found)}</td>
      <td>${expected === null ? "–" : formatShape(expected)}</td>
      <td class="status">
        <span aria-hidden="true">${MARKS[status]}</span>
        <span class="visually-hidden">${statusText(status)}</span> ${tr(reason)}
      </td>
    </tr>
  `;
}

customElements.define("unroll-shapes", ShapesView);
