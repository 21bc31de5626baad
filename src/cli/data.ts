/** load, ship, backup, restore, migrate, doctor. */
import { readFile } from 'node:fs/promises';
import { describeConfig, loadConfig } from '../config.ts';
import { loadItems, loadPrices, loadStock } from '../flow/loading.ts';
import { groupNumbers } from '../flow/make-interchange.ts';
import { recordShipment } from '../flow/ship.ts';
import { keepTable, readTable } from '../flow/tables.ts';
import { loadGuides } from '../mapping/load.ts';
import { Problems, problemText } from '../mapping/problem.ts';
import { type LoadFormat, parseItems, parsePrices, parseStock } from '../order/load.ts';
import { type ShipmentRequest, shipmentRequest } from '../order/shipment/request.ts';
import { loadPartners } from '../partner/load.ts';
import type { Partners } from '../partner/partners.ts';
import { backup, restore } from '../store/backup.ts';
import { schemaState } from '../store/migrate.ts';
import { ordersByNumber } from '../store/orders.ts';
import type { Store } from '../store/store.ts';
import { legacyWarning } from '../transport/ssh-algorithms.ts';
import { checkKeys } from './keys-check.ts';
import { byMe, whoAmI, withContext, withPartners, withStore } from './office.ts';
import { note, print, readNumber, readWords, type Verb, WrongUse } from './verb.ts';

const kinds = {
  items: { parse: parseItems, load: loadItems },
  stock: { parse: parseStock, load: loadStock },
  prices: { parse: parsePrices, load: loadPrices },
} as const;

export const load: Verb = {
  name: 'load',
  usage:
    'portolan load items|stock|prices FILE [--preview]     (CSV, or JSON when the name ends in .json)\nportolan load table NAME FILE --partner P [--preview]',
  about:
    "Loads items, stock or prices from CSV or JSON, all or nothing; or a table that a partner's guides look values up in.\n--preview shows what would be loaded, and loads nothing.",
  async run(words) {
    const options = { preview: { type: 'boolean' }, partner: { type: 'string' } } as const;
    const { values, positionals } = readWords(words, load, options, 2, 3);
    const [kind, ...names] = positionals as [string, string, string?];
    const preview = values.preview === true;
    const [name, file] = names;
    if (kind === 'table' && file !== undefined && values.partner !== undefined)
      return loadTable({ partner: values.partner, name, file, preview });
    if (!(kind in kinds) || file !== undefined || values.partner !== undefined)
      throw new WrongUse(load.usage);
    return loadFile(kind as keyof typeof kinds, name, preview);
  },
};

interface TableWords {
  readonly partner: string;
  readonly name: string;
  readonly file: string;
  readonly preview: boolean;
}

async function loadTable({ partner, name, file, preview }: TableWords): Promise<number> {
  const problems = new Problems();
  const table = readTable(file, name, await readFile(file, 'utf8'), problems);
  if (table === null) {
    for (const problem of problems.found) note(problemText(problem));
    note('Nothing was loaded.');
    return 1;
  }
  const { columns, rows } = table;
  for (const row of rows.slice(0, previewRows))
    note(`  ${columns.map((column, index) => `${column} ${row[index]}`).join(', ')}`);
  if (rows.length > previewRows) note(`  … ${rows.length - previewRows} more`);
  const what = `${rows.length} rows of the table ${name} for ${partner}`;
  if (!preview) {
    const kept = { partner, name, columns, rows };
    const shadowed = await withPartners((context) =>
      keepTable(context, kept, byMe(`loaded from ${file}`), loadConfig(process.env, process.cwd()).mappings),
    );
    if (shadowed !== null) note(`${shadowed} has rows of its own: they are used, and these are not.`);
  }
  note(preview ? `${what} would be loaded.` : `${what} loaded.`);
  return 0;
}

async function loadFile(kind: keyof typeof kinds, file: string, preview: boolean): Promise<number> {
  const format: LoadFormat = file.endsWith('.json') ? 'json' : 'csv';
  const { rows, faults } = kinds[kind].parse(await readFile(file, 'utf8'), format);
  for (const found of faults)
    note(`${file}${found.at?.line === undefined ? '' : `:${found.at.line}`}: ${found.message} ${found.hint}`);
  if (faults.some((found) => found.severity === 'error')) {
    note('Nothing was loaded.');
    return 1;
  }
  for (const row of rows.slice(0, previewRows)) note(`  ${JSON.stringify(row)}`);
  if (rows.length > previewRows) note(`  … ${rows.length - previewRows} more`);
  if (preview) {
    note(`${rows.length} rows of ${kind} would be loaded.`);
    return 0;
  }
  await withPartners((context) => kinds[kind].load(context, rows as never, byMe(`loaded from ${file}`)));
  note(`${rows.length} rows of ${kind} loaded.`);
  return 0;
}

const previewRows = 5;

export const ship: Verb = {
  name: 'ship',
  usage:
    'portolan ship ORDER [--partner P] [--line NUMBER=QUANTITY]… [--carrier SCAC] [--pro NUMBER] [--bol NUMBER] [--on DAY] [--file REQUEST.json] [--key KEY]',
  about:
    'Records a shipment: everything that is confirmed, or the lines named; the ship notice follows.\nORDER is our number of the order, or the purchase order number. --key makes a repeat harmless.',
  async run(words) {
    const options = {
      partner: { type: 'string' },
      line: { type: 'string', multiple: true },
      carrier: { type: 'string' },
      pro: { type: 'string' },
      bol: { type: 'string' },
      on: { type: 'string' },
      file: { type: 'string' },
      key: { type: 'string' },
    } as const;
    const { values, positionals } = readWords(words, ship, options, 1);
    const request = await readRequest(values);
    const shipped = await withContext(async (context) => {
      const order = await findOrder(context.store, positionals[0] as string, values.partner ?? null);
      return recordShipment(context, order, request, whoAmI(), values.key ?? null);
    });
    print(`shipment ${shipped.number}: ${shipped.ssccs.length} cartons, the order is now ${shipped.state}`);
    for (const sscc of shipped.ssccs) print(`  SSCC ${sscc}`);
    return 0;
  },
};

