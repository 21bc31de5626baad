/** Evidence of AS2: each message as it travelled, what was inside, the signature, and the receipt with its headers. */
import { listAs2Parts, readAs2Part } from '../store/as2-chunks.ts';
import { type As2Row, as2MessagesOf } from '../store/as2-messages.ts';
import { keysAround } from '../store/keys.ts';
import type { Queryable } from '../store/store.ts';
import { bytesExhibit, type Exhibit, jsonExhibit, plainExhibit } from './exhibit.ts';

const partWords = {
  raw: { ending: 'body.bin', what: 'its body as it travelled' },
  decrypted: { ending: 'decrypted.bin', what: 'what was inside the encryption, headers and all' },
  signature: { ending: 'signature.p7s', what: 'the signature (CMS in DER)' },
} as const;

/** The AS2 messages that brought a delivery, or carried a transmission. */
export async function as2Exhibits(
  db: Queryable,
  of: Parameters<typeof as2MessagesOf>[1],
  path: string,
): Promise<Exhibit[]> {
  const found: Exhibit[] = [];
  for (const row of await as2MessagesOf(db, of)) found.push(...(await messageExhibits(db, row, path)));
  return found;
}

/** The certificates that counted then, ours and theirs: with them anybody can verify the signatures. */
export async function certificateExhibits(
  db: Queryable,
  of: Parameters<typeof keysAround>[1],
): Promise<Exhibit[]> {
  return (await keysAround(db, of)).map(
    ({ id, kind, holder, fingerprint, certificate, created_at: at, who }) => {
      const whose =
        kind === 'own' ? `Our certificate ${holder}, here` : `Their certificate, pinned at ${holder}`;
      const what = `${whose} by ${who}; SHA-256 ${fingerprint}`;
      return plainExhibit(`certificates/certificate-${id}.pem`, what, at, async function* () {
        yield Buffer.from(certificate);
      });
    },
  );
}

async function messageExhibits(db: Queryable, row: As2Row, path: string): Promise<Exhibit[]> {
  const { id, direction, at, last_at, mdn, mdn_at, mdn_headers, headers, digest, size, ...rest } = row;
  const name = `${path}-as2-${id}`;
  const about = `AS2 message ${id}`;
  const receipt = direction === 'in' ? 'the MDN that we gave' : 'the MDN that came back';
  const parts = await listAs2Parts(db, id);
  return [
    jsonExhibit(`${name}.json`, `${about}: ids, policy, MIC, disposition and times`, last_at, {
      id,
      direction,
      at,
      last_at,
      mdn_at,
      digest,
      size,
      ...rest,
    }),
    headersExhibit(`${name}.headers.txt`, `${about}: its headers`, at, headers),
    ...parts.map((part) => {
      const { ending, what } = partWords[part];
      const file = { path: `${name}.${ending}`, what: `${about}: ${what}`, at };
      const bytes = () => readAs2Part(db, id, part);
      return part === 'raw'
        ? bytesExhibit({ ...file, size: Number(size), digest }, bytes)
        : plainExhibit(file.path, file.what, at, bytes);
    }),
    ...(mdn === null
      ? []
      : [
          headersExhibit(
            `${name}.mdn.headers.txt`,
            `${about}: headers of ${receipt}`,
            mdn_at ?? last_at,
            mdn_headers ?? {},
          ),
          plainExhibit(`${name}.mdn.body.bin`, `${about}: ${receipt}`, mdn_at ?? last_at, async function* () {
            yield mdn;
          }),
        ]),
  ];
}

/** With a blank line at the end: this file, then the body, is the whole message as MIME. */
function headersExhibit(
  path: string,
  what: string,
  at: Date,
  headers: Readonly<Record<string, string>>,
): Exhibit {
  return plainExhibit(path, what, at, async function* () {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    yield Buffer.from(`${lines.join('')}\r\n`, 'latin1');
  });
}
