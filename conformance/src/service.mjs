// The service under test: started here, asked, and stopped.
import { spawn } from "node:child_process";

const START_MS = 30_000;
const running = new Set();

process.on("exit", () => running.forEach((child) => child.kill("SIGTERM")));

/** One running `golden-thread`. */
export class Service {
  #child;

  constructor(child, url, tokens) {
    this.#child = child;
    this.url = url;
    this.tokens = tokens;
  }

  /** Starts the demonstration, on a fresh database of its own, and reads its address and tokens from what it prints. */
  static async demo(binary, options = []) {
    const { child, found } = await started(binary, ["demo", "--bind", "127.0.0.1:0", ...options], (printed) => {
      const url = printed.match(/^GraphQL\s+(\S+)\/graphql$/m)?.[1];
      const tokens = Object.fromEntries(
        [...printed.matchAll(/^(\S+) +(ey\S+)\n/gm)].map(([, who, token]) => [who, token]),
      );
      return url && tokens.nobody && { url, tokens };
    });
    return new Service(child, found.url, found.tokens);
  }

  /** Starts `serve`; its address is in its log. */
  static async serve(binary, options, tokens) {
    const { child, found } = await started(
      binary,
      ["serve", "--bind", "127.0.0.1:0", "--log", "json", ...options],
      (printed) => {
        return printed.match(/127\.0\.0\.1:[1-9]\d*/)?.[0];
      },
    );
    return new Service(child, `http://${found}`, tokens);
  }

  get pid() {
    return this.#child.pid;
  }

  get hasEnded() {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  get graphql() {
    return `${this.url}/graphql`;
  }

  authorization(subject) {
    return `Bearer ${this.tokens[subject]}`;
  }

  /** Sends one request; the status and the body. Without a subject it goes without a token. */
  async send(body, { subject, headers } = {}) {
    const answer = await fetch(this.graphql, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/graphql-response+json",
        ...(subject && { authorization: this.authorization(subject) }),
        ...headers,
      },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    return { status: answer.status, body: await answer.json() };
  }

  /** The data of a query that has to go well. */
  async ask(query, variables, subject = "programme-office") {
    const { body } = await this.send({ query, variables }, { subject });
    if (body.errors) throw new Error(`the service answers ${JSON.stringify(body.errors)}`);
    return body.data;
  }

  stop() {
    return new Promise((resolve) => {
      this.#child.once("close", resolve);
      this.#child.kill("SIGTERM");
    });
  }
}

/** Starts the program and waits until `find` finds what it looks for in what is printed. */
function started(binary, args, find) {
  const child = spawn(binary, args, { stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  return new Promise((resolve, reject) => {
    let printed = "";
    const fail = (what) => {
      child.kill("SIGKILL");
      reject(new Error(`${binary} ${args.join(" ")}: ${what}\n${printed}`));
    };
    const timer = setTimeout(() => fail(`not ready after ${START_MS / 1000} s`), START_MS);
    const read = (bytes) => {
      printed += bytes;
      const found = find(printed);
      if (!found) return;
      clearTimeout(timer);
      resolve({ child, found });
      // From here on nobody reads along, but the pipes must not fill up.
      for (const stream of [child.stdout, child.stderr]) stream.off("data", read).resume();
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", read);
    child.once("error", (fault) => fail(fault.message));
    child.once("close", (code) => {
      running.delete(child);
      clearTimeout(timer);
      fail(`ended with ${code}`);
    });
  });
}
