/** How a sender's interchanges are read, where it was agreed: severities and the character set. */
import type { InterchangeBegin, InterchangeSettings } from '../interchange/interchange.ts';
import type { Agreement, Partner } from './partner.ts';
import { agreementWith, type Partners } from './partners.ts';

/** What one agreement says of reading. */
export function settingsOf({ severities, charset }: Agreement): InterchangeSettings {
  return {
    ...(Object.keys(severities).length === 0 ? {} : { severities }),
    ...(charset === undefined ? {} : { charset }),
  };
}

/** For the reader: the settings of the agreement whose ids an interchange has; of nobody's, none. */
export function settingsBy(partners: Partners): (begin: InterchangeBegin) => InterchangeSettings {
  return ({ standard, sender, receiver, application }) => {
    const agreement = partners.identify(standard, sender, receiver, application);
    return agreement === null ? {} : settingsOf(agreement);
  };
}

/** For the reader of a file that is one partner's by somebody's word, whatever its ids. */
export function settingsWith(partner: Partner): (begin: InterchangeBegin) => InterchangeSettings {
  return (begin) => {
    const agreement = agreementWith(partner, begin);
    return agreement === null ? {} : settingsOf(agreement);
  };
}
