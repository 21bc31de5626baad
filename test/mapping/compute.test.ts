/** Expressions: what they make both ways, what is refused at load, and what becomes of one that does not end. */
import assert from 'node:assert/strict';
import { ComputePool, computeLimits, maxWaiting } from '../../src/mapping/compute-pool.ts';
import { guideOf, problemsOf, x12 } from './guide-of.ts';

const text = (price: string, more = '') => `guide: 1
message: x12 004010 850
canonical: order
segments:
  - BEG: { "01": { purpose: { "00": original } }, "02": { type: { SA: standalone } }, "03": number, "05": orderedOn }
  - PO1:
      each: lines
      "01": number
      "02": quantity
      "03": unit
      "04": ${price}
      "06..": { pairs: { VN: item.sellerId } }
${more}`;
const order = (...prices: string[]) =>
  x12(
    '850',
    'PO',
    'BEG*00*SA*P1**20261120',
    ...prices.map((price, at) => `PO1*${at + 1}*5*EA*${price}**VN*A`),
  );
const net = `{ read: "$round($times($value, '0.9'), 2)", as: price, compute: "$round($times(price, '1.1'), 2)" }`;
const job = (source: string, input: object = {}) => ({
  expression: { source, place: { file: 'a.yaml', line: 1, column: 1 } },
  input: input as Record<string, unknown>,
  document: {},
  value: null,
});

