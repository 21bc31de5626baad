/** The steps of the road without its queue: files given, every step run at once, and what became of it in the database. */
import { createHash } from 'node:crypto';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { answer } from '../../src/flow/answer.ts';
import type { Context, Stage } from '../../src/flow/context.ts';
import { decide } from '../../src/flow/decide.ts';
import { receive } from '../../src/flow/receive.ts';
import { reconcile } from '../../src/flow/reconcile.ts';
import { translate } from '../../src/flow/translate.ts';
import { createLogger } from '../../src/log.ts';
import { loadGuides } from '../../src/mapping/load.ts';
import { createMetrics } from '../../src/metrics.ts';
import { loadPartners } from '../../src/partner/load.ts';
import { claimReady, doneReady, type ReadyRow } from '../../src/store/ready.ts';
import type { Tx } from '../../src/store/store.ts';
import { fillShelf, goods } from '../end-to-end/road.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { type TestFolder, testFolder } from '../support/folder.ts';

type Step = (context: Context, tx: Tx, rows: readonly ReadyRow[]) => Promise<void>;

const steps: readonly (readonly [Stage, Step])[] = [
  ['translate', translate],
  ['translate-large', translate],
  ['decide', decide],
  ['answer', answer],
  ['reconcile', reconcile],
];

const terms = (name: string, standard: 'x12' | 'edifact') => ({
  partner: 1,
  name,
  agreements: {
    live:
      standard === 'x12'
        ? {
            standard,
            us: { qualifier: 'ZZ', id: 'SALTMARSH' },
            them: { qualifier: 'ZZ', id: name.toUpperCase() },
            version: { interchange: '00401', message: '004010' },
            acknowledge: { send: '997' },
            documents: { '855': { within: '24h' } },
            endpoint: `${name}-box`,
          }
        : {
            standard,
            us: { qualifier: '14', id: '4000001000005' },
            them: { qualifier: '14', id: '4000001000012' },
            version: { interchange: 'UNOC:3', message: 'D:96A:UN:EAN008' },
            acknowledge: { send: 'CONTRL' },
            documents: { ORDRSP: { within: '24h', version: 'D:96A:UN:EAN005' } },
            endpoint: `${name}-box`,
          },
  },
  endpoints: {
    [`${name}-box`]: {
      type: 'folder',
      in: `${name}/in`,
      out: `${name}/out`,
      ...(name === 'bolt' ? { carries: ['acme'] } : {}),
    },
  },
});

type Agreed = Readonly<Partial<Record<'acme' | 'bolt' | 'umber', Readonly<Record<string, unknown>>>>>;

/** acme and bolt trade in X12, and bolt's mailbox may carry acme; umber trades in EDIFACT. */
export class Desk {
  readonly #folder: TestFolder;
  readonly database: TestDatabase;
  readonly context: Context;

  private constructor(folder: TestFolder, database: TestDatabase, context: Context) {
    this.#folder = folder;
    this.database = database;
    this.context = context;
  }

  /**
   * @param agreed changes what is agreed with a partner: its agreement as partner.yaml has it
   * @param files further files of the mappings, by path
   */
  static async open(agreed: Agreed = {}, files: Readonly<Record<string, string>> = {}): Promise<Desk> {
    const folder = await testFolder('steps');
    await cp('mappings/standard', join(folder.path, 'standard'), { recursive: true });
    for (const [name, standard] of [
      ['acme', 'x12'],
      ['bolt', 'x12'],
      ['umber', 'edifact'],
    ] as const) {
      await mkdir(join(folder.path, name));
      const usual = terms(name, standard);
      const live = { ...usual.agreements.live, ...agreed[name] };
      const file = JSON.stringify({ ...usual, agreements: { live } });
      await writeFile(join(folder.path, name, 'partner.yaml'), file);
    }
    for (const [path, text] of Object.entries(files)) await writeFile(join(folder.path, path), text);
    const database = await freshDatabase();
    const { partners, problems } = await loadPartners(folder.path, { demo: false });
    if (problems.length > 0) throw new Error(JSON.stringify(problems));
    const { guides, broken } = await loadGuides(folder.path);
    const context: Context = {
      store: database.store,
      partners,
      guides,
      broken,
      log: createLogger('silent'),
      metrics: createMetrics(),
      now: () => new Date(),
      gs1Prefix: null,
      poke: () => undefined,
    };
    await fillShelf(context);
    return new Desk(folder, database, context);
  }

  /** The folder of its guides and partners. */
  get mappings(): string {
    return this.#folder.path;
  }

