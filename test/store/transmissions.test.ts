/** Interchanges that we made: their bytes are frozen, whatever their size. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import {
  insertTransmission,
  readTransmissionPacked,
  transmissionBytes,
} from '../../src/store/transmissions.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

const mebibyte = 1024 * 1024;

describe('the bytes of an interchange that we made', () => {
  let database: TestDatabase;
  before(async () => {
    database = await freshDatabase();
  });
  after(() => database.drop());

  for (const size of [0, 5_000, 5 * mebibyte]) {
    it(`${size} of them are read in pieces of at most a mebibyte`, async () => {
      const bytes = Buffer.from(randomBytes(size / 2).toString('hex'));
      const { db } = database.store;
      const id = await database.store.transaction((tx) =>
        insertTransmission(tx, {
          ...{
            partner: 'northgate',
            agreement: 'northgate/live',
            endpoint: 'northgate-as2',
            standard: 'x12',
          },
          ...{ control: String(size), cycle: 0, name: 'a.edi', bytes, test: false },
          digest: createHash('sha256').update(bytes).digest(),
        }),
      );
      const pieces: Buffer[] = [];
      for await (const piece of readTransmissionPacked(db, id)) pieces.push(piece);
      assert(pieces.every(({ length }) => length > 0 && length <= mebibyte));
      assert.deepEqual(gunzipSync(Buffer.concat(pieces)), bytes);
      assert.deepEqual(await transmissionBytes(db, id), bytes);
    });
  }
});
