/** Whether the keys are there that an AS2 endpoint needs, and until when they hold. */
import type { As2Endpoint } from '../partner/endpoint.ts';
import type { Certificate } from '../transport/as2/as2.ts';
import { reasonOf } from '../transport/network.ts';
import { fine, noted, probeLimits, type Step, wrong } from '../transport/probe.ts';
import type { Keyring } from './keyring.ts';

/** One step for our keys, and one or two for the partner's certificates. */
export async function probeKeys(keyring: Keyring, endpoint: As2Endpoint, now: Date): Promise<Step[]> {
  try {
    return [await ourKeys(keyring, endpoint, now), ...(await theirKeys(keyring, endpoint, now))];
  } catch (error) {
    return [
      wrong('keys', reasonOf(error), 'The keys are encrypted with PORTOLAN_KEY_SECRET: see docs/keys.md.'),
    ];
  }
}

async function ourKeys(keyring: Keyring, { key }: As2Endpoint, now: Date): Promise<Step> {
  const { signWith } = await keyring.own(key);
  if (signWith === null)
    return wrong('our key', `there is none called ${key}`, `"portolan keys new ${key}" makes one.`);
  return dated('our key', key, signWith.certificate, now, `"portolan keys roll ${key}" makes the next one.`);
}

async function theirKeys(keyring: Keyring, { name }: As2Endpoint, now: Date): Promise<Step[]> {
  const { pinned, encryptTo } = await keyring.theirs(name);
  const [first] = pinned;
  if (first === undefined) {
    const hint = `Ask the partner for it, then "portolan keys import --partner ${name} CERT.pem".`;
    return [wrong('their certificate', 'there is none: nothing can be verified or encrypted', hint)];
  }
  const renew = 'Ask the partner for the next one.';
  const steps = [dated('their certificate', `${pinned.length} pinned`, encryptTo ?? first, now, renew)];
  if (encryptTo === null)
    steps.push(
      wrong('their certificate', 'none is for encryption', 'Import one that is for encryption too.'),
    );
  return steps;
}

function dated(what: string, which: string, { notAfter }: Certificate, now: Date, hint: string): Step {
  const days = Math.floor((notAfter.getTime() - now.getTime()) / 86_400_000);
  const day = notAfter.toISOString().slice(0, 10);
  if (days < 0) return wrong(what, `${which}, expired on ${day}`, hint);
  if (days < probeLimits.expiryDays) return noted(what, `${which}, until ${day}, in ${days} days`, hint);
  return fine(what, `${which}, until ${day}`);
}
