/** A masked file has lost its names, ids and prices, and has kept its structure and its faults. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Position } from '../src/fault.ts';
import type { ElementRule } from '../src/interchange/dictionary/dictionary.ts';
import { loadMessageRules } from '../src/interchange/dictionary/dictionary.ts';
import { type Message, readInterchanges } from '../src/interchange/interchange.ts';
import { hasCheckDigit } from '../src/interchange/value.ts';
import { loadGuides } from '../src/mapping/load.ts';
import { type Addresses, maskFile } from '../src/mask.ts';
import { placesOf } from '../src/mask-guide.ts';
import { Disguise, runsOf } from '../src/mask-words.ts';
import { bytesOf, mutantOf } from './interchange/fuzz-mutants.ts';

const nowhere = {
  at: () => ({ codes: new Set<string>(), fields: new Set<string>(), rows: new Set<string>() }),
};
const invented = { places: nowhere, addresses: () => null };
const files = (readdirSync('fixtures', { recursive: true }) as string[])
  .filter((name) => name.endsWith('.edi'))
  .sort()
  .map((name) => ({ name, bytes: readFileSync(join('fixtures', name)) }));

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const masked = async (text: string, addresses: Addresses | null = null) =>
  (await maskFile(latin1(text), { places: nowhere, addresses: () => addresses })).bytes.toString('latin1');

/** Codes and places of all faults, and the shape of all messages. A tag that is none is a value. */
async function shapeOf(bytes: Buffer): Promise<string[]> {
  const shape: string[] = [];
  for await (const event of readInterchanges([Buffer.from(bytes)])) {
    if (event.kind === 'message') shape.push(`${event.type.length} ${event.segmentCount} ${event.verdict}`);
    if ('faults' in event)
      shape.push(...event.faults.map(({ severity, code, at }) => `${severity} ${code} ${placeText(at)}`));
  }
  return shape;
}

function placeText({ offset, line, tag, ...at }: Position = {}): string {
  return JSON.stringify(/^[A-Z][A-Z0-9]{1,2}$/.test(tag ?? '') ? { ...at, tag } : at);
}

/** Elements that hold names, addresses, ids, numbers of business, texts and prices. */
const secret = new Set(
  '93 166 19 116 67 127 324 76 396 234 352 1551 212 364 87 3036 3042 3164 3251 3039 1004 1154 7140 7008 4440 5118 3148'.split(
    ' ',
  ),
);

const tokensOf = (text: string) =>
  (text.toUpperCase().match(/[A-Z]+|\d+/g) ?? []).filter((token) => token.length >= 4);

/** Tokens of secret elements, and those of all others, by the dictionary. */
async function tokensByUse(bytes: Buffer): Promise<{ secrets: Set<string>; others: Set<string> }> {
  const [secrets, others] = [new Set<string>(), new Set<string>()];
  for await (const event of readInterchanges([Buffer.from(bytes)])) {
    if (event.kind === 'interchange')
      for (const part of event.header.values.flat()) for (const token of tokensOf(part)) others.add(token);
    if (event.kind === 'message')
      for (const { rule, value } of valuesOf(event))
        for (const token of tokensOf(value))
          (rule !== null && secret.has(rule.id) ? secrets : others).add(token);
  }
  return { secrets, others };
}

function valuesOf(message: Message): { rule: ElementRule | null; value: string }[] {
  const segments = loadMessageRules(
    message.version.includes(':') ? 'edifact' : 'x12',
    message.release ?? '',
    message.type,
  )?.segments;
  return message.segments.flatMap(({ tag, values }) =>
    values.flatMap((value, at) => {
      const use = segments?.get(tag)?.elements[at];
      const parts = typeof value === 'string' ? [value] : value;
      return parts.map((part, component) => ({
        rule: use === undefined ? null : (use.composite?.components[component]?.element ?? use.element),
        value: part,
      }));
    }),
  );
}

