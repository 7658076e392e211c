// One attacking client, in a process of its own: told by its parent what to do, it tells what came of it.
import { execFileSync } from "node:child_process";
import { constants, setPriority } from "node:os";
import { LISTENERS } from "./listeners.mjs";
import { REQUESTS } from "./requests.mjs";
import { Attack } from "./tools.mjs";
import { UPLOADS } from "./uploads.mjs";

// It takes no processor that others want, as an attacker on another machine would take none. A priority alone does not do
// that: even a thread of the lowest is left its slice of some milliseconds once it runs.
try {
  execFileSync("chrt", ["--all-tasks", "--idle", "--pid", "0", String(process.pid)], { stdio: "ignore" });
} catch {
  setPriority(constants.priority.PRIORITY_LOW);
}
// Whoever started it is gone.
process.once("disconnect", () => process.exit(1));

process.once("message", async ({ name, ...job }) => {
  const attack = new Attack(job);
  const begun = Date.now();
  await { ...REQUESTS, ...UPLOADS, ...LISTENERS }[name].run(attack);
  process.send({ answers: attack.answers, sent: attack.sent, seconds: Math.ceil((Date.now() - begun) / 1000) }, () => process.exit(0));
});