describe('Expressions', () => {
  const pool = new ComputePool({ ...computeLimits, expressionMs: 100 });
  after(() => pool.close());

  it('make the value that is read and the text that is written, exactly', async () => {
    const guide = await guideOf(text(net));
    const { document } = await guide.read(await order('10.10', '0.07'));
    assert(document && 'lines' in document);
    assert.deepEqual(
      document.lines?.map((line) => 'price' in line && line.price),
      ['9.09', '0.06'],
    );
    const { segments } = await guide.write(document);
    assert.deepEqual(
      segments.slice(1).map(({ values }) => values[3]),
      ['10.00', '0.07'],
    );
    const lineage = await guide.lineage(await order('10.10'));
    assert.deepEqual(lineage.find(({ path }) => path === 'lines.0.price')?.at.element, 4);
  });

  it('make defaults from the whole document', async () => {
    const defaults = `      defaults: { description: { compute: "'line ' & number & ' of ' & $count($document.lines)" } }\n`;
    const { document } = await (await guideOf(text('price', defaults))).read(await order('1', '2'));
    assert(document && 'lines' in document);
    assert.deepEqual(
      document.lines?.map((line) => 'description' in line && line.description),
      ['line 1 of 2', 'line 2 of 2'],
    );
  });

  it('are faults at their element when they fail, or give what the field cannot hold', async () => {
    const failing = await guideOf(text(`{ read: "$plus($value, 'x')", as: price }`));
    const { document, faults } = await failing.read(await order('1'));
    assert.equal(document, null);
    assert.deepEqual(
      faults.map(({ code, at }) => [code, at?.tag, at?.element]),
      [['compute-failed', 'PO1', 4]],
    );
    assert.match(
      faults[0]?.message ?? '',
      /^PO1 element 4: the expression in .*acme\/guide\.yaml:11 failed: 'x' is no decimal number\.$/,
    );
    const wrong = await (await guideOf(text(`{ read: "'much'", as: price }`))).read(await order('1'));
    assert.match(wrong.faults[0]?.message ?? '', /it gave 'much', and a decimal is wanted/);
    const broken = await guideOf(
      text('price', `      defaults: { description: { compute: "$error('none')" } }\n`),
    );
    assert.match(
      (await broken.read(await order('1'))).faults[0]?.message ?? '',
      /^The default of .*description: the expression in .*guide\.yaml:13 failed: none$/,
    );
    const inexact = await (await guideOf(text(`{ read: "1/3", as: price }`))).read(await order('1'));
    assert.match(inexact.faults[0]?.message ?? '', /may be inexact; use \$plus, \$times and \$round/);
  });

  it('refuses at load what could run away, differ from day to day, or is not there', async () => {
    const cases: [string, RegExp][] = [
      [
        '$contains($value, /(a+)+b/)',
        /A regular expression may run for ever .* Use \$contains, \$split and \$replace/,
      ],
      ["$eval('1')", /\$eval may not stand here/],
      ["($f := $eval; $f('1'))", /\$eval may not stand here/],
      ['$string($now())', /\$now may not stand here\. A message must read the same/],
      [
        '$string($number($value) * 2)',
        /\$number may not stand here\. Numbers of documents are decimal strings/,
      ],
      ['$uppercsae($value)', /There is no \$uppercsae\. Did you mean 'uppercase'\?/],
      ['$value &', /This is no JSONata/],
    ];
    for (const [expression, expected] of cases) {
      const [problem = ''] = await problemsOf(text(`{ compute: "${expression}" }`));
      assert.match(problem, /^acme\/guide\.yaml:11 /, expression);
      assert.match(problem, expected);
    }
    const arms = await problemsOf(text(`{ per: unit, of: { EA: { compute: "'1'" } } }`));
    assert.match(arms[0] ?? '', /An expression stands at a position by itself/);
  });

  it('are ended in time, and the next is evaluated as ever', async () => {
    const endless = '($f := function($n) { $f($n + 1) }; $f(0))';
    const [fine, ended, after] = await pool.run([job("'a'"), job(endless), job("'b'")]);
    assert.deepEqual([fine, ended, after], [{ text: 'a' }, { limitMs: 100 }, { skipped: true }]);
    // A loop inside one step of the language cannot look at its own time: the thread is ended from outside.
    const stuck = "$length($join($map([1..90000], function($n) { $pad('x', 9000) })))";
    const [outcome] = await pool.run([job(stuck)]);
    assert.ok(
      outcome !== undefined && ('limitMs' in outcome || 'problem' in outcome),
      JSON.stringify(outcome),
    );
    assert.deepEqual(await pool.run([job('$plus(a, b)', { a: '0.1', b: '0.2' })]), [{ text: '0.3' }]);
  });

  it('give a text or nothing, and fail by themselves', async () => {
    const cases: [string, object][] = [
      ["$error('no price')", { problem: 'no price' }],
      ['{ "a": 1 }', { problem: 'It gave an object, and a text is wanted.' }],
      ['[1..3]', { problem: 'It gave a list, and a text is wanted.' }],
      ['1 = 1', { problem: 'It gave a boolean, and a text is wanted.' }],
      ['missing', { text: '' }],
      ["$pad('x', 6000)", { problem: 'It gave 6000 characters; at most 5000 are taken.' }],
    ];
    const outcomes = await pool.run(cases.map(([source]) => job(source)));
    assert.deepEqual(
      outcomes,
      cases.map(([, expected]) => expected),
    );
  });

  it('wait for each other, no more of them than there is room for', async () => {
    const full = new ComputePool(computeLimits);
    const runs = Array.from({ length: maxWaiting + 2 }, () => full.run([job("'a'")]));
    await assert.rejects(runs.pop() ?? Promise.resolve(), /more than 1000 messages wait for the expressions/);
    const outcomes = await Promise.all(runs);
    full.close();
    assert.equal(outcomes.filter(([outcome]) => outcome !== undefined && 'text' in outcome).length, 1_001);
  });

  it('may not take more memory than they have, and take nothing else with them', async () => {
    const [outcome] = await pool.run([job("$uppercase($pad('x', 400000000))")]);
    assert.ok(
      outcome !== undefined && ('limitMs' in outcome || 'problem' in outcome),
      JSON.stringify(outcome),
    );
    assert.deepEqual(await pool.run([job("'still here'")]), [{ text: 'still here' }]);
  });

  it('calculate with decimals exactly', async () => {
    const cases: [string, string][] = [
      ["$plus('0.1', '0.2')", '0.3'],
      ["$minus('1', '0.9', '0.05')", '0.05'],
      ["$times('19.99', '3')", '59.97'],
      ["$round('2.345', 2)", '2.35'],
      ["$round('-2.345', 2)", '-2.35'],
      ['$total(lines.price)', '3.3'],
      ["$compare('10', '9')", '1'],
      ['$plus(lines[0].price, missing)', ''],
    ];
    const lines = [{ price: '1.1' }, { price: '2.2' }];
    const outcomes = await pool.run(cases.map(([source]) => job(source, { lines })));
    assert.deepEqual(
      outcomes,
      cases.map(([, expected]) => ({ text: expected })),
    );
  });
});
