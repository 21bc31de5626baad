// One side of a partnership, and a desk in memory: what a gateway keeps in PostgreSQL is not part of what is measured here.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCertificate, readOwnKey } from '../../dist/transport/as2/certificate.js';
import { createWorkshop } from '../../dist/transport/as2/piece.js';

const quirks = {
  digestSpelling: 'sha-256',
  transferEncoding: 'binary',
  quoteFilename: true,
  algorithmProtection: true,
};

export const packing = {
  sign: 'sha-256',
  signature: 'pkcs1',
  encrypt: 'aes-256-cbc',
  keyTransport: 'pkcs1',
  compress: 'none',
  quirks,
};

export const contentType = 'application/edi-x12';

/** The keys that the bench made lie in its folder as PEM. */
export function pemOf(folder, name) {
  return readFileSync(join(folder, `${name}.pem`), 'utf8');
}

/** What `us` agreed with `them`. */
export function agreed(folder, us, them) {
  const own = readOwnKey(pemOf(folder, us), pemOf(folder, `${us}.key`));
  const theirs = readCertificate(pemOf(folder, them));
  return {
    endpoint: them,
    receives: true,
    us,
    them,
    demands: {
      signed: true,
      encrypted: true,
      digests: ['sha-256'],
      ciphers: ['aes-256-cbc'],
      expired: false,
      mostBytes: 2 ** 30,
    },
    signWith: own,
    openWith: [own],
    pinned: [theirs],
    encryptTo: theirs,
    deliverMdnTo: null,
    packing: { signature: packing.signature, quirks },
  };
}

export function workshopIn(folder) {
  let pieces = 0;
  return createWorkshop(() => {
    pieces += 1;
    return join(folder, `${process.pid}-${pieces}.spool`);
  });
}

/** Accepts everything once, and keeps count. */
export function deskOf(agreement) {
  const desk = {
    accepted: 0,
    trouble: [],
    partnership: async (names) =>
      names.some(({ us, them }) => us === agreement.us && them === agreement.them) ? agreement : null,
    begin: async ({ messageId }) => ({ state: 'fresh', id: messageId, before: null }),
    accept: async (_id, _opened, answer) => {
      desk.accepted += 1;
      return { state: 'accepted', answer };
    },
    refuse: async (_id, refusal) => void desk.trouble.push(`${refusal.modifier}: ${refusal.message}`),
    repeat: async (id) => void desk.trouble.push(`${id} came again`),
    conflict: async (id) => void desk.trouble.push(`${id} came with other content`),
    pending: async () => null,
    mdnArrived: async () => undefined,
    notice: async ({ reason }) => void desk.trouble.push(reason),
  };
  return desk;
}
