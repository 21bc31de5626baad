/** Values of example documents: invented, and such as the fields of the trade have. */
import type { ElementRule } from './interchange/dictionary/dictionary.ts';
import { gs1CheckDigit, sscc } from './order/shipment/sscc.ts';

/** GS1 prefix of nobody: all numbers of examples begin with it. */
const prefix = '4000001';

interface Wish {
  readonly rule: ElementRule | null;
  /** Values that the guide knows; empty: any. */
  readonly values: readonly string[];
  readonly length: { readonly least: number; readonly most: number } | null;
  /** Place in its list, from 0. */
  readonly index: number;
}

/**
 * A value for a field.
 * @param path 'lines.item.gtin'
 */
export function sampleText(kind: 'text' | 'decimal' | 'date' | 'datetime', path: string, wish: Wish): string {
  const name = path.slice(path.lastIndexOf('.') + 1);
  if (kind === 'date') return dateFor(name);
  if (kind === 'datetime') return '2026-11-20T08:30:00Z';
  if (wish.values[0] !== undefined) return wish.values[0];
  if (kind === 'decimal') return decimalFor(name, wish);
  const { rule } = wish;
  if (rule !== null && ['n', 'N', 'R'].includes(rule.type)) return String(wish.index + 1);
  const text = textFor(name, path, wish);
  const [code] =
    rule?.codes?.closed === true && !rule.codes.meanings.has(text) ? [...rule.codes.meanings.keys()] : [];
  return fitted(code ?? text, wish);
}

const days: Readonly<Record<string, string>> = {
  orderedOn: '2026-11-20',
  shipNotBefore: '2026-12-01',
  shipNotAfter: '2026-12-04',
  deliverNotBefore: '2026-12-05',
  deliverNotAfter: '2026-12-09',
  cancelAfter: '2026-12-15',
};

function dateFor(name: string): string {
  return days[name] ?? '2026-12-03';
}

function decimalFor(name: string, { index, rule }: Wish): string {
  if (/price|amount|total|charge|cost/i.test(name)) return '12.50';
  if (/weight|volume/i.test(name)) return '10.5';
  if (/percent|rate/i.test(name)) return '2.5';
  if (/quantity|ordered|confirmed/i.test(name)) return rule?.max === 1 ? '6' : '24';
  return String(index + 2);
}

const texts: Readonly<Record<string, string>> = {
  name: 'Example Stores',
  street: '1 Market Street',
  street2: 'Dock 3',
  city: 'Portsmouth',
  region: 'NH',
  postcode: '03801',
  country: 'US',
  currency: 'USD',
  code: '0042',
  duns: '004917552',
  phone: '5550100',
  email: 'orders@example.com',
  fax: '5550101',
  department: '017',
  vendor: '99821',
  scac: 'EXMP',
  description: 'Sea salt, 500 g',
  location: '0042',
  unit: 'each',
};

function textFor(name: string, path: string, wish: Wish): string {
  if (name === 'gtin') return gtin(wish.length?.most ?? 13, wish.index);
  if (name === 'upc') return gtin(12, wish.index);
  if (name === 'gln') return gtin(13, 900);
  if (/(sscc(To)?|pallet)$/i.test(name)) return sscc(0, prefix, wish.index + 1);
  if (/^lineNumber$/.test(name) || /lines\.number$/.test(path)) return String(wish.index + 1);
  if (/number|release|contract|id$/i.test(name)) return `A${1001 + wish.index}`;
  return texts[name] ?? `Example ${wish.index + 1}`;
}

function gtin(length: number, index: number): string {
  const body = `${prefix}${String(index + 10).padStart(5, '0')}`
    .padStart(length - 1, '0')
    .slice(-(length - 1));
  return body + gs1CheckDigit(body);
}

/** As long as the element and the guide want it. */
function fitted(text: string, { rule, length }: Wish): string {
  const least = Math.max(rule?.min ?? 1, length?.least ?? 1);
  const most = Math.max(least, Math.min(rule?.max ?? text.length, length?.most ?? text.length));
  const cut = text.slice(0, most);
  return /^\d+$/.test(cut) ? cut.padStart(least, '0') : cut.padEnd(least, 'X');
}
