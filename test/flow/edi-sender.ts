/** A partner that posts to /edi: what is agreed with it, and its requests. */
import { once } from 'node:events';
import { request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { buffer } from 'node:stream/consumers';

export interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
}

/** acme posts to us, from here, from afar, or with a certificate. */
export function partnerTerms(fingerprint: string) {
  return {
    partner: 1,
    name: 'acme',
    agreements: {
      live: {
        standard: 'x12',
        us: { qualifier: 'ZZ', id: 'SALTMARSH' },
        them: { qualifier: 'ZZ', id: 'ACME' },
        version: { interchange: '00401', message: '004010' },
        acknowledge: { send: '997' },
        documents: { '855': { within: '24h' } },
        endpoint: 'acme-box',
      },
    },
    endpoints: {
      'acme-box': { type: 'folder', in: 'acme/in', out: 'acme/out' },
      'acme-post': { type: 'http' },
      'acme-near': { type: 'http', addresses: ['192.0.2.0/24', '127.0.0.0/8', '::1'] },
      'acme-far': { type: 'http', addresses: ['192.0.2.0/24', '2001:db8::/32'] },
      'acme-pinned': { type: 'http', certificates: [fingerprint] },
    },
  };
}

/** One request over a connection of its own. */
export async function ask(url: string, options: RequestOptions, body?: string): Promise<Answer> {
  const send = url.startsWith('https:') ? httpsRequest : httpRequest;
  const sent = send(url, { ...options, agent: false });
  sent.end(body);
  const [response] = await once(sent, 'response');
  const text = String(await buffer(response));
  return { status: response.statusCode ?? 0, headers: response.headers, text };
}
