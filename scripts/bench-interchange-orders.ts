/** The orders of the benchmark's files: an X12 004010 850 and an EDIFACT D.96A ORDERS (EANCOM 97), by invented companies. */
import {
  cents,
  type Dice,
  day,
  description,
  digits,
  gs1Key,
  type MakeMessage,
  money,
  pick,
  type Standard,
  type Style,
} from './bench-interchange-files.ts';

type Segments = ReturnType<MakeMessage>;

const towns = [
  ['ALDERFORD', 'OH', '44107'],
  ['BRACKEN FALLS', 'NY', '14301'],
  ['CEDAR MESA', 'AZ', '85207'],
  ['DUNMORE', 'PA', '18512'],
  ['EASTHAVEN', 'CT', '06512'],
] as const;
const shops = ['TAMARACK HOME', 'BLUE HERON STORES', 'FERN & FABLE', 'QUARRY ROAD MARKET'];
const cities = [
  ['LINDENAU', '04177', 'DE'],
  ['WESTERKADE', '3511', 'NL'],
  ['SAINT-ELOI', '59000', 'FR'],
  ['MÜHLBRUCK', '50667', 'DE'],
] as const;

/** 850: some 240 bytes a line: item, price at retail, text, pack, promotion, the shops that share the quantity, a date. */
function order850(dice: Dice, ordinal: number, lines: number): Segments {
  const control = String(ordinal).padStart(4, '0');
  let [quantities, amount] = [0, 0];
  const body: Segments = [];
  for (let line = 1; line <= lines; line++) {
    const quantity = 12 * (1 + dice(20));
    const price = cents(dice);
    quantities += quantity;
    amount += quantity * price;
    body.push(...line850(dice, line, quantity, price));
  }
  const segments: Segments = [
    ['ST', '850', control],
    ...heading850(dice, ordinal),
    ...body,
    ['CTT', String(lines), String(quantities)],
    ['AMT', 'TT', money(amount)],
  ];
  return [...segments, ['SE', String(segments.length + 1), control]];
}

function heading850(dice: Dice, ordinal: number): Segments {
  const [city, state, zip] = pick(dice, towns);
  const shop = pick(dice, shops);
  const centre = String(1 + dice(40)).padStart(4, '0');
  return [
    ['BEG', '00', 'SA', `PO${4_500_000 + ordinal}`, '', day(dice)],
    ['CUR', 'BY', 'USD'],
    ['REF', 'DP', digits(dice, 3)],
    ['REF', 'IA', digits(dice, 6)],
    [
      'PER',
      'BD',
      `${pick(dice, ['A. MARLOWE', 'R. OKAFOR', 'J. LINDQVIST'])}`,
      'TE',
      `555${digits(dice, 7)}`,
    ],
    ['FOB', 'CC', 'OR', 'SHIPPING POINT'],
    ['ITD', '01', '3', '2', '', '30', '', '60'],
    ['DTM', '010', day(dice)],
    ['DTM', '001', day(dice)],
    ['TD5', '', '2', pick(dice, ['ABCD', 'WXYZ', 'LMNO']), 'M'],
    ['N9', 'L1', 'SHIPPING NOTES'],
    ['MSG', `DELIVER TO DOCK ${1 + dice(30)} BETWEEN 6 AND 14, CALL BEFORE ARRIVAL`],
    ['N1', 'ST', `${shop} DC ${centre}`, '92', centre],
    ['N3', `${100 + dice(9_900)} DISTRIBUTION WAY`],
    ['N4', city, state, zip, 'US'],
    ['N1', 'BY', shop, '9', `${gs1Key(dice, '0614141', 13)}`],
  ];
}

function line850(dice: Dice, line: number, quantity: number, price: number): Segments {
  const first = dice(quantity);
  const sku = digits(dice, 8);
  const item = ['UP', gs1Key(dice, '0499999', 12), 'VN', `PTL-${digits(dice, 8)}`, 'IN', sku];
  const share = ['0012', String(quantity - first), '0034', String(first)];
  return [
    ['PO1', String(line), String(quantity), 'EA', money(price), 'WE', ...item],
    ['CTP', 'RS', 'RES', money(price * 2)],
    ['PID', 'F', '08', '', '', description(dice)],
    ['PO4', '12', '1', 'EA', 'CTN', 'G', money(cents(dice)), 'LB'],
    ['REF', 'PD', digits(dice, 9), pick(dice, ['SPRING PROMOTION', 'CLEARANCE', 'NEW ITEM'])],
    ['SDQ', 'EA', '92', ...share.slice(0, first > 0 ? 4 : 2)],
    ['DTM', '002', day(dice)],
  ];
}

