/**
 * Reads what people load: items, stock and prices, as CSV with a header line or as a JSON array of objects. Pure: text in,
 * rows and faults out. A file with a fault of severity error is loaded as a whole or not at all: that is the caller's deed.
 */
import { CsvError, parse } from 'csv-parse/sync';
import { z } from 'zod';
import { type Fault, fault } from '../fault.ts';

export type LoadFormat = 'csv' | 'json';

/** Rows that are right, and a fault for each that is wrong, with its line where the format has lines. */
export interface Loaded<T> {
  readonly rows: readonly T[];
  readonly faults: readonly Fault[];
}

const mostRows = 500_000;
/** A file of nothing but wrong rows is told enough by so many. */
const mostFaults = 1000;

const text = z.string().min(1).max(200);
const sku = text;
const digits = (pattern: RegExp, words: string) => z.string().regex(pattern, words);
/** Whole and fraction digits as the tables hold them. */
const upTo = (whole: number, fraction: number) =>
  z.string().regex(new RegExp(`^\\d{1,${whole}}(\\.\\d{1,${fraction}})?$`), {
    message: `a decimal from 0 up with at most ${whole} digits before the point and ${fraction} after it`,
  });

export const itemRow = z.strictObject({
  sku,
  gtin: digits(/^(\d{8}|\d{12,14})$/, 'a GTIN of 8, 12, 13 or 14 digits').optional(),
  upc: digits(/^(\d{8}|\d{12})$/, 'a UPC of 8 or 12 digits').optional(),
  description: z.string().min(1).max(512).optional(),
  unit: text.default('each'),
  casePack: upTo(9, 3)
    .refine((value) => /[1-9]/.test(value), 'a case holds more than nothing')
    .optional(),
  /** What `partner` calls the item; an item with several names has a row for each. */
  partner: text.optional(),
  name: text.optional(),
});
export const stockRow = z.strictObject({ sku, quantity: upTo(15, 3) });
export const priceRow = z.strictObject({
  sku,
  /** Left out or empty: for every partner without a price of its own. */
  partner: z.string().max(200).default(''),
  currency: z.string().regex(/^[A-Z]{3}$/, 'a currency of three capitals, such as USD'),
  price: upTo(12, 6),
});

export interface LoadedItem {
  readonly sku: string;
  readonly gtin?: string | undefined;
  readonly upc?: string | undefined;
  readonly description?: string | undefined;
  readonly unit: string;
  readonly casePack?: string | undefined;
  readonly names: readonly { readonly partner: string; readonly name: string }[];
}
export type LoadedStock = z.infer<typeof stockRow>;
export type LoadedPrice = z.infer<typeof priceRow>;

/** Items by sku: gtin, upc, description, unit (each), casePack, and what partners call them (partner, name). */
export function parseItems(text: string, format: LoadFormat): Loaded<LoadedItem> {
  const { rows, faults } = parseRows(text, format, itemRow);
  const bySku = new Map<string, { item: Omit<LoadedItem, 'names'>; names: LoadedItem['names'][number][] }>();
  const wrong = [...faults];
  for (const { value, place } of rows) {
    const { partner, name, ...item } = value;
    const first = bySku.get(item.sku);
    const entry = first ?? { item, names: [] };
    if ((partner === undefined) !== (name === undefined))
      wrong.push(rowFault(place, 'partner and name go together'));
    else if (first !== undefined && !sameItem(first.item, item))
      wrong.push(rowFault(place, `${item.sku} differs from its earlier row`));
    else if (partner !== undefined && name !== undefined) entry.names.push({ partner, name });
    bySku.set(item.sku, entry);
  }
  return { rows: [...bySku.values()].map(({ item, names }) => ({ ...item, names })), faults: wrong };
}

/** What is on hand: sku, quantity. */
export function parseStock(text: string, format: LoadFormat): Loaded<LoadedStock> {
  return onceEach(parseRows(text, format, stockRow), (row) => row.sku);
}

/** Our prices per unit: sku, partner (empty: for all), currency, price. */
export function parsePrices(text: string, format: LoadFormat): Loaded<LoadedPrice> {
  return onceEach(parseRows(text, format, priceRow), (row) =>
    [row.sku, row.partner, row.currency].filter((part) => part !== '').join(', '),
  );
}

