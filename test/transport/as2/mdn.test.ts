import assert from 'node:assert/strict';
import type { Modifier } from '../../../src/transport/as2/as2.ts';
import { Refusal } from '../../../src/transport/as2/as2.ts';
import {
  readDisposition,
  writeDisposition,
  writeReceiptOptions,
} from '../../../src/transport/as2/disposition.ts';
import { buildMdn, holdsMdn, type MdnTerms, readMdn, verifyMdn } from '../../../src/transport/as2/mdn.ts';
import { digestNamed, nameOf, readMic, sameMic, writeMic } from '../../../src/transport/as2/mic.ts';
import { MimeError } from '../../../src/transport/as2/mime.ts';
import {
  fixture,
  fixtureMessage,
  fixtureMic,
  harbour,
  harrow,
  inChunks,
  type Message,
  messageIn,
  now,
} from './mime-messages.ts';

const trusted = { digests: ['sha-256', 'sha-512'], expired: false, now } as const;
const terms: MdnTerms = {
  recipient: '"HARROW EDI"',
  originalMessageId: '<905@harbour.example>',
  modifier: '',
  text: 'The message was received.\nIt is stored.',
  mic: { digest: 'sha-256', value: fixtureMic('signed').value },
  sign: null,
  digestSpelling: 'sha-256',
  now,
};
const sign = { digest: 'sha-512', form: 'pkcs1', key: harrow, algorithmProtection: true } as const;

/** An MDN with some of its text written anew. */
function changed(name: string, from: string | RegExp, to: string): Message {
  const text = fixture(`${name}.message`).toString('latin1');
  assert.notEqual(text.replace(from, to), text, `${name} has no ${from}`);
  return messageIn(Buffer.from(text.replace(from, to), 'latin1'));
}

const read = ({ headers, body }: Message) => readMdn(headers, body);

describe('an MDN made by openssl alone', () => {
  it('is read: message, disposition, MIC, text', async () => {
    for (const name of ['mdn-plain', 'mdn-signed']) {
      const mdn = await read(fixtureMessage(name));
      assert.equal(mdn.originalMessageId, '<905@harrow.example>');
      assert.deepEqual(mdn.disposition, { verdict: 'processed', modifier: '', text: 'processed' });
      assert.deepEqual(mdn.mic, fixtureMic('signed'));
      assert.equal(mdn.text, 'The message was received.');
      assert.equal(mdn.finalRecipient, 'rfc822; HARBOUR');
      assert.equal(mdn.reportingUa, 'by hand');
      assert.equal(mdn.signed === null, name === 'mdn-plain');
    }
  });

  it('is proved by a pinned certificate, and by no other', async () => {
    const mdn = await read(fixtureMessage('mdn-signed'));
    assert.equal(verifyMdn(mdn, [harrow.certificate, harbour], trusted).certificate, harbour);
    for (const pinned of [[], [harrow.certificate]]) {
      assert.throws(() => verifyMdn(mdn, pinned, trusted), { modifier: 'authentication-failed' });
    }
  });

  it('proves nothing when it was changed, or never signed', async () => {
    const other = await read(changed('mdn-signed', '<905@harrow', '<906@harrow'));
    assert.throws(() => verifyMdn(other, [harbour], trusted), { modifier: 'integrity-check-failed' });
    const plain = await read(fixtureMessage('mdn-plain'));
    assert.throws(() => verifyMdn(plain, [harbour], trusted), Refusal);
  });
});