  async close(): Promise<void> {
    await this.database.drop();
    await this.#folder.remove();
  }

  /** Stores a file as it arrives; gives its delivery. */
  async store(endpoint: string, file: string | Buffer): Promise<string> {
    const bytes = typeof file === 'string' ? Buffer.from(file, 'latin1') : file;
    const { deliveryId } = await receive(this.context, endpoint, {
      name: 'file.edi',
      source: null,
      size: bytes.length,
      digest: createHash('sha256').update(bytes).digest(),
      open: () => Readable.from([bytes]),
    });
    return deliveryId;
  }

  /** Stores a file and runs every step until nothing is left but to send. Gives the delivery's state. */
  async give(endpoint: string, file: string | Buffer): Promise<string> {
    const id = await this.store(endpoint, file);
    await this.runAll();
    const [delivery] = await this.rows<{ state: string }>('select state from deliveries where id = ?', [id]);
    return delivery?.state ?? '';
  }

  async runAll(): Promise<void> {
    for (const [stage, step] of steps) {
      const waiting = await this.rows<{ id: string }>('select id from ready where stage = ? order by id', [
        stage,
      ]);
      for (const { id } of waiting) await this.run(step, id);
    }
  }

  async run(step: Step, id: string): Promise<void> {
    await this.database.store.transaction(async (tx) => {
      const rows = await claimReady(tx, [id]);
      await step(this.context, tx, rows);
      await doneReady(
        tx,
        rows.map((row) => row.id),
      );
    });
  }

  async rows<T = Record<string, unknown>>(sql: string, bindings: readonly unknown[] = []): Promise<T[]> {
    return (await this.database.store.db.raw(sql, bindings as never)).rows;
  }

  /** Codes of what waits for a person, oldest first. */
  async waiting(): Promise<string[]> {
    const rows = await this.rows<{ code: string }>('select code from faults where waiting order by id');
    return rows.map(({ code }) => code);
  }
}

/** One set with its trailer. */
export function set(type: string, control: string, body: readonly string[]): string {
  return [`ST*${type}*${control}`, ...body, `SE*${body.length + 2}*${control}`]
    .map((segment) => `${segment}~\n`)
    .join('');
}

interface Envelope {
  readonly from?: string;
  readonly test?: boolean;
  readonly group?: string;
  readonly groupControl?: string;
  readonly version?: string;
}

/** An X12 interchange of one group, to us. */
export function x12(sets: readonly string[], control: number, envelope: Envelope = {}): string {
  const { from = 'ACME', test = false, group = 'PO', groupControl = '1', version = '004010' } = envelope;
  const number = String(control).padStart(9, '0');
  return [
    `ISA*00*          *00*          *ZZ*${from.padEnd(15)}*ZZ*SALTMARSH      *261122*0400*U*00401*${number}*0*${test ? 'T' : 'P'}*>~\n`,
    `GS*${group}*${from}*SALTMARSH*20261122*0400*${groupControl}*X*${version}~\n`,
    ...sets,
    `GE*${sets.length}*${groupControl}~\nIEA*1*${number}~\n`,
  ].join('');
}

/** An 850 of one line. */
export function purchaseOrder(number: string, more: readonly string[] = [], control = '0001'): string {
  return set('850', control, [
    `BEG*00*SA*${number}**20261122`,
    'CUR*BY*USD',
    ...more,
    'DTM*002*20261130',
    'N1*ST*Main Store*92*0042',
    `PO1*1*24*EA*12.50**EN*${goods[0].gtin}`,
    'CTT*1',
  ]);
}

/** An EDIFACT interchange of one message, to us. */
export function edifact(body: string, control: string): string {
  return `UNB+UNOC:3+4000001000012:14+4000001000005:14+261122:0400+${control}'${body}UNZ+1+${control}'`;
}

/** An ORDERS of one line. */
export function orders(number: string, more: readonly string[] = []): string {
  const body = [
    `BGM+220+${number}+9`,
    'DTM+137:20261122:102',
    'NAD+BY+4000001000012::9',
    'NAD+SU+4000001000005::9',
    ...more,
    'CUX+2:EUR:9',
    `LIN+1++${goods[0].gtin}:EN`,
    'QTY+21:10',
    'PRI+AAA:12.50',
    'UNS+S',
  ];
  return ['UNH+1+ORDERS:D:96A:UN:EAN008', ...body, `UNT+${body.length + 2}+1`]
    .map((segment) => `${segment}'`)
    .join('');
}
