// Bundles the explorer into dist/, which is committed: building the service needs no Node.
// Also writes LICENSES.md, from what really went into the bundle.
import { build } from "esbuild";
import { copyFile, mkdir, readFile, readdir, writeFile } from "node:fs/promises";

/** The page uses the system's fonts: the embedded ones would be nine tenths of the style sheet. */
const withoutFonts = {
  name: "without-fonts",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const css = await readFile(path, "utf8");
      return { contents: css.replaceAll(/@font-face\s*\{[^}]*\}/g, ""), loader: "css" };
    });
  },
};

await mkdir("dist", { recursive: true });
const { metafile } = await build({
  entryPoints: { explorer: "src/main.jsx" },
  outdir: "dist",
  bundle: true,
  format: "iife",
  minify: true,
  target: ["es2022"],
  jsx: "automatic",
  define: { "process.env.NODE_ENV": '"production"' },
  loader: { ".svg": "dataurl" },
  plugins: [withoutFonts],
  legalComments: "none",
  charset: "utf8",
  metafile: true,
});
await copyFile("src/index.html", "dist/index.html");

const folders = new Set();
for (const { inputs } of Object.values(metafile.outputs)) {
  for (const file of Object.keys(inputs)) {
    const folder = file.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/);
    if (folder) folders.add(folder[0]);
  }
}
const packages = await Promise.all(
  [...folders].map(async (folder) => {
    const { name, version, license, author } = JSON.parse(await readFile(`${folder}/package.json`, "utf8"));
    const file = (await readdir(folder)).find((each) => /^licen[sc]e/i.test(each));
    const text = file ? await readFile(`${folder}/${file}`, "utf8") : "";
    const holders = text.split("\n").filter((line) => /^\W*Copyright\s(?!notice|holder)/.test(line));
    const stated = holders.map((line) => line.replace(/^\W+|\s+$/g, "")).join("; ");
    const holder = stated || `none stated; author ${String(author?.name ?? author ?? "not stated either").replace(/\s*[<(].*/, "")}`;
    return { name, version, license, holder };
  }),
);
packages.sort((a, b) => a.name.localeCompare(b.name, "en"));
const rows = packages.map(
  ({ name, version, license, holder }) => `| ${name} | ${version} | ${license} | ${holder} |`,
);
const mit = (await readFile("node_modules/graphiql/LICENSE", "utf8")).replace(/^[\s\S]*?(?=Permission is hereby)/, "");
const bsd = (await readFile("node_modules/entities/LICENSE", "utf8")).replace(/^[\s\S]*?(?=Redistribution)/, "");
await writeFile(
  "LICENSES.md",
  `# What the explorer carries

\`dist/explorer.js\` and \`dist/explorer.css\` hold code of these packages. \`npm run build\` writes this list.

| package | version | licence | copyright |
| --- | --- | --- | --- |
${rows.join("\n")}

Apache-2.0 is in the file \`LICENSE\` at the root of this project. 0BSD asks for nothing.

## MIT

\`\`\`text
${mit.trim()}
\`\`\`

## BSD-2-Clause

\`\`\`text
${bsd.trim()}
\`\`\`
`,
);