describe('an MDN of ours', () => {
  it('is read again, signed and unsigned', async () => {
    for (const how of [null, sign]) {
      const made = buildMdn({ ...terms, sign: how });
      const mdn = await readMdn(made.headers, made.body);
      assert.equal(mdn.originalMessageId, terms.originalMessageId);
      assert.equal(mdn.disposition.modifier, '');
      assert.deepEqual(mdn.mic, terms.mic);
      assert.equal(mdn.text, terms.text);
      assert.equal(mdn.finalRecipient, 'rfc822; "HARROW EDI"');
      assert.equal(mdn.reportingUa, 'Portolan');
      assert.equal(await holdsMdn(made.headers, inChunks(made.body, 10)), true);
      if (how) assert.equal(verifyMdn(mdn, [harrow.certificate], trusted).digest, 'sha-512');
    }
  });

  it('says every disposition, without a MIC where there is none', async () => {
    const modifiers: Modifier[] = ['decryption-failed', 'duplicate-document', 'unsupported-format'];
    for (const modifier of modifiers) {
      const made = buildMdn({ ...terms, modifier, mic: null });
      const mdn = await readMdn(made.headers, made.body);
      assert.equal(mdn.disposition.modifier, modifier);
      assert.equal(mdn.micText, null);
    }
  });

  it('holds each thing in its line, whatever came from the other side', async () => {
    const originalMessageId = '<a@b>\r\nDisposition: automatic-action/MDN-sent-automatically; processed';
    const made = buildMdn({ ...terms, originalMessageId, modifier: 'decryption-failed' });
    const mdn = await readMdn(made.headers, made.body);
    assert.equal(mdn.disposition.modifier, 'decryption-failed');
    assert.ok(mdn.originalMessageId?.startsWith('<a@b>Disposition:'));
  });

  it('writes what is not ASCII so that it arrives', async () => {
    const made = buildMdn({ ...terms, text: 'Größe überschritten\n注文', digestSpelling: 'sha256', sign });
    assert.match(made.headers['Content-Type'] ?? '', /; micalg=sha512; /);
    assert.match(made.body.toString('latin1'), /Received-Content-MIC: \S+, sha256\r\n/);
    assert.ok(made.body.every((byte) => byte < 128));
    assert.equal((await readMdn(made.headers, made.body)).text, 'Größe überschritten\n注文');
  });
});