interface ShipWords {
  readonly line?: string[] | undefined;
  readonly carrier?: string | undefined;
  readonly pro?: string | undefined;
  readonly bol?: string | undefined;
  readonly on?: string | undefined;
  readonly file?: string | undefined;
}

async function readRequest(words: ShipWords): Promise<ShipmentRequest> {
  const lines = words.line?.map((text) => {
    const [line, quantity] = text.split('=');
    return { line, quantity };
  });
  const carrier =
    words.carrier === undefined && words.pro === undefined
      ? undefined
      : { scac: words.carrier, pro: words.pro };
  const given =
    words.file === undefined
      ? { lines, carrier, billOfLading: words.bol, shippedOn: words.on }
      : JSON.parse(await readFile(words.file, 'utf8'));
  const parsed = shipmentRequest.safeParse(JSON.parse(JSON.stringify(given)));
  if (parsed.success) return parsed.data;
  throw new WrongUse(
    parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'),
  );
}

/** By our own number, else by the purchase order number where it is only one order's. */
async function findOrder(store: Store, text: string, partner: string | null): Promise<string> {
  const found = await ordersByNumber(store.db, partner, text);
  if (found.length === 1) return (found[0] as { id: string }).id;
  if (found.length > 1)
    throw new WrongUse(
      `${found.length} orders have the number ${text}: give --partner, or our number (${found.map((order) => order.id).join(', ')}).`,
    );
  if (/^\d{1,18}$/.test(text)) return text;
  throw new WrongUse(`There is no order ${text}.`);
}

export const backUp: Verb = {
  name: 'backup',
  usage: 'portolan backup FILE',
  about: 'Writes everything into one file, as of one moment, while the gateway runs.',
  async run(words) {
    const { positionals } = readWords(words, backUp, {}, 1);
    await withStore((store) => backup(store, positionals[0] as string));
    note(`Backed up to ${positionals[0]}.`);
    return 0;
  },
};

export const putBack: Verb = {
  name: 'restore',
  usage: 'portolan restore FILE [--replace] [--gap N]',
  about:
    'Fills an empty database from a backup; control numbers move on, so that none is used twice.\n--replace empties a database that is not empty. --gap: how many numbers are left out (default 1000).',
  async run(words) {
    const options = { replace: { type: 'boolean' }, gap: { type: 'string' } } as const;
    const { values, positionals } = readWords(words, putBack, options, 1);
    await withPartners(({ store, partners }) =>
      restore(store, positionals[0] as string, {
        replace: values.replace === true,
        rangeOf: (agreement, scope) => rangeOf(partners, agreement, scope),
        who: whoAmI(),
        ...(values.gap === undefined ? {} : { gap: readNumber(values.gap, 'gap') }),
      }),
    );
    note(`Restored from ${positionals[0]}.`);
    return 0;
  },
};

/** Where a counter rolls over; null: it never does. */
function rangeOf(partners: Partners, agreement: string, scope: string) {
  if (scope === 'group') return groupNumbers;
  return scope === 'interchange' ? (partners.agreement(agreement)?.control ?? null) : null;
}

export const migrateSchema: Verb = {
  name: 'migrate',
  usage: 'portolan migrate',
  about: 'Brings the database schema up to date (start does so, too).',
  async run(words) {
    readWords(words, migrateSchema, {}, 0);
    const state = await withStore((store) => schemaState(store));
    print(`schema ${state.version ?? 'none'}${state.ready ? '' : `, missing ${state.missing.join(', ')}`}`);
    return state.ready ? 0 : 1;
  },
};

export const doctor: Verb = {
  name: 'doctor',
  usage: 'portolan doctor',
  about: 'Checks configuration, partners, guides, keys and the database, and says what is wrong.',
  async run(words) {
    readWords(words, doctor, {}, 0);
    const config = loadConfig(process.env, process.cwd());
    for (const [key, value] of Object.entries(describeConfig(config))) print(`${key.padEnd(12)} ${value}`);
    const { partners, problems } = await loadPartners(config.mappings, { demo: true });
    const guides = await loadGuides(config.mappings);
    const wrong = [...problems, ...guides.problems];
    for (const problem of wrong) print(problemText(problem));
    print(
      `partners     ${partners.all.length}, guides ${guides.guides.all.length}, problems ${wrong.length}`,
    );
    for (const endpoint of partners.endpoints) {
      const warning =
        endpoint.type === 'sftp' ? legacyWarning(endpoint.name, endpoint.legacyAlgorithms) : null;
      if (warning !== null) print(`note         ${warning}`);
    }
    const { state, keys } = await withStore(async (store) => ({
      state: await schemaState(store),
      keys: await checkKeys(store, partners, config),
    }));
    for (const sentence of [...keys.problems, ...keys.warnings]) print(sentence);
    print(`keys         ${keys.count}, problems ${keys.problems.length}, warnings ${keys.warnings.length}`);
    print(
      `schema       ${state.version ?? 'none'}, ${state.ready ? 'up to date' : `missing ${state.missing.join(', ')}`}`,
    );
    return wrong.length === 0 && keys.problems.length === 0 && state.ready ? 0 : 1;
  },
};
