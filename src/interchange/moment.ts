/** Dates and times as EDIFACT writes them: element 2379 names the format of 2380. */
import { isDateText, isDay } from './value.ts';

/** Parts of each format, by the letters that the code list uses: C century, Y year, M month, D day, H, M minute, S. */
const formats: Readonly<Record<string, string>> = {
  '2': 'DDMMYY',
  '101': 'YYMMDD',
  '102': 'CCYYMMDD',
  '103': 'YYWWD',
  '105': 'YYDDD',
  '106': 'MMDD',
  '107': 'DDD',
  '201': 'YYMMDDHHmm',
  '202': 'YYMMDDHHmmSS',
  '203': 'CCYYMMDDHHmm',
  '204': 'CCYYMMDDHHmmSS',
  '401': 'HHmm',
  '402': 'HHmmSS',
  '602': 'CCYY',
  '609': 'YYMM',
  '610': 'CCYYMM',
  '616': 'CCYYWW',
};

/** What a format asks for, in words: ' in format 203 (CCYYMMDDHHmm)'; '' for one that the table does not have. */
export function formatInWords(format: string): string {
  const single = periods[format];
  const layout = formats[single ?? format];
  if (layout === undefined) return '';
  return ` in format ${format} (${single === undefined ? layout : `${layout}-${layout}`})`;
}

/** Periods: two moments of the same kind, one behind the other or with a hyphen between. */
const periods: Readonly<Record<string, string>> = { '711': '101', '717': '101', '718': '102', '719': '203' };

/**
 * Whether a value is written as its format says. Formats that the table does not have, durations for one, always fit.
 * @param format element 2379; '' where it is absent
 */
export function dateFits(value: string, format: string): boolean {
  const single = periods[format];
  if (single === undefined) return momentFits(value, format);
  const length = formats[single]?.length ?? 0;
  const bare = value.length === 2 * length + 1 && value[length] === '-' ? value.replace('-', '') : value;
  if (bare.length !== 2 * length) return false;
  return momentFits(bare.slice(0, length), single) && momentFits(bare.slice(length), single);
}

function momentFits(value: string, format: string): boolean {
  const layout = formats[format];
  if (layout === undefined) return true;
  if (value.length !== layout.length || !/^\d+$/.test(value)) return false;
  if (layout === 'YYMMDD' || layout === 'CCYYMMDD') return isDateText(value);
  return partsFit(value, layout);
}

function partsFit(value: string, layout: string): boolean {
  const part = (letters: string, absent: number) => {
    const at = layout.indexOf(letters);
    return at < 0 ? absent : Number(value.slice(at, at + letters.length));
  };
  const year = part('CC', 20) * 100 + part('YY', 0);
  const dayOfYear = part('DDD', -1);
  if (dayOfYear >= 0) return dayOfYear >= 1 && dayOfYear <= 366;
  if (!isDay(year, part('MM', 1), part('DD', 1))) return false;
  return (
    part('WW', 1) >= 1 &&
    part('WW', 1) <= 53 &&
    part('HH', 0) < 25 &&
    part('mm', 0) < 60 &&
    part('SS', 0) < 60
  );
}
