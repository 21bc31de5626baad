/** How attacks on POST /as2 are tried: as it is, and once more without the defence that is meant against them. */
import assert from 'node:assert/strict';
import type { Agreed } from '../../../src/transport/as2/desk.ts';
import type { As2Terms } from '../../../src/transport/as2/handler-terms.ts';
import { agreedWith, type House, mirrored, openHouse } from './http-house.ts';

export const ours = agreedWith('US', 'THEM');
export const theirs = mirrored(ours);
export const genuine = 'PO1*1*24*EA~';
export const evil = 'PO1*1*9999*EA~';

/** Runs the same attack with its defence and without it; it gives whether it succeeded. */
export function attack(name: string, run: (defended: boolean) => Promise<boolean>): void {
  it(`${name}: does not succeed`, async () => assert.equal(await run(true), false));
  it(`${name}: succeeds without its defence`, async () => assert.equal(await run(false), true));
}

export async function withHouse<T>(
  agreed: Agreed,
  terms: Partial<As2Terms>,
  use: (house: House) => Promise<T>,
): Promise<T> {
  const house = await openHouse([agreed], terms);
  try {
    return await use(house);
  } finally {
    await house.close();
    assert.deepEqual(house.errors, []);
    assert.equal(house.left.size, 0, 'nothing is left in the workshop');
  }
}

export const isTaken = (house: House, payload: string) =>
  house.desk.rows.some((row) => row.state === 'accepted' && row.payload === payload);
