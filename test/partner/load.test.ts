import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InterchangeBegin } from '../../src/interchange/interchange.ts';
import { loadPartners } from '../../src/partner/load.ts';
import type { Agreement, Partner } from '../../src/partner/partner.ts';
import { agreementWith } from '../../src/partner/partners.ts';
import { settingsBy, settingsWith } from '../../src/partner/settings.ts';
import { type TestFolder, testFolder } from '../support/folder.ts';

const harbor = `partner: 1
name: Harbor Retail
timeZone: Europe/Berlin
agreements:
  live:
    standard: x12
    us: { qualifier: ZZ, id: OURCO }
    them: { qualifier: '01', id: '001234567' }
    version: { interchange: '00401', message: '004010' }
    acknowledge: { send: '997' }
    endpoint: harbor-mailbox
    documents:
      '855': { within: 24h }
endpoints:
  harbor-mailbox:
    type: folder
    in: mail/in
    out: mail/out
`;

const meridian = `partner: 1
name: Meridian
demo: true
agreements:
  live:
    standard: edifact
    us: { qualifier: '14', id: '4012345000009' }
    them: { id: MERIDIAN }
    version: { interchange: 'UNOC:3', message: 'D:96A:UN' }
    acknowledge: { send: CONTRL }
    endpoint: harbor-mailbox
`;