describe('MDNs as others write them', () => {
  it('machine part in base64, with LF alone, with other case, with blank lines before it', async () => {
    const notification = /Reporting-UA[\s\S]*?sha-256\r\n/;
    const text = notification.exec(fixture('mdn-plain.message').toString('latin1'))?.[0] ?? '';
    const variants = [
      text.replaceAll('\r\n', '\n'),
      text
        .toUpperCase()
        .replace(/CONTENT-MIC: .*/, (line) =>
          line.replace(/: .*/, `: ${fixtureMic('signed').value}, SHA256`),
        ),
      `\r\n\r\n${text}`,
      text.replace('MIC: ', 'MIC:\r\n '),
      text.replace(', sha-256', ''),
    ];
    for (const variant of variants) {
      const mdn = await read(changed('mdn-plain', notification, variant));
      assert.equal(mdn.disposition.modifier, '', variant);
      assert.deepEqual(mdn.mic, fixtureMic('signed'), variant);
      assert.equal(mdn.originalMessageId?.toLowerCase(), '<905@harrow.example>');
    }
    const coded = `Content-Transfer-Encoding: base64\r\n\r\n${Buffer.from(text).toString('base64')}\r\n`;
    const mdn = await read(changed('mdn-plain', /\r\nReporting-UA[\s\S]*?sha-256\r\n/, coded));
    assert.deepEqual(mdn.mic, fixtureMic('signed'));
  });

  it('a MIC that is missing, or in a digest that nobody here computes', async () => {
    const without = await read(changed('mdn-plain', /Received-Content-MIC.*\r\n/, ''));
    assert.equal(without.mic, null);
    assert.equal(without.micText, null);
    const md5 = await read(changed('mdn-plain', /MIC: .*\r\n/, 'MIC: 1B2M2Y8AsgTpgAmY7PhCfg==, md5\r\n'));
    assert.equal(md5.mic, null);
    assert.equal(md5.micText, '1B2M2Y8AsgTpgAmY7PhCfg==, md5');
  });

  it('a text that is cut to its length', async () => {
    const long = await read(changed('mdn-plain', 'The message was received.', 'x'.repeat(10_000)));
    assert.equal(long.text.length, 4000);
    const none = await read(changed('mdn-plain', 'text/plain', 'image/png'));
    assert.equal(none.text, '');
  });

  const refused: [string, () => Message][] = [
    ['no Disposition', () => changed('mdn-plain', /Disposition: auto.*\r\n/, '')],
    ['two Dispositions', () => changed('mdn-plain', /Disposition: auto.*\r\n/, '$&$&')],
    ['two MICs', () => changed('mdn-plain', /Received-Content-MIC.*\r\n/, '$&$&')],
    ['no notification', () => changed('mdn-plain', 'message/disposition-notification', 'text/plain')],
    [
      'two notifications',
      () => changed('mdn-plain', /--=-report\r\nContent-Type: message[\s\S]*?sha-256\r\n\r\n/, '$&$&'),
    ],
    ['another report', () => changed('mdn-plain', 'report-type=disp', 'report-type=delivery-')],
    ['no report', () => changed('mdn-plain', 'multipart/report', 'multipart/mixed')],
    ['a web page', () => ({ headers: { 'content-type': 'text/html' }, body: Buffer.from('<html>') })],
    ['an empty body', () => ({ headers: fixtureMessage('mdn-plain').headers, body: Buffer.alloc(0) })],
    ['nothing at all', () => ({ headers: {}, body: Buffer.alloc(0) })],
    ['too much', () => ({ ...fixtureMessage('mdn-plain'), body: Buffer.alloc(1024 * 1024 + 1) })],
    ['a third part', () => changed('mdn-signed', '--=-seal--', '--=-seal\r\n\r\nx\r\n--=-seal--')],
    ['no signature', () => changed('mdn-signed', ': application/pkcs7-signature', ': text/plain')],
  ];
  for (const [what, message] of refused) {
    it(`are refused: ${what}`, () => assert.rejects(read(message()), MimeError));
  }

  it('are told from messages by their first part', async () => {
    const holds = ({ headers, body }: Message) => holdsMdn(headers, inChunks(body, 50));
    assert.equal(await holds(fixtureMessage('mdn-signed')), true);
    assert.equal(await holds(fixtureMessage('mdn-plain')), true);
    for (const name of ['signed', 'encrypted', 'plain', 'compressed-signed']) {
      assert.equal(await holds(fixtureMessage(name)), false, name);
    }
    assert.equal(await holds({ headers: { 'content-type': '"' }, body: Buffer.alloc(0) }), false);
    assert.equal(
      await holds({ headers: { 'content-type': 'multipart/signed; boundary=b' }, body: Buffer.alloc(9) }),
      false,
    );
  });
});

