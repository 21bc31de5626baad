/** partner retry: the endpoints of a partner are tried at once, whatever they failed before. */
import { retryEndpoint } from '../flow/deeds.ts';
import { byMe, withPartners } from './office.ts';
import type { RunSubVerb } from './partner.ts';
import { noPartner } from './rooms.ts';
import { print, readWords, WrongUse } from './verb.ts';

export const retryPartner: RunSubVerb = async (words, self) => {
  const options = { endpoint: { type: 'string' }, why: { type: 'string' } } as const;
  const { values, positionals } = readWords(words, self, options, 1);
  const name = positionals[0] as string;
  await withPartners(async (context) => {
    const { all, endpoints, byName } = context.partners;
    if (byName(name) === null)
      throw noPartner(
        name,
        all.map((one) => one.name),
      );
    // Whoever comes to us is not called.
    const called = endpoints.filter(
      (one) => one.partners.includes(name) && one.type !== 'http' && one.type !== 'hosted',
    );
    const meant = called.filter((one) => values.endpoint === undefined || one.name === values.endpoint);
    if (meant.length === 0)
      throw new WrongUse(
        `${name} has no endpoint ${values.endpoint === undefined ? '' : `${values.endpoint} `}that the gateway calls`,
      );
    for (const endpoint of meant) {
      const freed = await retryEndpoint(context, endpoint.name, byMe(values.why));
      print(`${endpoint.name} is tried at once${freed === 0 ? '' : `; ${freed} waited to be sent there`}.`);
    }
  });
  return 0;
};
