/** What the benchmark of the interchange reader shows: a table, and how near the aims are. */
import type { Row } from './bench-interchange-run.ts';

export interface Aim {
  readonly file: string;
  readonly text: string;
  readonly wanted: number;
  readonly found: number;
  /** The same by CPU time, which a crowded machine disturbs less; null for memory. */
  readonly byCpu: number | null;
  readonly reached: boolean;
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[sorted.length % 2 === 1 ? middle : middle - 1], sorted[middle]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}

/** MB (a million bytes) a second by the median of the wall times. */
export const rate = (row: Row): number => row.bytes / 1e6 / median(row.seconds);

const against = [
  { peer: 'bare', wanted: 0.5, text: 'ours / bare tokenizer' },
  { peer: 'node-x12', wanted: 12, text: 'ours / node-x12, whole text' },
  { peer: 'edifact-validator', wanted: 2, text: 'ours / edifact Parser + Validator' },
] as const;
const mostMb = 150;

/** Our reader with full checks against the others of the same file, where both were measured; and its memory. */
export function aimsOf(rows: readonly Row[]): Aim[] {
  return rows
    .filter(({ reader, seconds }) => reader === 'ours' && seconds.length > 0)
    .flatMap((ours) => [
      ...against.flatMap(({ peer, wanted, text }) => {
        const other = rows.find(({ file, reader }) => file === ours.file && reader === peer);
        return other === undefined || other.seconds.length === 0 ? [] : [ratio(ours, other, wanted, text)];
      }),
      memory(ours),
    ]);
}

function ratio(ours: Row, other: Row, wanted: number, text: string): Aim {
  const found = median(other.seconds) / median(ours.seconds);
  const byCpu = median(other.cpuSeconds) / median(ours.cpuSeconds);
  return { file: ours.file, text, wanted, found, byCpu, reached: found >= wanted };
}

function memory(ours: Row): Aim {
  const found = Math.max(...ours.peakRssMb);
  return {
    file: ours.file,
    text: 'peak RSS of ours, MB',
    wanted: mostMb,
    found,
    byCpu: null,
    reached: found < mostMb,
  };
}

const columns: readonly (readonly [head: string, cell: (row: Row) => string])[] = [
  ['file', ({ file }) => file],
  ['reader', ({ reader }) => reader],
  ['MB/s', (row) => number(rate(row), 1)],
  ['seconds', ({ seconds }) => number(median(seconds), 2)],
  ['min–max', ({ seconds }) => (seconds.length === 0 ? '–' : range(seconds))],
  ['CPU s', ({ cpuSeconds }) => number(median(cpuSeconds), 2)],
  ['peak MB', ({ peakRssMb }) => number(median(peakRssMb), 0)],
  ['messages', ({ messages }) => String(messages)],
  ['segments', ({ segments }) => String(segments)],
  ['read', ({ read }) => read],
];
const words = ['file', 'reader', 'read'];
const crowded =
  'Other work held the processor while some of these ran, and the longer ones suffer most: compare by CPU.';

/** Reading needs the processor all the time: wall time well above CPU time was spent waiting for it. */
const disturbed = ({ seconds, cpuSeconds }: Row): boolean => median(seconds) > 1.25 * median(cpuSeconds);

export function table(rows: readonly Row[], aims: readonly Aim[]): string {
  const lines = [columns.map(([head]) => head), ...rows.map((row) => columns.map(([, cell]) => cell(row)))];
  const parts = [aligned(lines), aims.map(aimLine), rows.some(disturbed) ? [crowded] : []];
  return parts
    .filter((part) => part.length > 0)
    .map((part) => part.join('\n'))
    .join('\n\n');
}

function aligned(lines: readonly (readonly string[])[]): string[] {
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index]?.length ?? 0)));
  const cell = (text: string, index: number) => {
    const width = index === columns.length - 1 ? 0 : (widths[index] ?? 0);
    return words.includes(columns[index]?.[0] ?? '') ? text.padEnd(width) : text.padStart(width);
  };
  return lines.map((line) => line.map(cell).join('  '));
}

function aimLine({ file, text, wanted, found, byCpu, reached }: Aim): string {
  const is =
    byCpu === null
      ? `${found} (aim: under ${wanted})`
      : `${number(found, 2)}, by CPU ${number(byCpu, 2)} (aim: ${wanted})`;
  return `${reached ? 'reached' : 'missed '}  ${file}: ${text} ${is}`;
}

const number = (value: number, places: number): string => (Number.isNaN(value) ? '–' : value.toFixed(places));
const range = (values: readonly number[]): string =>
  `${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)}`;