/** ORDERS: some 345 bytes a line: item, seller's and buyer's number, text, quantities, date, amount, price, contract, pack. */
function orders96A(dice: Dice, ordinal: number, lines: number): Segments {
  const reference = String(ordinal);
  let [quantities, amount] = [0, 0];
  const body: Segments = [];
  for (let line = 1; line <= lines; line++) {
    const quantity = 6 * (1 + dice(30));
    const price = cents(dice);
    quantities += quantity;
    amount += quantity * price;
    body.push(...line96A(dice, line, quantity, price));
  }
  const segments: Segments = [
    ['UNH', reference, ['ORDERS', 'D', '96A', 'UN', 'EAN008']],
    ...heading96A(dice, ordinal),
    ...body,
    ['UNS', 'S'],
    ['MOA', ['79', money(amount)]],
    ['CNT', ['1', String(quantities)]],
    ['CNT', ['2', String(lines)]],
  ];
  return [...segments, ['UNT', String(segments.length + 1), reference]];
}

function heading96A(dice: Dice, ordinal: number): Segments {
  const [city, code, country] = pick(dice, cities);
  const street = [`HAFENSTRASSE ${1 + dice(200)}`];
  return [
    ['BGM', '220', String(7_100_000 + ordinal), '9'],
    ['DTM', ['137', day(dice), '102']],
    ['DTM', ['2', day(dice), '102']],
    ['FTX', 'DEL', '', '', [`RAMP ${1 + dice(30)}, CALL BEFORE ARRIVAL: WILL YOU BE ON TIME?`]],
    ['RFF', ['CT', `C-${digits(dice, 6)}`]],
    ['DTM', ['171', day(dice), '102']],
    [
      'NAD',
      'BY',
      [gs1Key(dice, '400777', 13), '', '9'],
      '',
      ['TANNHOF HANDEL'],
      street,
      city,
      '',
      code,
      country,
    ],
    ['CTA', 'PD', [digits(dice, 3), 'EINKAUF']],
    ['COM', [`0049${digits(dice, 9)}`, 'TE']],
    ['NAD', 'SU', [gs1Key(dice, '400888', 13), '', '9']],
    ['NAD', 'DP', [gs1Key(dice, '400777', 13), '', '9']],
    ['CUX', ['2', 'EUR', '9']],
    ['PAT', '1', '', ['5', '3', 'D', '30']],
    ['TDT', '20', '', '30', '31'],
    ['TOD', '3', '', ['DAP']],
  ];
}

function line96A(dice: Dice, line: number, quantity: number, price: number): Segments {
  return [
    ['LIN', String(line), '', [gs1Key(dice, '400888', 13), 'EN']],
    ['PIA', '1', [`PTL-${digits(dice, 5)}`, 'SA'], [digits(dice, 8), 'IN']],
    [
      'IMD',
      'F',
      '',
      ['', '', '', `${pick(dice, texts)} ${10 + dice(90)} CM`, description(dice).slice(0, 35).trim()],
    ],
    ['MEA', 'PD', ['AAB'], ['KGM', money(cents(dice))]],
    ['QTY', ['21', String(quantity), 'PCE']],
    ['QTY', ['59', '6', 'PCE']],
    ['DTM', ['2', day(dice), '102']],
    ['MOA', ['203', money(quantity * price)]],
    ['FTX', 'PUR', '3', '', [`${pick(dice, wishes)} ${digits(dice, 4)}`]],
    ['PRI', ['AAA', money(price), 'CT', 'NTP', '1', 'PCE']],
    ['PRI', ['AAB', money(price * 2), 'CT', 'RTP', '1', 'PCE']],
    ['RFF', ['CT', `C-${digits(dice, 6)}`, String(line)]],
    ['PAC', String(quantity / 6), ['', '51'], ['CT']],
    ['LOC', '7', [gs1Key(dice, '400777', 13), '', '9']],
  ];
}

/** Most are plain; some hold letters outside ASCII, some a character that must be released. */
const texts = [
  'KOCHTOPF',
  'BADETUCH',
  'BILDERRAHMEN',
  'TISCHLAMPE',
  'AUFBEWAHRUNGSKORB',
  'WANDUHR',
  'SERVIERTABLETT',
  'TÜRMATTE',
  'KISSEN+HÜLLE',
  'KARAFFE',
];
const wishes = [
  'LABEL WITH RETAIL PRICE',
  'NO FOIL PLEASE',
  'STORE DISPLAY',
  'NEW ARTICLE',
  'PROMOTION WEEK',
];

const isa = [
  '00',
  ' '.repeat(10),
  '00',
  ' '.repeat(10),
  'ZZ',
  'TAMARACK'.padEnd(15),
  'ZZ',
  'BENCH'.padEnd(15),
  '260105',
  '0930',
  'U',
  '00401',
  '000000417',
  '0',
  'P',
  '>',
];

export const styles: Readonly<Record<Standard, Style>> = {
  x12: {
    header: `ISA*${isa.join('*')}~GS*PO*TAMARACK*BENCH*20260105*0930*417*X*004010~`,
    trailer: (messages) => `GE*${messages}*417~IEA*1*000000417~`,
    element: '*',
    component: '>',
    segment: '~',
    released: null,
    message: order850,
  },
  edifact: {
    header: "UNA:+.? 'UNB+UNOC:3+4007770000005:14+4008880000006:14+260105:0930+417'",
    trailer: (messages) => `UNZ+${messages}+417'`,
    element: '+',
    component: ':',
    segment: "'",
    released: /[:+?']/g,
    message: orders96A,
  },
};
