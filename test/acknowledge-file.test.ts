/** `portolan acknowledge` as people run it: a process of its own, bytes on its standard output. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestFolder, testFolder } from './support/folder.ts';
import { commandLine } from './support/program.ts';

const cases = new URL('./interchange/acknowledge-cases/', import.meta.url);

const partner = `partner: 1
name: Blue Barn
agreements:
  live:
    standard: x12
    us: { qualifier: '12', id: '5555550100' }
    them: { qualifier: ZZ, id: BLUEBARN }
    version: { interchange: '00401', message: '004010' }
    acknowledge: { send: '999', ta1: always }
    severities: { segment-count-mismatch: warning }
    endpoint: box
endpoints:
  box: { type: folder, in: in, out: out }
`;

describe('portolan acknowledge', () => {
  let folder: TestFolder;
  before(async () => {
    folder = await testFolder('acknowledge');
    await mkdir(join(folder.path, 'blue-barn'));
    await writeFile(join(folder.path, 'blue-barn', 'partner.yaml'), partner);
  });
  after(() => folder.remove());

  /** The received part of a case as a file, and what must come out. */
  async function taken(name: string): Promise<{ file: string; answer: string }> {
    const text = await readFile(new URL(`${name}.txt`, cases), 'latin1');
    const [, received = '', answer = ''] = /<<< received\n([\s\S]*)>>> answer\n([\s\S]*)$/.exec(text) ?? [];
    const file = join(folder.path, `${name.replace('/', '-')}.edi`);
    await writeFile(file, received, 'latin1');
    return { file, answer };
  }

  function run(...words: string[]): Promise<{ status: number; out: string; err: string }> {
    const env = { ...process.env, PORTOLAN_MAPPINGS: folder.path, PORTOLAN_HOME: folder.path };
    const args = [...commandLine(), 'acknowledge', ...words];
    return new Promise((resolve) => {
      execFile(process.execPath, args, { env, encoding: 'latin1' }, (error, out, err) =>
        resolve({ status: error === null ? 0 : Number(error.code), out, err }),
      );
    });
  }
  const same = ['--at', '2026-11-22T03:04:05Z', '--control', '17'];

  it('writes the bytes that the file gets, and says by its status whether an error is in it', async () => {
    const clean = await taken('997/clean');
    assert.deepEqual(await run(clean.file, ...same), { status: 0, out: clean.answer, err: '' });
    const broken = await taken('ta1/control-differs');
    const { status, out, err } = await run(broken.file, ...same);
    assert.deepEqual([status, out], [1, broken.answer]);
    assert.match(
      err,
      /^error: line \d+: The header has the control number 000000905, the trailer 000000906: /m,
    );
    const faulty = await run((await taken('997/segment-unknown')).file, ...same);
    assert.match(
      faulty.err,
      /^error: line \d+, message 1, segment \d+: The segment \w+ is not part of 850\./m,
    );
  }).timeout(60_000);

  it('takes what was agreed with a partner', async () => {
    const wrong = await taken('997/segment-count-wrong');
    const { status, out } = await run(wrong.file, '--partner', 'blue-barn', ...same);
    assert.equal(status, 0);
    assert.match(out, /TA1\*000000905\*261122\*0301\*A\*000~[\s\S]*ST\*997\*0001~[\s\S]*AK5\*E\*4~/);
    const modern = await taken('999/clean');
    assert.match((await run(modern.file, '--partner', 'blue-barn', ...same)).out, /ST\*999\*0001~/);
  }).timeout(60_000);

  it('knows wrong use', async () => {
    const { file } = await taken('997/clean');
    const unknown = await run(file, '--partner', 'nobody');
    assert.deepEqual([unknown.status, unknown.out], [2, '']);
    assert.match(unknown.err, /There is no partner nobody/);
    assert.equal((await run(file, '--at', 'noon')).status, 2);
    const large = await run(file, '--control', '1234567890');
    assert.deepEqual([large.status, large.out], [2, '']);
    assert.equal(large.err, '--control: 1234567890 does not fit ISA13, which has 9 digits.\n');
  }).timeout(60_000);
});
