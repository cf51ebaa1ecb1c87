/**
 * The stylesheet of a report: light and dark, screen and paper.
 */
import { MONO, SANS } from "../drawing/picture/svg";
import { PICTURE_THEMES, type PictureTheme } from "../drawing/picture/theme";

function variables({ background, ink, muted, error, good, quiet }: PictureTheme): string {
  return `--background:${background};--ink:${ink};--muted:${muted};--error:${error};--good:${good};--quiet:${quiet};`;
}

/** Rules without a class of a picture's theme show the light one; so does paper. */
export const reportStyle = `
:root{color-scheme:light dark;${variables(PICTURE_THEMES.light)}--line:#d5d9de}
body{margin:0 auto;max-width:1080px;padding:40px 24px 64px;background:var(--background);color:var(--ink);font:15px/1.55 ${SANS};overflow-wrap:anywhere}
h1{font-size:26px;line-height:1.25;margin:0 0 4px;letter-spacing:-.01em}
h2{font-size:18px;margin:40px 0 10px;padding-top:14px;border-top:1px solid var(--line)}
h3{font-size:15px;margin:20px 0 6px}
p,ul{margin:6px 0}
.quiet,dt,figcaption,caption,thead th,footer{color:var(--muted)}
.lead{font-size:17px}
.good{color:var(--good)}
.bad{color:var(--error)}
.verdict{font-weight:600;white-space:nowrap}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 20px;margin:20px 0 0}
dd{margin:0}
figure{margin:16px 0}
figure svg{display:block;box-sizing:border-box;width:100%;height:auto;border:1px solid var(--line);border-radius:8px}
figcaption{font-size:13px;margin-bottom:6px}
.chart text{fill:var(--muted)}
.chart :is(path,line){fill:none;vector-effect:non-scaling-stroke;stroke-linecap:round}
.chart .grid{stroke:var(--line)}
.chart .band{fill:var(--good);fill-opacity:.14}
.before{color:var(--error);stroke-dasharray:6 3}
.after{color:var(--good)}
.chart :is(.before,.after){stroke:currentColor;stroke-width:1.75}
.chart .span{fill:currentColor;fill-opacity:.25;stroke:none}
.dark{display:none}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:13.5px;min-width:50%}
caption{text-align:left;font-size:13px;padding-bottom:4px}
th,td{text-align:left;vertical-align:top;padding:5px 16px 5px 0;border-bottom:1px solid var(--line);font-weight:400;overflow-wrap:normal}
thead th{font-size:12.5px}
.values :is(td,th){font:12px/1.4 ${MONO};text-align:right;white-space:nowrap}
.values :is(tbody th,thead th:first-child){text-align:left}
pre{background:var(--quiet);border:1px solid var(--line);border-radius:6px;padding:12px 14px;overflow-x:auto;font:13px/1.5 ${MONO}}
.finding{background:var(--quiet);border:1px solid var(--line);border-radius:6px;padding:10px 16px;margin:12px 0}
.finding h3{margin-top:4px}
.finding h3::before{content:"● "/"";color:var(--good)}
.finding.fine h3::before{content:"≈ "/""}
details{margin:10px 0}
summary{cursor:pointer}
ul{padding-left:20px}
footer{margin-top:48px;font-size:13px}
:focus-visible{outline:2px solid currentColor;outline-offset:2px}
@media screen{figure svg{min-width:840px}}
@media (max-width:600px){
body{padding:24px 14px 40px}dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:8px}
pre{white-space:pre-wrap}
.narrow{font-size:13px;margin:0 0 6px}
figure .chart{min-width:0}
figure:has(.chart) .narrow{display:none}
.wide:not(.values .wide) :is(table,caption,tbody,tr,th,td){display:block}
.wide:not(.values .wide) thead{display:none}
.wide:not(.values .wide) tr{padding:8px 0;border-bottom:1px solid var(--line)}
.wide:not(.values .wide) :is(th,td){padding:1px 0;border:0}
.wide:not(.values .wide) th{font-weight:600}
.wide:not(.values .wide) td::before{content:attr(data-of) " ";color:var(--muted)}
}
@media (min-width:601px){.narrow{display:none}}
@media screen and (prefers-color-scheme:dark){:root{${variables(PICTURE_THEMES.dark)}--line:#383d45}.dark{display:block}.light{display:none}}
@media print{body{max-width:none;padding:0;font-size:11pt}figure,.finding,tr{break-inside:avoid}h2{break-after:avoid}pre,.wide{overflow:visible;white-space:pre-wrap}}
`;
