import assert from 'node:assert/strict';
import type { Bytes, Piece } from '../../../src/transport/as2/as2.ts';
import { fieldsOf, MimeError, readEntity, readFields } from '../../../src/transport/as2/mime.ts';
import { boundaryOf, firstPartIn, partsOf } from '../../../src/transport/as2/multipart.ts';
import {
  filenameOf,
  mediaTypeOf,
  readParameterised,
  writeFilename,
} from '../../../src/transport/as2/parameters.ts';
import { collect, joinedPieces, pieceOf } from '../../../src/transport/as2/piece.ts';
import {
  decoded,
  linesOf,
  toBase64,
  transferEncodingOf,
} from '../../../src/transport/as2/transfer-encoding.ts';
import { inChunks } from './mime-messages.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const header = (text: string) => readFields(bytes(text));
const named = (value: string, field = 'content-disposition') => filenameOf(new Map([[field, value]]));

describe('MIME header', () => {
  it('unfolds lines, takes names in any case, keeps bytes as they are', () => {
    const fields = header('Content-Type: multipart/signed;\r\n\tboundary="a b"\r\nX-Name : gr\xfcn\r\n');
    assert.equal(fields.get('content-type'), 'multipart/signed;\tboundary="a b"');
    assert.equal(fields.get('x-name'), 'gr\xfcn');
  });

  it('ends at the first blank line, and may be empty', async () => {
    const entity = await readEntity(pieceOf(bytes('A: b\r\n\r\n\r\nbody')));
    assert.deepEqual([...entity.fields], [['a', 'b']]);
    assert.equal((await collect(entity.body.read())).toString(), '\r\nbody');
    const bare = await readEntity(pieceOf(bytes('\r\nbody')));
    assert.equal(bare.fields.size, 0);
    assert.equal((await collect(bare.body.read())).toString(), 'body');
  });

  const refused: [string, string][] = [
    ['a line end that is LF alone', 'A: b\nC: d\r\n'],
    ['a line end that is CR alone', 'A: b\rC: d\r\n'],
    ['no line end', 'A: b'],
    ['a zero byte', 'A: b\0\r\n'],
    ['a line without a name', 'no field\r\n'],
    ['a name with blanks', 'Content Type: text/plain\r\n'],
    ['an empty name', ': x\r\n'],
    ['a first line that goes on', ' A: b\r\n'],
    ['Content-Type twice', 'Content-Type: a/b\r\ncontent-type: c/d\r\n'],
    ['too many fields', Array.from({ length: 65 }, (_, index) => `A${index}: b\r\n`).join('')],
    ['too long a line', `A: ${'b'.repeat(16 * 1024)}\r\n`],
    ['too long a header', `A: b\r\n`.repeat(3000)],
  ];
  for (const [what, text] of refused) {
    it(`refuses ${what}`, () => assert.throws(() => header(text), MimeError));
  }

  it('loses no message for the long name of its file, however it is written', async () => {
    const name = 'n'.repeat(10_000);
    const pieces = Array.from({ length: 10 }, (_, index) => `filename*${index}=${'n'.repeat(1000)}`);
    for (const parameters of [`filename="${name}"`, `filename=${name}`, pieces.join('; ')]) {
      const text = `Content-Disposition: attachment; ${parameters}\r\n\r\nISA`;
      const { fields, body } = await readEntity(pieceOf(bytes(text)));
      assert.equal(filenameOf(fields), 'n'.repeat(255));
      assert.equal((await collect(body.read())).toString(), 'ISA');
    }
  });

  it('reads no further than a header may be long', async () => {
    let read = 0;
    const endless: Piece = {
      size: 1e12,
      async *read(from = 0, to = 1e12): Bytes {
        for (let at = from; at < to; at += 1000) {
          read += 1000;
          yield Buffer.alloc(1000, 'a');
        }
      },
    };
    await assert.rejects(readEntity(endless), MimeError);
    assert.ok(read <= 17_000, `${read} bytes were read`);
  });
});

