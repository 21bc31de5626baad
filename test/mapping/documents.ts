/** Canonical documents at random, as far as a guide can carry them: what the round trip of every guide is tried with. */
import fc from 'fast-check';
import { formatDecimal, parseDecimal } from '../../src/order/decimal.ts';
import type { Order } from '../../src/order/order.ts';
import type { LineAction, OrderResponse, ResponseLine } from '../../src/order/order-response.ts';
import type { ShipNotice } from '../../src/order/ship-notice.ts';

/** What differs from guide to guide. */
export interface Carries {
  readonly standard: 'x12' | 'edifact';
  readonly actions?: readonly LineAction[];
  readonly headActions?: readonly OrderResponse['action'][];
  /** Fields that every document of the guide has. */
  readonly always?: readonly string[];
  /** Fields that the guide does not carry. */
  readonly never?: readonly string[];
}

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
/** EDIFACT releases its separators, so they may stand in data; X12 has no way to. */
const inner = { x12: `${letters} .,-()/&`, edifact: `${letters} .,-()/&+:?'` };

function words(standard: 'x12' | 'edifact', least: number, most: number): fc.Arbitrary<string> {
  const edge = fc.constantFrom(...letters);
  const middle = fc.string({
    unit: fc.constantFrom(...inner[standard]),
    minLength: Math.max(0, least - 2),
    maxLength: most - 2,
  });
  return fc.tuple(edge, middle, edge).map((parts) => parts.join(''));
}

const digits = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: length, maxLength: length });

/** A GS1 number of so many digits, its check digit right. */
const gs1 = (length: number) => digits(length - 1).map((body) => body + checkDigit(body));

function checkDigit(body: string): string {
  const sum = [...body]
    .reverse()
    .reduce((total, digit, at) => total + Number(digit) * (at % 2 === 0 ? 3 : 1), 0);
  return String((10 - (sum % 10)) % 10);
}

const day = fc
  .integer({ min: 0, max: 2000 })
  .map((days) => new Date(Date.UTC(2024, 0, 1) + days * 86_400_000).toISOString().slice(0, 10));
const minute = fc
  .integer({ min: 0, max: 2_000_000 })
  .map((minutes) => `${new Date(Date.UTC(2024, 0, 1) + minutes * 60_000).toISOString().slice(0, 19)}Z`);
const quantity = fc
  .integer({ min: 1, max: 9_999_999 })
  .map((thousandths) => formatDecimal(BigInt(thousandths) * 1000n));
const unit = fc.constantFrom('each', 'case', 'pack', 'dozen', 'kilogram');

type Model = Record<string, fc.Arbitrary<unknown>>;

/** A record of which `must` always stand, and `may` sometimes. */
function some(
  must: Model,
  may: Model,
  { always = [], never = [] }: Carries,
): fc.Arbitrary<Record<string, unknown>> {
  const model = Object.fromEntries(
    Object.entries({ ...must, ...may }).filter(([name]) => !never.includes(name)),
  );
  const required = Object.keys(model).filter((name) => name in must || always.includes(name));
  return fc.record(model, { requiredKeys: required, noNullPrototype: true });
}

function party(carries: Carries): fc.Arbitrary<unknown> {
  const { standard } = carries;
  const id = fc.constantFrom({}, { code: '4711' }, { gln: '4000001000005' }, { duns: '012345678' });
  const place = fc.constantFrom({}, { street: '12 Quay Road' }, { street: '1 A', street2: 'Dock 3' });
  const town = some(
    {},
    {
      city: words(standard, 2, 30),
      region: fc.constantFrom('NH', 'WA'),
      postcode: digits(5),
      country: fc.constantFrom('US', 'DE'),
    },
    { standard },
  );
  return fc
    .tuple(words(standard, 2, 60), id, place, town)
    .map(([name, ...parts]) => Object.assign({ name }, ...parts));
}

const item = (carries: Carries) =>
  some(
    { sellerId: words(carries.standard, 2, 30) },
    { gtin: fc.oneof(gs1(13), gs1(14)), upc: gs1(12), buyerId: words(carries.standard, 2, 30) },
    carries,
  );

/** Numbers '1', '2', … for as many lines. */
function numbered<T>(lines: readonly T[]): (T & { number: string })[] {
  return lines.map((line, index) => ({ ...line, number: String(index + 1) }));
}