/** Where a row stands: a line of the CSV text, or its ordinal in the JSON array. */
interface Place {
  readonly words: string;
  readonly line?: number;
}
interface Raw {
  readonly value: unknown;
  readonly place: Place;
}
interface Read {
  readonly rows: readonly Raw[];
  readonly faults: readonly Fault[];
}
interface Parsed<T> {
  readonly rows: readonly { readonly value: T; readonly place: Place }[];
  readonly faults: readonly Fault[];
}

function parseRows<T>(text: string, format: LoadFormat, schema: z.ZodType<T>): Parsed<T> {
  const { rows: raw, faults } = format === 'csv' ? readCsv(text) : readJson(text);
  const wrong = [...faults];
  const rows: { value: T; place: Place }[] = [];
  for (const { value, place } of raw) {
    const checked = schema.safeParse(value);
    if (checked.success) rows.push({ value: checked.data, place });
    else if (wrong.length < mostFaults) wrong.push(rowFault(place, problemOf(checked.error)));
  }
  return { rows, faults: wrong };
}

/** A row with too many or too few fields is one fault; text that is no CSV from some place on ends the reading there. */
function readCsv(text: string): Read {
  const faults: Fault[] = [];
  try {
    const records = parse(text, {
      columns: (header: string[]) => header.map((name) => name.trim()),
      bom: true,
      info: true,
      trim: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      on_skip: (error) => {
        if (error !== undefined && faults.length < mostFaults) faults.push(csvFault(error));
        return undefined;
      },
      to: mostRows + 1,
    }) as unknown as { record: Record<string, string>; info: { lines: number } }[];
    if (records.length > mostRows) return onlyFault({ words: 'The file' }, `has more than ${mostRows} rows`);
    const rows = records.map(({ record, info }) => ({
      value: withoutEmpty(record),
      place: atLine(info.lines),
    }));
    return { rows, faults };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return { rows: [], faults: [...faults, csvFault(error)] };
  }
}

function csvFault(error: CsvError): Fault {
  return rowFault(atLine(Number(error.lines ?? 1)), error.message);
}

function readJson(text: string): Read {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    return onlyFault({ words: 'The file' }, `is no JSON: ${(error as SyntaxError).message}`);
  }
  if (!Array.isArray(content)) return onlyFault({ words: 'The file' }, 'is no JSON array of objects');
  if (content.length > mostRows) return onlyFault({ words: 'The file' }, `has more than ${mostRows} rows`);
  const rows = content.map((value, at) => ({
    value: withTextNumbers(value),
    place: { words: `Row ${at + 1}` },
  }));
  return { rows, faults: [] };
}

function onlyFault(place: Place, problem: string): Read {
  return { rows: [], faults: [rowFault(place, problem)] };
}

function onceEach<T>({ rows, faults }: Parsed<T>, keyOf: (row: T) => string): Loaded<T> {
  const seen = new Set<string>();
  const wrong = [...faults];
  for (const { value, place } of rows) {
    const key = keyOf(value);
    if (seen.has(key) && wrong.length < mostFaults) wrong.push(rowFault(place, `${key} has an earlier row`));
    seen.add(key);
  }
  return { rows: rows.map(({ value }) => value), faults: wrong };
}

function sameItem(a: Omit<LoadedItem, 'names'>, b: Omit<LoadedItem, 'names'>): boolean {
  return (['gtin', 'upc', 'description', 'unit', 'casePack'] as const).every(
    (column) => a[column] === b[column],
  );
}

/** An empty CSV field is a value that is not given. */
function withoutEmpty(record: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== ''));
}

/** JSON may give quantities and prices as numbers: their shortest form is the decimal that was written. */
function withTextNumbers(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const columns = Object.entries(value);
  return Object.fromEntries(
    columns.map(([key, part]) => [key, typeof part === 'number' ? String(part) : part]),
  );
}

function problemOf(error: z.ZodError): string {
  return error.issues.map((issue) => [...issue.path, issue.message].join(': ')).join('; ');
}

function atLine(line: number): Place {
  return { words: `Line ${line}`, line };
}

function rowFault({ words, line }: Place, problem: string): Fault {
  return fault('load-row-invalid', { row: words, problem }, line === undefined ? undefined : { line });
}
