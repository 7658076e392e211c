// Others who use the service meanwhile, in a process of their own: a few subjects that ask a small query at a steady rate,
// each below its limit. On a message it tells how they fared since the last one.
import http from "node:http";

const PATIENCE_MS = 10_000;

let begun = [];

// Whoever started it is gone.
process.once("disconnect", () => process.exit(1));

process.once("message", ({ port, tokens, query, perSecond, expected }) => {
  const agent = new http.Agent({ keepAlive: true });
  const body = JSON.stringify({ query });
  let turn = 0;
  setInterval(() => {
    const authorization = `Bearer ${tokens[turn++ % tokens.length]}`;
    begun.push(ask({ port, agent, authorization, body, expected }));
  }, 1000 / perSecond);
  process.on("message", async () => {
    const asked = begun;
    begun = [];
    // What is still under way counts too.
    const results = await Promise.all(asked);
    const times = results.filter(({ failed }) => !failed).map(({ ms }) => ms);
    process.send({ times, failures: results.map(({ failed }) => failed).filter(Boolean) });
  });
});

/**
 * One request: how long it took in milliseconds, from before it was sent to its last byte, and why it failed where it did.
 */
function ask({ port, agent, authorization, body, expected }) {
  const start = performance.now();
  const headers = { authorization, "content-type": "application/json", "content-length": body.length };
  const options = { host: "127.0.0.1", port, path: "/graphql", method: "POST", headers, agent };
  return new Promise((resolve) => {
    const done = (failed) => {
      clearTimeout(timer);
      resolve({ ms: performance.now() - start, failed });
    };
    let request;
    const timer = setTimeout(() => request.destroy(new Error("no answer in time")), PATIENCE_MS);
    const send = () => {
      request = http.request(options, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part) => (text += part));
        response.on("end", () => done(text === expected ? undefined : `${response.statusCode} ${text.slice(0, 200)}`));
        response.on("error", (fault) => done(fault.message));
      });
      request.on("error", (fault) => {
        // A kept connection may be closed just as it is used again: clients then take another (RFC 9110, section 9.2.2).
        if (request.reusedSocket && fault.code === "ECONNRESET") send();
        else done(fault.message);
      });
      request.end(body);
    };
    send();
  });
}
