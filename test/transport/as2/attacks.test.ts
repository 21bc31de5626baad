/**
 * Attacks on AS2 by messages, over real HTTP. Each runs twice: as it is, when it must not succeed, and once more with the
 * one defence that is meant against it switched off by what is handed in, when it must: so the first run proves something.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { access, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OwnKey } from '../../../src/transport/as2/as2.ts';
import { freeBytes } from '../../../src/transport/as2/compressed-data.ts';
import { integer, objectIdentifier, sequence, set, tagged } from '../../../src/transport/as2/der.ts';
import { signedEnd, signedStart, signedType } from '../../../src/transport/as2/multipart-signed.ts';
import { newMessageId } from '../../../src/transport/as2/names.ts';
import { contentTypes } from '../../../src/transport/as2/oids.ts';
import { bytesOf, createWorkshop, pieceOf } from '../../../src/transport/as2/piece.ts';
import { as2Headers } from '../../../src/transport/as2/request.ts';
import { signDetached, verify } from '../../../src/transport/as2/signed-data.ts';
import { unwrap } from '../../../src/transport/as2/unwrap.ts';
import { attack, evil, genuine, isTaken, ours, theirs, withHouse } from './attack.ts';
import { ownKey } from './certificates.ts';
import { closePoster, memoryDesk, pack, post, usual } from './http-house.ts';

const signedOnly = { ...ours, demands: { ...ours.demands, encrypted: false } };

/** A signed part with a payload, as a sender makes it. */
const partOf = (payload: string) => Buffer.from(`Content-Type: application/edi-x12\r\n\r\n${payload}`);

function signatureOf(content: Buffer, key: OwnKey): Buffer {
  const contentDigest = createHash('sha256').update(content).digest();
  const at = new Date();
  return signDetached({
    digest: 'sha-256',
    contentDigest,
    form: 'pkcs1',
    key,
    at,
    algorithmProtection: true,
  });
}

/** A multipart/signed from THEM to US, of parts that are put together by hand. */
function signedMessage(parts: readonly Buffer[], cms: Buffer) {
  const between = Buffer.from('\r\n--attack\r\n');
  const content = parts.flatMap((part, index) => (index === 0 ? [part] : [between, part]));
  const body = Buffer.concat([signedStart('attack'), ...content, signedEnd(cms, 'attack')]);
  const at = new Date();
  const headers: Record<string, string> = {
    ...as2Headers('THEM', 'US', newMessageId('them', at), at),
    'Content-Type': signedType('sha-256', 'sha-256', 'attack'),
  };
  return { headers, body };
}

/** The bodies of a multipart's parts, found without any care. */
function partsIn(bytes: Buffer): string[] {
  const parts = bytes.toString('latin1').split('--attack\r\n').slice(1);
  return parts.map((part) => part.slice(part.indexOf('\r\n\r\n') + 4, part.lastIndexOf('\r\n')));
}

