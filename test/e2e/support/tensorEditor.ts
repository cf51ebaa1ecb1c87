/**
 * The tensor editor as a user sees it. One editor is on screen at a time.
 */
import { actUntil, until } from "../../harness/poll";
import { Panel } from "./panel";

/** The state behind the editor, as far as tests look at it. */
interface EditorElement extends HTMLElement {
  readonly store: {
    readonly state: {
      readonly info: { readonly name: string } | null;
      readonly slice: { readonly rowAxis: number | null; readonly index: readonly number[] } | null;
      readonly zoom: { readonly x: number; readonly y: number; readonly cellWidth: number } | null;
      readonly cursor: { readonly row: number; readonly column: number };
      readonly summary: { readonly revision: number } | null;
      readonly colours: { readonly range: { readonly mode: string; readonly low: number } };
    };
  };
}

export type EditorState = EditorElement["store"]["state"];

export class TensorEditor extends Panel {
  /** Opens a file by the Explorer's menu and waits until its first tensor is drawn. */
  async inspect(path: string): Promise<void> {
    await this.workbench.explorerMenu(path, "Open Tensors");
    await this.drawn();
  }

  /** Waits until everything on screen is drawn from all of its values. */
  async drawn(): Promise<void> {
    await this.locator("unroll-heatmap:not([data-waiting]) .heat-cells").waitFor();
    await this.settle();
  }

  state(): Promise<EditorState> {
    return this.seen("unroll-tensors").evaluate((editor: EditorElement) => editor.store.state);
  }

  /** Chooses an entry of the list of tensors. */
  async show(name: string): Promise<void> {
    await actUntil(
      `The tensor ${name}`,
      () => this.locator(".row-entry").filter({ hasText: name }).first().click({ timeout: 3000 }),
      async () => (await this.text(".tensor-name")).endsWith(name),
    );
    await this.drawn();
  }

  /** Presses keys with the focus on the heatmap. */
  override async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.seen(".heat-plot").press(key);
  }

  /** What stands under the cursor, as the line above the heatmap says it. */
  cursorLine(): Promise<string> {
    return this.text(".cursor-value");
  }

  async cursorLineIs(line: string): Promise<void> {
    await this.textIs(".cursor-value", line);
  }

  /** Waits until the state behind the editor is accepted. */
  stateIs(what: string, accept: (state: EditorState) => boolean): Promise<EditorState> {
    return until(what, () => this.state(), accept);
  }

  /** Marks of values that are not finite: how many pixels of the ink of marks lie around a place of the heatmap. */
  inkAround(x: number, y: number, reach: number): Promise<number> {
    const count = (canvas: HTMLCanvasElement, area: readonly [number, number, number]): number => {
      const [left, top, size] = area;
      const image = canvas.getContext("2d")?.getImageData(left, top, size, size);
      const pixels = new Uint32Array(image?.data.buffer ?? new ArrayBuffer(0));
      // Grey and bright, as the ink of a dark theme is; the colours of the scale are neither.
      const isInk = (pixel: number): boolean => {
        const bytes = [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];
        return Math.max(...bytes) - Math.min(...bytes) < 6 && Math.min(...bytes) > 150;
      };
      return pixels.filter(isInk).length;
    };
    const area = [Math.round(x - reach), Math.round(y - reach), 2 * reach] as const;
    return this.seen(".heat-cells").evaluate(count, area);
  }

  /** Where a cell is drawn, CSS pixels of the heatmap. */
  placeOf(row: number, column: number): Promise<readonly [x: number, y: number]> {
    interface Heatmap extends HTMLElement {
      readonly frame: {
        readonly left: number;
        readonly top: number;
        readonly plot: { width: number; height: number; rows: number; columns: number };
      };
    }
    return this.seen("unroll-heatmap").evaluate(
      (heatmap: Heatmap, [atRow, atColumn]) => {
        const { left, top, plot } = heatmap.frame;
        const cell = (pixels: number, count: number, most: number): number =>
          Math.min(most, pixels / count);
        const wide = cell(plot.width, plot.columns, 96);
        const high = cell(plot.height, plot.rows, 48);
        return [left + (atColumn + 0.5) * wide, top + (atRow + 0.5) * high] as const;
      },
      [row, column] as const,
    );
  }
}
