import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  environmentIsReadOnce,
  filesAreShort,
  longestFile,
  migrationsStandAlone,
  namesSaySomething,
  noBarrels,
  noCycles,
  noDefaultExports,
  packagesStayHome,
  placesAreEverybodys,
  type Rule,
  readmeShowsCommands,
  roomsAreKept,
  roomsAreKnown,
  type Tree,
  testsMirrorRooms,
} from './support/tidy.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const notOurs = ['node_modules', 'dist', '.git', '.portolan', 'coverage'];

/** Every text file of the project. */
function project(folder = ''): [string, string][] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (notOurs.includes(entry.name)) return [];
    return entry.isDirectory() ? project(path) : [[path, readFileSync(join(root, path), 'utf8')]];
  });
}

/** Each rule with trees that break it (the complaint starts so), and one that does not. */
const rules: {
  rule: Rule;
  says: string;
  breaks: [Record<string, string>, string][];
  keeps: Record<string, string>;
}[] = [
  {
    rule: roomsAreKept,
    says: 'rooms import only what the table allows',
    breaks: [
      [
        { 'src/transport/a.ts': "import { b } from '../order/b.ts';" },
        'src/transport/a.ts: transport may not',
      ],
      [{ 'src/order/a.ts': "export type { B } from '../store/b.ts';" }, 'src/order/a.ts: order may not'],
      [
        { 'src/mapping/a.ts': "const b = await import('../flow/b.ts');" },
        'src/mapping/a.ts: mapping may not',
      ],
      [{ 'src/flow/a.ts': "import {\n  type B,\n} from '../config.ts';" }, 'src/flow/a.ts: flow may not'],
      [{ 'src/flow/a.ts': "import '../console/b.ts';" }, 'src/flow/a.ts: flow may not'],
      [{ 'src/order/a.ts': "import { b } from '../fault/road.ts';" }, 'src/order/a.ts: order may not'],
      [{ 'src/order/a.ts': "import { b } from '../../test/support/b.ts';" }, 'src/order/a.ts: src may not'],
      [{ 'src/log.ts': "import { b } from './order/b.ts';" }, 'src/log.ts: everyone may not'],
    ],
    keeps: {
      'src/main.ts': "import { a } from './flow/a.ts';\nimport { c } from './config.ts';",
      'src/flow/a.ts': "import { b } from '../store/b.ts';\nimport { fault } from '../fault.ts';",
      'src/order/a.ts': "// import { b } from '../store/b.ts';\nimport { c } from './c.ts';",
      'src/fault.ts': "import { rows } from './fault/road.ts';",
    },
  },
  {
    rule: roomsAreKnown,
    says: 'there are no rooms that the table does not know',
    breaks: [[{ 'src/attic/a.ts': '' }, 'src/attic: no room']],
    keeps: { 'src/order/a.ts': '', 'src/main.ts': '', 'src/log.ts': '' },
  },
  {
    rule: packagesStayHome,
    says: 'each package has one home',
    breaks: [
      [{ 'src/flow/a.ts': "import knex from 'knex';" }, 'src/flow/a.ts: knex lives in store'],
      [{ 'src/store/a.ts': "import type { Job } from 'bullmq';" }, 'src/store/a.ts: bullmq lives in flow'],
      [
        { 'src/cli.ts': "import { parse } from 'edifact/parser.js';" },
        'src/cli.ts: edifact lives in simulator',
      ],
      [{ 'src/order/a.ts': "import _ from 'lodash';" }, 'src/order/a.ts: the package lodash has no home'],
    ],
    keeps: {
      'src/store/a.ts': "import pg from 'pg';\nimport { z } from 'zod';\nimport { join } from 'node:path';",
    },
  },
  {
    rule: noCycles,
    says: 'no file imports itself through others',
    breaks: [
      [
        {
          'src/order/a.ts': "import { b } from './b.ts';",
          'src/order/b.ts': "import { c } from './c.ts';",
          'src/order/c.ts': "import { a } from './a.ts';",
        },
        'src/order/a.ts: imports itself: src/order/a.ts → src/order/b.ts → src/order/c.ts → src/order/a.ts',
      ],
    ],
    keeps: {
      'src/order/a.ts': "import { b } from './b.ts';\nimport { c } from './c.ts';",
      'src/order/b.ts': "import { c } from './c.ts';\nimport type { A } from './a.ts';",
      'src/order/c.ts': '',
    },
  },
  {
    rule: noBarrels,
    says: 'no file only passes on what others export',
    breaks: [
      [
        { 'src/order/a.ts': "export { b } from './b.ts';\nexport type {\n  C,\n} from './c.ts';" },
        'src/order/a.ts: only',
      ],
      [{ 'src/order/a.ts': "export * from './b.ts';\nexport const c = 1;" }, 'src/order/a.ts: export *'],
    ],
    keeps: {
      'src/order/a.ts': "export type { B } from './b.ts';\nexport const c = 1;",
      'src/order/d.ts': '',
    },
  },
  {
    rule: namesSaySomething,
    says: 'files are named for what they hold',
    breaks: [
      [{ 'src/order/utils.ts': '' }, "src/order/utils.ts: 'utils'"],
      [{ 'src/services/a.ts': '' }, "src/services/a.ts: 'services'"],
      [{ 'src/flow/queue-manager.ts': '' }, "src/flow/queue-manager.ts: 'manager'"],
      [{ 'test/support/index.ts': '' }, "test/support/index.ts: 'index'"],
    ],
    keeps: { 'src/order/ledger.ts': '', 'docs/index.md': '' },
  },
  {
    rule: noDefaultExports,
    says: 'there are no default exports',
    breaks: [
      [{ 'src/order/a.ts': 'export default function a() {}' }, 'src/order/a.ts: default'],
      [{ 'src/order/a.ts': 'const a = 1;\nexport { a as default };' }, 'src/order/a.ts: default'],
    ],
    keeps: { 'src/order/a.ts': '// export default\nexport const a = 1;' },
  },
  {
    rule: environmentIsReadOnce,
    says: 'rooms do not read the environment',
    breaks: [
      [{ 'src/flow/a.ts': 'const a = process.env.HOME;' }, 'src/flow/a.ts: reads process.env'],
      [{ 'src/flow/a.ts': "const a = process.env['HOME'];" }, 'src/flow/a.ts: reads process.env'],
    ],
    keeps: { 'src/main.ts': 'const a = process.env.HOME;', 'test/a.ts': 'const a = process.env.CI;' },
  },
  {
    rule: migrationsStandAlone,
    says: 'migrations are numbered SQL',
    breaks: [
      [
        { 'migrations/0002_more.ts': "import { a } from '../src/a.ts';" },
        'migrations/0002_more.ts: a migration',
      ],
      [{ 'migrations/2_more.sql': '' }, 'migrations/2_more.sql: a migration'],
    ],
    keeps: { 'migrations/0002_more.sql': '' },
  },
  {
    rule: filesAreShort,
    says: `no file has more than ${longestFile} lines`,
    breaks: [[{ 'src/order/a.ts': 'a\n'.repeat(longestFile + 1) }, 'src/order/a.ts: 401 lines']],
    keeps: { 'src/order/a.ts': 'a\n'.repeat(longestFile) },
  },
  {
    rule: testsMirrorRooms,
    says: 'tests stand where their room stands',
    breaks: [
      [{ 'test/attic/a.test.ts': '' }, 'test/attic/a.test.ts: mirrors nothing'],
      [{ 'test/a.test.ts': '', 'src/b.ts': '' }, 'test/a.test.ts: mirrors nothing'],
    ],
    keeps: {
      'test/order/a.test.ts': '',
      'test/b.test.ts': '',
      'src/b.ts': '',
      'test/end-to-end/c.test.ts': '',
    },
  },
  {
    rule: readmeShowsCommands,
    says: 'the README shows both commands',
    breaks: [[{ 'README.md': 'Run scripts/start.' }, 'README.md: does not show scripts/test']],
    keeps: { 'README.md': 'Run scripts/start, then scripts/test.' },
  },
  {
    rule: placesAreEverybodys,
    says: 'nothing names a place that users do not have',
    breaks: [
      [{ 'docs/a.md': `see /${'home'}/ann/notes` }, 'docs/a.md: names a place'],
      [{ 'src/a.ts': `// ../${'shared'}/standards` }, 'src/a.ts: names a place'],
      [{ 'src/a.ts': `'/${'work'}/main'` }, 'src/a.ts: names a place'],
    ],
    keeps: { 'docs/a.md': 'in the home folder; /var/lib/portolan; network/work' },
  },
];

describe('tidy', () => {
  const whole: Tree = new Map(project());

  for (const { rule, says, breaks, keeps } of rules) {
    it(says, () => assert.deepEqual(rule(whole), []));
    it(`… and this is seen when it is broken`, () => {
      for (const [tree, complaint] of breaks) {
        const found = rule(new Map(Object.entries(tree)));
        assert.equal(found.length, 1, `one complaint about ${JSON.stringify(tree)}: ${found.join('; ')}`);
        assert.ok(found[0]?.startsWith(complaint), found[0]);
      }
      assert.deepEqual(rule(new Map(Object.entries(keeps))), []);
    });
  }
});