describe('dispositions', () => {
  const spelled: [Modifier, string, string][] = [
    ['', 'processed', 'processed'],
    ['duplicate-document', 'processed/warning: duplicate-document', 'warning'],
    ['decryption-failed', 'processed/error: decryption-failed', 'error'],
    ['authentication-failed', 'processed/error: authentication-failed', 'error'],
    ['integrity-check-failed', 'processed/error: integrity-check-failed', 'error'],
    ['decompression-failed', 'processed/error: decompression-failed', 'error'],
    ['insufficient-message-security', 'processed/error: insufficient-message-security', 'error'],
    ['unexpected-processing-error', 'processed/error: unexpected-processing-error', 'error'],
    ['unknown-trading-relationship', 'processed/error: unknown-trading-relationship', 'error'],
    ['invalid-message-id', 'processed/error: invalid-message-id', 'error'],
    ['sender-equals-receiver', 'processed/error: sender-equals-receiver', 'error'],
    ['unsupported-format', 'failed/failure: unsupported format', 'failure'],
    ['unsupported-mic-algorithms', 'failed/failure: unsupported MIC-algorithms', 'failure'],
  ];
  for (const [modifier, text, verdict] of spelled) {
    it(`${text}: written so, read in any case and with any blanks`, () => {
      const written = writeDisposition(modifier);
      assert.equal(written, `automatic-action/MDN-sent-automatically; ${text}`);
      const others = [
        written,
        written.toUpperCase(),
        `automatic-action/MDN-sent-automatically;${text.replace(/[:/]/g, ' $& ').replaceAll(' ', ' \t ')}`,
        `manual-action/MDN-sent-manually; ${text.replace(': ', ':').replace('/e', '/E').replace('/f', '/F')}`,
        text,
      ];
      for (const other of others) {
        const read = readDisposition(other);
        assert.equal(read.modifier, modifier, other);
        assert.equal(read.verdict, verdict, other);
      }
    });
  }

  it('keeps what it does not know', () => {
    assert.deepEqual(
      readDisposition('automatic-action/MDN-sent-automatically; processed/Error:signed-message-required'),
      {
        verdict: 'error',
        modifier: null,
        text: 'processed/Error:signed-message-required',
      },
    );
    const proceeding = readDisposition('a/b; processed/warning: authentication-failed, processing-continued');
    assert.deepEqual([proceeding.verdict, proceeding.modifier], ['warning', null]);
    for (const text of [
      '',
      ';',
      'displayed',
      'processedly',
      'processed/',
      'denied; processed?',
      'failed',
      'x'.repeat(5000),
    ]) {
      const { verdict, modifier } = readDisposition(text);
      assert.deepEqual([verdict, modifier], ['failure', null], text);
    }
    assert.deepEqual(readDisposition('a; processed/constructor: toString').modifier, null);
    assert.equal(readDisposition('a; processed/error: constructor').modifier, null);
    assert.equal(readDisposition('a; processed/superseded').verdict, 'error');
  });

  it('asks for one digest, in the partner’s spelling', () => {
    const asked = 'signed-receipt-protocol=optional, pkcs7-signature; signed-receipt-micalg=optional, ';
    assert.equal(writeReceiptOptions('sha-256', 'sha-256'), `${asked}sha-256`);
    assert.equal(writeReceiptOptions('sha-512', 'sha256'), `${asked}sha512`);
    assert.equal(writeReceiptOptions('sha-1', 'sha-256'), `${asked}sha1`);
  });
});

describe('MICs', () => {
  const { value } = fixtureMic('signed');
  it('are read with any spelling of their digest, and only with one that fits their length', () => {
    for (const name of ['sha256', 'SHA-256', 'sha_256', '"sha-256"', 'sha2-256', 'rsa-sha256']) {
      assert.deepEqual(readMic(`${value} ,${name}`), { digest: 'sha-256', value }, name);
    }
    assert.deepEqual(readMic(value), { digest: 'sha-256', value });
    assert.deepEqual(readMic(`${value.slice(0, 20)} ${value.slice(20)}, sha256`), {
      digest: 'sha-256',
      value,
    });
    for (const text of [
      '',
      ', sha256',
      `${value}, sha-1`,
      `${value}, md5`,
      `${value.slice(4)}, sha256`,
      'no mic, sha1',
      `${' '.repeat(300)}${value}`,
    ]) {
      assert.equal(readMic(text), null, text);
    }
    assert.equal(writeMic({ digest: 'sha-256', value }, 'sha256'), `${value}, sha256`);
    assert.equal(digestNamed('sha-224'), null);
    assert.equal(nameOf('sha-384', 'sha-256'), 'sha-384');
  });

  it('are compared in the digest that was answered', () => {
    const ours = { 'sha-256': value, 'sha-1': fixtureMic('encrypted').value };
    assert.equal(sameMic(ours, { digest: 'sha-256', value }), true);
    assert.equal(sameMic(ours, { digest: 'sha-1', value: fixtureMic('encrypted').value }), true);
    assert.equal(sameMic(ours, { digest: 'sha-1', value }), false);
    assert.equal(sameMic(ours, { digest: 'sha-512', value }), false);
  });
});
