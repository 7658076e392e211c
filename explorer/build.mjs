// Bundles the explorer into dist/, which is committed: building the service needs no Node.
import { build } from "esbuild";
import { copyFile, mkdir } from "node:fs/promises";

await mkdir("dist", { recursive: true });
await build({
  entryPoints: { explorer: "src/main.jsx" },
  outdir: "dist",
  bundle: true,
  format: "iife",
  minify: true,
  target: ["es2022"],
  jsx: "automatic",
  define: { "process.env.NODE_ENV": '"production"' },
  loader: { ".woff2": "dataurl", ".woff": "dataurl", ".ttf": "dataurl", ".svg": "dataurl" },
  legalComments: "none",
  charset: "utf8",
});
await copyFile("src/index.html", "dist/index.html");
