/**
 * The layouts of dates, times and periods that the standards name: EDIFACT's code list 2379 and X12's element 1250, as far as
 * they say which day or instant is meant. What names only a part of one (401 HHMM, 106 MMDD, 108 WW; X12's TM, MD) is no day by
 * itself and stays text; 801 to 814 count days or months and are numbers.
 */
import { type Layout, layoutOf } from './moment.ts';

/** A layout by the code that names it on the wire. */
export interface NamedLayout extends Layout {
  readonly code: string;
  /** 'yyyymmdd': what people see in problems and faults. */
  readonly shown: string;
}

/** Two of them side by side; `between` stands between them when written, and may be left out or put in when read. */
export interface PeriodLayout {
  readonly code: string;
  readonly shown: string;
  readonly side: Layout;
  readonly between: '' | '-';
}

const single: Readonly<Record<string, string>> = {
  '2': 'ddmmyy',
  '3': 'mmddyy',
  '4': 'ddmmyyyy',
  '5': 'ddmmyyyyHHMM',
  '6': 'yyyymmb',
  '10': 'yyyymmddTHHMM',
  '101': 'yymmdd',
  '102': 'yyyymmdd',
  '103': 'yywwu',
  '105': 'yyjjj',
  '201': 'yymmddHHMM',
  '202': 'yymmddHHMMSS',
  '203': 'yyyymmddHHMM',
  '204': 'yyyymmddHHMMSS',
  '205': 'yyyymmddHHMMO',
  '301': 'yymmddHHMMZ',
  '302': 'yymmddHHMMSSZ',
  '303': 'yyyymmddHHMMZ',
  '304': 'yyyymmddHHMMSSZ',
  '602': 'yyyy',
  '603': 'yyh',
  '604': 'yyyyh',
  '608': 'yyyyq',
  '609': 'yymm',
  '610': 'yyyymm',
  '613': 'yymma',
  '614': 'yyyymma',
  '615': 'yyww',
  '616': 'yyyyww',
  CD: 'nnnyyyy',
  CM: 'yyyymm',
  CQ: 'yyyyq',
  CY: 'yyyy',
  D6: 'yymmdd',
  D8: 'yyyymmdd',
  DB: 'mmddyyyy',
  DT: 'yyyymmddHHMM',
  KA: 'yynnndd',
  RTS: 'yyyymmddHHMMSS',
  TQ: 'mmyy',
  TR: 'ddmmyyHHMM',
  TT: 'mmddyy',
  TU: 'yyjjj',
  YM: 'yymm',
};

/** EDIFACT says of its periods that they stand without a hyphen; X12's have one. */
const double: Readonly<Record<string, readonly [side: string, between: '' | '-']>> = {
  '701': ['yy', ''],
  '702': ['yyyy', ''],
  '703': ['yyh', ''],
  '704': ['yyyyh', ''],
  '705': ['yyt', ''],
  '706': ['yyyyt', ''],
  '707': ['yyq', ''],
  '708': ['yyyyq', ''],
  '709': ['yymm', ''],
  '710': ['yyyymm', ''],
  '711': ['yyyymmdd', '-'],
  '713': ['yymmddHHMM', ''],
  '715': ['yyww', ''],
  '716': ['yyyyww', ''],
  '717': ['yymmdd', ''],
  '718': ['yyyymmdd', ''],
  '719': ['yyyymmddHHMM', ''],
  DTS: ['yyyymmddHHMMSS', '-'],
  RD: ['mmddyyyy', '-'],
  RD2: ['yy', '-'],
  RD4: ['yyyy', '-'],
  RD5: ['yyyymm', '-'],
  RD6: ['yymmdd', '-'],
  RD8: ['yyyymmdd', '-'],
  RDT: ['yyyymmddHHMM', '-'],
  RMY: ['yymm', '-'],
};

/** Days and instants by code. */
export const layouts: ReadonlyMap<string, NamedLayout> = new Map(
  Object.entries(single).map(([code, shown]) => {
    return [code, { code, shown, ...layoutOf(shown) }];
  }),
);

/** Periods by code. */
export const periodLayouts: ReadonlyMap<string, PeriodLayout> = new Map(
  Object.entries(double).map(([code, [side, between]]) => [
    code,
    { code, shown: `${side}${between}${side}`, side: layoutOf(side), between },
  ]),
);

/** Lengths tell the layout where the message does not: X12's dates, DTM without 2379. */
const codeByLength: Readonly<Record<number, string>> = { 6: '101', 8: '102', 12: '203', 14: '204' };

/** The layout of a text beside which none is named. */
export function layoutByLength(length: number): NamedLayout | undefined {
  return layouts.get(codeByLength[length] ?? '');
}
