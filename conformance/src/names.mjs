// Names in place of ids in the variables of examples: `$act:1.9` is the action that the current plan prints as 1.9,
// `$version:act:1.9` its version. The demonstration has new ids each time that it is loaded.

const EVERYTHING = `{
  programme(slug: "buckinghamshire") {
    id
    version
    plans(first: 10) { nodes { id version title status actions(first: 40) { nodes {
      id version reference steps { id version } linkProposals { id version }
    } } } }
  }
}`;
const OTHERS = `{
  programme(slug: "buckinghamshire") {
    sources(first: 20) { nodes { id title issuedOn
      ... on Inspection { version recommendations(first: 30) { nodes { id version reference } } }
      ... on Review { version recommendations(first: 30) { nodes { id version reference } } }
      ... on Direction { version terms(first: 30) { nodes { id version reference duties { id version } } } }
    } }
    evidence(first: 60) { nodes { id version title } }
    people(first: 60) { nodes { id version post } }
    groups(first: 20) { nodes { id version name } }
    members(first: 20) { nodes { id version subject } }
  }
  organisations(first: 60) { nodes { id version name } }
}`;

/** What names stand for now, as the programme office sees it. */
export class Names {
  #rows = new Map();

  static async of(service, begun) {
    const names = new Names(begun);
    names.#plans((await service.ask(EVERYTHING)).programme);
    names.#others(await service.ask(OTHERS));
    return names;
  }

  constructor(begun) {
    this.begun = begun;
  }

  /** Puts what names stand for in their place. */
  resolve(value) {
    if (typeof value === "string") return value.startsWith("$") ? this.#named(value.slice(1)) : value;
    if (Array.isArray(value)) return value.map((item) => this.resolve(item));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.resolve(item)]));
  }

  #named(name) {
    if (name === "begun") return this.begun.toISOString();
    if (name === "now") return new Date().toISOString();
    return name.startsWith("version:") ? this.#find(name.slice("version:".length)).version : this.#find(name).id;
  }

  #find(name) {
    const row = this.#rows.get(name);
    if (!row) throw new Error(`the demonstration has nothing that is called $${name}`);
    return row;
  }

  #plans(programme) {
    this.#add("programme", programme);
    const rank = ({ status }) => (status === "PUBLISHED" ? 0 : 1);
    for (const plan of programme.plans.nodes.toSorted((a, b) => rank(a) - rank(b))) {
      this.#add("plan", plan);
      this.#add(`plan:${plan.title}`, plan);
      for (const action of plan.actions.nodes) {
        this.#add(`act:${action.reference}`, action);
        this.#numbered(`step:${action.reference}`, action.steps);
        this.#numbered(`proposal:${action.reference}`, action.linkProposals);
      }
    }
  }

  #others({ programme, organisations }) {
    const newest = (a, b) => (b.issuedOn ?? "").localeCompare(a.issuedOn ?? "");
    for (const source of programme.sources.nodes.toSorted(newest)) {
      this.#add(`source:${source.title}`, source);
      for (const row of source.recommendations?.nodes ?? []) this.#add(`rec:${row.reference}`, row);
      for (const row of source.terms?.nodes ?? []) {
        this.#add(`term:${row.reference}`, row);
        this.#numbered(`duty:${row.reference}`, row.duties);
      }
    }
    for (const row of programme.evidence.nodes) this.#add(`ev:${row.title}`, row);
    for (const row of programme.people.nodes) this.#add(`person:${row.post}`, row);
    for (const row of programme.groups.nodes) this.#add(`group:${row.name}`, row);
    for (const row of programme.members.nodes) this.#add(`member:${row.subject}`, row);
    for (const row of organisations.nodes) this.#add(`org:${row.name}`, row);
  }

  #numbered(name, rows) {
    rows.forEach((row, index) => this.#add(`${name}/${index + 1}`, row));
  }

  /** The first of a name stays. */
  #add(name, row) {
    if (!this.#rows.has(name)) this.#rows.set(name, row);
  }
}
