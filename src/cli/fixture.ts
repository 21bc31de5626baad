/** fixture: what a partner really sent becomes a test, in disguise. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type MaskedFixture, maskForFixture } from '../fixture-from.ts';
import { testFixture } from '../fixtures.ts';
import { Problems } from '../mapping/problem.ts';
import { loadTables } from '../mapping/tables.ts';
import { largestMasked } from '../mask.ts';
import { readChunks } from '../store/chunks.ts';
import { readOnly } from '../store/read-only.ts';
import { viewDelivery } from '../store/view-deliveries.ts';
import { withArchive } from './archive.ts';
import { loadRooms, namedPartner } from './rooms.ts';
import { note, print, readWords, type Verb, WrongUse } from './verb.ts';

export const fixture: Verb = {
  name: 'fixture',
  usage: 'portolan fixture from DELIVERY [--partner P] [--name CASE] [--out DIR] [--json]',
  about: `Makes a fixture of a stored delivery, also of one that failed: names, addresses, ids, prices and texts are masked, the same
value alike all over the file; structure, codes, dates, quantities and faults stay. Masks are drawn by chance and kept nowhere.
--partner: whose fixture it is, and whose ids it gets, where it is not the sender's. --name: of its folder (delivery-DELIVERY).
--out: the folder of all fixtures (fixtures). --json: prints what was masked, by place and kind.
Exit status: 0 fine, 1 the masked file has other faults than the original (they are named), 2 wrong use or our failure.`,
  async run(words) {
    const options = {
      partner: { type: 'string' },
      name: { type: 'string' },
      out: { type: 'string', default: 'fixtures' },
      json: { type: 'boolean', default: false },
    } as const;
    const { values, positionals } = readWords(words, fixture, options, 2);
    const [what, delivery = ''] = positionals;
    if (what !== 'from') throw new WrongUse(fixture.usage);
    if (!/^\d{1,18}$/.test(delivery))
      throw new WrongUse(`${delivery} is no delivery: give its number, as the console shows it.`);
    const stored = await readDelivery(delivery);
    const partner = values.partner ?? stored.partner;
    if (partner === null)
      throw new WrongUse(
        `Nobody is known as the sender of delivery ${delivery}: say whose fixture it is with --partner.`,
      );
    const folder = join(values.out, partner, caseName(values.name ?? `delivery-${delivery}`));
    return make({ delivery, partner, folder, bytes: stored.bytes, json: values.json });
  },
};

function caseName(name: string): string {
  if (/^[A-Za-z0-9][\w.-]{0,99}$/.test(name)) return name;
  throw new WrongUse(`--name takes the name of a folder, such as 850-late-delivery, not ${name}.`);
}

interface Stored {
  readonly bytes: Buffer;
  readonly partner: string | null;
}

function readDelivery(id: string): Promise<Stored> {
  return withArchive((store) =>
    readOnly(store, async (tx) => {
      const delivery = await viewDelivery(tx, id);
      if (delivery === null) throw new WrongUse(`There is no delivery ${id}.`);
      if (delivery.size > largestMasked)
        throw new WrongUse(
          `Delivery ${id} has ${delivery.size} bytes; a fixture has at most ${largestMasked}.`,
        );
      const chunks: Buffer[] = [];
      for await (const chunk of readChunks(tx, id)) chunks.push(chunk);
      return { bytes: Buffer.concat(chunks), partner: delivery.partners[0] ?? null };
    }),
  );
}

interface Job extends Stored {
  readonly delivery: string;
  readonly partner: string;
  readonly folder: string;
  readonly json: boolean;
}

async function make({ delivery, partner, folder, bytes, json }: Job): Promise<number> {
  const rooms = await loadRooms(partner);
  namedPartner(rooms, partner);
  if (existsSync(folder)) throw new WrongUse(`${folder} is there already: choose another --name.`);
  // What is wrong with a table, partner check tells.
  const tables = await loadTables(rooms.mappings, [], new Problems());
  const made = await maskForFixture(bytes, partner, rooms, tables);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'in.edi'), made.bytes);
  const { blessed } = await testFixture(folder, rooms, { blessing: true });
  const files = [join(folder, 'in.edi'), ...blessed];
  if (json) print(JSON.stringify({ delivery, partner, folder, files, ...told(made) }));
  else show(made, files, partner);
  for (const line of made.changed) note(`${line.startsWith('-') ? 'lost' : 'new'}: ${line.slice(2)}`);
  return made.changed.length === 0 ? 0 : 1;
}

function told({ masked, findings, changed }: MaskedFixture) {
  return { masked, findings, changed };
}

function show({ masked, findings, changed }: MaskedFixture, files: readonly string[], partner: string): void {
  for (const { kind, place, count } of masked)
    print(`masked ${kind.padEnd(15)} ${place.padEnd(10)} ${count} times`);
  for (const file of files) print(`wrote  ${file}`);
  const kept =
    changed.length === 0
      ? `${findings.length} findings, the same as in the original.`
      : 'It has other faults than the original:';
  note(`${kept}\nLook through it before you commit it, then: portolan partner test ${partner}`);
}
