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

An agreement may count the reader's faults otherwise: \`severities\` in partner.yaml.

## Words

- An **interchange** is one envelope with everything in it: from ISA to IEA in X12, from UNB to UNZ in EDIFACT. In it are
  **groups** (GS to GE; UNG to UNE, which few use), in these **messages**: one order or invoice each (ST to SE, UNH to UNT).
  The first segment of each is its **header**, the last its **trailer**, which repeats the **control number** of the header
  and counts what is inside.
- A message is made of **segments** (BEG, PO1, LIN), a segment of **elements**: PO102 is the second element of PO1. EDIFACT
  numbers elements (QTY 6060). Some elements have parts, the **components**; a few may be repeated. A **loop** is a segment
  with those that belong to it: a line of an order.
- Between them stand **separators**, behind each segment its **terminator**. They are characters that the header names.
- Rules about elements that depend on each other are written as a letter and their positions. P0304: 03 and 04 both or
  neither. R0203: at least one. E0203: at most one. C0506: where 05 is, all others are, too. L0506: where 05 is, at least
  one of the others is.

## Faults and answers

Words in braces are filled in. TA105 is TA1's code, AK304, AK403, AK502 and AK905 are those of a 997 for segment, element, set
and group; IK304, IK403 and IK502 stand where a 999, or a 997 of 005010, has another one. UCI, UCM, UCS and UCD are the codes
(0085) of CONTRL at the level of interchange and group, message, segment and element.

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