describe('attacks on AS2 by messages', () => {
  after(() => closePoster());

  // The forger's certificate has the partner's subject, issuer and serial number; only its key is another.
  attack('a forged signer with the name of the partner', (defended) => {
    const forger = ownKey('forger', { subject: 'partner', keyOf: 'stranger' });
    const trusting: typeof unwrap = (message, agreed, terms) =>
      unwrap(message, agreed, {
        ...terms,
        // Trusts whichever certificate the message brings along.
        verify: (signed, digests, _, demands) => verify(signed, digests, [forger.certificate], demands),
      });
    return withHouse(signedOnly, defended ? {} : { unwrap: trusting }, async (house) => {
      const content = partOf(evil);
      await post(house.url, signedMessage([content], signatureOf(content, forger.own))).catch(
        () => undefined,
      );
      if (defended) assert.equal(house.desk.rows[0]?.modifier, 'authentication-failed');
      return isTaken(house, evil);
    });
  });

  attack('signed data without any signer', (defended) => {
    // Goes through the signers, finds none that is wrong, and is content with that.
    const lenient: typeof unwrap = async (message, agreed, terms) => {
      const [content = ''] = partsIn(await bytesOf(message.body));
      const inside = {
        headers: { 'content-type': 'application/edi-x12' },
        body: pieceOf(Buffer.from(content)),
      };
      return unwrap(inside, { ...agreed, demands: { ...agreed.demands, signed: false } }, terms);
    };
    const data = sequence(integer(1), set(), sequence(objectIdentifier(contentTypes.data)), set());
    const cms = sequence(objectIdentifier(contentTypes.signedData), tagged(0, data));
    return withHouse(signedOnly, defended ? {} : { unwrap: lenient }, async (house) => {
      await post(house.url, signedMessage([partOf(evil)], cms)).catch(() => undefined);
      if (defended) assert.equal(house.desk.rows[0]?.modifier, 'authentication-failed');
      return isTaken(house, evil);
    });
  });

  // A genuine part with its signature, and another part before it.
  attack('a wrapped signature', (defended) => {
    const content = partOf(genuine);
    // Proves one part, and uses another.
    const naive: typeof unwrap = async (message, agreed, terms) => {
      const bytes = await bytesOf(message.body);
      const [first = ''] = partsIn(bytes);
      const rest = bytes.subarray(bytes.indexOf('--attack', 1));
      const opened = await unwrap({ ...message, body: pieceOf(rest) }, agreed, terms);
      return { ...opened, payload: pieceOf(Buffer.from(first)) };
    };
    return withHouse(signedOnly, defended ? {} : { unwrap: naive }, async (house) => {
      const sent = signedMessage([partOf(evil), content], signatureOf(content, ownKey('partner').own));
      await post(house.url, sent).catch(() => undefined);
      return isTaken(house, evil) || isTaken(house, genuine);
    });
  });

  for (const { packing, name } of [
    { packing: { ...usual, sign: 'none' as const }, name: 'encrypted, but not signed' },
    { packing: { ...usual, encrypt: 'none' as const }, name: 'signed, but not encrypted' },
    { packing: { ...usual, sign: 'none' as const, encrypt: 'none' as const }, name: 'plain' },
    { packing: { ...usual, sign: 'sha-1' as const }, name: 'signed with SHA-1' },
    { packing: { ...usual, encrypt: '3des' as const }, name: 'encrypted with 3DES' },
  ]) {
    attack(`a downgrade to ${name}`, (defended) => {
      const none = {
        ...ours.demands,
        signed: false,
        encrypted: false,
        digests: [...ours.demands.digests, 'sha-1' as const],
        ciphers: [...ours.demands.ciphers, '3des' as const],
      };
      return withHouse(defended ? ours : { ...ours, demands: none }, {}, async (house) => {
        await post(house.url, await pack(memoryDesk([]), theirs, { payload: Buffer.from(evil), packing }));
        if (defended) assert.equal(house.desk.rows[0]?.modifier, 'insufficient-message-security');
        return isTaken(house, evil);
      });
    });
  }

  const zeros = Buffer.alloc(1.5 * freeBytes);
  const bomb = () =>
    pack(memoryDesk([]), theirs, { payload: zeros, packing: { ...usual, compress: 'before-signing' } });

  attack('an inflation bomb below the cap of bytes', (defended) => {
    const patient: typeof unwrap = (message, agreed, terms) =>
      unwrap(message, agreed, { ...terms, mostInflation: Number.POSITIVE_INFINITY });
    const roomy = { ...ours, demands: { ...ours.demands, mostBytes: 32 * 1024 * 1024 } };
    return withHouse(roomy, defended ? {} : { unwrap: patient }, async (house) => {
      const sent = await bomb();
      assert.ok(sent.body.length < 100_000);
      await post(house.url, sent);
      if (defended) assert.equal(house.desk.rows[0]?.modifier, 'decompression-failed');
      return house.desk.rows[0]?.state === 'accepted';
    });
  });

  attack('an inflation bomb below the cap of inflation', (defended) => {
    const patient: typeof unwrap = (message, agreed, terms) =>
      unwrap(message, agreed, { ...terms, mostInflation: Number.POSITIVE_INFINITY });
    const mostBytes = (defended ? 8 : 32) * 1024 * 1024;
    return withHouse(
      { ...ours, demands: { ...ours.demands, mostBytes } },
      { unwrap: patient },
      async (house) => {
        await post(house.url, await bomb());
        if (defended) assert.equal(house.desk.rows[0]?.modifier, 'decompression-failed');
        return house.desk.rows[0]?.state === 'accepted';
      },
    );
  });

  for (const chunked of [false, true]) {
    attack(`an oversize body, ${chunked ? 'in chunks' : 'as its length tells'}`, (defended) => {
      const mostBytes = defended ? 64 * 1024 : 1024 * 1024;
      return withHouse({ ...ours, demands: { ...ours.demands, mostBytes } }, {}, async (house) => {
        const payload = Buffer.alloc(100 * 1024, 'x');
        const sent = await pack(memoryDesk([]), theirs, { payload });
        const posted = await post(house.url, sent, { chunked }).catch((error) => error as { status: number });
        if (!defended) return isTaken(house, payload.toString());
        assert.deepEqual([posted.status, house.desk.rows.length], [413, 0]);
        assert.equal(house.desk.notices[0]?.kind, 'too-large');
        return false;
      });
    });
  }

  attack('a slow body', (defended) =>
    withHouse(ours, { limits: { silenceMs: defended ? 20 : 60_000 } }, async (house) => {
      const { headers, body } = await pack(memoryDesk([]), theirs, { payload: Buffer.from(evil) });
      const socket = connect(Number(new URL(house.url).port), '127.0.0.1');
      const pieces: Buffer[] = [];
      socket.on('data', (piece: Buffer) => pieces.push(piece));
      const [answered, closed] = [once(socket, 'data'), once(socket, 'close')];
      const lines = Object.entries({
        ...headers,
        Host: 'x',
        Connection: 'close',
        'Content-Length': body.length,
      });
      socket.write(
        `POST /as2 HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
      );
      socket.write(body.subarray(0, 100));
      // Holds its place for as long as it likes.
      await (defended ? answered : sleep(200));
      socket.end(body.subarray(100));
      await closed;
      const status = Buffer.concat(pieces).toString('latin1').split(' ')[1];
      if (defended) assert.deepEqual([status, house.desk.rows.length], ['408', 0]);
      return isTaken(house, evil);
    }),
  );

  attack('a path in a filename', async (defended) => {
    const folder = await mkdtemp(join(tmpdir(), 'portolan-as2-'));
    const inner = join(folder, 'in', 'spool');
    const filename = '../../escaped.edi';
    // Writes the file under the name that the message gives it.
    const naming: typeof unwrap = async (message, agreed, terms) => {
      const opened = await unwrap(message, agreed, terms);
      const named = createWorkshop(() => join(inner, opened.filename ?? 'none'));
      return { ...opened, payload: await named.keep(opened.payload.read(), 16 * 1024 * 1024) };
    };
    let escaped = false;
    const watching: typeof unwrap = async (message, agreed, terms) => {
      const opened = await (defended ? unwrap : naming)(message, agreed, terms);
      assert.equal(opened.filename, filename);
      escaped = await access(join(folder, 'escaped.edi')).then(
        () => true,
        () => false,
      );
      return opened;
    };
    await mkdir(inner, { recursive: true });
    let files = 0;
    const workshop = createWorkshop(() => join(inner, `${++files}.spool`));
    await withHouse(ours, { unwrap: watching, workshop }, async (house) => {
      const sent = await pack(memoryDesk([]), theirs, { payload: Buffer.alloc(2 * 1024 * 1024), filename });
      await post(house.url, sent);
      assert.equal(house.desk.rows[0]?.state, 'accepted');
    });
    await rm(folder, { recursive: true });
    return escaped;
  });
});
