/** What reading puts into a field that the message left out, by the guide's `defaults`. */
import type { DefaultValue, Text } from '../../src/mapping/notation.ts';
import { resolvePath, type Scope } from '../../src/mapping/path.ts';
import type { Frame } from '../../src/mapping/plan.ts';
import { Problems } from '../../src/mapping/problem.ts';
import { formatDecimal, parseDecimal } from '../../src/order/decimal.ts';

export function defaultValue(value: DefaultValue, scope: Scope, frame: Frame): unknown {
  const get = (path: Text) => resolvePath(path, scope, new Problems())?.get(frame);
  switch (value.kind) {
    case 'text':
      return value.text === 'position' ? String(frame.index + 1) : value.text;
    case 'from':
      return get(value.path);
    case 'list':
      return [];
    case 'compute':
      return undefined;
    case 'difference': {
      const [first = 0n, ...others] = value.fields.map((field) => {
        const found = get(field);
        return typeof found === 'string' ? parseDecimal(found) : 0n;
      });
      return formatDecimal(others.reduce((left, each) => left - each, first));
    }
    case 'per': {
      const decider = String(get(value.path));
      const arm = value.arms.find(({ key }) => key === decider) ?? value.arms.find(({ key }) => key === '*');
      return arm === undefined ? undefined : defaultValue(arm.value, scope, frame);
    }
  }
}
