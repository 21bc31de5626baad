import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Row } from '../../scripts/bench-interchange-run.ts';
import type { Results } from '../../scripts/bench-transport.ts';

const run = promisify(execFile);
const bench = fileURLToPath(new URL('../../scripts/bench', import.meta.url));

async function measured(...words: string[]): Promise<Row[]> {
  const { stdout } = await run(bench, ['interchange', '--json', ...words]);
  return (JSON.parse(stdout) as { rows: Row[] }).rows;
}

/** Builds first when the sources changed since; nothing here looks at how long a reading took. */
describe('scripts/bench interchange', function () {
  this.timeout(300_000);

  it('reads files of orders with every reader, and proves that ours read all of them', async () => {
    const rows = await measured('--messages', '5', '--runs', '1', '--only', 'x12', '--only', 'edifact');
    const sizes = rows.map(({ file, reader, messages }) => `${file} ${reader} ${messages}`);
    assert.deepEqual(sizes, [
      'x12 bare 5',
      'x12 ours-unchecked 5',
      'x12 ours 5',
      'x12 ours-values 5',
      'x12 node-x12 5',
      'x12 node-x12-stream 5',
      'x12 x12-parser 5',
      'edifact bare 3',
      'edifact ours-unchecked 3',
      'edifact ours 3',
      'edifact ours-values 3',
      'edifact edifact-parser 3',
      'edifact edifact-validator 3',
    ]);
    for (const row of rows) {
      assert.ok(row.segments > 0 && row.seconds.length === 1, `${row.file} ${row.reader}: ${row.read}`);
      if (row.reader.startsWith('ours') || row.reader === 'bare')
        assert.equal(row.read, 'all', `${row.file} ${row.reader}`);
    }
  });

  it('measures what it is told to, as often as it is told to', async () => {
    const only = ['x12-small', 'edifact-small', 'ours'].flatMap((name) => ['--only', name]);
    const rows = await measured('--times', '3', '--runs', '2', ...only);
    assert.deepEqual(
      rows.map(({ file, reader, messages, seconds, read }) => [file, reader, messages, seconds.length, read]),
      [
        ['x12-small', 'ours', 3, 2, 'all'],
        ['edifact-small', 'ours', 3, 2, 'all'],
      ],
    );
  });

  it('refuses what it does not know', async () => {
    await assert.rejects(run(bench, ['interchange', '--only', 'nobody']), /does not know 'nobody'/);
    await assert.rejects(run(bench, ['interchange', '--messages', '0']), /--messages needs a whole number/);
  });
});

describe('scripts/bench transport', function () {
  this.timeout(300_000);

  it('exchanges AS2 messages and SFTP files, ours beside those of others, and proves that they came', async () => {
    const small = ['--messages', '5', '--megabytes', '2', '--heavy', '2', '--files', '5', '--runs', '1'];
    const { stdout } = await run(bench, ['transport', '--json', ...small]);
    const { small: as2, large, memory, sftp } = JSON.parse(stdout) as Results;
    assert.ok(
      as2 !== null && as2.inTurn > 0 && as2.atOnce > 0 && as2.ours.sender > 0 && as2.bare.receiver > 0,
    );
    assert.ok(large !== null && large.ours.open.ms > 0 && large.openssl.pack.ms > 0);
    assert.ok(memory !== null && memory.megabytes === 2 && memory.receiverMb < 150);
    if (existsSync('/usr/sbin/sshd'))
      assert.ok(sftp !== null && sftp.in.ours.ms > 0 && sftp.out.openssh.ms > 0 && sftp.files === 5);
  });

  it('refuses what it does not know', async () => {
    await assert.rejects(run(bench, ['transport', '--only', 'fax']), /does not know 'fax'/);
  });
});
