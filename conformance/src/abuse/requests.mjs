// Attacks by requests that are answered once. Each says what is sent, what has to come back (`expects`, and `later` where it
// takes long enough), what else may (`allows`), and whether it reaches the database.
import { setTimeout as sleep } from "node:timers/promises";
import { SLUG } from "./place.mjs";
import { POST, times } from "./tools.mjs";

const LIMITED = "429 RATE_LIMITED";
/** Who still sends a large body when it is refused unread may find the connection closed before the answer is read. */
const CUT_OFF = "closed";
const TINY = "{ __typename }";
const JSON_HEADERS = { "content-type": "application/json" };
const MANY = 64;

/** The dearest queries that are allowed: many items, the history of each, introspection. */
const DEAREST = [
  `{ programmes(first: 100) { nodes { actions(first: 97) { nodes { id reference status computedHealth isUpdateOverdue } } } } }`,
  `{ programme(slug: "${SLUG}") { actions(first: 100) { totalCount nodes { id history(first: 90) { nodes { sequence } } } } } }`,
  `{ __schema { types { name description fields { name description args { name description type { name } }
    type { name ofType { name } } } } } }`,
];
/** About 5 MiB. */
const AIMS = times(15, (index) => `a${index}: aim`).join(" ");
const LARGE = `{ programme(slug: "${SLUG}") { actions(first: 100) { nodes { aim ${AIMS} } } } }`;

/** Tokens that do not hold: garbage, of no algorithm, of an unknown key, and real ones with other claims. */
function badTokens(token) {
  const [head, payload, signature] = token.split(".");
  const encoded = (object) => Buffer.from(JSON.stringify(object)).toString("base64url");
  const claims = JSON.parse(Buffer.from(payload, "base64url"));
  const changed = encoded({ ...claims, sub: "victim-0" });
  return [
    "none",
    `${encoded({ alg: "none" })}.${payload}.`,
    `${encoded({ alg: "HS256", kid: "unknown" })}.${payload}.${signature}`,
    `${head}.${changed}.${signature}`,
    `${head}.${encoded({ ...claims, exp: 1 })}.${signature}`,
    "x".repeat(16 * 1024),
  ];
}

/** Many small things: they take far more room once they are read. */
const unfolding = (count) => JSON.stringify({ query: DEAREST[1], variables: { unknown: times(count, () => 0) } });

/** Documents of almost 20 kB, each of another text and full of fields. */
function differing(number) {
  const fields = "id reference status startOn dueOn notes version isOverdue rating { label } plan { id title }";
  const more = "leads { __typename } steps { id } organisation { id name }";
  const one = (index) => `a${index}: actions(first: ${index + 1}) { nodes { ${fields} ${more} } }`;
  const text = `query Differing${number} { programme(slug: "${SLUG}") { ${times(14, one).join(" ")} } }`;
  return `${text} #${"x".repeat(19_900 - text.length)}`;
}

/** As many fields as the tokens allow in as few bytes as can be. */
const dense = (number) => `query D${number} { programme(slug: "${SLUG}") { ${"id,".repeat(980)} } }`;

/** A request as it is on the wire, from its first line on. */
const bare = (port, rest) =>
  ["POST /graphql HTTP/1.1", `Host: 127.0.0.1:${port}`, "Content-Type: application/json", rest].join("\r\n");

