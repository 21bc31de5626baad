/** The style of a guide's page: wide and narrow, on paper, in the dark; nothing is fetched from anywhere. */
import { Html } from './console/html.ts';

export const guideStyle = new Html(`
:root { color-scheme: light dark; --ink: #1c2330; --soft: #4a5466; --line: #c9d0da; --wash: #f2f4f8; --paper: #fff; --link: #0b4f9e; --mark: #7a3e00; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ef; --soft: #b3bccb; --line: #404a5c; --wash: #1d2430; --paper: #141922; --link: #8fbdf5; --mark: #ffbf7a; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem clamp(0.75rem, 3vw, 2.5rem) 4rem; max-width: 75rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
h1, h2, h3, h4 { line-height: 1.25; margin: 2rem 0 0.5rem; }
h1 { font-size: 1.8rem; }
h2 { font-size: 1.45rem; padding-top: 1rem; border-top: 3px solid var(--line); }
h3 { font-size: 1.15rem; }
h4 { font-size: 1rem; margin: 0 0 0.25rem; }
p { margin: 0.25rem 0; max-width: 70ch; }
a { color: var(--link); }
a:focus-visible, pre:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 0.5rem; background: var(--paper); padding: 0.5rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
nav ul { padding-left: 1.2rem; }
dl { margin: 0.5rem 0; }
dl div { display: grid; grid-template-columns: 13rem 1fr; gap: 0 1rem; padding: 0.3rem 0; border-bottom: 1px solid var(--line); }
dt { font-weight: 600; }
dd { margin: 0; }
table { width: 100%; border-collapse: collapse; margin: 0.5rem 0 1rem; }
caption { text-align: left; font-weight: 600; padding: 0.5rem 0; }
th, td { text-align: left; vertical-align: top; padding: 0.35rem 0.6rem; border-bottom: 1px solid var(--line); }
thead th { background: var(--wash); }
tbody th { font-weight: 600; white-space: nowrap; }
.overview tbody th { white-space: normal; font-weight: 400; }
.overview th a { font-weight: 700; }
.segment { margin: 0 0 1.25rem; padding: 0.75rem 0 0 0.9rem; border-left: 4px solid var(--line); break-inside: avoid-page; }
.segment table { font-size: 0.93rem; }
.segment td:last-child { width: 50%; }
.depth-1 { margin-left: 1.25rem; } .depth-2 { margin-left: 2.5rem; } .depth-3 { margin-left: 3.75rem; } .depth-4 { margin-left: 5rem; } .depth-5 { margin-left: 6.25rem; }
th.depth-1 { padding-left: 1.6rem; } th.depth-2 { padding-left: 2.6rem; } th.depth-3 { padding-left: 3.6rem; } th.depth-4 { padding-left: 4.6rem; } th.depth-5 { padding-left: 5.6rem; }
.tag { font-family: ui-monospace, monospace; background: var(--wash); border: 1px solid var(--line); padding: 0.05rem 0.4rem; border-radius: 0.25rem; }
.purpose { color: var(--soft); font-weight: 400; }
.purpose::before { content: "· "; }
.source, .means { color: var(--soft); }
.ignored { color: var(--mark); }
blockquote { margin: 0.4rem 0; padding: 0.1rem 0.75rem; border-left: 3px solid var(--mark); font-style: italic; }
code, pre { font-family: ui-monospace, monospace; font-size: 0.93em; }
.field { background: var(--wash); padding: 0.05rem 0.3rem; border-radius: 0.2rem; overflow-wrap: anywhere; }
.codes { margin: 0.2rem 0; padding: 0; list-style: none; }
figure { margin: 0.75rem 0 1.25rem; }
figcaption { font-weight: 600; }
pre { overflow-x: auto; background: var(--wash); border: 1px solid var(--line); padding: 0.75rem; margin: 0.35rem 0; }
@media (max-width: 46rem) {
  dl div { grid-template-columns: 1fr; }
  .segment, .depth-1, .depth-2, .depth-3, .depth-4, .depth-5 { margin-left: 0; }
  table, tbody, tr, td, tbody th { display: block; width: auto; }
  .segment td:last-child { width: auto; }
  caption { display: block; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { border-bottom: 2px solid var(--line); padding: 0.4rem 0; }
  th, td { border: 0; padding: 0.1rem 0; }
  tbody th { white-space: normal; }
  td[data-label]:not(:empty)::before { content: attr(data-label) ": "; color: var(--soft); }
}
@media print {
  :root { --ink: #000; --soft: #333; --line: #999; --wash: #f4f4f4; --paper: #fff; --link: #000; --mark: #000; }
  body { max-width: none; padding: 0; font-size: 9.5pt; }
  nav, .skip { display: none; }
  h2 { break-before: page; }
  section#agreed h2 { break-before: auto; }
  h3, h4, caption { break-after: avoid; }
  tr { break-inside: avoid; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
}
`);
