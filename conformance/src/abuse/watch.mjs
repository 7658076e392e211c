// What can be seen of the service from outside: its memory, its health, whom it still serves.
import { readFileSync, writeFileSync } from "node:fs";

/** A figure of /proc/PID/status, in MiB. */
const figure = (pid, name) => {
  const kilobytes = readFileSync(`/proc/${pid}/status`, "utf8").match(new RegExp(`^${name}:\\s+(\\d+) kB`, "m"))[1];
  return Number(kilobytes) / 1024;
};

/** Resident memory now, in MiB. */
export const memory = (pid) => figure(pid, "VmRSS");

/** The most resident memory since the last `forgetPeak`, in MiB. */
export const peak = (pid) => figure(pid, "VmHWM");

/** Begins the peak anew (proc(5), clear_refs). */
export const forgetPeak = (pid) => writeFileSync(`/proc/${pid}/clear_refs`, "5");

/** The answers to the probes. */
export async function health(url) {
  const status = async (path) => (await fetch(url + path)).status;
  return { healthz: await status("/healthz"), readyz: await status("/readyz") };
}

/** How many listen and how many subscriptions run, as the metrics say. */
export async function listening(url) {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const sum = (name) =>
    [...metrics.matchAll(new RegExp(`^${name}\\{.*\\} (\\d+)`, "gm"))].reduce(
      (sum, [, value]) => sum + Number(value),
      0,
    );
  return { connected: sum("golden_thread_listeners_connected"), running: sum("golden_thread_subscriptions_running") };
}
