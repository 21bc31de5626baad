/**
 * The demo: two simulated trading partners with their mailboxes, and goods to order. Harbor & Pine Stores (X12 004010) has an
 * SFTP server that the gateway visits; Nordlicht Märkte (EDIFACT D.96A) posts to the gateway and finds its answers in a
 * folder. Everything they own lies in PORTOLAN_HOME/demo, and stays there for the next start.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import type { Gateway } from '../main.ts';
import { type SftpServer, startSftpServer } from '../simulator/sftp-server.ts';
import { kept, readIfThere } from './demo-files.ts';
import { demoNames, demoPartner } from './partners.ts';
import { tellStory } from './story.ts';
import { stockUp } from './warehouse.ts';

export interface Demo {
  /** What the demo partners' folders refer to: the SFTP server's port, password and host key. */
  readonly env: Readonly<Record<string, string>>;
  /** Opens the road and tells what happens on it. Resolves when every document is confirmed, or patience ends. */
  play(gateway: Gateway, print: (line: string) => void): Promise<void>;
  stopPlaying(): void;
  close(): Promise<void>;
}

/** A GS1 company prefix for the demo's cartons, where none is configured: invented, like its companies. */
const demoPrefix = '4099999';

/** The configuration with what the demo needs beside it. */
export function demoConfig(config: Config): Config {
  return Object.freeze({
    ...config,
    logLevel: config.logLevel === 'info' ? 'warn' : config.logLevel,
    gs1Prefix: config.gs1Prefix ?? demoPrefix,
  });
}

export async function openDemo(config: Config): Promise<Demo> {
  const home = join(config.home, 'demo');
  await mkdir(home, { recursive: true });
  const password = await kept(join(home, 'sftp-password'), () => randomBytes(18).toString('base64url'));
  const server = await openMailbox(home, password);
  const stop = new AbortController();
  return {
    env: {
      PORTOLAN_DEMO_SFTP_PORT: String(server.port),
      PORTOLAN_DEMO_SFTP_PASSWORD: password,
      PORTOLAN_DEMO_SFTP_HOST_KEY: server.fingerprint,
    },
    async play(gateway, print) {
      await stockUp(gateway.flow.context);
      const { flow, store, url } = gateway;
      const place = { partners: flow.context.partners, store, home: config.home, url: url ?? '' };
      const partners = await Promise.all(demoNames.map((name) => demoPartner(name, place)));
      await tellStory(gateway, partners, print, stop.signal);
    },
    stopPlaying: () => stop.abort(),
    close: () => server.close(),
  };
}

async function openMailbox(home: string, password: string): Promise<SftpServer> {
  const root = join(home, 'harbor-and-pine');
  for (const folder of ['in', 'out', 'out/archive']) await mkdir(join(root, folder), { recursive: true });
  const keyFile = join(home, 'sftp-host-key');
  const hostKey = await readIfThere(keyFile);
  const server = await startSftpServer({
    root,
    users: [{ name: 'saltmarsh', password }],
    ...(hostKey === null ? {} : { hostKey }),
  });
  if (hostKey === null) await writeFile(keyFile, server.hostKey, { mode: 0o600 });
  return server;
}
