// Loaded into a measured gateway before its own code: tells the benchmark, once a second, how late its event loop ran.
import { monitorEventLoopDelay } from 'node:perf_hooks';

const resolutionMs = 10;
const delay = monitorEventLoopDelay({ resolution: resolutionMs });
delay.enable();
const late = (nanoseconds) => Math.max(0, nanoseconds / 1e6 - resolutionMs);

if (process.send) {
  process.channel?.unref();
  setInterval(() => {
    if (process.connected) process.send({ maxMs: late(delay.max), p99Ms: late(delay.percentile(99)) });
    delay.reset();
  }, 1_000).unref();
}
