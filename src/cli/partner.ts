/** partner: what is done about one partner, or about all of them. Each sub-verb has a row here and a file of its own. */
import { type Verb, WrongUse } from './verb.ts';

export interface SubVerb {
  readonly name: string;
  /** 'portolan partner test [NAME] [--bless]' */
  readonly usage: string;
  /** What it does, in a line or a few. */
  readonly about: string;
  /** Loads only what the sub-verb needs. */
  load(): Promise<RunSubVerb>;
}

/** Runs a sub-verb with the words behind its name; gives the exit status. */
export type RunSubVerb = (words: readonly string[], self: Pick<SubVerb, 'usage'>) => Promise<number>;

const subVerbs: readonly SubVerb[] = [
  {
    name: 'list',
    usage: 'portolan partner list',
    about: 'Lists the partners with their agreements.',
    load: async () => (await import('./partner-list.ts')).listPartners,
  },
  {
    name: 'new',
    usage: 'portolan partner new NAME --from SAMPLE.edi [--fixtures DIR]',
    about:
      'Makes the folder of a partner out of a sample file of theirs: partner.yaml with its ids, a guide where the standard one does not read everything, and a fixture.\nSays what the nearest guide does not cover, and what of it the sample never uses. Writes over nothing.',
    load: async () => (await import('./partner-new.ts')).newPartner,
  },
  {
    name: 'check',
    usage: 'portolan partner check [NAME] [--json]',
    about:
      'Checks every partner folder and guide: each problem with file, line, column and what was meant.\nWith NAME that folder, and of the others what it stands on.',
    load: async () => (await import('./partner-check.ts')).checkPartners,
  },
  {
    name: 'test',
    usage: 'portolan partner test [NAME] [--case C] [--bless | --watch] [--fixtures DIR] [--json]',
    about:
      'Runs the fixture folders of a partner, or of all: bytes in, canonical documents and answers out.\nEach file that differs is shown by path or line; --bless makes what came the expectation, and names the files it changed.\n--watch tests again whenever a guide or a fixture is saved, until Ctrl-C.',
    load: async () => (await import('./partner-test.ts')).testPartners,
  },
  {
    name: 'guide',
    usage: 'portolan partner guide NAME [MESSAGE] [--html | --md] [--out DIR] [--fixtures DIR]',
    about:
      'Makes the companion document of a partner from its agreements and guides: each segment and element with its codes, what the partner wants, what is ignored, and examples that pass.\nWrites NAME.html and NAME.md into --out, or one of them; without --out it prints one, Markdown unless --html.',
    load: async () => (await import('./partner-guide.ts')).showGuide,
  },
  {
    name: 'probe',
    usage: 'portolan partner probe NAME [--endpoint E] [--json]',
    about:
      "Tries the partner's SFTP and AS2 endpoints, from the name of the server to the renaming of a file, and says what is wrong and what to do.\nSends no business data; on an SFTP server it writes, renames and removes one small file in 'out'. Needs no running gateway.",
    load: async () => (await import('./partner-probe.ts')).probePartner,
  },
  {
    name: 'retry',
    usage: 'portolan partner retry NAME [--endpoint E] [--why TEXT]',
    about:
      "Has the partner's endpoints, which may be left alone because they failed again and again, tried at once: by the next poll, and by what waits to be sent.",
    load: async () => (await import('./partner-retry.ts')).retryPartner,
  },
  {
    name: 'shadow',
    usage: 'portolan partner shadow NAME [--days 7] [--mappings DIR] [--limit N] [--json]',
    about:
      'Runs the working copy of the guides (--mappings) over stored traffic, and shows what would differ: canonical documents, faults, unread data, decisions, and the segments of what we sent.\nNothing is written and nothing is sent. Shows the first N differences in full (10), and how many there are of each kind.\nExit status: 0 no difference, 1 differences, 2 wrong use or our failure.',
    load: async () => (await import('./partner-shadow.ts')).shadowPartner,
  },
];

export const partner: Verb = {
  name: 'partner',
  usage: subVerbs.map(({ usage }) => usage).join('\n'),
  about: subVerbs.map(({ name, about }) => `${name}: ${about}`).join('\n'),
  help([name]) {
    const one = subVerbs.find((each) => each.name === name);
    return `${(one ?? partner).usage}\n\n${(one ?? partner).about}\n`;
  },
  async run([name, ...words]) {
    const found = subVerbs.find((each) => each.name === name);
    if (found === undefined) throw new WrongUse(partner.usage);
    return (await found.load())(words, found);
  },
};
