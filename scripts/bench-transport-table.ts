/** The results of `scripts/bench transport` for people. */
import type { Results } from './bench-transport.ts';
import type { Taken } from './bench-transport-run.ts';

/** Each figure beside its peer's of the same run: the ratio is what counts. */
export function table({ machine, small, large, memory, sftp }: Results): string {
  const rows: string[][] = [];
  if (small !== null) {
    const [ours, bare] = [small.ours, small.bare];
    rows.push(
      row('5 KB, sending, ms CPU', ours.sender, 'cryptography alone', bare.sender, 2),
      row('5 KB, receiving, ms CPU', ours.receiver, 'cryptography alone', bare.receiver, 2),
      row(
        '5 KB, both, ms CPU',
        ours.sender + ours.receiver,
        'cryptography alone',
        bare.sender + bare.receiver,
        2,
      ),
      ['5 KB, messages a second, in turn', small.inTurn.toFixed(0), '', '', ''],
      ['5 KB, messages a second, four at once', small.atOnce.toFixed(0), '', '', ''],
    );
  }
  if (large !== null) {
    const size = `${large.megabytes} MB`;
    rows.push(
      ...pair(`${size}, sign and encrypt`, large.ours.pack, 'openssl cms', large.openssl.pack),
      ...pair(`${size}, decrypt and verify`, large.ours.open, 'openssl cms', large.openssl.open),
    );
  }
  if (memory !== null)
    rows.push(
      [`${memory.megabytes} MB sent, MB above idle`, memory.senderMb.toFixed(0), '', '', ''],
      [`${memory.megabytes} MB received, MB above idle`, memory.receiverMb.toFixed(0), '', '', ''],
    );
  for (const [name, found] of Object.entries({ sent: sftp?.out, taken: sftp?.in })) {
    if (sftp === null || found === undefined) continue;
    const what = `SFTP, ${sftp.files} files ${name}, files a second`;
    const rate = ({ ms }: Taken) => (sftp.files / ms) * 1_000;
    rows.push(
      row(what, rate(found.ours), 'OpenSSH', rate(found.openssh), 0),
      row(what, rate(found.ours), 'OpenSSH, renaming', rate(found.renaming), 0),
    );
  }
  const lines = rows.map((cells) => `| ${cells.join(' | ')} |`);
  return [
    machine,
    '',
    '| what | ours | beside | theirs | ours / theirs |',
    '|---|---|---|---|---|',
    ...lines,
    '',
  ].join('\n');
}

function pair(what: string, ours: Taken, name: string, theirs: Taken): string[][] {
  return [
    row(`${what}, ms`, ours.ms, name, theirs.ms, 0),
    row(`${what}, ms CPU`, ours.cpuMs, name, theirs.cpuMs, 0),
  ];
}

function row(what: string, ours: number, name: string, theirs: number, digits: number): string[] {
  return [what, ours.toFixed(digits), name, theirs.toFixed(digits), (ours / theirs).toFixed(2)];
}