describe('parameters', () => {
  it('reads tokens, quoted strings, and what is written carelessly', () => {
    const type = readParameterised(
      'Multipart/Signed;protocol="application/pkcs7-signature" ; micalg=sha-256;; \t boundary="=_a\\"b;c" ;',
    );
    assert.equal(type.value, 'multipart/signed');
    assert.deepEqual(Object.fromEntries(type.parameters), {
      protocol: 'application/pkcs7-signature',
      micalg: 'sha-256',
      boundary: '=_a"b;c',
    });
    assert.equal(
      readParameterised('a/b; boundary=----=_Part_6=.7').parameters.get('boundary'),
      '----=_Part_6=.7',
    );
  });

  it('refuses what can be read in two ways', () => {
    for (const text of [
      'a/b; boundary=x; Boundary=y',
      "a/b; boundary=x; boundary*=us-ascii''y",
      'a/b; boundary="x',
      'a/b; boundary="x"y',
      'a/b; =x',
      'a/b; x',
      'a/b/c',
      '',
      `a/b${'; a=b'.repeat(2)}`,
      `a/b${Array.from({ length: 33 }, (_, index) => `; a${index}=b`).join('')}`,
      "a/b; x*0*=utf-8''a; x*0=b",
      'a/b; x*=nothing',
    ]) {
      assert.throws(() => readParameterised(text), MimeError, text);
    }
    assert.throws(() => mediaTypeOf(fieldsOf({ 'Content-Type': 'attachment' })), MimeError);
  });

  it('reads filenames: quoted, bare, with blanks, in UTF-8, latin1 and RFC 2231', () => {
    assert.equal(named('attachment; filename="po 1.edi"'), 'po 1.edi');
    assert.equal(named('attachment; filename=po 1.edi'), 'po 1.edi');
    assert.equal(named('attachment; filename="a\\"b"'), 'a"b');
    assert.equal(named(bytes('x; filename="ü.edi"').toString('latin1')), 'ü.edi');
    assert.equal(named(Buffer.from('x; filename="注.edi"').toString('latin1')), '注.edi');
    assert.equal(named("x; filename=plain; filename*=UTF-8''%e6%b3%a8.edi"), '注.edi');
    assert.equal(named('x; filename*0*=iso-8859-1\'en\'%fc; filename*1="b c"; filename*2*=%2e'), 'üb c.');
    assert.equal(named('application/edi-x12; name=order.edi', 'content-type'), 'order.edi');
  });

  it('keeps names as data: no control characters, no more than 255, slashes as they are', () => {
    assert.equal(named('x; filename="../../etc/passwd"'), '../../etc/passwd');
    assert.equal(named('x; filename="..\\\\..\\\\a"'), '..\\..\\a');
    assert.equal(named("x; filename*=utf-8''a%00%0d%0ab%e2%80%ae.edi"), 'ab.edi');
    assert.equal(named(`x; filename="${'n'.repeat(3000)}"`)?.length, 255);
    for (const nothing of ['x', 'x; filename=""', 'x; filename="', "x; filename*=utf-8''%01"]) {
      assert.equal(named(nothing), null, nothing);
    }
  });

  it('writes names so that they are read again', () => {
    for (const name of ['a.edi', 'a b.edi', 'a"\\b', 'ü.edi', "it's (1)*%.edi", '注文 📦.edi']) {
      for (const always of [true, false]) {
        const text = `attachment${writeFilename(name, always)}`;
        assert.match(text, /^[\x20-\x7e]+$/);
        assert.equal(named(text), name);
      }
    }
    assert.equal(writeFilename('a\r\nX: b', true), '; filename="aX: b"');
  });
});

describe('multipart', () => {
  const partsIn = async (text: string, chunk = 7, most = 3, boundary = 'b') => {
    const parts = await partsOf(inChunks(bytes(text), chunk), boundary, most);
    return Promise.all(parts.map(async (part) => (await collect(part.read())).toString('latin1')));
  };

  it('finds the parts to the byte, wherever the chunks end', async () => {
    const text =
      'preamble\r\n--bb\r\n--b\r\none\r\n\r\n--b \t\r\ntwo\n--b\n\r--b\r\n--bx\r\nmore\r\n--b\r\n\r\n--b--  \r\nepilogue';
    for (let chunk = 1; chunk <= text.length; chunk += 1) {
      assert.deepEqual(await partsIn(text, chunk), ['one\r\n', 'two\n--b\n\r--b\r\n--bx\r\nmore', '']);
    }
  });

  it('may begin with its boundary and end with it', async () => {
    assert.deepEqual(await partsIn('--b\r\nx\r\n--b--'), ['x']);
    assert.deepEqual(await partsIn('--b\r\n--b--'), ['']);
  });

  it('refuses what is not whole, or more than asked for', async () => {
    for (const text of [
      '',
      'no part',
      '--b--',
      '--b\r\nx\r\n--b',
      '--b\r\nx\r\n--b-',
      '--b\r\nx\r\n--b--y',
      '--b\nx\n--b--\n',
      '--b\r\nx\r\n--b--\r\n--b\r\ny\r\n--b--',
      '--b\r\n1\r\n--b\r\n2\r\n--b\r\n3\r\n--b\r\n4\r\n--b--',
      `--b\r\nx\r\n--b--${' '.repeat(100)}\r\n`,
    ]) {
      await assert.rejects(partsIn(text), MimeError, text);
    }
  });

  it('takes every boundary that can stand on a line', () => {
    const boundary = (text: string) => boundaryOf(readParameterised(`multipart/mixed; boundary="${text}"`));
    assert.equal(boundary("=_a'(b)+c,d-e./f:g?h i"), "=_a'(b)+c,d-e./f:g?h i");
    assert.equal(boundary('<mail@host>#1'), '<mail@host>#1');
    for (const wrong of ['', ' ', 'a ', 'ü', 'a\x7f', 'x'.repeat(201)]) {
      assert.throws(() => boundary(wrong), MimeError, wrong);
    }
    assert.throws(() => boundaryOf(readParameterised('multipart/mixed')), MimeError);
  });

  it('reads a body once, however much of it looks like a boundary', async () => {
    const nearly = bytes(
      `${'\r\n--bbbbbbbb'.repeat(20_000)}\r\n--b\r\n${'\r\n--b-'.repeat(20_000)}\r\n--b--`,
    );
    let read = 0;
    const counted: Piece = {
      size: nearly.length,
      async *read(): Bytes {
        for await (const chunk of inChunks(nearly, 5000).read()) {
          read += chunk.length;
          yield chunk;
        }
      },
    };
    assert.equal((await partsOf(counted, 'b', 2)).length, 1);
    assert.equal(read, nearly.length);
    read = 0;
    assert.equal(await firstPartIn(counted, 'bbbbbbbb'), 14);
    assert.equal(read, 5000);
  });

  it('joins pieces into one that can be read in part', async () => {
    for (const piece of [pieceOf, (text: Buffer) => inChunks(text, 2)]) {
      const joined = joinedPieces(['ab', '', 'cde', 'f'].map((text) => piece(bytes(text))));
      assert.equal(joined.size, 6);
      for (let from = 0; from <= 6; from += 1) {
        for (let to = from; to <= 6; to += 1) {
          assert.equal((await collect(joined.read(from, to))).toString(), 'abcdef'.slice(from, to));
        }
      }
    }
  });
});

