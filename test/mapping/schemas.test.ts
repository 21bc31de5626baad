/** The schemas by which editors complete and check guides and partner.yaml: they take what is right, and see what is wrong. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { guideSchema } from '../../scripts/guide-schema.ts';
import { partnerSchema } from '../../scripts/partner-schema.ts';
import { aboutPartner } from '../../scripts/partner-words.ts';
import { editorFiles } from '../../scripts/schemas.ts';
import { schemaProblems } from '../support/json-schema.ts';

const files = readdirSync('mappings', { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.yaml'),
);
const isPartner = (file: string) => file.endsWith('partner.yaml');
const textOf = (file: string) => readFileSync(join('mappings', file), 'utf8');

describe('The schemas for editors', () => {
  const [guide, partner] = [guideSchema(), partnerSchema()];

  for (const [path, text] of editorFiles())
    it(`are what ${path} says; npx tsx scripts/schemas.ts writes it anew`, () =>
      assert.equal(readFileSync(path, 'utf8'), text));

  it('take every guide that is shipped', () => {
    const guides = files.filter((file) => !isPartner(file));
    assert(guides.length > 20);
    for (const file of guides) assert.deepEqual(schemaProblems(guide, parse(textOf(file))), [], file);
  });

  it('take every partner.yaml that is shipped', () => {
    const partners = files.filter(isPartner);
    assert(partners.length >= 2);
    for (const file of partners) assert.deepEqual(schemaProblems(partner, parse(textOf(file))), [], file);
  });

  const head = 'guide: 1\nmessage: x12 004010 850\ncanonical: order\n';
  const entry = (text: string) => `${head}segments:\n  - ${text}\n`;
  const wrongGuides: Readonly<Record<string, string>> = {
    'another version of the notation': head.replace('guide: 1', 'guide: 2'),
    'no version': head.replace('guide: 1\n', ''),
    'an unknown key': `${head}segment: []\n`,
    'a message that the dictionary does not have': head.replace('850', '851'),
    'a canonical document that there is not': head.replace('order', 'ordre'),
    'a message without its document': 'guide: 1\nmessage: x12 004010 850\n',
    'segments of no message': 'guide: 1\nsegments: []\n',
    'segments that are no list': `${head}segments: { BEG: { "03": number } }\n`,
    'two segments in one': `${head}segments:\n  - BEG: { "03": number }\n    REF: { "02": vendor }\n`,
    'an unknown segment': entry('BGE: { "03": number }'),
    'an unknown word at a segment': entry('REF: { "02": vendor, wenn: { type: release } }'),
    'a position that is none': entry('BEG: { "3x": number }'),
    'a wrong direction': entry('REF: { only: both, "02": vendor }'),
    'a segment that may come no times': entry('REF: { most: 0, "02": vendor }'),
    'an unknown word behind a field': entry('BEG: { "05": orderedOn dated }'),
    'a field that is no name': entry('BEG: { "05": ordered-on }'),
    'ignore without a reason': entry('BEG: { "05": "ignore " }'),
    'a choice without its arms': entry('N1: { "04": { by: "03" } }'),
    'an unknown word beside a choice': entry(
      'N1: { "04": { by: "03", of: { "92": shipTo.code }, off: {} } }',
    ),
    'a code without a meaning': entry('BEG: { "01": { purpose: { "00": [] } } }'),
    'a limit that is none': entry('BEG: { "03": { is: number, length: 1-10 } }'),
    'a condition without a value': entry('REF: { when: { type: [] }, "02": vendor }'),
    'something wrong, deep inside': entry('PO1: { each: lines, then: [ PID: { "05": description! cutt } ] }'),
  };
  for (const [what, text] of Object.entries(wrongGuides))
    it(`see in a guide ${what}`, () => assert.notDeepEqual(schemaProblems(guide, parse(text)), []));

  const harbor = textOf('harbor-and-pine/partner.yaml');
  const wrongPartners: Readonly<Record<string, readonly [string, string]>> = {
    'an unknown key': ['timeZone:', 'timezone:'],
    'an unknown standard': ['standard: x12', 'standard: x13'],
    'a password in the open': ['password: env:PORTOLAN_DEMO_SFTP_PASSWORD', 'password: hunter2'],
    'an unknown kind of endpoint': ['type: sftp', 'type: ftp'],
    'an endpoint without its keys': ['    hostKeys: [env:PORTOLAN_DEMO_SFTP_HOST_KEY]\n', ''],
    'a span that is none': ['within: 24h', 'within: a day'],
    'an acknowledgment that there is not': ['send: "997"', 'send: "998"'],
    'an id that is a number': ['id: HARBORPINE', 'id: 12345'],
    'an unknown policy': ['shortage: backorder', 'shortage: wait'],
    'agreements that are missing': ['agreements:', 'x-agreements:'],
  };
  for (const [what, [right, wrong]] of Object.entries(wrongPartners))
    it(`see in a partner.yaml ${what}`, () => {
      assert(harbor.includes(right), right);
      assert.notDeepEqual(schemaProblems(partner, parse(harbor.replace(right, wrong))), []);
    });

  it('see a severity of a fault that there is not', () => {
    const text = harbor.replace(
      '    endpoint:',
      '    severities: { segment-count-mismach: warning }\n    endpoint:',
    );
    assert.notDeepEqual(schemaProblems(partner, parse(text)), []);
  });

  it('explain each key of partner.yaml, and no other', () => {
    const told = new Set<string>();
    const without = unexplained(partner, '', told);
    assert.deepEqual(without, []);
    assert.deepEqual(
      Object.keys(aboutPartner).filter((path) => !told.has(path)),
      [],
    );
  });

  it('are known to the editor', () => {
    const settings = JSON.parse(readFileSync('.vscode/settings.json', 'utf8')) as {
      'yaml.schemas': Record<string, string[]>;
    };
    const schemas = Object.keys(settings['yaml.schemas']);
    assert.deepEqual(schemas, ['./schemas/guide.json', './schemas/partner.json']);
    assert(schemas.every((path) => existsSync(path)));
  });
});

/** Keys without words; `told` takes the paths of all. */
function unexplained(schema: unknown, path: string, told: Set<string>): string[] {
  if (Array.isArray(schema)) return schema.flatMap((each) => unexplained(each, path, told));
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) => {
    if (key === 'additionalProperties') return unexplained(value, `${path}.*`, told);
    if (key !== 'properties')
      return ['anyOf', 'oneOf', 'items'].includes(key) ? unexplained(value, path, told) : [];
    return Object.entries(value as Record<string, { description?: string }>).flatMap(([name, each]) => {
      const full = path === '' ? name : `${path}.${name}`;
      told.add(full);
      return [...(each.description === undefined ? [full] : []), ...unexplained(each, full, told)];
    });
  });
}
