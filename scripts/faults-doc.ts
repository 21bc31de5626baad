/** Writes docs/faults.md from the fault table: `npx tsx scripts/faults-doc.ts`. A test compares the two. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type FaultRow, faultTable } from '../src/fault.ts';

const file = fileURLToPath(new URL('../docs/faults.md', import.meta.url));

const intro = `# Faults

What can be wrong with what we were sent, what the gateway says about it, and how the standards' own acknowledgments say
it. A fault is a value with a place; it is collected, answered and shown, never thrown.

- **error**: the message (for an envelope fault, all that it encloses) is refused and never becomes an order.
- **warning**: it is accepted, and the fault is reported to the sender where the acknowledgment has a place for it.
- **info**: noted for people, never answered.

Words in braces are filled in. AK304, AK403, AK502, AK905 and TA105 are the codes of 997 and TA1; uci, ucm, ucs and ucd
are the codes (0085) of CONTRL at the level of interchange, message, segment and element.

This page is made from the table in \`src/fault.ts\` by \`npx tsx scripts/faults-doc.ts\`; a test compares the two.

| code | severity | sentence | hint | answers |
|---|---|---|---|---|
`;

/** The rows of the page, one for each fault, by code. */
export function faultRows(): Map<string, string> {
  const rows = Object.entries(faultTable as Readonly<Record<string, FaultRow>>);
  return new Map(rows.map(([code, row]) => [code, tableRow(code, row)]));
}

export function faultsPage(): string {
  return `${intro}${[...faultRows().values()].join('\n')}\n`;
}

function tableRow(code: string, { severity, message, hint, answer }: FaultRow): string {
  const answers = Object.entries(answer ?? {}).map(([place, value]) => `${place.toUpperCase()} ${value}`);
  return `| ${[`\`${code}\``, severity, message, hint, answers.join(', ')].map(cell).join(' | ')} |`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(file, faultsPage());