describe('Content-Transfer-Encoding', () => {
  const read = async (text: string | Buffer, coding: 'base64' | 'quoted-printable', chunk = 5) =>
    (await collect(decoded(inChunks(Buffer.from(text as string, 'latin1'), chunk).read(), coding))).toString(
      'latin1',
    );
  const every = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 256));

  it('is told by its name in any case', () => {
    const coding = (name: string) => transferEncodingOf(new Map([['content-transfer-encoding', name]]));
    assert.equal(coding('BASE64'), 'base64');
    assert.equal(coding('Quoted-Printable'), 'quoted-printable');
    assert.equal(coding('8bit'), 'identity');
    assert.equal(transferEncodingOf(new Map()), 'identity');
    assert.throws(() => coding('x-gzip'), MimeError);
  });

  it('writes base64 in lines of 76, and reads it in whatever lines it comes', async () => {
    const lines = (await collect(toBase64(inChunks(every, 13).read()))).toString();
    assert.equal(lines, linesOf(every).toString());
    assert.equal(lines.replaceAll('\r\n', ''), every.toString('base64'));
    assert.ok(lines.endsWith('\r\n') && lines.split('\r\n').every((line) => line.length <= 76));
    for (const chunk of [1, 3, 4, 77, 10_000]) {
      assert.equal(await read(lines, 'base64', chunk), every.toString('latin1'));
      assert.equal(await read(lines.replaceAll('\r\n', ' \n'), 'base64', chunk), every.toString('latin1'));
    }
  });

  it('refuses base64 that is none', async () => {
    for (const text of [
      'QUJD!',
      'Q=Q=',
      'QUJ',
      'QQ==QQ==',
      'QQ=',
      '=',
      'Q===',
      'QUJD=',
      'QQ==\r\nQ',
      'QU-D',
      'QQ==\0',
    ]) {
      for (const chunk of [1, 4, 100]) await assert.rejects(read(text, 'base64', chunk), MimeError, text);
    }
  });

  it('reads quoted-printable: codes, soft line ends, blanks that were added', async () => {
    const text = 'a=3D b=\r\nc=e9 \t\r\n=20\r\nlast=09=\r\n';
    for (const chunk of [1, 2, 3, 1000]) {
      assert.equal(await read(text, 'quoted-printable', chunk), 'a= bc\xe9\r\n \r\nlast\t');
    }
    assert.equal(await read('no line end', 'quoted-printable'), 'no line end');
    assert.equal(await read('soft end=', 'quoted-printable'), 'soft end');
  });

  it('refuses quoted-printable that is none', async () => {
    for (const text of [
      'a=4',
      'a=GG',
      'a=\nb',
      'a\nb\r\n',
      '\xe9',
      '\0',
      `${'x'.repeat(5000)}\r\n`,
      'y'.repeat(5000),
    ]) {
      for (const chunk of [1, 9000])
        await assert.rejects(read(text, 'quoted-printable', chunk), MimeError, text);
    }
  });

  it('keeps no line of quoted-printable that does not end', async () => {
    async function* endless(): Bytes {
      for (let read = 0; read < 10_000; read += 100) yield Buffer.alloc(100, 'x');
      throw new Error('was read on');
    }
    await assert.rejects(collect(decoded(endless(), 'quoted-printable')), MimeError);
  });
});
