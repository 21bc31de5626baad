/** Certificates for tests of TLS. */
import { execFileSync } from 'node:child_process';

/** NAME.crt and NAME.key in a folder: a self-signed certificate of 127.0.0.1, as openssl makes it. */
export function selfSigned(folder: string, name: string): void {
  openssl(folder, [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
    ...['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'],
    ...['-keyout', `${name}.key`, '-out', `${name}.crt`],
  ]);
}

/** NAME.crt and NAME.key in a folder, signed by another one in it. */
export function signedBy(folder: string, name: string, authority: string): void {
  openssl(folder, [
    ...['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', `/CN=${name}`],
    ...['-keyout', `${name}.key`, '-out', `${name}.csr`],
  ]);
  openssl(folder, [
    ...['x509', '-req', '-in', `${name}.csr`, '-CA', `${authority}.crt`, '-CAkey', `${authority}.key`],
    ...['-days', '2', '-out', `${name}.crt`],
  ]);
}

function openssl(folder: string, words: string[]): void {
  execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' });
}
