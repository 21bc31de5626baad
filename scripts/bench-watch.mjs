// Loaded into a measured gateway before its own code: tells the benchmark, once a second, how late its event loop ran. On a
// machine that others use, too, a turn is late because somebody else had the processor; so it also tells how much processor
// time (of all threads) was used in the turn that used most: the most that our own code can have held up the loop.
import { monitorEventLoopDelay } from 'node:perf_hooks';

const resolutionMs = 10;
const delay = monitorEventLoopDelay({ resolution: resolutionMs });
delay.enable();
const late = (nanoseconds) => Math.max(0, nanoseconds / 1e6 - resolutionMs);

let before = process.cpuUsage();
let turnCpuMs = 0;

function turn() {
  const { user, system } = process.cpuUsage(before);
  before = process.cpuUsage();
  turnCpuMs = Math.max(turnCpuMs, (user + system) / 1_000);
}

if (process.send) {
  process.channel?.unref();
  setInterval(turn, resolutionMs).unref();
  setInterval(() => {
    if (process.connected)
      process.send({ maxMs: late(delay.max), p99Ms: late(delay.percentile(99)), turnCpuMs });
    delay.reset();
    turnCpuMs = 0;
  }, 1_000).unref();
}
