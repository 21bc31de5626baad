/** What an MDN that came back means. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { Mic, Modifier } from '../../../src/transport/as2/as2.ts';
import type { Pending } from '../../../src/transport/as2/desk.ts';
import { judgeMdn } from '../../../src/transport/as2/judge.ts';
import { buildMdn } from '../../../src/transport/as2/mdn.ts';
import { ownKey } from './certificates.ts';
import { agreedWith } from './http-house.ts';

const now = new Date('2026-11-22T03:17:00Z');
const digestOf = (text: string, digest: string) =>
  createHash(digest.replace('-', '')).update(text).digest('base64');
const mics = {
  'sha-1': digestOf('sent', 'sha-1'),
  'sha-256': digestOf('sent', 'sha-256'),
  'sha-384': digestOf('sent', 'sha-384'),
  'sha-512': digestOf('sent', 'sha-512'),
};
const sha256: Mic = { digest: 'sha-256', value: mics['sha-256'] };

interface Case {
  readonly modifier?: Modifier;
  readonly mic?: Mic | null;
  readonly signer?: 'partner' | 'stranger' | null;
  readonly original?: string;
  readonly headers?: Record<string, string>;
  readonly pending?: Partial<Pending>;
  /** Changes the body as it goes over the wire. */
  readonly edit?: (body: string) => string;
}

async function judged({ signer = 'partner', mic = sha256, edit = (body) => body, ...change }: Case) {
  const { certificate } = ownKey('partner');
  const pending: Pending = {
    id: '1',
    messageId: '<1@us>',
    partnership: { ...agreedWith('US', 'THEM TOO'), pinned: [certificate] },
    mics,
    asked: { signed: true, how: 'sync' },
    settled: false,
    ...change.pending,
  };
  const mdn = buildMdn({
    recipient: '"THEM TOO"',
    originalMessageId: change.original ?? '<1@us>',
    modifier: change.modifier ?? '',
    text: 'What became of it.',
    mic,
    sign:
      signer === null
        ? null
        : { digest: 'sha-256', form: 'pkcs1', key: ownKey(signer).own, algorithmProtection: true },
    digestSpelling: 'sha-256',
    now,
  });
  const fields = Object.entries(mdn.headers).map(([name, value]) => [name.toLowerCase(), value]);
  const names = { 'as2-from': '"THEM TOO"', 'as2-to': 'US' };
  const headers = { ...Object.fromEntries(fields), ...names, ...change.headers };
  const body = Buffer.from(edit(mdn.body.toString('latin1')), 'latin1');
  return judgeMdn({ headers, body }, pending, { now });
}

const unsigned: Case = { signer: null, pending: { asked: { signed: false, how: 'sync' } } };

describe('an MDN', () => {
  it('counts with the MIC of what was sent, in whichever digest they chose', async () => {
    for (const [digest, value] of Object.entries(mics)) {
      const verdict = await judged({ mic: { digest, value } as Mic });
      assert.deepEqual(verdict, { kind: 'confirmed', modifier: '', text: 'What became of it.' });
    }
  });

  it('that calls it a repeat counts by its MIC, as a warning or as an error', async () => {
    const warning = await judged({ modifier: 'duplicate-document' });
    assert.deepEqual(
      [warning.kind, 'modifier' in warning && warning.modifier],
      ['confirmed', 'duplicate-document'],
    );
    const edit = (body: string) => body.replace('processed/warning', 'processed/error');
    assert.equal((await judged({ ...unsigned, modifier: 'duplicate-document', edit })).kind, 'confirmed');
    assert.equal((await judged({ modifier: 'duplicate-document', mic: null })).kind, 'disputed');
  });

  it('with an error or a failure is their refusal, with a MIC or without', async () => {
    for (const mic of [sha256, null]) {
      const verdict = await judged({ modifier: 'decryption-failed', mic });
      assert.deepEqual(verdict, {
        kind: 'refused',
        disposition: 'processed/error: decryption-failed',
        text: 'What became of it.',
      });
    }
    assert.equal((await judged({ modifier: 'unsupported-format' })).kind, 'refused');
    const edit = (body: string) => body.replace('processed/error: decryption-failed', 'Deleted');
    assert.equal((await judged({ ...unsigned, modifier: 'decryption-failed', edit })).kind, 'refused');
  });

  it('that says processed without a MIC that fits is disputed', async () => {
    for (const [mic, reason] of [
      [null, /no MIC/],
      [{ digest: 'sha-256', value: digestOf('other', 'sha-256') } as Mic, /not that of what was sent/],
      [{ digest: 'sha-1', value: digestOf('other', 'sha-1') } as Mic, /not that of what was sent/],
    ] as const) {
      const verdict = await judged({ mic });
      assert.equal(verdict.kind, 'disputed');
      assert.match('reason' in verdict ? verdict.reason : '', reason);
    }
    const edit = (body: string) => body.replace(/, sha-256\r/, ', md5\r');
    const verdict = await judged({ ...unsigned, edit });
    assert.match('reason' in verdict ? verdict.reason : '', /form or a digest that nobody here knows/);
  });

  it('that is not proved changes nothing', async () => {
    const cases: [Case, RegExp][] = [
      [{ signer: 'stranger' }, /pinned|signature/i],
      [{ signer: null }, /signed/i],
      [{ ...unsigned, signer: 'stranger' }, /pinned|signature/i],
      [{ edit: (body) => body.replace('processed', 'processeD') }, /./],
      [{ edit: () => 'Welcome!' }, /cannot be read/],
      [{ edit: () => '', headers: { 'content-type': 'text/html' } }, /cannot be read/],
    ];
    for (const [given, reason] of cases) {
      const verdict = await judged(given);
      assert.equal(verdict.kind, 'untrusted', JSON.stringify(verdict));
      assert.match('reason' in verdict ? verdict.reason : '', reason);
    }
  });

  it('about another message, or between other names, changes nothing', async () => {
    const cases: [Case, RegExp][] = [
      [{ original: '<2@us>' }, /Original-Message-ID/],
      [{ headers: { 'as2-from': 'US', 'as2-to': '"THEM TOO"' } }, /AS2-From/],
      [{ headers: { 'as2-from': '"them too"' } }, /AS2-From/],
      [{ headers: { 'as2-to': 'us' } }, /AS2-To/],
      [{ headers: { 'as2-to': '' } }, /AS2-To/],
    ];
    for (const [given, reason] of cases) {
      const verdict = await judged(given);
      assert.equal(verdict.kind, 'untrusted', JSON.stringify(verdict));
      assert.match('reason' in verdict ? verdict.reason : '', reason);
    }
  });

  it('counts unsigned where none other was asked for, without brackets, and with names quoted twice', async () => {
    assert.equal((await judged(unsigned)).kind, 'confirmed');
    assert.equal((await judged({ original: '1@us' })).kind, 'confirmed');
    const headers = { 'as2-from': '"\\"THEM TOO\\""', 'as2-to': '"US"' };
    assert.equal((await judged({ headers })).kind, 'confirmed');
  });
});
