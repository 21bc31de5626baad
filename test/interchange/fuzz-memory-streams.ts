/** Streams that ask for memory in every way: a beginning, and what follows it again and again. */
import { edifact, isa, order, orders, x12 } from './samples.ts';

const group = 'GS*PO*HARBORPINE*LANTERN*20261122*0915*41*X*004010~';
const start = `${isa}${group}ST*850*0001~BEG*00*SA*HP-1001**20261122~`;
const unb = 'UNB+UNOC:3+4012345000009:14+5412345000013:14+261122:0915+77';
const begun = (body: readonly string[]) => edifact(body).replace(/'UNT.*/s, "'");

/** By what they are. */
export const streams: Readonly<Record<string, readonly [first: string, again: (nth: number) => string]>> = {
  'a segment without an end': [`${start}MSG*`, () => 'x'.repeat(1_000)],
  'a segment of release characters': [`${begun(orders)}FTX+AAI+++`, () => '?'.repeat(1_001)],
  'a header without an end': [unb, () => '+4012345000009'.repeat(50)],
  'a BIN longer than it says': [`${start}BIN*5*`, () => 'x'.repeat(1_000)],
  'empty segments': [start, () => '~'.repeat(1_000)],
  'empty elements': [`${start}MSG`, () => '*'.repeat(1_000)],
  components: [`${begun(orders)}FTX+AAI+++`, () => ':x'.repeat(500)],
  'a message without an end': [start, (nth) => `REF*DP*${nth}~PO1*${nth}*24*EA*12.5**UP*036000291452~`],
  'levels without an end': [
    start.replaceAll('850', '856'),
    (nth) => `HL*${nth + 1}*${nth}*I~LIN**VN*ROPE-2~`,
  ],
  'faults without an end': [start, (nth) => `ZZZ*${nth}~BEG~`],
  'messages of one group': [
    `${isa}${group}`,
    (nth) => `ST*850*${nth}~BEG*00*SA*HP-1001**20261122~PO1*1*2*EA~SE*4*${nth}~`,
  ],
  'messages without a trailer': [`${isa}${group}`, (nth) => `ST*850*${nth}~BEG*00*SA*HP-${nth}**20261122~`],
  'groups of one interchange': [
    isa,
    (nth) => `GS*PO*HARBORPINE*LANTERN*20261122*0915*${nth}*X*004010~GE*0*${nth}~`,
  ],
  'TA1 without a group': [isa, (nth) => `TA1*${String(nth).padStart(9, '0')}*261122*0915*A*000~`],
  'segments outside of messages': [`${isa}${group}`, (nth) => `REF*DP*${nth}~`],
  interchanges: ['', () => x12(order)],
  'interchanges without a trailer': ['', () => `${edifact(orders).replace(/UNZ.*/s, '')}`],
  'letters that are no EDI': ['', (nth) => `Dear customer ${nth}, ISA and UNB will follow.\n`],
  'line ends': ['', () => '\r\n'.repeat(500)],
};
