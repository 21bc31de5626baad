/** Liveness, readiness and metrics. */
import type { Request, Response } from 'express';
import { measureAlarms } from '../flow/alarms.ts';
import type { Context } from '../flow/context.ts';
import { unrevokedApiKeys } from '../store/api-keys.ts';
import { currentKeys } from '../store/keys.ts';
import { backlogByPartner } from '../store/ready.ts';
import { overdueCounts, waitingCounts } from '../store/view-overview.ts';
import { refusedAccess } from './access.ts';

export interface Readiness {
  readonly ok: boolean;
  /** By dependency: 'ok', or what is wrong. */
  readonly parts: Readonly<Record<string, string>>;
}

/** The process runs and answers: nothing else is asked. */
export function live(_request: Request, response: Response): void {
  response.json({ ok: true });
}

/** 503 while a dependency fails, and while the process drains. */
export function readyHandler(ready: () => Promise<Readiness>) {
  return async (_request: Request, response: Response): Promise<void> => {
    const state = await ready();
    response.status(state.ok ? 200 : 503).json(state);
  };
}

/** Prometheus text. What the database knows is counted at each scrape. */
export function metricsHandler(context: Context, adminToken: string | null) {
  return async (request: Request, response: Response): Promise<void> => {
    const refused = refusedAccess(request, adminToken, 'read');
    if (refused !== null) throw refused;
    await countNow(context);
    const { registry } = context.metrics;
    response.type(registry.contentType).send(await registry.metrics());
  };
}

async function countNow(context: Context): Promise<void> {
  const { store, metrics, now, partners } = context;
  const [backlog, overdue, waiting, keys, certificates] = await Promise.all([
    backlogByPartner(store.db),
    overdueCounts(store.db, now()),
    waitingCounts(store.db),
    unrevokedApiKeys(store.db),
    currentKeys(store.db),
    measureAlarms(context),
  ]);
  metrics.backlog.reset();
  for (const row of backlog) metrics.backlog.set({ stage: row.stage, partner: row.partner }, row.waiting);
  metrics.apiKeyEnds.reset();
  for (const { endpoint, prefix, expires_at } of keys)
    if (expires_at !== null)
      metrics.apiKeyEnds.set({ endpoint, prefix }, (expires_at.getTime() - now().getTime()) / 1000);
  metrics.overdue.reset();
  for (const row of overdue) metrics.overdue.set({ partner: row.partner, kind: row.kind }, row.count);
  metrics.held.reset();
  for (const { partner } of partners.held) metrics.held.set({ partner }, 1);
  metrics.waiting.reset();
  for (const row of waiting) metrics.waiting.set({ code: row.code }, row.count);
  metrics.certificates.reset();
  for (const { kind, holder, fingerprint, not_after } of certificates)
    metrics.certificates.set(
      { kind, holder, fingerprint: fingerprint.slice(0, 16) },
      Math.floor((not_after.getTime() - now().getTime()) / 1000),
    );
}
