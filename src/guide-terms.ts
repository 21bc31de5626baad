/** What an agreement says, in words that a partner can hold against their own. Secrets and policy are no part of it. */
import type { Agreement, Partner } from './partner/partner.ts';

export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** What is agreed for one pair of ids. */
export function agreementFacts(agreement: Agreement): Fact[] {
  const { standard, us, them, group, version, usage, applicationReference, charset } = agreement;
  const x12 = standard === 'x12';
  return [
    fact(
      'Standard',
      `${x12 ? 'ANSI ASC X12' : 'UN/EDIFACT'}, ${x12 ? 'ISA12' : 'UNB S001'} ${version.interchange}, ${x12 ? 'GS08' : 'UNH S009'} ${version.message}`,
    ),
    fact('Your id', idText(them, x12)),
    fact('Our id', idText(us, x12)),
    ...(group === undefined ? [] : [fact('Groups', `you ${group.them}, we ${group.us} (GS02, GS03)`)]),
    ...(applicationReference === undefined
      ? []
      : [fact('Application reference', `${applicationReference} (UNB 0026)`)]),
    fact('Usage', usage === 'test' ? `test (${x12 ? 'ISA15 T' : 'UNB 0035 1'})` : 'production'),
    fact('Separators', separatorText(agreement)),
    ...(charset === undefined ? [] : [fact('Characters', `${charset}, as you send them`)]),
    fact(
      'Control numbers',
      `ours go from ${agreement.control.first} to ${agreement.control.last}, then begin again; yours count as used for ${spanText(agreement.duplicateWindow)}`,
    ),
    ...acknowledgmentFacts(agreement),
    ...Object.entries(agreement.documents).map(([type, terms]) =>
      fact(`We send ${type}`, documentText(terms)),
    ),
  ];
}

type Terms = Agreement['documents'][string];

function documentText({
  within,
  batch,
  most,
  expectAcknowledgment,
  version,
  applicationReference,
}: Terms): string {
  return [
    within === undefined ? 'without a deadline' : `within ${spanText(within)}`,
    batch === 'single' ? 'one in an interchange' : `up to ${most} in an interchange`,
    expectAcknowledgment === undefined
      ? 'no acknowledgment expected'
      : `your acknowledgment expected within ${spanText(expectAcknowledgment)}`,
    ...(version === undefined ? [] : [`as ${version}`]),
    ...(applicationReference === undefined ? [] : [`with the application reference ${applicationReference}`]),
  ].join(', ');
}

const ta1Text = {
  requested: 'where ISA14 asks for it, and where the envelope is broken',
  always: 'for every interchange',
  never: 'never',
} as const;

function acknowledgmentFacts({ standard, acknowledge, requestAcknowledgment }: Agreement): Fact[] {
  const { send, within, ta1, everyMessage } = acknowledge;
  const asks = standard === 'x12' ? 'ISA14 1: we ask for a TA1' : 'UNB 0031 1: we ask for a CONTRL';
  return [
    fact(
      'We acknowledge',
      send === 'none'
        ? 'nothing'
        : `by ${send} within ${spanText(within)}${everyMessage ? ', naming every message' : ''}`,
    ),
    ...(standard === 'x12' ? [fact('TA1', ta1Text[ta1])] : []),
    ...(requestAcknowledgment ? [fact('Acknowledgment request', asks)] : []),
  ];
}

function idText({ qualifier, id }: { qualifier: string; id: string }, x12: boolean): string {
  return qualifier === ''
    ? id
    : `${id} with the qualifier ${qualifier} (${x12 ? 'ISA05, ISA07' : 'UNB 0007'})`;
}

function separatorText({ standard, separators }: Agreement): string {
  const usual =
    standard === 'x12'
      ? { element: '*', component: '>', segment: '~' }
      : { element: '+', component: ':', segment: "'" };
  const {
    element = usual.element,
    component = usual.component,
    segment = usual.segment,
    repetition,
    newline,
  } = separators;
  const parts = [
    `element ${visible(element)}`,
    `component ${visible(component)}`,
    ...(typeof repetition === 'string' ? [`repetition ${visible(repetition)}`] : []),
    `segment ${visible(segment)}`,
    newline === '' ? 'no line ends' : `a line end (${newline === '\n' ? 'LF' : 'CR LF'}) behind each segment`,
  ];
  return `${parts.join(', ')}; we read whatever your header declares`;
}

function visible(character: string): string {
  const code = character.charCodeAt(0);
  return code > 32 && code < 127 ? character : `hex ${code.toString(16).toUpperCase().padStart(2, '0')}`;
}

const units: Readonly<Record<string, string>> = { s: 'second', m: 'minute', h: 'hour', d: 'day' };

/** '24 hours' of '24h'. */
function spanText(span: string): string {
  const count = Number.parseInt(span, 10);
  const unit = units[span.slice(-1)] ?? span.slice(-1);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** When we work. */
export function calendarFacts({ timeZone, calendar }: Partner): Fact[] {
  const { workdays, holidays, cutoff } = calendar;
  return [
    fact('Days and times', `in the time of ${timeZone}`),
    ...(workdays.length === 7 ? [] : [fact('Working days', workdays.join(', '))]),
    ...(holidays.length === 0 ? [] : [fact('Days without work', holidays.join(', '))]),
    ...(cutoff === undefined || cutoff === '00:00'
      ? []
      : [fact('Cut-off', `orders decided after ${cutoff} count as of the next working day`)]),
  ];
}

function fact(name: string, value: string): Fact {
  return { name, value };
}
