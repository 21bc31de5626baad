/** translate: what a file becomes; with --watch, again and again while its guide is written. */

import { visible } from '../inspect-columns.ts';
import { textLines } from '../interchange/verdict-864.ts';
import { problemText } from '../mapping/problem.ts';
import { elementName } from '../study-guide.ts';
import { elementRows, placeName, valueRows } from '../trace.ts';
import { type Translated, type TranslateOptions, translateFile } from '../translate.ts';
import { openFile } from './files.ts';
import { loadRooms, namedPartner, type Rooms, spoiling } from './rooms.ts';
import { note, print, readWords, type Verb, WrongUse } from './verb.ts';
import { watchedRun } from './watched-run.ts';

interface How {
  readonly file: string;
  readonly partner: string | undefined;
  readonly trace: boolean;
  readonly json: boolean;
}

export const translate: Verb = {
  name: 'translate',
  usage: 'portolan translate FILE [--partner P] [--trace] [--watch] [--json]     (- reads standard input)',
  about: `Shows the canonical documents of a file, its faults, and the data that no guide reads; of acknowledgments, what they say.
--partner reads it by the guides of P, whatever its ids. --json writes a line a message.
--trace says where each value came from, by segment, element and line of the guide, and what became of each element.
--watch does it again whenever the file or a guide is saved, until Ctrl-C; what is wrong in a guide is shown with its place.`,
  async run(words) {
    const options = {
      partner: { type: 'string' },
      trace: { type: 'boolean', default: false },
      watch: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    } as const;
    const { values, positionals } = readWords(words, translate, options, 1);
    const { partner, trace, watch, json } = values;
    const how = { file: positionals[0] as string, partner, trace, json };
    if (!watch) return translateOnce(how, await loadRooms(partner));
    if (how.file === '-')
      throw new WrongUse('--watch needs a file with a name: standard input never changes.');
    return watchedRun(partner, [how.file], [], (rooms) => translateOnce(how, rooms));
  },
};

/** @returns the exit status: 1 when a fault is an error, or the partner's guides have problems */
async function translateOnce({ file, partner, trace, json }: How, rooms: Rooms): Promise<number> {
  const { guides, partners } = rooms;
  const problems = partner === undefined ? rooms.problems : spoiling(rooms, partner);
  for (const problem of problems) note(problemText(problem));
  if (problems.length > 0 && partner !== undefined) return 1;
  if (partner !== undefined) namedPartner({ partners }, partner);
  const options: TranslateOptions = {
    guides,
    partners,
    trace,
    ...(partner === undefined ? {} : { partner }),
  };
  let wrong = false;
  for await (const { source, ...line } of translateFile(await openFile(file), options)) {
    if (line.guide?.startsWith('standard/') && spoiling(rooms, line.partner ?? '').length > 0) {
      note(
        `${line.message} of ${line.partner} is not read: the gateway holds it until the problems above are mended.`,
      );
      wrong = true;
      continue;
    }
    if (json) print(JSON.stringify(line));
    else show(line, source);
    if (line.faults.some(({ severity }) => severity === 'error')) wrong = true;
  }
  return wrong ? 1 : 0;
}

function show(line: Omit<Translated, 'source'>, source: Translated['source']): void {
  const by = line.guide === undefined ? '' : ` by ${line.guide}`;
  if (line.message !== null) print(visible(`${line.message} of ${line.partner ?? 'nobody we know'}${by}`));
  if (line.document !== null) print(JSON.stringify(line.document, null, 2));
  for (const answer of line.acknowledgment?.answers ?? []) {
    print(answer.sentence);
    for (const { sentence } of answer.findings) print(`  ${sentence}`);
  }
  if (line.text !== undefined) for (const text of textLines(line.text)) print(text);
  for (const { severity, at, message, hint } of line.faults)
    print(visible(`${severity}: ${at?.line === undefined ? '' : `line ${at.line}: `}${message} ${hint}`));
  for (const item of line.unmapped) print(`not read: ${unreadText(item, source)}`);
  if (line.lineage === undefined || source === undefined) return;
  const traced = {
    document: line.document,
    lineage: line.lineage,
    unmapped: line.unmapped,
    segments: source.message.segments,
    rules: source.guide.rules,
  };
  print(['Where each value came from:', ...valueRows(traced)].join('\n'));
  print(['What became of each element:', ...elementRows(traced)].join('\n'));
}

/** 'PO1 09 (Product/service id), line 22: 77001' */
function unreadText(
  { tag, element, component, value, at }: Translated['unmapped'][number],
  source: Translated['source'],
): string {
  const rule = source?.guide.rules.segments.get(tag);
  const name = rule === undefined ? '' : ` (${elementName(rule, element, component ?? null)})`;
  return visible(`${placeName(tag, element, component)}${name}, line ${at.line ?? '?'}: ${value}`);
}
