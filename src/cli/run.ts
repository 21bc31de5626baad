/** start and simulate: what runs until it is told to stop. */
import { type Config, describeConfig, loadConfig } from '../config.ts';
import { demoConfig, openDemo } from '../demo/demo.ts';
import { day, demoNames, demoPartner, orderable } from '../demo/partners.ts';
import { type Gateway, startGateway } from '../main.ts';
import { faultKinds } from '../simulator/faults.ts';
import { simulate } from '../simulator/simulate.ts';
import { withPartners } from './office.ts';
import { note, print, readNumber, readWords, type Verb, WrongUse } from './verb.ts';

export const start: Verb = {
  name: 'start',
  usage: 'portolan start [--demo]',
  about:
    "Runs the gateway, or this process's share of it (PORTOLAN_ROLES).\n--demo also runs two simulated trading partners and tells the story of their orders.",
  async run(words) {
    const { values } = readWords(words, start, { demo: { type: 'boolean' } }, 0);
    const config = loadConfig(process.env, process.cwd());
    return values.demo ? runDemo(config) : runGateway(config);
  },
};

export const simulateVerb: Verb = {
  name: 'simulate',
  usage: `portolan simulate ${demoNames.join('|')} [--orders N] [--lines N] [--fault KIND]`,
  about: `Lets a partner of the running demo send orders, and judges our answers.\n--fault: ${faultKinds.join(', ')}.`,
  async run(words) {
    const options = {
      orders: { type: 'string', default: '1' },
      lines: { type: 'string', default: '3' },
      fault: { type: 'string' },
    } as const;
    const { values, positionals } = readWords(words, simulateVerb, options, 1);
    const name = demoNames.find((known) => known === positionals[0]);
    const fault = faultKinds.find((kind) => kind === values.fault);
    if (name === undefined || (values.fault !== undefined && fault === undefined))
      throw new WrongUse(`${simulateVerb.usage}\n${simulateVerb.about}`);
    const orders = readNumber(values.orders, 'orders');
    const lines = readNumber(values.lines, 'lines');
    const { home, host, port } = loadConfig(process.env, process.cwd());
    const { ok } = await withPartners(async ({ partners, store }) => {
      const partner = await demoPartner(name, { partners, store, home, url: `http://${host}:${port}` });
      return simulate({
        partner: partner.simulated,
        items: orderable(partner),
        orders,
        lines,
        numberPrefix: `${partner.prefix}${partner.numbers.next()}-`,
        orderedOn: day(0),
        requestedOn: day(7),
        shipTo: partner.shipTo,
        currency: partner.currency,
        ...(fault === undefined ? {} : { fault }),
        patienceMs,
        print,
      });
    });
    return ok ? 0 : 1;
  },
};

/** How long simulate waits for an answer after the last one. */
const patienceMs = 20_000;

async function runGateway(config: Config): Promise<number> {
  for (const [key, value] of Object.entries(describeConfig(config))) note(`${key.padEnd(12)} ${value}`);
  const stopped = untilSignal();
  const gateway = await startGateway({ config, env: process.env, demo: false });
  note(gateway.url === null ? 'Running.' : `Running: ${gateway.url}`);
  return waitAndStop(stopped, gateway);
}

async function runDemo(given: Config): Promise<number> {
  const stopped = untilSignal();
  const config = demoConfig(given);
  const demo = await openDemo(config);
  try {
    const gateway = await startGateway({ config, env: { ...process.env, ...demo.env }, demo: true });
    const story = demo
      .play(gateway, print)
      .catch((error: unknown) => note(`The story ended early: ${(error as Error).stack}`));
    const status = await waitAndStop(stopped, gateway, () => demo.stopPlaying());
    await story;
    return status;
  } finally {
    await demo.close();
  }
}

async function waitAndStop(
  stopped: Promise<string>,
  gateway: Gateway,
  before: () => void = () => undefined,
): Promise<number> {
  const signal = await stopped;
  note(`${signal}: ending what is under way …`);
  before();
  await gateway.stop();
  note('Stopped.');
  // Whatever was cut off at the deadline must not keep the process.
  setTimeout(() => process.exit(0), lingerMs).unref();
  return 0;
}

const lingerMs = 300;

/** The first signal asks for an orderly end; a second one ends the process at once. */
function untilSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        resolve(signal);
        process.once(signal, () => process.exit(2));
      });
    }
  });
}