describe('partner/load', () => {
  let folder: TestFolder;

  beforeEach(async () => {
    folder = await testFolder('mappings');
    await mkdir(join(folder.path, 'standard'));
  });
  afterEach(() => folder.remove());

  async function write(name: string, text: string): Promise<void> {
    await mkdir(join(folder.path, name), { recursive: true });
    await writeFile(join(folder.path, name, 'partner.yaml'), text);
  }
  const load = (demo = false) => loadPartners(folder.path, { demo });
  const carrying = harbor.replace('in: mail/in', 'carries: [meridian]\n    in: mail/in');

  /** Loads one changed harbor and gives the problems as 'line:column message hint'. */
  async function problemsOf(from: string | RegExp, to: string): Promise<string[]> {
    const text = harbor.replace(from, to);
    assert.notEqual(text, harbor, 'the change must hit');
    await write('harbor', text);
    const { problems } = await load();
    return problems.map(({ line, column, message, hint }) =>
      `${line}:${column} ${message} ${hint ?? ''}`.trim(),
    );
  }

  it('loads partners, agreements and endpoints with their places in the world', async () => {
    await write('harbor', carrying);
    await write('meridian', meridian);
    const { partners, problems } = await load(true);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      partners.all.map(({ name, title }) => [name, title]),
      [
        ['harbor', 'Harbor Retail'],
        ['meridian', 'Meridian'],
      ],
    );
    assert.equal(partners.byName('harbor')?.timeZone, 'Europe/Berlin');
    assert.equal(partners.agreement('harbor/live')?.control.last, 999_999_999);
    assert.deepEqual(partners.endpoint('harbor-mailbox')?.partners, ['harbor', 'meridian']);
    assert.equal(partners.byName('nobody'), null);
  });

  it('loads demo partners only for the demo', async () => {
    await write('harbor', harbor);
    await write('meridian', meridian);
    const names = (await load()).partners.all.map(({ name }) => name);
    assert.deepEqual(names, ['harbor']);
  });

  it('finds the agreement by exact ids, with qualifiers, as the sender wrote them', async () => {
    await write('harbor', carrying);
    await write('meridian', meridian);
    const { partners } = await load(true);
    const us = { qualifier: 'ZZ', id: 'OURCO' };
    const them = { qualifier: '01', id: '001234567' };
    assert.equal(partners.identify('x12', them, us)?.key, 'harbor/live');
    assert.equal(partners.identify('x12', { ...them, id: '001234567      ' }, us)?.key, 'harbor/live');
    assert.equal(partners.identify('x12', us, them), null, 'from us to them is not theirs');
    assert.equal(partners.identify('x12', { ...them, qualifier: '14' }, us), null);
    assert.equal(partners.identify('edifact', them, us), null);
    const ours = { qualifier: '14', id: '4012345000009' };
    assert.equal(partners.identify('edifact', { qualifier: '', id: 'MERIDIAN' }, ours)?.key, 'meridian/live');
    assert.equal(partners.identify('edifact', { qualifier: '14', id: 'MERIDIAN' }, ours), null);
  });

  it('gives a pair of AS2 names to one endpoint, and asks for the addresses that it needs', async () => {
    const as2 = (more: string) =>
      harbor.replace(
        'endpoints:\n',
        `endpoints:\n  harbor-as2: { type: as2, us: OURCO, them: HARBOR${more} }\n`,
      );
    await write('harbor', as2(', url: https://as2.example.com/as2'));
    assert.deepEqual((await load()).problems, []);
    await write('harbor', as2(', mdn: { ask: async }, user: us'));
    assert.deepEqual(
      (await load()).problems.map(({ message }) => message),
      [
        "The endpoint 'harbor-as2' sends: it needs 'url', the address of their AS2 server.",
        "An asynchronous MDN needs 'returnTo'.",
        "'user' and 'password' go together.",
      ],
    );
    const again = ', direction: in }\n  harbor-two: { type: as2, direction: in, us: OURCO, them: HARBOR';
    await write('harbor', as2(again));
    assert.match((await load()).problems[0]?.message ?? '', /are those of the endpoint 'harbor-as2' too/);
  });

  it('reads what was agreed about reading and acknowledging', async () => {
    const agreed =
      "send: '999', ta1: always, ta1Envelope: shared }\n    severities: { code-invalid: warning }";
    await write(
      'harbor',
      harbor.replace("send: '997' }", agreed).replace('endpoint: h', 'charset: UTF-8\n    endpoint: h'),
    );
    const { partners, problems } = await load();
    assert.deepEqual(problems, []);
    const us = { qualifier: 'ZZ', id: 'OURCO' };
    const them = { qualifier: '01', id: '001234567' };
    const settings = settingsBy(partners);
    const begin = (sender: typeof us) => ({ standard: 'x12', sender, receiver: us }) as InterchangeBegin;
    assert.deepEqual(settings(begin(them)), { severities: { 'code-invalid': 'warning' }, charset: 'UTF-8' });
    assert.deepEqual(settings(begin(us)), {}, "nobody's interchange is read as the standard says");
    const harborPartner = partners.byName('harbor') as Partner;
    assert.equal(
      agreementWith(harborPartner, begin(us))?.key,
      'harbor/live',
      'by its standard, whatever the ids',
    );
    assert.deepEqual(settingsWith(harborPartner)(begin(us)), settings(begin(them)));
    assert.equal(agreementWith(harborPartner, { ...begin(us), standard: 'edifact' }), null);
    const { acknowledge } = partners.agreement('harbor/live') as Agreement;
    assert.deepEqual(
      [acknowledge.send, acknowledge.ta1, acknowledge.ta1Envelope],
      ['999', 'always', 'shared'],
    );
  });

  it('tells agreements with the same ids apart by their application references', async () => {
    const own = meridian.replace('agreements:\n', `agreements:\n${agreementOf('stores', 'STORES', '500')}`);
    const last = own.lastIndexOf('endpoint: harbor-mailbox');
    const carried = `${own.slice(0, last)}control: { first: 501 }\n    ${own.slice(last)}`;
    await write('harbor', carrying);
    await write('meridian', carried);
    const { partners, problems } = await load(true);
    assert.deepEqual(problems, []);
    const ids = [
      { qualifier: '', id: 'MERIDIAN' },
      { qualifier: '14', id: '4012345000009' },
    ] as const;
    const keys = ['STORES', 'STORES  ', 'OTHER', ''].map(
      (name) => partners.identify('edifact', ...ids, name)?.key,
    );
    assert.deepEqual(keys, ['meridian/stores', 'meridian/stores', 'meridian/live', 'meridian/live']);
    assert.equal(partners.identify('edifact', ...ids)?.key, 'meridian/live');
    const begin = { standard: 'edifact' as const, sender: ids[0], receiver: ids[1], application: 'STORES' };
    assert.equal(agreementWith(partners.byName('meridian') as Partner, begin)?.key, 'meridian/stores');

    await write(
      'meridian',
      carried.replace('control: { first', 'applicationReference: STORES\n    control: { first'),
    );
    const twice = await load(true);
    assert.deepEqual(
      twice.problems.map(({ message }) => message),
      ['The agreement meridian/stores has the same standard and ids.'],
    );
    assert.match(twice.problems[0]?.hint ?? '', /applicationReference/);

    await write('meridian', own);
    const shared = await load(true);
    assert.deepEqual(
      shared.problems.map(({ message }) => message),
      ['The agreement meridian/stores has the same ids, and uses control numbers 1 to 500 too.'],
    );
  });

  const agreementOf = (name: string, application: string, last: string) => `  ${name}:
    standard: edifact
    us: { qualifier: '14', id: '4012345000009' }
    them: { id: MERIDIAN }
    applicationReference: ${application}
    control: { last: ${last} }
    version: { interchange: 'UNOC:3', message: 'D:96A:UN' }
    acknowledge: { send: CONTRL }
    endpoint: harbor-mailbox
`;

  it('says which partners an endpoint may carry', async () => {
    await write('harbor', carrying);
    await write('meridian', meridian);
    const { partners } = await load(true);
    assert.equal(partners.mayCarry('harbor-mailbox', 'meridian'), true);
    assert.equal(partners.mayCarry('harbor-mailbox', 'stranger'), false);
    assert.equal(partners.mayCarry('no-such-endpoint', 'harbor'), false);
  });

  it('shows an unknown key with its place, the line and a near miss', async () => {
    assert.deepEqual(await problemsOf('timeZone:', 'timezone:'), [
      "3:1 There is no key 'timezone' here. Did you mean 'timeZone'?",
    ]);
    const { problems } = await load();
    assert.equal(problems[0]?.text, 'timezone: Europe/Berlin');
    assert.match(problems[0]?.file ?? '', /harbor[\\/]partner\.yaml$/);
    assert.deepEqual(await problemsOf('within: 24h', 'witin: 24h'), [
      "13:16 There is no key 'witin' here. Did you mean 'within'?",
    ]);
    assert.deepEqual(await problemsOf('in: mail/in', 'inn: mail/in'), [
      "17:5 There is no key 'inn' here. Did you mean 'in'?",
    ]);
  });

  it('shows a wrong value with its place', async () => {
    assert.match(
      (await problemsOf('within: 24h', 'within: soon')).join(),
      /^13:16 agreements\.live\.documents\.855\.within: /,
    );
    assert.match(
      (await problemsOf("id: '001234567'", 'id: 12345')).join(),
      /^8:30 .*expected string.* Put it in quotes\.$/,
    );
    assert.match((await problemsOf(/^ {4}endpoint: .*\n/m, '')).join(), /^5:3 agreements\.live\.endpoint: /);
    assert.match((await problemsOf('agreements:', 'agreements: [')).join(), /^\d+:\d+ This is not YAML/);
  });

  it('says what is missing, and what was probably meant by a word that is none of those known', async () => {
    assert.deepEqual(await problemsOf(/^name: .*\n/m, ''), ['1:1 name: It must be there, and is missing.']);
    assert.deepEqual(await problemsOf('type: folder', 'type: fodler'), [
      "16:5 endpoints.harbor-mailbox.type: 'fodler' may not stand here. Did you mean 'folder'?",
    ]);
    assert.deepEqual(
      await problemsOf(
        'type: folder',
        "type: sftp\n    host: h\n    user: us\n    port: 22a\n    hostKeys: ['aa:bb']",
      ),
      [
        "19:5 endpoints.harbor-mailbox.port: a port such as 22, or 'env:NAME'",
        "20:16 endpoints.harbor-mailbox.hostKeys.0: a fingerprint 'SHA256:…', or a reference to one",
      ],
    );
    assert.deepEqual(await problemsOf('standard: x12', 'standard: tradacoms'), [
      "6:5 agreements.live.standard: 'tradacoms' may not stand here. One of x12, edifact.",
    ]);
  });

  it('shows no secret that stands in the file itself', async () => {
    const sftp =
      'type: sftp\n    host: h.example\n    user: us\n    hostKeys: [SHA256:abc]\n    password: "hunter 2"';
    assert.deepEqual(await problemsOf('type: folder', sftp), [
      "20:5 endpoints.harbor-mailbox.password: never the secret itself, but where it is: 'env:NAME' or 'file:PATH'",
    ]);
    const { problems } = await load();
    assert.equal(problems[0]?.text, '    password: "********"');
    const inOneLine = "{ type: sftp, password: hunter2, passphrase: 'env:NAME', hostt: h }";
    await problemsOf(/harbor-mailbox:\n[\s\S]*$/, `harbor-mailbox: ${inOneLine}`);
    for (const { text } of (await load()).problems)
      assert.equal(text, `  harbor-mailbox: ${inOneLine.replace('hunter2', '*******')}`);
  });

  it('finds contradictions that no single value shows', async () => {
    const cases: [string | RegExp, string, RegExp][] = [
      [
        'endpoint: harbor-mailbox',
        'endpoint: harbor-mailbix',
        /^11:5 There is no endpoint.*Did you mean 'harbor-mailbox'/,
      ],
      [
        'type: folder',
        'type: folder\n    direction: in',
        /^11:5 The endpoint 'harbor-mailbox' only receives/,
      ],
      ['    out: mail/out\n', '', /^15:3 The endpoint 'harbor-mailbox' sends: it needs 'out'/],
      ['    in: mail/in\n', '', /^15:3 The endpoint 'harbor-mailbox' receives: it needs 'in'/],
      [
        'in: mail/in',
        'in: mail/in\n    carries: [harbour]',
        /^18:15 There is no partner 'harbour'.*Did you mean 'harbor'/,
      ],
      ["send: '997'", 'send: CONTRL', /^10:20 x12 is acknowledged with 997/],
      [
        'endpoint: h',
        'severities: { segment-count-mismtach: warning }\n    endpoint: h',
        /^11:19 There is no fault 'segment-count-mismtach' of the reader\. Did you mean 'segment-count-mismatch'\?$/,
      ],
      [
        'endpoint: h',
        'severities: { segment-count-mismatch: warnings }\n    endpoint: h',
        /^11:19 agreements\.live\.severities\.segment-count-mismatch: /,
      ],
      ['endpoint: h', 'charset: UTF8\n    endpoint: h', /^11:5 agreements\.live\.charset: .*UTF-8/],
      ["send: '997'", "send: '997', ta1: sometimes", /^10:33 agreements\.live\.acknowledge\.ta1: /],
      ["'855':", 'ORDRSP:', /^13:7 ORDRSP is no message of x12/],
      [
        'endpoint: h',
        'control: { first: 9, last: 9 }\n    endpoint: h',
        /^11:5 Control numbers run from 9 to 9/,
      ],
      ['endpoint: h', 'control: { last: 1000000000 }\n    endpoint: h', /^11:16 .*nine digits/],
      ['qualifier: ZZ', 'qualifier: Z', /^7:5 .*qualifier of two characters/],
      ["id: '001234567'", "id: '0123456789012345'", /^8:30 The id has 16 characters; x12 allows 15/],
      [
        'endpoint: h',
        'applicationReference: STORES\n    endpoint: h',
        /^11:5 X12 has no application reference/,
      ],
      ['within: 24h', 'applicationReference: STORES', /^13:16 X12 has no application reference/],
      ['timeZone:', 'calendar: { workdays: [mon, tus] }\ntimeZone:', /^3:29 calendar\.workdays\.1: /],
      [
        'timeZone:',
        'calendar: { holidays: [2026-12-25, 2026-02-30] }\ntimeZone:',
        /^3:36 calendar\.holidays\.1: a day such as/,
      ],
      [
        'timeZone:',
        'calendar: { holidays: [2026-12-25, 2026-12-25] }\ntimeZone:',
        /^3:36 calendar\.holidays\.1: 2026-12-25 stands here twice/,
      ],
      ['timeZone:', 'calendar: { cutoff: 25:00 }\ntimeZone:', /^3:13 calendar\.cutoff: a time such as/],
      [
        'timeZone:',
        'duplicates: { key: [shipTo] }\ntimeZone:',
        /^3:15 duplicates\.key: .*number is always part/,
      ],
      ['Europe/Berlin', 'Europe/Berlim', /^3:1 There is no time zone.*Did you mean 'Europe\/Berlin'/],
    ];
    for (const [from, to, expected] of cases) {
      const found = await problemsOf(from, to);
      assert.equal(found.length, 1, found.join('\n'));
      assert.match(found[0] ?? '', expected);
    }
  });

  it('finds contradictions between partners', async () => {
    await write('harbor', harbor);
    await write('second', harbor);
    const { problems } = await load();
    assert.deepEqual(
      problems.map(({ message }) => message),
      [
        "The endpoint 'harbor-mailbox' stands in harbor too.",
        'The agreement harbor/live has the same standard and ids.',
        "The endpoint 'harbor-mailbox' does not carry second.",
      ],
    );
  });

  it('reports a folder that is no partner', async () => {
    await mkdir(join(folder.path, 'empty'));
    const { problems } = await load();
    assert.match(problems[0]?.message ?? '', /The folder empty has no partner\.yaml/);
  });
});
