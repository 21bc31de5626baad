/**
 * A console over a database of its own, on a real socket, and the steps of the road run by hand: what a test drops goes
 * through receive, translate, decide and answer before the test looks. Nothing runs in the background.
 */
import { createHash } from 'node:crypto';
import { createServer, request as httpRequest, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { createConsole } from '../../src/console/console.ts';
import type { Readiness } from '../../src/console/health.ts';
import { answer } from '../../src/flow/answer.ts';
import type { Context, Stage } from '../../src/flow/context.ts';
import { decide } from '../../src/flow/decide.ts';
import { loadItems, loadPrices, loadStock } from '../../src/flow/loading.ts';
import { receive } from '../../src/flow/receive.ts';
import { translate } from '../../src/flow/translate.ts';
import { createLogger } from '../../src/log.ts';
import { loadGuides } from '../../src/mapping/load.ts';
import { createMetrics } from '../../src/metrics.ts';
import { loadPartners } from '../../src/partner/load.ts';
import { claimReady, doneReady } from '../../src/store/ready.ts';
import { freshDatabase } from '../support/database.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
  readonly json: any;
}

export interface Ask {
  readonly headers?: Record<string, string>;
  /** An object is sent as JSON. */
  readonly body?: unknown;
}

export interface Gateway {
  readonly context: Context;
  readonly url: string;
  readonly poked: Stage[];
  /** Readiness as the console is told it. */
  state: Readiness;
  /** The address that sockets say they come from; null: their own. */
  from: string | null;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, ask?: Ask): Promise<Answer>;
  /** A file arrives and is read, decided and answered. Gives the delivery's id. */
  drop(text: string, name?: string): Promise<string>;
  close(): Promise<void>;
}

const mappings = fileURLToPath(new URL('../../mappings', import.meta.url));
export const endpoint = 'harbor-and-pine-sftp';

export async function openGateway({ adminToken = null as string | null } = {}): Promise<Gateway> {
  const database = await freshDatabase();
  const { partners } = await loadPartners(mappings, { demo: true });
  const { guides, broken } = await loadGuides(mappings);
  const poked: Stage[] = [];
  const context: Context = {
    store: database.store,
    partners,
    guides,
    broken,
    metrics: createMetrics(),
    log: createLogger('silent'),
    now: () => new Date(),
    gs1Prefix: '4099999',
    poke: (stage) => poked.push(stage),
  };
  const gateway = {
    state: { ok: true, parts: { database: 'ok' } } as Readiness,
    from: null as string | null,
  };
  const app = createConsole({ context, adminToken, ready: async () => gateway.state });
  const server = createServer(app);
  server.on('connection', (socket: Socket) => {
    if (gateway.from !== null) Object.defineProperty(socket, 'remoteAddress', { value: gateway.from });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(gateway, {
    context,
    poked,
    url: `http://127.0.0.1:${port}`,
    get: (path: string, headers: Record<string, string> = {}) => send(port, 'GET', path, headers, null),
    post: (path: string, ask: Ask = {}) => post(port, path, ask),
    drop: (text: string, name = 'order.edi') => drop(context, text, name),
    close: async () => {
      await closeServer(server);
      await database.drop();
    },
  });
}

function post(port: number, path: string, { headers = {}, body = {} }: Ask): Promise<Answer> {
  const bytes = typeof body === 'string' ? body : JSON.stringify(body);
  return send(port, 'POST', path, { 'content-type': 'application/json', ...headers }, bytes);
}

function send(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string>,
  body: string | null,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port, method, path, headers, agent: false },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(parts).toString('latin1');
          const isJson = /json/.test(response.headers['content-type'] ?? '');
          const json = isJson ? JSON.parse(Buffer.concat(parts).toString('utf8')) : null;
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json });
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function drop(context: Context, text: string, name: string): Promise<string> {
  const bytes = Buffer.from(text, 'utf8');
  const digest = createHash('sha256').update(bytes).digest();
  const arrival = { name, source: null, size: bytes.length, digest, open: () => Readable.from([bytes]) };
  const { deliveryId } = await receive(context, endpoint, arrival);
  await walk(context);
  return deliveryId;
}

/** Runs what is ready, step by step, until only sending is left. */
export async function walk(context: Context): Promise<void> {
  const steps = { translate, 'translate-large': translate, decide, answer };
  for (const [stage, step] of Object.entries(steps)) {
    await context.store.transaction(async (tx) => {
      const { rows } = await tx.raw('select id from ready where stage = ? order by id', [stage]);
      const claimed = await claimReady(
        tx,
        rows.map((row: { id: string }) => row.id),
      );
      if (claimed.length > 0) await step(context, tx, claimed);
      await doneReady(
        tx,
        claimed.map((row) => row.id),
      );
    });
  }
}

/** Two items with stock and prices. */
export async function stockUp(context: Context): Promise<void> {
  const by = { who: 'test', why: 'goods to sell' };
  const skus = ['T-1', 'T-2'];
  await loadItems(
    context,
    skus.map((sku) => ({ sku, unit: 'each', description: `Thing ${sku}`, names: [] })),
    by,
  );
  await loadStock(
    context,
    skus.map((sku) => ({ sku, quantity: '100' })),
    by,
  );
  await loadPrices(
    context,
    skus.map((sku) => ({ sku, partner: '', currency: 'USD', price: '5.00' })),
    by,
  );
}

export interface OrderText {
  readonly control: number;
  readonly number: string;
  readonly quantity?: string;
  readonly price?: string;
  readonly sender?: string;
}

/** An 850 of the demo's X12 partner. Its component separator is ':', so that an order number may hold '>'. */
export function order850({
  control,
  number,
  quantity = '10',
  price = '5.00',
  sender = 'HARBORPINE',
}: OrderText): string {
  const isa = String(control).padStart(9, '0');
  const body = [
    'ST*850*0001',
    `BEG*00*SA*${number}**20261101`,
    'CUR*BY*USD',
    'DTM*010*20991231',
    'N1*ST*Harbor DC*92*0042',
    `PO1*1*${quantity}*EA*${price}**VN*T-1`,
    'CTT*1',
  ];
  return `${[
    `ISA*00*${' '.repeat(10)}*00*${' '.repeat(10)}*ZZ*${sender.padEnd(15)}*ZZ*${'SALTMARSH'.padEnd(15)}*261101*1200*U*00401*${isa}*0*P*:`,
    `GS*PO*${sender}*SALTMARSH*20261101*1200*${control}*X*004010`,
    ...body,
    `SE*${body.length + 1}*0001`,
    `GE*1*${control}`,
    `IEA*1*${isa}`,
  ].join('~')}~`;
}