describe('A masked file', () => {
  for (const { name, bytes } of files)
    it(`keeps faults and loses names: ${name}`, async () => {
      const made = (await maskFile(bytes, invented)).bytes;
      assert.deepEqual(await shapeOf(made), await shapeOf(bytes));
      const { secrets, others } = await tokensByUse(bytes);
      let survivors = [...secrets].filter((token) => !others.has(token));
      let masks = made;
      // A part of a masked amount may by chance be the number of an order. What was not masked is there each time.
      for (let times = 0; times < 3 && survivors.length > 0; times += 1) {
        const left = new Set(tokensOf(masks.toString('latin1')));
        survivors = survivors.filter((token) => left.has(token));
        if (survivors.length > 0) masks = (await maskFile(bytes, invented)).bytes;
      }
      assert.deepEqual(survivors, []);
    });

  it('keeps the faults of damaged files', async () => {
    for (let number = 0; number < 80; number += 1) {
      const bytes = bytesOf(mutantOf(7, number, files));
      if (bytes.length > 100_000) continue;
      assert.deepEqual(
        await shapeOf((await maskFile(bytes, invented)).bytes),
        await shapeOf(bytes),
        `mutant ${number}`,
      );
    }
  });

  it('has the same mask for the same value, and another one each time', async () => {
    const text =
      files.find(({ name }) => name === 'harbor-and-pine/850-clean/in.edi')?.bytes.toString('latin1') ?? '';
    const doubled = text.replace('N1*ST*Harbor & Pine DC East', 'N1*ST*Harbor & Pine Stores');
    const [first, second] = [await masked(doubled), await masked(doubled)];
    const names = [...first.matchAll(/^N1\*..\*([^*]+)/gm)].map(([, found]) => found);
    assert.equal(names.length, 2);
    assert.equal(names[0], names[1]);
    assert.match(names[0] ?? '', /^[A-Z][a-z]{5} & [A-Z][a-z]{3} [A-Z][a-z]{5}$/);
    assert.notEqual(first, second);
  });

  it('has check digits that are right where they were right, and wrong where they were wrong', async () => {
    const bytes = await masked(
      "UNB+UNOC:3+4000001000012:14+4000001000005:14+261122:0400+7'UNH+1+ORDERS:D:96A:UN'BGM+220+A+9'" +
        "LIN+1++4000001000104:EN'LIN+2++4000001000105:EN'LIN+3++04000001000104:EN'UNT+6+1'UNZ+1+7'",
    );
    const gtins = [...bytes.matchAll(/LIN\+\d\+\+(\d+)/g)].map(([, gtin = '']) => gtin);
    const right = gtins.map((gtin) => hasCheckDigit(latin1(gtin), 0, gtin.length));
    assert.deepEqual(right, [true, false, true]);
    assert.equal(gtins[2], `0${gtins[0]}`, 'the same number with a zero in front is the same number');
  });

  const invoice = (total: string) =>
    'ISA*00*          *00*          *ZZ*HARBORPINE     *ZZ*SALTMARSH      *261122*0400*U*00401*000000101*0*P*>~' +
    'GS*IN*HARBORPINE*SALTMARSH*20261122*0400*101*X*004010~ST*810*0001~BIG*20261122*INV-77812**PO-45001~' +
    `IT1*1*24*EA*3.50**VN*SM-100~IT1*2*6*CA*21.15**VN*SM-200~TDS*${total}~AMT*1*84~CTT*2~SE*8*0001~GE*1*101~IEA*1*000000101~`;

  it('has totals that are the sum of its lines again, where they were', async () => {
    const made = await masked(invoice('21090'));
    const prices = [...made.matchAll(/IT1\*\d\*(\d+)\*..\*([\d.]+)/g)].map(([, quantity, price]) =>
      [quantity, price].map(Number),
    );
    const sum = Math.round(
      prices.reduce((all, [quantity = 0, price = 0]) => all + quantity * price, 0) * 100,
    );
    assert.equal(/TDS\*(\d+)/.exec(made)?.[1], String(sum));
    assert.ok(!made.includes('3.50') && !made.includes('21.15'));
    const more = await Promise.all([made, masked(invoice('21090')), masked(invoice('21090'))]);
    assert.ok(
      more.some((each) => !each.includes('21090')),
      'other prices may have the same sum once in nine thousand times, but not each time',
    );
    const other = await masked(invoice('21095'));
    assert.match(other, /TDS\*\d{5}~/, 'a total that was no sum is a number like it');
  });

  it('never leaves a price as it was, however few digits it has', () => {
    for (const price of ['3.50', '350', '.35', '0,7', '-12.'])
      for (let time = 0; time < 1000; time += 1)
        assert.notEqual(new Disguise(new Set(runsOf(price))).price(price), price);
  });

  it('has the ids that it shall have, in its envelope and wherever else they stand', async () => {
    const made = await masked(invoice('21090').replace('IT1*1*', 'N1*BY*Some Name*92*HARBORPINE~IT1*1*'), {
      sender: { qualifier: '01', id: 'NORTHGATE', group: 'NGATE' },
      receiver: { qualifier: '14', id: '4000001000005', group: 'OURS' },
    });
    assert.match(made, /^ISA\*00\* {10}\*00\* {10}\*01\*NORTHGATE {6}\*14\*4000001000005 {2}\*/);
    assert.match(made, /GS\*IN\*NGATE\*OURS\*/);
    assert.match(made, /\*92\*NORTHGATE~/);
  });

  it('keeps what others must still understand: codes, dates, quantities, control numbers', async () => {
    const made = await masked(invoice('21090'));
    for (const kept of [
      'GS*IN*',
      '*20261122*0400*101*X*004010~',
      'ST*810*0001~',
      'IT1*1*24*EA*',
      '**VN*',
      'IEA*1*000000101~',
    ])
      assert.ok(made.includes(kept), kept);
  });

  it('masks ids of digits alone, whatever else the guides read from the same element of other segments', async () => {
    const { guides } = await loadGuides('mappings', { now: () => false });
    const guide = guides.find('nobody', 'x12', '004010', '850');
    const places = placesOf(guide === null ? [] : [guide.whole]);
    const ids = ['REF*DP*73310~', 'REF*IA*884412~', 'REF*11*660318~', 'N1*ST*Shop*92*904417~'];
    const line = 'PO1*1*24001*EA*3.5**UP*012345678905~SDQ*EA*92*550101*14001*550102*10000~';
    const isa =
      'ISA*00*          *00*          *ZZ*HARBORPINE     *ZZ*SALTMARSH      *261122*0400*U*00401*000000001*0*P*>~';
    const text = `${isa}GS*PO*HARBORPINE*SALTMARSH*20261122*0400*1*X*004010~ST*850*0001~BEG*00*SA*77120045**20261119~${ids.join('')}${line}CTT*1*24001~SE*9*0001~GE*1*1~IEA*1*000000001~`;
    const { bytes } = await maskFile(latin1(text), { places, addresses: () => null });
    const after = new Set(bytes.toString('latin1').split(/[*~]/));
    for (const id of ['73310', '884412', '660318', '904417', '550101', '550102', '77120045', '012345678905'])
      assert.equal(after.has(id), false, `${id} is there still`);
    for (const kept of ['24001', '14001', '10000', '20261119']) assert(after.has(kept), kept);
  });

  it('masks what stands outside of interchanges, letter by letter', async () => {
    assert.equal(await masked('Dear Ann, our order 4711 of 2026!'), 'Xxxx Xxx, xxx xxxxx 9999 xx 9999!');
  });

  it('keeps wrapped lines where they are, and release characters before what they release', async () => {
    const wrapped = files.find(({ name }) => name.endsWith('edifact-wrapped-at-80.edi')) ?? files[0];
    const lengths = (bytes: Buffer | undefined) =>
      (bytes ?? latin1(''))
        .toString('latin1')
        .split('\n')
        .map((line) => line.length);
    assert.deepEqual(
      lengths((await maskFile(wrapped?.bytes ?? latin1(''), invented)).bytes),
      lengths(wrapped?.bytes),
    );
    const made = await masked(
      "UNB+UNOC:3+AB:14+CD:14+261122:0400+7'UNH+1+ORDERS:D:96A:UN'FTX+AAI+++Smith?'s ?+ Co'UNT+3+1'UNZ+1+7'",
    );
    assert.match(made, /FTX\+AAI\+\+\+[A-Z][a-z]{4}\?'[a-z] \?\+ [A-Z][a-z]'/);
  });

  it('says what it masked, without saying what it was', async () => {
    const { masked: places } = await maskFile(latin1(invoice('21090')), invented);
    assert.deepEqual(
      places.filter(({ kind }) => kind === 'price'),
      [
        { place: 'AMT 02', kind: 'price', count: 1 },
        { place: 'IT1 04', kind: 'price', count: 2 },
        { place: 'TDS 01', kind: 'price', count: 1 },
      ],
    );
    assert.ok(!JSON.stringify(places).includes('45001'));
  });
});
