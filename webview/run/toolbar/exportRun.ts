/**
 * The menu of exports: the picture on screen as SVG and PNG, the run as a report.
 */
import type { PictureRequest, RunExport } from "../../../src/protocol/run/pictureMessages";
import { PICTURE_THEMES } from "../../../src/drawing/picture/theme";
import { mistakeOf } from "../../../src/drawing/run/flip/reverseOrder";
import { t } from "../../shared/l10n";
import type { MenuItem } from "../../shared/menuButton";
import { findingsOf } from "../store/diagnosis";
import type { Store } from "../store/store";
import type { FlipView } from "../flip/flipView";
import type { UnrolledView } from "../unrolled/unrolledView";

/** Of the picture where the unrolled view is not on screen, or is small; CSS pixels. */
const LEAST = { width: 900, height: 480 } as const;
/** Pixels of a PNG for each CSS pixel, and most of a side that browsers paint. */
const DENSITY = 2;
const MOST_SIDE = 16_000;

/** The entries of the menu; `done` is told the name of the file that was written. */
export function exportItems(store: Store, done: (name: string) => void): MenuItem[] {
  const item = (label: string, make: () => Promise<RunExport>): MenuItem => ({
    kind: "item",
    label,
    run: () => void exportAs(store, make, done),
  });
  const picture = pictureOf(store);
  return [
    { kind: "heading", label: t("This picture") },
    item("SVG", () => Promise.resolve({ kind: "svg", picture })),
    item("PNG", async () => ({ kind: "png", bytes: await png(store, picture) })),
    { kind: "heading", label: t("The run") },
    item(t("Report (HTML)"), () =>
      Promise.resolve({ kind: "html", batch: store.state.cursor.batch }),
    ),
  ];
}

async function exportAs(
  store: Store,
  make: () => Promise<RunExport>,
  done: (name: string) => void,
): Promise<void> {
  try {
    const name = await store.client.request("run/export", await make());
    if (name !== null) done(name);
  } catch (error) {
    store.report(error);
  }
}

/** The unrolled view as it is on screen. */
function pictureOf({ state }: Store): PictureRequest {
  const isDark =
    document.body.classList.contains("vscode-dark") ||
    (document.body.classList.contains("vscode-high-contrast") &&
      !document.body.classList.contains("vscode-high-contrast-light"));
  return {
    mode: state.mode,
    deltaAs: state.deltaAs,
    stateName: state.stateName,
    batch: state.cursor.batch,
    steps: state.steps,
    range: state.stateRange,
    ...(state.deltaRange === null ? {} : { deltaRange: state.deltaRange }),
    curve: state.curve,
    lanes: state.laneChoice,
    ...(state.unitSort === null ? {} : { units: state.unitSort }),
    ...rowsOnScreen(),
    ...flipOnScreen(state),
    width: Math.max(LEAST.width, Math.round(state.unrolledWidth)),
    height: Math.max(LEAST.height, Math.round(innerHeight * 0.7)),
    theme: { ...PICTURE_THEMES[isDark ? "dark" : "light"], scheme: state.colourScheme },
  };
}

/** The part of zoomed lanes that is on screen. */
function rowsOnScreen(): Pick<PictureRequest, "rows"> {
  const rows = document.querySelector<UnrolledView>("unroll-unrolled")?.rowsOnScreen() ?? null;
  return rows === null ? {} : { rows };
}

/** The layer of the flip view, where that is on screen. */
function flipOnScreen({ tab, cursor, diagnosis }: Store["state"]): Pick<PictureRequest, "flip"> {
  const layer = document.querySelector<FlipView>("unroll-flip")?.shownLayer;
  if (tab !== "flip" || layer === undefined) return {};
  return { flip: { layer, step: cursor.step, ...mistakeOf(findingsOf(diagnosis)) } };
}

/** The picture as this page paints it, with its fonts. */
async function png(store: Store, picture: PictureRequest): Promise<Uint8Array> {
  const svg = await store.client.request("picture/draw", picture);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const density = Math.min(DENSITY, MOST_SIDE / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(image.width * density);
  canvas.height = Math.round(image.height * density);
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((resolve) => {
    canvas.toBlob(resolve, "image/png");
  });
  if (blob === null) throw new Error("the picture is too large to be written");
  return new Uint8Array(await blob.arrayBuffer());
}
