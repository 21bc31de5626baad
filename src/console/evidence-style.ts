/** The style of the page in an order's evidence: wide and narrow, on paper, in the dark; nothing is fetched from anywhere. */
import { Html } from './html.ts';

export const evidenceStyle = new Html(`
:root { color-scheme: light dark; --ink: #1c2330; --soft: #4a5466; --line: #c9d0da; --wash: #f2f4f8; --paper: #fff; --link: #0b4f9e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --soft: #b3bccb; --line: #404a5c; --wash: #1d2430; --paper: #141922; --link: #8fbdf5; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem clamp(0.75rem, 3vw, 2.5rem) 3rem; max-width: 78rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.7rem; line-height: 1.25; } h2 { font-size: 1.3rem; margin: 2rem 0 0.5rem; padding-top: 0.8rem; border-top: 3px solid var(--line); }
a { color: var(--link); } a:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.quiet { color: var(--soft); overflow-wrap: anywhere; }
dl div { display: grid; grid-template-columns: 13rem 1fr; gap: 0 1rem; padding: 0.3rem 0; border-bottom: 1px solid var(--line); }
dt { font-weight: 600; } dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 0.93rem; }
th, td { text-align: left; vertical-align: top; padding: 0.35rem 0.6rem; border-bottom: 1px solid var(--line); }
thead th { background: var(--wash); white-space: nowrap; } tbody th { min-width: 9rem; } .number { text-align: right; }
code { font: 0.8rem ui-monospace, monospace; overflow-wrap: anywhere; }
table time { white-space: nowrap; }
li { margin: 0.3rem 0; }
@media (max-width: 40rem) { dl div { grid-template-columns: 1fr; } .wide table { min-width: 44rem; } }
@media print { .wide { overflow: visible; } code { font-size: 0.6rem; } }
`);
