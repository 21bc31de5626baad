/** Checks of the headers' own elements: ISA, GS, UNB, UNG. */
import type { FaultCode } from '../fault.ts';
import { detached } from './decode.ts';
import type { Envelope } from './envelope.ts';
import type { Segment, Value } from './event.ts';
import { isDateText, isTimeText } from './value.ts';

/** Reports what is wrong with a header that was just opened: with the group for GS and UNG, else with the interchange. */
export function headerFaults(envelope: Envelope, segment: Segment): void {
  const rules = headerRules[segment.tag] ?? [];
  const ofGroup = segment.tag === 'GS' || segment.tag === 'UNG';
  for (const [element, component, name, code, isFine] of rules) {
    const value = valueAt(segment.values, element, component);
    if (isFine(value, segment)) continue;
    const place = segment.tag.startsWith('UN') ? ` ${name}` : String(element).padStart(2, '0');
    const missing = value === '' && code === 'header-element-invalid' ? 'header-element-missing' : code;
    const tag = missing.startsWith('header-element') ? segment.tag : `${segment.tag}${place}`;
    const details = { tag, element: String(element).padStart(2, '0'), name, value: detached(value) };
    const at = component === 0 ? { element } : { element, component };
    if (ofGroup) envelope.groupFault(missing, details, segment, at);
    else envelope.interchangeFault(missing, details, segment, at);
  }
}

/** The text of an element or of one of its components (0: the element is simple), without blanks around it. */
export function valueAt(values: readonly Value[], element: number, component: number): string {
  const value = values[element - 1] ?? '';
  const part =
    typeof value === 'string' ? (component > 1 ? '' : value) : (value[Math.max(0, component - 1)] ?? '');
  return part.trim();
}

type IsFine = (value: string, segment: Segment) => boolean;
type HeaderRule = readonly [
  element: number,
  component: number,
  name: string,
  code: FaultCode,
  isFine: IsFine,
];

const anything: IsFine = (value) => value !== '';
const oneOf =
  (...codes: string[]): IsFine =>
  (value) =>
    codes.includes(value);
const matching =
  (pattern: RegExp): IsFine =>
  (value) =>
    pattern.test(value);
const date: IsFine = (value) => isDateText(value);
const time: IsFine = (value) => isTimeText(value);
const qualifier = matching(/^[A-Z0-9]{2}$/);
const syntaxVersion: IsFine = (value) => /^[1-4]$/.test(value);

const headerRules: Readonly<Record<string, readonly HeaderRule[]>> = {
  ISA: [
    [1, 0, 'authorization qualifier', 'authorization-invalid', matching(/^0[0-8]$/)],
    [3, 0, 'security qualifier', 'security-invalid', oneOf('00', '01')],
    [5, 0, 'sender qualifier', 'sender-qualifier-invalid', qualifier],
    [6, 0, 'sender', 'sender-missing', anything],
    [7, 0, 'receiver qualifier', 'receiver-qualifier-invalid', qualifier],
    [8, 0, 'receiver', 'receiver-missing', anything],
    [9, 0, 'date', 'interchange-date-invalid', date],
    [10, 0, 'time', 'interchange-time-invalid', time],
    [
      11,
      0,
      'standard',
      'interchange-standard-invalid',
      (value, { values }) => valueAt(values, 12, 0) >= '00402' || value === 'U',
    ],
    [12, 0, 'version', 'interchange-version-invalid', matching(/^00[2-8]\d\d$/)],
    [13, 0, 'control number', 'interchange-control-invalid', matching(/^[A-Z0-9]{9}$/i)],
    [14, 0, 'acknowledgment requested', 'acknowledgment-flag-invalid', oneOf('0', '1')],
    [15, 0, 'usage indicator', 'usage-indicator-invalid', oneOf('P', 'T', 'I')],
  ],
  GS: [
    [1, 0, 'functional id', 'header-element-invalid', matching(/^[A-Z]{2}$/)],
    [2, 0, 'sender', 'header-element-invalid', anything],
    [3, 0, 'receiver', 'header-element-invalid', anything],
    [4, 0, 'date', 'header-element-invalid', date],
    [5, 0, 'time', 'header-element-invalid', time],
    [6, 0, 'control number', 'group-control-invalid', matching(/^[A-Z0-9]{1,9}$/i)],
    [7, 0, 'agency', 'header-element-invalid', oneOf('X', 'T')],
    [8, 0, 'version', 'header-element-invalid', matching(/^\d{6}\S{0,6}$/)],
  ],
  UNB: [
    [1, 1, 'S001 syntax', 'interchange-version-invalid', matching(/^UNO[A-Z]$/)],
    [1, 2, 'S001 syntax version', 'interchange-version-invalid', syntaxVersion],
    [2, 1, 'S002 sender', 'sender-missing', anything],
    [3, 1, 'S003 receiver', 'receiver-missing', anything],
    [4, 1, 'S004 date', 'interchange-date-invalid', date],
    [4, 2, 'S004 time', 'interchange-time-invalid', time],
    [5, 0, '0020', 'interchange-control-invalid', matching(/^.{1,14}$/s)],
    [9, 0, '0031', 'acknowledgment-flag-invalid', oneOf('', '0', '1', '2')],
    [11, 0, '0035', 'usage-indicator-invalid', oneOf('', '0', '1', '2', '3', '4')],
  ],
  UNG: [
    [1, 0, '0038 message type', 'header-element-invalid', anything],
    [5, 0, '0048 group reference', 'group-control-invalid', matching(/^.{1,14}$/s)],
  ],
};