export function orders(carries: Carries): fc.Arbitrary<Order> {
  const { standard } = carries;
  const text = (most: number) => words(standard, 2, most);
  const notes = fc.array(text(70), { minLength: 1, maxLength: 3 });
  const line = some(
    { item: item(carries), quantity, unit },
    {
      description: text(60),
      price: quantity,
      requestedOn: day,
      packSize: fc.integer({ min: 1, max: 999 }).map(String),
      distribution: fc.array(fc.record({ location: text(13), quantity }, { noNullPrototype: true }), {
        minLength: 1,
        maxLength: 25,
      }),
      notes,
    },
    carries,
  );
  const days = [
    'orderedOn',
    'requestedOn',
    'shipNotBefore',
    'shipNotAfter',
    'deliverNotBefore',
    'deliverNotAfter',
    'cancelAfter',
  ];
  const must: Model = {
    number: text(22),
    purpose: fc.constantFrom('original', 'cancel', 'replace', 'confirm', 'duplicate', 'change'),
    type: fc.constantFrom('standalone', 'release', 'blanket'),
    lines: fc.array(line, { minLength: 1, maxLength: 4 }).map(numbered),
  };
  const may: Model = {
    ...Object.fromEntries(days.map((name) => [name, day])),
    release: text(30),
    currency: fc.constantFrom('USD', 'EUR'),
    department: text(30),
    vendor: text(30),
    promotion: text(30),
    contract: text(30),
    buyer: party(carries),
    seller: party(carries),
    shipTo: party(carries),
    billTo: party(carries),
    markFor: party(carries),
    notes,
  };
  // The order's date is mandatory in both standards. A vendor number stands under the seller in EDIFACT.
  const always = standard === 'x12' ? ['orderedOn'] : ['orderedOn', 'seller'];
  return some(must, may, {
    ...carries,
    always: [...always, ...(carries.always ?? [])],
  }) as fc.Arbitrary<unknown> as fc.Arbitrary<Order>;
}

export function orderResponses(carries: Carries): fc.Arbitrary<OrderResponse> {
  const { standard } = carries;
  const text = (most: number) => words(standard, 2, most);
  const line = fc
    .tuple(
      some({ item: item(carries), quantity, unit }, { description: text(60), price: quantity }, carries),
      fc.constantFrom(...(carries.actions ?? [])),
      fc.tuple(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 99 }), day, day),
    )
    .map(([fields, action, shares]) => answered(fields, action, shares));
  const must: Model = {
    number: text(30),
    orderNumber: text(22),
    orderedOn: day,
    respondedOn: day,
    action: fc.constantFrom(...(carries.headActions ?? [])),
    lines: fc.array(line, { minLength: 1, maxLength: 4 }).map(numbered),
    seller: party(carries),
  };
  const may: Model = {
    release: text(30),
    currency: fc.constantFrom('USD', 'EUR'),
    buyer: party(carries),
    shipTo: party(carries),
    vendor: text(30),
  };
  return some(must, may, carries) as fc.Arbitrary<unknown> as fc.Arbitrary<OrderResponse>;
}

/** The quantities and days that go with an action: confirmed, backordered and cut make up what was ordered. */
function answered(
  fields: Record<string, unknown>,
  action: LineAction,
  [confirmedPercent, restPercent, shipOn, backorderOn]: readonly [number, number, string, string],
): Omit<ResponseLine, 'number'> {
  const ordered = parseDecimal(String(fields.quantity));
  const part = (of: bigint, percent: number) => (of * BigInt(percent)) / 100n + 1n;
  const splits: Record<LineAction, readonly [bigint, bigint]> = {
    accepted: [ordered, 0n],
    'price-changed': [ordered, 0n],
    'date-changed': [ordered, 0n],
    'quantity-changed': [part(ordered, confirmedPercent), 0n],
    changed: [part(ordered, confirmedPercent), part(ordered - part(ordered, confirmedPercent), restPercent)],
    backordered: [0n, ordered],
    'partly-backordered': [part(ordered, confirmedPercent), ordered - part(ordered, confirmedPercent)],
    rejected: [0n, 0n],
    held: [0n, 0n],
  };
  const [confirmed, backordered] = splits[action];
  const cut = action === 'held' ? 0n : ordered - confirmed - backordered;
  return {
    ...fields,
    action,
    confirmed: formatDecimal(confirmed),
    backordered: formatDecimal(backordered),
    cut: formatDecimal(cut),
    ...(confirmed > 0n ? { shipOn } : {}),
    ...(backordered > 0n ? { backorderOn } : {}),
    reasons: [],
  } as unknown as Omit<ResponseLine, 'number'>;
}

export function shipNotices(carries: Carries): fc.Arbitrary<ShipNotice> {
  const { standard } = carries;
  const text = (most: number) => words(standard, 2, most);
  const content = some(
    { lineNumber: digits(3), item: item(carries), quantity, unit },
    { description: text(60), ordered: quantity },
    carries,
  );
  const carton = some(
    { sscc: gs1(18), items: fc.array(content, { minLength: 1, maxLength: 3 }) },
    { tracking: text(30), weight: quantity },
    carries,
  );
  const order = some(
    { number: text(22), cartons: fc.array(carton, { minLength: 1, maxLength: 3 }) },
    { orderedOn: day, release: text(30), department: text(30) },
    carries,
  );
  const must: Model = {
    number: text(20),
    createdAt: minute,
    shippedOn: day,
    cartonCount: fc.integer({ min: 1, max: 999 }).map(String),
    weight: quantity,
    weightUnit: fc.constantFrom('kg', 'lb'),
    orders: fc.uniqueArray(order, { minLength: 1, maxLength: 2, selector: ({ number }) => number }),
  };
  const may: Model = {
    deliverOn: day,
    carrier: some({ scac: fc.constantFrom('ABCD', 'QX') }, { name: text(30), pro: text(30) }, carries),
    billOfLading: text(30),
    shipFrom: party(carries),
    shipTo: party(carries),
    buyer: party(carries),
    seller: party(carries),
  };
  return some(must, may, carries) as fc.Arbitrary<unknown> as fc.Arbitrary<ShipNotice>;
}
