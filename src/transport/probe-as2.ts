/**
 * Tries the address of a partner's AS2 server: name, port, certificate, and whether HTTP answers there. It asks with GET, which
 * carries no message; that a message of ours is taken can only be shown by sending one, which a probe does not.
 */
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { placeOf, reasonOf } from './network.ts';
import {
  fine,
  noted,
  probeLimits,
  probeName,
  probePort,
  probeTls,
  reasonAt,
  type Step,
  wrong,
} from './probe.ts';

export interface As2Address {
  readonly url: string;
  readonly login: { readonly user: string; readonly password: string } | null;
  /** PEM of our certificate for TLS and its key, in one text. */
  readonly clientKey: string | null;
  /** PEM of who vouches for their server. */
  readonly authority: string | null;
}

/** Gives each step as it is taken; ends after the first that keeps the others from being taken. */
export async function* probeAs2(address: As2Address): AsyncGenerator<Step> {
  const url = URL.parse(address.url);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    yield wrong('url', `${address.url} is no address`, "It starts with 'https://' or 'http://'.");
    return;
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const isSafe = url.protocol === 'https:';
  const port = Number(url.port || (isSafe ? 443 : 80));
  const name = await probeName(host);
  yield name;
  if (name.found === 'wrong') return;
  const { step, socket } = await probePort(host, port);
  socket?.destroy();
  yield step;
  if (socket === null) return;
  if (!isSafe) yield noted('TLS', 'none: what is sent is safe only by its own encryption and signature');
  const tls = isSafe ? await probeTls(host, port, address.authority) : [];
  yield* tls;
  if (tls.some(({ found }) => found === 'wrong')) return;
  yield await ask(url, placeOf(host, port), address);
}

function ask(url: URL, place: string, { login, clientKey, authority }: As2Address): Promise<Step> {
  return new Promise((resolve) => {
    const fail = (says: string, hint: string) => resolve(wrong('HTTP', says, hint));
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const request = send(url, {
      method: 'GET',
      agent: false,
      timeout: probeLimits.answerMs,
      ...(login === null ? {} : { auth: `${login.user}:${login.password}` }),
      ...(clientKey === null ? {} : { cert: clientKey, key: clientKey }),
      ...(authority === null ? {} : { ca: authority }),
    });
    request.once('response', (response) => {
      response.destroy();
      resolve(answerStep(response.statusCode ?? 0, login !== null));
    });
    request.once('timeout', () => {
      request.destroy();
      fail(`${place}: no answer`, 'Something listens, but does not speak HTTP there: check the port.');
    });
    request.once('error', (error) => {
      const isTls = /certificate required|handshake failure|bad certificate/i.test(reasonOf(error));
      fail(
        reasonAt(place, error),
        isTls
          ? 'The server wants a client certificate that it knows: set clientKey, and give the partner its certificate.'
          : 'Something listens, but does not speak HTTP there: check the port.',
      );
    });
    request.end();
  });
}

/** Many AS2 servers take POST alone: 405, or 400 for what is no message, is as good an answer as 200. */
function answerStep(code: number, withLogin: boolean): Step {
  if (code === 401 || code === 403) {
    const hint = withLogin
      ? 'The user or the password is another one, or our address is not let in.'
      : 'The server wants a login or knows our address not: ask the partner for user and password.';
    return wrong('HTTP', `GET is answered with ${code}`, hint);
  }
  if (code === 404)
    return noted(
      'HTTP',
      'GET is answered with 404',
      'Check the path; some servers answer so to all but POST.',
    );
  if (code >= 300 && code < 400)
    return wrong(
      'HTTP',
      `GET is answered with ${code}`,
      'Redirects are not followed: write the final address.',
    );
  if (code >= 500)
    return wrong('HTTP', `GET is answered with ${code}`, 'Their server is in trouble: tell the partner.');
  return fine('HTTP', `GET is answered with ${code}; whether messages are taken only a message can show`);
}
