/** Every metric of the gateway, one row each; docs/metrics.md lists the same rows, and a test compares the two. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** The metrics of one process. Tests make their own. */
export type Metrics = ReturnType<typeof createMetrics>;

export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Counter({ name: `portolan_${name}`, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Gauge({ name: `portolan_${name}`, help, labelNames, registers });
  return {
    registry,
    deliveries: counter('deliveries_total', 'Deliveries stored', ['endpoint']),
    messages: counter('messages_total', 'Messages read, by type and verdict', ['partner', 'type', 'verdict']),
    faults: counter('faults_total', 'Faults recorded, by code', ['code']),
    orders: counter('orders_total', 'Orders decided, by state', ['partner', 'state']),
    documents: counter('documents_total', 'Documents written, by kind', ['partner', 'kind']),
    sent: counter('sent_total', 'Interchanges sent', ['endpoint', 'result']),
    backlog: gauge('ready', 'Rows waiting for a stage', ['stage', 'partner']),
    overdue: gauge('overdue', 'Documents past their deadline', ['partner', 'kind']),
    waiting: gauge('faults_waiting', 'Faults that wait for a person', ['code']),
    held: gauge('partners_held', 'Partners whose files are broken, as this process has loaded them', [
      'partner',
    ]),
    ediRefused: counter('edi_refused_total', 'Requests to /edi that were refused, by status', ['status']),
    apiKeyEnds: gauge('apikey_expires_seconds', 'Seconds until an API key ends; below zero: it has', [
      'endpoint',
      'prefix',
    ]),
    certificates: gauge(
      'certificate_expiry_seconds',
      "Seconds until a certificate expires, ours (own) or a partner's; negative afterwards",
      ['kind', 'holder', 'fingerprint'],
    ),
    hostedLogins: counter(
      'hosted_logins_total',
      'Sign-ins at the built-in SFTP server, and who was refused',
      ['endpoint', 'result'],
    ),
    hostedFiles: counter('hosted_files_total', 'Files put there or fetched, by what became of them', [
      'endpoint',
      'what',
    ]),
    hostedConnections: gauge(
      'hosted_connections',
      'Connections to the built-in SFTP server of this process',
      [],
    ),
    silence: gauge('received_seconds_ago', 'Seconds since something was received', ['endpoint']),
    unsent: gauge('oldest_unsent_seconds', 'Age of the oldest interchange that waits to be sent', [
      'endpoint',
    ]),
    down: gauge('endpoint_failures', 'Failures in a row, whatever the file', ['endpoint', 'work']),
    diskFull: gauge('disk_full', '1: a disk had no room when this process last wrote', ['place']),
    steps: new Histogram({
      name: 'portolan_step_seconds',
      help: 'Time of one step over its batch, in seconds',
      labelNames: ['stage', 'result'],
      registers,
    }),
  };
}
