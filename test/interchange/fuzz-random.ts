/** Numbers that look random and can be had again: the same seed gives the same row of them. */
export interface Random {
  /** A whole number from 0 up to, and without, `end`. */
  below(end: number): number;
  /** True once in `times`. */
  once(times: number): boolean;
  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T;
}

/** Mulberry32: 32 bits of state, enough for test data. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const below = (end: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * end);
  };
  return { below, once: (times) => below(times) === 0, pick: (list) => list[below(list.length)] as never };
}

/** The seed of the nth of many rows, so that any of them can be made alone. */
export function seedOf(seed: number, nth: number): number {
  return Math.imul(seed ^ 0x9e3779b9, 2_654_435_761) + Math.imul(nth + 1, 40_503) * 2_246_822_519;
}
