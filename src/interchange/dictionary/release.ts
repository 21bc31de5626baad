/** What the version of a message means: which release of its standard, and which other one is nearest. */
import type { Standard } from '../event.ts';

/**
 * The releases that a version may mean, as the dictionary's folders name them.
 * @param version GS08 ('004010', '004030UCS') or UNH S009 from 0052 on ('D:96A:UN:EAN008'; also 'D96A')
 */
export function releasesNamed(standard: Standard, type: string, version: string): readonly string[] {
  return standard === 'x12' ? [x12Release(version)] : edifactReleases(type, version);
}

/**
 * The next older release, which asks for nothing that came later; else the oldest newer one.
 * @param having releases that have the message; undefined when there is none
 */
export function nearestRelease(
  standard: Standard,
  wanted: string,
  having: readonly string[],
): string | undefined {
  const age = standard === 'x12' ? (release: string) => release : edifactAge;
  const sorted = [...having].sort((a, b) => (age(a) < age(b) ? -1 : age(a) > age(b) ? 1 : 0));
  return sorted.findLast((release) => age(release) <= age(wanted)) ?? sorted[0];
}

/**
 * The digits count: what an industry writes behind them names its guideline, not another standard ('004010VICS',
 * '004030UCS', '005010X231A1' are 004010, 004030, 005010). ISA12's '00401' and the short '4010' are 004010 too.
 */
function x12Release(version: string): string {
  const digits = /\d{4,}/.exec(version)?.[0] ?? '';
  return (digits.length === 5 && digits.startsWith('00') ? `${digits}0` : digits.padStart(6, '0')).slice(
    0,
    6,
  );
}

/** CONTRL belongs to the syntax, not to a directory: 'CONTRL:2:2:UN' and 'CONTRL:D:3:UN' are version 3, '4:1' version 4. */
function edifactReleases(type: string, version: string): string[] {
  const [first = '', second = ''] = version.trim().toUpperCase().split(':');
  if (type !== 'CONTRL') return [version.includes(':') ? first + second : first.replace(/\./g, '')];
  if (first === '4' || second === '4') return ['service4'];
  return first === '2' || second === '2' || second === '3' || first === '3' ? ['service3'] : [];
}

/** D96A < D01B: the century is restored. Directories that were named by numbers ('1:921', '90:1') are older than all. */
function edifactAge(release: string): string {
  const directory = /^[A-Z](\d\d)([A-Z])$/.exec(release);
  if (directory === null) return /^\d/.test(release) ? '' : release;
  return `${Number(directory[1]) < 80 ? '20' : '19'}${directory[1]}${directory[2]}`;
}
