// What a process has spent: processor time in ms, and the most memory since `forget`, in MB. Memory is read from /proc: 0 elsewhere.
import { readFileSync, writeFileSync } from 'node:fs';

export const cpuMs = (since) => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1_000;
};

export const rssMb = () => process.memoryUsage.rss() / 1e6;

/** The kernel keeps the most that a process ever had; from here on, of what is had now. */
export function forget() {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // No Linux: there is nothing to read afterwards either.
  }
}

export function peakMb() {
  try {
    const kilobytes = /^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return (Number(kilobytes) * 1_024) / 1e6;
  } catch {
    return 0;
  }
}

export async function timed(work) {
  const [begun, cpu] = [performance.now(), process.cpuUsage()];
  const result = await work();
  return { result, ms: performance.now() - begun, cpuMs: cpuMs(cpu) };
}

export const tell = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
