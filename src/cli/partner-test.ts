/** partner test: the fixture folders of one partner, or of all. */
import { basename, join } from 'node:path';
import { coloured, plain } from '../difference.ts';
import { type FixtureRooms, type FixtureRun, fixtureFolders, testFixture } from '../fixtures.ts';
import { nearMiss, problemText } from '../mapping/problem.ts';
import { wantsColour } from './output.ts';
import type { RunSubVerb } from './partner.ts';
import { loadRooms, namedPartner, type Rooms, spoiling } from './rooms.ts';
import { note, print, readWords, WrongUse } from './verb.ts';
import { watchedRun } from './watched-run.ts';

interface How {
  readonly name: string | undefined;
  readonly only: string | undefined;
  readonly fixtures: string;
  readonly blessing: boolean;
  readonly json: boolean;
}

export const testPartners: RunSubVerb = async (words, self) => {
  const options = {
    case: { type: 'string' },
    bless: { type: 'boolean', default: false },
    fixtures: { type: 'string', default: 'fixtures' },
    watch: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  } as const;
  const { values, positionals } = readWords(words, self, options, 0, 1);
  const { case: only, bless: blessing, fixtures, json } = values;
  const how = { name: positionals[0], only, fixtures, blessing, json };
  if (!values.watch) return testOnce(how, await loadRooms(how.name));
  if (blessing) throw new WrongUse('--watch does not go with --bless: look at what came first.');
  return watchedRun(how.name, [], [join(fixtures, how.name ?? '')], (rooms) => testOnce(how, rooms));
};

async function testOnce(how: How, rooms: Rooms): Promise<number> {
  const problems = how.name === undefined ? rooms.problems : spoiling(rooms, how.name);
  for (const problem of problems) note(problemText(problem));
  if (problems.length > 0 && (how.name !== undefined || how.blessing)) return 1;
  const folders = await chosen(how, rooms);
  let wrong = 0;
  for (const folder of folders) if (!(await testOne(folder, rooms, how))) wrong++;
  note(summary(folders.length, wrong));
  return wrong === 0 && problems.length === 0 ? 0 : 1;
}

/** @throws WrongUse when there is nothing to test */
async function chosen({ name, only, fixtures }: How, rooms: Rooms): Promise<string[]> {
  const folders = await fixtureFolders(fixtures, name);
  // Fixtures of the standard guides are no partner's.
  if (folders.length === 0 && name !== undefined) namedPartner(rooms, name);
  if (folders.length === 0)
    throw new WrongUse(
      `There is no fixture folder in ${join(fixtures, name ?? '')}: each case is a folder with in.edi, or with a document such as 855.json.`,
    );
  const named = only === undefined ? folders : folders.filter((folder) => basename(folder) === only);
  if (named.length > 0) return named;
  const cases = folders.map((folder) => basename(folder));
  throw new WrongUse(
    `There is no case ${only}. ${nearMiss(only ?? '', cases) ?? `There are: ${cases.join(', ')}.`}`,
  );
}

async function testOne(folder: string, rooms: FixtureRooms, { blessing, json }: How): Promise<boolean> {
  const colour = !json && wantsColour(process.stdout, process.env);
  const run = await testFixture(folder, rooms, { blessing, paint: colour ? coloured : plain });
  if (json) print(JSON.stringify(run));
  else show(run);
  return run.differences.length === 0;
}

function show({ folder, differences, blessed }: FixtureRun): void {
  const state = differences.length > 0 ? 'differs' : blessed.length > 0 ? 'blessed' : 'fine';
  print(`${state.padEnd(8)} ${folder}`);
  for (const file of blessed) print(`  changed ${file}`);
  for (const { text } of differences) print(text.replace(/^/gm, '  '));
}

function summary(all: number, wrong: number): string {
  if (wrong === 0) return `${all} ${all === 1 ? 'fixture passes' : 'fixtures pass'}.`;
  return `${all - wrong} of ${all} fixtures pass, ${wrong} ${wrong === 1 ? 'differs' : 'differ'}. When what came is right, --bless makes it what is expected.`;
}
