// An attack by files: as many and as large ones as the service takes.
import { createHash } from "node:crypto";
import { times } from "./tools.mjs";

/** Just under the largest that is taken. */
const SIZE = 100_000_000;
const FOUR = 4;
/** At most so many of one person are on their way. */
const MOST = 20;

export const UPLOADS = {
  "large files": {
    sent: "files of 100 MB, four at once, one after another",
    expects: [],
    later: ["204"],
    allows: ["429 RATE_LIMITED", "closed"],
    database: true,
    run: async (attack) => {
      const file = Buffer.alloc(SIZE, "a");
      const addresses = await announced(attack, file);
      const loop = async () => {
        for (let url = addresses.pop(); url && !attack.isOver; url = addresses.pop()) await attack.ask(put(url, file));
      };
      await Promise.race([Promise.all(times(FOUR, loop)).then(() => attack.wait()), attack.wait()]);
    },
  },
};

function put(url, file) {
  const { pathname, search } = new URL(url);
  const headers = { "content-type": "text/plain", "content-length": SIZE };
  return { method: "PUT", path: pathname + search, headers, body: file };
}

/** Announces as many files as may be, and gives their addresses. */
async function announced(attack, file) {
  const said = `programmeId: "${attack.programmeId}", title: "Files", strand: DOCUMENT, marking: OFFICIAL`;
  const { evidence } = (await asked(attack, `mutation { of: evidenceAdd(input: { ${said} }) { evidence { id } } }`)).of;
  const hash = createHash("sha256").update(file).digest("hex");
  const what = `mediaType: "text/plain", size: ${SIZE}, sha256: "${hash}"`;
  const one = async (index) => {
    const input = `evidenceId: "${evidence.id}", name: "${index}.txt", ${what}`;
    const { of } = await asked(attack, `mutation { of: evidenceFilePrepare(input: { ${input} }) { upload { target { url } } } }`);
    return of.upload.target.url;
  };
  const urls = [];
  for (let index = 0; index < MOST; index += 1) urls.push(await one(index));
  return urls;
}

/** Preparation is no part of the attack: it is not counted. */
async function asked(attack, query) {
  const { headers, body } = attack.post(query);
  const answer = await fetch(`http://127.0.0.1:${attack.port}/graphql`, { method: "POST", headers, body });
  return (await answer.json()).data;
}
