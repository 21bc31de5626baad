// The cryptography of one message and its MDN and nothing else: `bare.mjs FOLDER COUNT FILE`. What each side cannot do without:
//   sender    digest and sign the content; make a key, encrypt the content with it and the key to the receiver; verify the MDN
//   receiver  decrypt key and content; digest and verify; digest and sign the MDN
import {
  constants,
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';
import { readFileSync } from 'node:fs';
import { pemOf } from './house.mjs';
import { tell, timed } from './spent.mjs';

const [folder, count, file] = process.argv.slice(2);
const content = readFileSync(file);
/** Signed attributes; an MDN; what certificate, signature and MIME add to the content. */
const [attributes, mdn, wrapping] = [Buffer.alloc(150, 1), Buffer.alloc(900, 2), Buffer.alloc(1_800, 3)];
const keys = (name) => [createPrivateKey(pemOf(folder, `${name}.key`)), createPublicKey(pemOf(folder, name))];
const [[senderKey, senderPublic], [receiverKey, receiverPublic]] = [keys('sender'), keys('receiver')];
const digest = (bytes) => createHash('sha256').update(bytes).digest();
const pkcs1 = { padding: constants.RSA_PKCS1_PADDING };
/** As a receiver on Node 20 has to: the padding is looked at by hand, so that no oracle opens. */
const none = { padding: constants.RSA_NO_PADDING };

function encrypt() {
  const [key, iv] = [randomBytes(32), randomBytes(16)];
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  return {
    iv,
    bytes: [cipher.update(content), cipher.update(wrapping), cipher.final()],
    key: publicEncrypt({ key: receiverPublic, ...pkcs1 }, key),
  };
}

const mdnSignature = sign('sha256', mdn, receiverKey);
const signature = sign('sha256', attributes, senderKey);
const sent = encrypt();

function asSender() {
  digest(content);
  sign('sha256', attributes, senderKey);
  encrypt();
  digest(mdn);
  verify('sha256', mdn, receiverPublic, mdnSignature);
}

function asReceiver() {
  const key = privateDecrypt({ key: receiverKey, ...none }, sent.key).subarray(-32);
  const decipher = createDecipheriv('aes-256-cbc', key, sent.iv);
  for (const part of sent.bytes) decipher.update(part);
  decipher.final();
  digest(content);
  verify('sha256', attributes, senderPublic, signature);
  digest(mdn);
  sign('sha256', attributes, receiverKey);
}

async function cost(work) {
  for (let nth = 0; nth < 50; nth++) work();
  const { cpuMs } = await timed(() => {
    for (let nth = 0; nth < Number(count); nth++) work();
  });
  return cpuMs / Number(count);
}

tell({ sender: await cost(asSender), receiver: await cost(asReceiver) });
