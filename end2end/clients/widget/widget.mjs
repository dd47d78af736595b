// The widget as npm's package: packed from public/, installed into an empty folder, and used there by Node.js, TypeScript, a
// plain page, React and Vue as the examples have it. Ends with the line "N passed, N failed".

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { build } from "esbuild";
import { chromium as executable, root } from "../../portico.mjs";
import { signInOn } from "../page.mjs";
import { ada, play } from "../stage.mjs";

/** @typedef {import("@playwright/test").Page} Page */

const examples = join(root, "public/examples");
const modules = join(import.meta.dirname, "node_modules");
const folder = mkdtempSync(join(tmpdir(), "portico-widget-"));
process.on("exit", () => rmSync(folder, { recursive: true }));

/** @param {string} command @param {string[]} words */
const run = (command, ...words) => execFileSync(command, words, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

const [packed] = JSON.parse(run("npm", "pack", "--json", join(root, "public")));
writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
run("npm", "install", "--offline", "--no-audit", "--no-fund", `./${packed.filename}`);

/** One file of an example and everything that it imports, as a bundler makes it. @param {string} example */
async function bundled(example) {
  const entry = join(folder, example);
  copyFileSync(join(examples, example), entry);
  const define = { "process.env.NODE_ENV": '"production"', __VUE_OPTIONS_API__: "true", __VUE_PROD_DEVTOOLS__: "false", __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false" };
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, write: false, format: "esm", jsx: "automatic", nodePaths: [modules], define });
  return outputFiles[0]?.text ?? "";
}

/**
 * A page of somebody's application, in a browser that nobody used before.
 * @param {import("../stage.mjs").Stage} stage
 * @param {(settings: { server: string, tenant: string, "client-id": string }) => Promise<Record<string, string>>} files by path
 * @param {(page: Page) => Promise<void>} story
 */
async function inPage({ server, tenant, register }, files, story) {
  /** @type {Record<string, string>} */
  let served = {};
  const pages = createServer(({ url = "/" }, response) => {
    const body = served[url];
    response.setHeader("content-type", url === "/" ? "text/html; charset=utf-8" : "text/javascript; charset=utf-8");
    response.writeHead(body === undefined ? 404 : 200).end(body);
  });
  await new Promise((done) => pages.listen(0, "127.0.0.1", () => done(undefined)));
  const address = pages.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const origin = `http://localhost:${address.port}`;
  const { clientId } = await register({ widgetOrigins: [origin] });
  served = await files({ server: server.origin, tenant, "client-id": clientId });
  const browser = await chromium.launch({ executablePath: executable(), args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
  try {
    const page = await (await browser.newContext({ locale: "en-US" })).newPage();
    page.setDefaultTimeout(30_000);
    /** @type {string[]} */
    const complaints = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(`${origin}/`);
    await story(page);
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
    pages.close();
  }
}

/** An application that is one script. @param {string} example @returns {Parameters<typeof inPage>[1]} */
const scripted = (example) => async (settings) => ({
  "/": `<!doctype html><html lang="en"><title>Bakery</title><div id="place"></div><script type="module">import { show } from "/app.js"; show(document.querySelector("#place"), ${JSON.stringify(settings)});</script></html>`,
  "/app.js": await bundled(example),
});

/** @param {Page} page */
async function isGreeted(page) {
  await page.locator("#greeting", { hasText: `Good morning, ${ada.name}` }).waitFor();
}

/** In the element: the same fields and buttons as on our own page. @param {Page} page */
async function signsInThere(page) {
  await signInOn(page);
  await isGreeted(page);
}

await play([
  [
    "the package holds what it should, and nothing else",
    async () => {
      const files = packed.files.map((/** @type {{ path: string }} */ { path }) => path).sort();
      assert.deepEqual(files, ["README.md", "package.json", "widget.d.ts", "widget.js"]);
    },
  ],
  [
    "a server that renders pages may import it, where there is no document",
    async () => {
      const program = 'import { Portico } from "portico-sign-in"; const it = new Portico({ server: "https://login.example.org", tenant: "t", clientId: "c" }); console.log(it.user, await it.getAccessToken())';
      writeFileSync(join(folder, "import.mjs"), program);
      assert.equal(run("node", "import.mjs").trim(), "null null");
    },
  ],
  [
    "its types say what it does",
    async () => {
      const program = `import { Portico, type User } from "portico-sign-in";
const portico = new Portico({ server: "https://login.example.org", tenant: "t", clientId: "c", flow: "f" });
portico.addEventListener("signed-in", ({ detail }) => greet(detail.user));
const greet = (user: User) => user.name?.toUpperCase();
export const token: Promise<string | null> = portico.signIn({ mode: "popup" }).then(() => portico.getAccessToken());
document.querySelector("portico-sign-in")?.signOut();
// @ts-expect-error
portico.signIn({ mode: "inline" });
`;
      writeFileSync(join(folder, "types.ts"), program);
      const compilerOptions = { noEmit: true, strict: true, target: "es2022", module: "nodenext", lib: ["es2022", "dom"], types: [] };
      writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["types.ts"] }));
      run(join(root, "end2end/node_modules/.bin/tsc"), "--project", ".");
    },
  ],
  [
    "a plain page: a script and an element",
    (stage) => {
      const files = async (/** @type {{ server: string, tenant: string, "client-id": string }} */ settings) => {
        const html = readFileSync(join(examples, "plain.html"), "utf8");
        return {
          "/": html.replace("https://login.example.org", settings.server).replace("TENANT", settings.tenant).replace("CLIENT-ID", settings["client-id"]),
          "/plain.js": readFileSync(join(examples, "plain.js"), "utf8"),
        };
      };
      return inPage(stage, files, async (page) => {
        await signsInThere(page);
        await page.locator("portico-sign-in").evaluate((element) => /** @type {any} */ (element).signOut());
        await page.locator("portico-sign-in h2", { hasText: "Sign in" }).waitFor();
        assert.equal(await page.locator("#greeting").innerText(), "");
      });
    },
  ],
  ["React, with the element", (stage) => inPage(stage, scripted("react.jsx"), signsInThere)],
  [
    "Vue, without the element: our pages in a window",
    (stage) =>
      inPage(stage, scripted("vue.js"), async (page) => {
        const [window] = await Promise.all([page.waitForEvent("popup"), page.getByRole("button", { name: "Sign in" }).click()]);
        await signInOn(window);
        await isGreeted(page);
        await page.getByRole("button", { name: "Sign out" }).click();
        await page.getByRole("button", { name: "Sign in" }).waitFor();
      }),
  ],
]);