export const REQUESTS = {
  "small requests without a token": {
    sent: `${MANY} connections, one request after another`,
    expects: ["200", LIMITED],
    run: (attack) => attack.flood(MANY, () => attack.post(TINY, { headers: {} })),
    // 30 at once and half a one each second after.
    judge: (answers, seconds) => atMost(answers["200"], 40 + seconds),
  },
  "small requests with a token": {
    sent: `${MANY} connections, one request after another`,
    expects: ["200"],
    later: [LIMITED],
    // 600 at once and ten each second after; so many also run at once, which is refused the same way.
    run: (attack) => attack.flood(MANY, () => attack.post(TINY)),
    judge: (answers, seconds) => atMost(answers["200"], 700 + 10 * seconds),
  },
  "forged X-Forwarded-For": {
    sent: `${MANY} connections, another address in each request`,
    expects: ["200", LIMITED],
    run: (attack) =>
      attack.flood(MANY, (number) => {
        const forged = `203.0.${(number >> 8) & 255}.${number & 255}`;
        return attack.post(TINY, {
          headers: { "x-forwarded-for": forged, "x-real-ip": forged, forwarded: `for=${forged}` },
        });
      }),
    judge: (answers, seconds) => atMost(answers["200"], 40 + seconds),
  },
  "JSON that is none": {
    sent: `${MANY} connections: cut off, nested 100 000 deep, no UTF-8`,
    expects: ["400 BAD_USER_INPUT"],
    allows: [LIMITED, CUT_OFF],
    run: (attack) => {
      const bodies = [
        '{"query": "{ __type',
        "[".repeat(100_000),
        '{"a":'.repeat(40_000),
        Buffer.from([0x22, 0xff, 0xfe, 0x22]),
        "",
      ];
      return attack.flood(MANY, (number) => ({
        headers: { ...POST, ...attack.authorization },
        body: bodies[number % bodies.length],
      }));
    },
  },
  batches: {
    sent: `${MANY} connections, 1 000 requests in each list`,
    expects: ["400 BAD_USER_INPUT"],
    allows: [LIMITED],
    run: (attack) => {
      const body = JSON.stringify(times(1000, () => ({ query: TINY })));
      return attack.flood(MANY, () => ({ headers: { ...POST, ...attack.authorization }, body }));
    },
  },
  "tokens that do not hold": {
    sent: `${MANY} connections: garbage, alg none, unknown keys, changed and expired claims, 16 KiB`,
    expects: ["401 UNAUTHENTICATED", LIMITED],
    run: (attack) => {
      const tokens = badTokens(attack.token);
      return attack.flood(MANY, (number) =>
        attack.post(TINY, { headers: { authorization: `Bearer ${tokens[number % tokens.length]}` } }),
      );
    },
  },
  "heads that are too large": {
    sent: `${MANY} connections: 48 KiB in one header, or 200 headers`,
    expects: ["431"],
    allows: ["closed"],
    run: (attack) => {
      const large = { "x-large": "x".repeat(48 * 1024) };
      const many = Object.fromEntries(times(200, (index) => [`x-${index}`, "1"]));
      return attack.flood(MANY, (number) => attack.post(TINY, { headers: number % 2 ? large : many }));
    },
  },
  "bodies that are too large": {
    sent: `${MANY} connections, 1 MiB, with Content-Length and without`,
    expects: ["413 BAD_USER_INPUT"],
    allows: [LIMITED, CUT_OFF],
    run: (attack) => {
      const part = Buffer.alloc(64 * 1024, " ");
      return attack.flood(MANY, (number) => ({
        headers: { ...POST, ...attack.authorization, ...(number % 2 && { "content-length": 16 * part.length }) },
        body: (request) => {
          times(16, () => request.write(part));
          request.end();
        },
      }));
    },
  },
  "bodies that unfold": {
    sent: `${MANY} connections, lists of 130 000 and of 19 000 numbers in the variables of a dear query`,
    expects: ["400 BAD_USER_INPUT"],
    allows: ["200", LIMITED, CUT_OFF],
    database: true,
    run: (attack) => {
      const bodies = [unfolding(130_000), unfolding(19_000)];
      const headers = { ...POST, ...attack.authorization };
      return attack.flood(MANY, (number) => ({ headers, body: bodies[number % bodies.length] }));
    },
  },
  "slow bodies": {
    sent: "200 connections, a byte each second",
    expects: [],
    later: ["408 BAD_USER_INPUT"],
    // Longer than a body may take.
    seconds: 14,
    run: (attack) =>
      trickle(
        attack,
        200,
        bare(attack.port, `Authorization: Bearer ${attack.token}\r\nContent-Length: 1000\r\n\r\n{`),
        " ",
      ),
  },
  "slow heads": {
    sent: "300 connections, a byte each second",
    // More than an address may have are closed at once, the others when the head's time is over.
    expects: [],
    later: ["closed"],
    allows: ["408"],
    run: (attack) => trickle(attack, 300, bare(attack.port, "X-Slow: "), "x"),
    judge: ({ closed, 408: late = 0 }, seconds) =>
      seconds < 6 || closed + late >= 300 ? [] : [`only ${closed + late} of 300 were ended`],
  },
  "large answers that nobody reads": {
    sent: "250 connections, 5 MiB to each",
    expects: [],
    allows: ["closed"],
    database: true,
    run: async (attack) => {
      const body = JSON.stringify({ query: LARGE });
      const headers = `Authorization: Bearer ${attack.token}\r\nContent-Length: ${body.length}\r\n\r\n`;
      // Not all at once, because of one client's requests no more than 64 run at a time.
      for (let opened = 0; opened < 250 && !attack.isOver; opened += 10) {
        times(10, () => attack.connect({ reads: false }).write(bare(attack.port, headers) + body));
        await sleep(200);
      }
      await attack.wait();
    },
  },
  "requests in a row that nobody waits for": {
    sent: "32 connections, 500 requests at once on each, no answer read",
    expects: [],
    allows: ["closed"],
    run: async (attack) => {
      const body = JSON.stringify({ query: TINY });
      const rest = `Authorization: Bearer ${attack.token}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
      const one = bare(attack.port, rest);
      times(32, () => attack.connect({ reads: false }).write(one.repeat(500)));
      await attack.wait();
    },
  },
  "the dearest queries": {
    sent: "16 connections: 10 000 objects, histories, introspection",
    expects: ["200"],
    allows: [LIMITED],
    database: true,
    run: (attack) => attack.flood(16, (number) => attack.post(DEAREST[number % DEAREST.length])),
  },
  "queries beyond a limit": {
    sent: "16 connections: too deep, too long, too many aliases, directives and fields, fragments that double",
    expects: ["400 QUERY_TOO_COMPLEX"],
    allows: [LIMITED, "200 QUERY_TOO_COMPLEX", "400 BAD_USER_INPUT"],
    run: (attack) => attack.flood(16, (number) => attack.post(attack.documents[number % attack.documents.length])),
  },
  "the dearest filters": {
    sent: "16 connections: 4 lists and their counts, each by a search for 10 texts",
    expects: ["200"],
    allows: [LIMITED],
    database: true,
    run: (attack) => {
      const filter = { or: times(10, (index) => ({ text: { contains: `nowhere ${index}` } })) };
      const list = (index) => `a${index}: actions(first: ${index + 1}, filter: $filter) { totalCount nodes { id } }`;
      const query = `query ($filter: ActionFilter) { programme(slug: "${SLUG}") { ${times(4, list).join(" ")} } }`;
      return attack.flood(16, () => attack.post(query, { variables: { filter } }));
    },
  },
  "long documents that differ": {
    sent: "16 connections, 20 kB each and full of fields, none twice",
    expects: ["200"],
    allows: [LIMITED],
    database: true,
    run: (attack) => attack.flood(16, (number) => attack.post(differing(number))),
  },
  "dense documents that differ": {
    sent: "16 connections, 1 000 fields in 3 kB, none twice",
    expects: ["400 QUERY_TOO_COMPLEX"],
    allows: [LIMITED],
    run: (attack) => attack.flood(16, (number) => attack.post(dense(number))),
  },
  "changes by alias": {
    sent: "16 connections, five changes in each request",
    expects: ["200"],
    allows: [LIMITED],
    database: true,
    run: async (attack) => {
      const said = `programmeId: "${attack.programmeId}", title: "Evidence", strand: DOCUMENT, marking: OFFICIAL`;
      const one = (number) => (index) =>
        `a${index}: evidenceAdd(input: { ${said}, idempotencyKey: "${number}-${index}" }) { userErrors { code } }`;
      await attack.flood(16, (number) => attack.post(`mutation { ${times(5, one(number)).join(" ")} }`));
    },
  },
  "conditional GETs": {
    sent: "16 connections, 30 KiB of tags in If-None-Match",
    expects: ["200"],
    allows: [LIMITED],
    database: true,
    run: (attack) => {
      const query = encodeURIComponent(`{ programme(slug: "${SLUG}") { name } }`);
      const tags = times(1200, (index) => `"${String(index).padStart(20, "0")}"`).join(", ");
      const headers = { ...attack.authorization, ...JSON_HEADERS, "if-none-match": tags };
      return attack.flood(16, () => ({ method: "GET", path: `/graphql?query=${query}`, headers }));
    },
  },
};

/** Opens connections, sends a beginning on each, and then a byte a second. */
async function trickle(attack, connections, begin, byte) {
  const sockets = times(connections, () => attack.connect());
  for (const socket of sockets) socket.write(begin);
  const timer = setInterval(() => sockets.forEach((socket) => socket.writable && socket.write(byte)), 1000);
  await attack.wait();
  clearInterval(timer);
}

/** What is wrong where more were let in than may be. */
export function atMost(count = 0, most) {
  return count > most ? [`${count} were let in, and ${most} may be`] : [];
}
