/** The sentences in which a partner's answer is told to people of the trade. */
import type { Place, Stated, Subject } from './verdict-answer.ts';

/** 'The partner refuses the invoice 0001', without its full stop. */
export function headline(verdict: Stated, subject: Subject): string {
  const what = subjectWords(subject);
  switch (verdict) {
    case 'accepted':
      return `The partner accepts ${what}`;
    case 'noted':
      return `The partner accepts ${what}, with errors`;
    case 'partly':
      return `The partner refuses a part of ${what}`;
    case 'rejected':
      return `The partner refuses ${what}`;
    case 'received':
      return `The partner has received ${what}, and does not judge it yet`;
    case 'unknown':
      return `The partner does not say whether it accepts ${what}`;
  }
}

/** 'the invoice 0001', 'the group 55', 'the interchange 88'; a message that is named by its business number alone by that. */
export function subjectWords({ scope, interchange, group, type, control, references }: Subject): string {
  if (scope === 'interchange') return `the interchange ${interchange ?? '?'}`;
  if (scope === 'group') return `the group ${group ?? '?'}`;
  const name = type === null ? 'message' : (documentNames[type] ?? type);
  const [reference] = references;
  if (control === null && reference !== undefined)
    return `the ${type === null ? 'document' : name} (${reference.qualifier} ${reference.number})`;
  return `the ${name} ${control ?? '?'}`;
}

/** What the trade calls the messages that a seller sends. */
const documentNames: Readonly<Record<string, string>> = {
  '810': 'invoice',
  '812': 'credit or debit adjustment',
  '820': 'payment advice',
  '832': 'price catalogue',
  '846': 'inventory advice',
  '850': 'order',
  '855': 'order response',
  '856': 'ship notice',
  '860': 'order change',
  '865': 'order change response',
  '870': 'order status report',
  '880': 'invoice',
  '940': 'warehouse order',
  '945': 'warehouse ship advice',
  '997': 'acknowledgment',
  '999': 'acknowledgment',
  CONTRL: 'acknowledgment',
  DESADV: 'despatch advice',
  INVOIC: 'invoice',
  INVRPT: 'inventory report',
  ORDCHG: 'order change',
  ORDERS: 'order',
  ORDRSP: 'order response',
  OSTRPT: 'order status report',
  PRICAT: 'price catalogue',
};

/** 'segment 5 (N1, second element)'; '' where no place is given. */
export function placeWords({
  segment,
  tag,
  loop,
  element,
  component,
  repetition,
  lineNumber,
}: Place): string {
  const inner = [
    element === undefined ? '' : `${ordinal(element)} element`,
    component === undefined ? '' : `${ordinal(component)} component`,
    repetition === undefined ? '' : `${ordinal(repetition)} repetition`,
    loop === undefined ? '' : `loop ${loop}`,
  ];
  const name = segment === undefined ? (tag ?? '') : `segment ${segment}`;
  const details = [segment === undefined ? '' : (tag ?? ''), ...inner]
    .filter((part) => part !== '')
    .join(', ');
  const place = name === '' ? details : details === '' ? name : `${name} (${details})`;
  const ofLine = lineNumber === undefined ? '' : `line ${lineNumber}`;
  return [ofLine, place].filter((part) => part !== '').join(', ');
}

/** 'first', 'second', … 'tenth', '11th', '21st'. */
export function ordinal(number: number): string {
  const word = ordinals[number - 1];
  if (word !== undefined) return word;
  const teen = number % 100 > 10 && number % 100 < 14;
  return `${number}${(teen ? null : { 1: 'st', 2: 'nd', 3: 'rd' }[number % 10]) ?? 'th'}`;
}

const ordinals = [
  'first',
  'second',
  'third',
  'fourth',
  'fifth',
  'sixth',
  'seventh',
  'eighth',
  'ninth',
  'tenth',
];

/** Free text of theirs, marked as such. */
export function written(text: string): string {
  return `they write '${text}'`;
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
