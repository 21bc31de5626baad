/** CompressedData (RFC 3274; RFC 5402): zlib, with a limit to what may come out. */
import { pipeline } from 'node:stream';
import {
  createDeflate,
  createInflate,
  type Deflate,
  deflateSync,
  type Inflate,
  inflateSync,
} from 'node:zlib';
import { readAlgorithm } from './algorithm.ts';
import { type Bytes, type Piece, Refusal } from './as2.ts';
import { BerStream, BrokenBer, identifierOf, smallIntegerOf, tags } from './ber.ts';
import { headerOf, integer, objectIdentifier, octetString, sequence, tagged } from './der.ts';
import { algorithms, contentTypes } from './oids.ts';
import { collect } from './piece.ts';

/**
 * How many bytes may come out of one. EDI shrinks to a tenth, files of blank-filled records to a fiftieth; deflate could
 * make 1,032 of one, and only what is made for it does.
 */
export const mostInflation = 100;
/** What may come out of the smallest message: one order a thousand times over, as people try things, shrinks to nothing. */
export const freeBytes = 10 * 1024 * 1024;
/** Up to so many bytes are done in one call, which spares small messages the cost of streams. */
const smallBytes = 64 * 1024;
/** More is never inflated in one call: meanwhile everything else waits. */
const smallInflatedBytes = 1024 * 1024;
const chunkBytes = 64 * 1024;

/** RFC 3274, 2: the zlib algorithm has no parameters. */
const algorithm = sequence(objectIdentifier(algorithms.zlib));

/**
 * Compresses content.
 * @returns a ContentInfo with CompressedData: DER for small content, BER of indefinite length for large
 */
export async function* compress(content: Piece): Bytes {
  if (content.size <= smallBytes) {
    yield compressed(deflateSync(await collect(content.read())));
    return;
  }
  const deflate = createDeflate({ chunkSize: chunkBytes });
  yield head;
  for await (const chunk of through(content.read(), deflate)) {
    yield headerOf(tags.octetString, chunk.length);
    yield chunk;
  }
  yield tail;
}

/**
 * Decompresses content.
 * @param cms ContentInfo with CompressedData
 * @param limits most: bytes that may come out; ratio: how many may come out of one, beyond what is free
 * @throws Refusal decompression-failed (broken, or larger than that), unsupported-format
 */
export async function* decompress(cms: Bytes, limits: { most: number; ratio?: number }): Bytes {
  const stream = new BerStream(cms);
  try {
    await enterContent(stream);
    const taken = { bytes: 0 };
    yield* inflate(counted(stream.octets(), taken), taken, limits);
    await stream.finish();
  } catch (error) {
    throw asRefusal(error);
  } finally {
    await stream.close();
  }
}

function compressed(zlib: Buffer): Buffer {
  const content = sequence(objectIdentifier(contentTypes.data), tagged(0, octetString(zlib)));
  const data = sequence(integer(0), algorithm, content);
  return sequence(objectIdentifier(contentTypes.compressedData), tagged(0, data));
}

/** Everything before the segments, in indefinite lengths. */
const head = Buffer.concat([
  Buffer.of(tags.sequence, 0x80),
  objectIdentifier(contentTypes.compressedData),
  Buffer.of(0xa0, 0x80, tags.sequence, 0x80),
  integer(0),
  algorithm,
  Buffer.of(tags.sequence, 0x80),
  objectIdentifier(contentTypes.data),
  Buffer.of(0xa0, 0x80, tags.octetString | 0x20, 0x80),
]);
/** The ends of the six indefinite lengths. */
const tail = Buffer.alloc(6 * 2);

/** Steps in to the compressed bytes. */
async function enterContent(stream: BerStream): Promise<void> {
  await stream.enter(tags.sequence);
  const type = identifierOf(await stream.take());
  if (type !== contentTypes.compressedData) {
    throw new Refusal('unsupported-format', `Content type ${type} where compressed data is due`);
  }
  await stream.enter(0xa0);
  await stream.enter(tags.sequence);
  smallIntegerOf(await stream.take());
  if (readAlgorithm(await stream.take()).oid !== algorithms.zlib) {
    throw new Refusal('unsupported-format', 'The compression is not zlib');
  }
  await stream.enter(tags.sequence);
  const inner = identifierOf(await stream.take());
  if (inner !== contentTypes.data)
    throw new Refusal('unsupported-format', `Content type ${inner} is compressed`);
  await stream.enter(0xa0);
}

async function* counted(bytes: Bytes, taken: { bytes: number }): Bytes {
  for await (const chunk of bytes) {
    taken.bytes += chunk.length;
    yield chunk;
  }
}

/** @param taken how many compressed bytes have been read, which grows as they are */
async function* inflate(
  bytes: Bytes,
  taken: { readonly bytes: number },
  { most, ratio = mostInflation }: { most: number; ratio?: number },
): Bytes {
  const mostNow = () => Math.min(most, freeBytes + ratio * taken.bytes);
  const start: Buffer[] = [];
  const source = bytes[Symbol.asyncIterator]();
  let next = await source.next();
  for (; !next.done && taken.bytes <= smallBytes; next = await source.next()) start.push(next.value);
  if (next.done) {
    const whole = inflateWhole(Buffer.concat(start), Math.min(mostNow(), smallInflatedBytes));
    if (whole && whole.length > 0) yield whole;
    if (whole) return;
  } else start.push(next.value);
  let size = 0;
  const engine = createInflate({ chunkSize: chunkBytes });
  for await (const chunk of through(chained(start, source), engine)) {
    size += chunk.length;
    if (size > mostNow()) throw tooLarge();
    yield chunk;
  }
  expectAllRead(engine.bytesWritten, taken.bytes);
}

/** All that comes out; null when that is more. */
function inflateWhole(bytes: Buffer, most: number): Buffer | null {
  try {
    const { buffer, engine } = inflateSync(bytes, {
      maxOutputLength: most,
      info: true,
    }) as unknown as Informed;
    expectAllRead(engine.bytesWritten, bytes.length);
    return buffer;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return null;
    throw error;
  }
}

/** What node:zlib gives with `info`. */
interface Informed {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

/** Bytes behind the end of zlib's are nobody's. */
function expectAllRead(read: number, given: number): void {
  if (read !== given) throw new Refusal('decompression-failed', 'Bytes follow the compressed content');
}

async function* chained(start: readonly Buffer[], rest: AsyncIterator<Buffer>): Bytes {
  try {
    yield* start;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/** What comes out of a zlib stream; errors of the source come out here. */
async function* through(bytes: Bytes, engine: Deflate | Inflate): Bytes {
  // The engine is destroyed with whatever goes wrong, and so passes it on to the loop.
  pipeline(bytes, engine, () => undefined);
  yield* engine as AsyncIterable<Buffer>;
}

function tooLarge(): Refusal {
  return new Refusal('decompression-failed', 'The compressed content is larger than is taken');
}

function asRefusal(error: unknown): unknown {
  const broken = error instanceof BrokenBer || String((error as NodeJS.ErrnoException).code).startsWith('Z_');
  if (!broken) return error;
  return new Refusal('decompression-failed', 'The compressed content is broken', { cause: error });
}
