/** A process that starts the embedded PostgreSQL of argv[2], prints what it got, and stops it at the end of its input. */
import { startEmbedded } from '../../src/store/embedded.ts';

process.on('SIGINT', () => {});
const { url, started, owned, stop } = await startEmbedded(process.argv[2] ?? '');
process.stdout.write(`${JSON.stringify({ url, started, owned })}\n`);
process.stdin.resume().once('end', () => void stop());
