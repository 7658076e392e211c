// The explorer page in Chromium: it runs queries, shows each subject's own answer, and keeps to its content security policy.
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { chromium } from "playwright-core";
import { assert } from "./report.mjs";

const PART = "explorer";
const PLACES = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const WAIT = { timeout: 15_000 };

export async function explorer(report, service) {
  const executablePath = PLACES.find((path) => path && existsSync(path));
  if (!executablePath) throw new Error("there is no Chromium; install it, or name it in CHROMIUM");
  const browser = await chromium.launch({ executablePath, headless: true, args: ARGS });
  try {
    await checks(report, service, browser);
  } finally {
    await browser.close();
  }
  report.row("Clients", "the explorer page", `Chromium ${browser.version().split(".")[0]}`, report.outcome(PART));
}

async function checks(report, service, browser) {
  const page = await browser.newPage();
  const seen = watched(page);
  await report.check(PART, "the page loads and offers every subject", async () => {
    await page.goto(`${service.url}/#as=board-member`);
    await page.locator(".graphiql-execute-button").waitFor(WAIT);
    const offered = await page.getByLabel("See it as").locator("option").allTextContents();
    const missing = Object.keys(service.tokens).filter((subject) => !offered.includes(subject));
    assert(missing.length === 0, `not offered: ${missing.join(", ")}`);
    return `${offered.length} subjects`;
  });
  let asBoard;
  await report.check(PART, "the first query runs and its answer is shown", async () => {
    asBoard = await run(page);
    const { programme } = asBoard.data;
    assert(programme.recommendations.nodes.length > 0 && !asBoard.errors, "it finds nothing");
    await shown(page, `"covered": ${programme.coverage.covered}`);
  });
  await report.check(PART, "another subject sees something else", async () => {
    await page.getByLabel("See it as").selectOption("nobody");
    await page.waitForURL(/#as=nobody$/, WAIT);
    await page.locator(".graphiql-execute-button").waitFor(WAIT);
    assert(!(await text(page)).includes('"covered"'), "the first subject's answer still stands there");
    const asNobody = await run(page);
    assert(
      asNobody.data.programme === null && asNobody.errors[0].extensions.code === "NOT_FOUND",
      JSON.stringify(asNobody),
    );
    await shown(page, "NOT_FOUND");
  });
  await report.check(PART, "no error on the console, nothing that the policy forbids", () => {
    assert(seen.faults.length === 0, seen.faults.join("; "));
  });
  await report.check(PART, "no request leaves the service's own address", () => {
    const foreign = seen.urls.filter((url) => !url.startsWith(`${service.url}/`) && !url.startsWith("data:"));
    assert(foreign.length === 0, foreign.join(", "));
    assert(seen.urls.length > 3, "no requests were seen at all");
    return `${seen.urls.length} requests`;
  });
  await report.check(PART, "a script that somebody puts into the page is blocked", () => blocked(page));
  await report.check(PART, "the page is not shown in a frame of another", () => framed(browser, service));
}

/** Notes what the page asks for and complains of. */
function watched(page) {
  const seen = { urls: [], faults: [] };
  page.on("request", (request) => seen.urls.push(request.url()));
  page.on("pageerror", (fault) => seen.faults.push(String(fault)));
  page.on("console", (message) => message.type() === "error" && seen.faults.push(message.text()));
  page.addInitScript(() => {
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective));
  });
  return seen;
}

/** Presses the button; the answer as it came over the wire. */
async function run(page) {
  const isRun = (answer) =>
    answer.url().endsWith("/graphql") && !answer.request().postData()?.includes("IntrospectionQuery");
  const answer = page.waitForResponse(isRun, WAIT);
  await page.locator(".graphiql-execute-button").click();
  return (await answer).json();
}

/** What stands in the answer's pane, line by line: the editor draws only the lines that are in view. */
const text = async (page) => (await page.locator(".result-window .CodeMirror-line").allTextContents()).join("\n");

async function shown(page, expected) {
  const until = Date.now() + WAIT.timeout;
  while (!(await text(page)).includes(expected)) {
    assert(Date.now() < until, `${expected} is not shown; there stands: ${(await text(page)).slice(0, 300)}`);
    await page.waitForTimeout(100);
  }
}

async function blocked(page) {
  const reports = ["script-src-elem", "script-src-attr"];
  const found = await page.evaluate(async ({ reports, timeout }) => {
    const inject = (fill) => {
      const script = document.createElement("script");
      fill(script);
      document.body.append(script);
    };
    inject((script) => (script.textContent = "window.injected = true"));
    inject((script) => (script.src = "data:text/javascript,window.injected=true"));
    document.body.insertAdjacentHTML("beforeend", '<img src="data:," onerror="window.injected = true">');
    // They come when the browser has time. What would run has run by then: it comes before its report would.
    const until = Date.now() + timeout;
    const isTold = () => reports.every((kind) => window.violations.includes(kind));
    while (!isTold() && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 100));
    await new Promise((resolve) => setTimeout(resolve, 500));
    return { ran: window.injected === true, violations: window.violations };
  }, { reports, timeout: WAIT.timeout });
  assert(!found.ran, "it ran");
  const kinds = new Set(found.violations);
  const isReported = reports.every((kind) => kinds.has(kind));
  assert(isReported, `reported: ${[...kinds].join(", ") || "nothing"}`);
  return [...kinds].join(", ");
}

async function framed(browser, service) {
  const other = createServer((_, answer) =>
    answer.setHeader("content-type", "text/html").end(`<iframe src="${service.url}/"></iframe>`),
  );
  await once(other.listen(0, "127.0.0.1"), "listening");
  const page = await browser.newPage();
  try {
    const failed = page.waitForEvent("requestfailed", WAIT);
    await page.goto(`http://127.0.0.1:${other.address().port}/`);
    const why = (await failed).failure().errorText;
    assert(why === "net::ERR_BLOCKED_BY_RESPONSE", why);
  } finally {
    await page.close();
    other.close();
  }
}
