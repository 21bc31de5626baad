/** Files that are no EDI, by how they begin: what they are, and what to do with them. */

/** How files of a kind begin, one character per byte. */
interface Kind {
  readonly begins: readonly string[];
  readonly advice: string;
}

const kinds: readonly Kind[] = [
  { begins: ['PK\x03\x04'], advice: 'a ZIP archive: unpack it, then inspect what was in it' },
  { begins: ['\x1f\x8b'], advice: 'a gzip file: unpack it (gunzip -c FILE | portolan inspect -)' },
  { begins: ['-----BEGIN PGP', '\x85\x01', '\x85\x02'], advice: 'encrypted with PGP: decrypt it first' },
  {
    begins: ['-----BEGIN', '\x30\x80\x06', '\x30\x82', '\x30\x83'],
    advice: 'a certificate, or an encrypted or signed message (PKCS 7): decrypt it first',
  },
  {
    begins: ['mime-version:', 'content-type:', 'received:', 'return-path:', 'message-id:', 'as2-'],
    advice: 'a mail or AS2 message with its headers: take out what it carries',
  },
  { begins: ['%pdf'], advice: 'a PDF document: ask for the EDI file itself' },
  {
    begins: ['\xff\xfe', '\xfe\xff', 'i\0s\0', 'u\0n\0', '\0i\0s', '\0u\0n'],
    advice: 'text in UTF-16: have it sent in ASCII or UTF-8',
  },
  {
    begins: ['\xc9\xe2\xc1', '\xe4\xd5\xc1', '\xe4\xd5\xc2'],
    advice: 'EDI in EBCDIC: have the transfer translate it to ASCII',
  },
  { begins: ['<'], advice: 'XML or HTML, perhaps an error page that was stored in place of the file' },
  { begins: ['{', '['], advice: 'JSON' },
  { begins: ['\x7felf', 'mz', '#!'], advice: 'a program' },
  { begins: ['\x89png', '\xff\xd8\xff', 'gif8'], advice: 'a picture' },
  { begins: ['\xd0\xcf\x11\xe0'], advice: 'an old Office document' },
];

/**
 * What a file looks like that is no EDI.
 * @param head its first bytes
 * @returns 'a ZIP archive: unpack it, …'; null where they tell nothing
 */
export function kindOf(head: Uint8Array): string | null {
  const text = lowerCased(
    Buffer.from(head)
      .toString('latin1')
      .replace(/^\xef\xbb\xbf/, '')
      .trimStart(),
  );
  const found = kinds.find(({ begins }) => begins.some((begin) => text.startsWith(lowerCased(begin))));
  return found?.advice ?? null;
}

/** Of the letters A to Z only: the others stand for bytes. */
function lowerCased(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
