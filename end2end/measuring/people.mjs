// Finding people among few and among many: they are brought by `portico people import`, and asked for over the management API.

import { execFile } from "node:child_process";
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { promisify } from "node:util";
import { Browser, connections, expectStep } from "../journey.mjs";
import { newPlace, remove, start } from "../portico.mjs";
import { median } from "./page.mjs";

const ADMIN = "7b1d3a58-2c40-4f6e-9a83-5e0c1f94d2b7";
const ROUNDS = 15;
/** What costs so much is asked no more often, in milliseconds. */
const PATIENCE = 20_000;

/**
 * What is asked; `n` differs from round to round. Among few and among many as many are found, or nobody: else the writing of
 * the answer would be measured, and not the finding.
 * @type {Record<string, (n: number) => string>}
 */
const QUESTIONS = {
  "the first page": () => "?$top=25",
  "the newest": () => "?$top=25&$orderby=createdDateTime desc",
  "how many": () => "?$top=1&$count=true",
  "how many, alone": () => "/$count",
  "typed: two letters": (n) => `?$top=25&$search="${name(n).slice(0, 2)}"`,
  "typed: an address": (n) => `?$top=1&$search="${address(n).slice(0, 12)}"`,
  "typed: a name": (n) => `?$top=1&$search="${name(n)} ${name(surname(n))}"`,
  // Each of the two words is somebody's, and both together are nobody's.
  "typed: a name, nobody's": (n) => `?$top=25&$search="${name(n)} ${name(n + 7)}"`,
  "typed: two beginnings": (n) => `?$top=25&$search="${name(n).slice(0, 2)} ${name(surname(n)).slice(0, 2)}"`,
  "typed: one of many, one nobody's": (n) => `?$top=25&$search="${name(n).slice(0, 2)} qx"`,
  "typed: nobody": () => '?$top=25&$search="zzzzzz"',
  "mail eq": (n) => `?$filter=mail eq '${address(n)}'`,
  "city eq": (n) => `?$top=1&$filter=city eq '${name(n * 3)}'`,
  "country eq, city eq nobody's": () => "?$top=25&$filter=country eq 'SE' and city eq 'Nowhere'",
  "startsWith(city)": (n) => `?$top=1&$filter=startsWith(city,'${name(n * 3).slice(0, 5)}')`,
  "startsWith(city) nobody's": () => "?$top=25&$filter=startsWith(city,'zzz')",
  "accountEnabled eq false": () => "?$top=25&$filter=accountEnabled eq false",
  "createdDateTime ge tomorrow": () => "?$top=25&$filter=createdDateTime ge 2999-01-01T00:00:00Z",
};

const SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe ra so tu va we xi yo zu".split(" ");

/** One of 8,000 names. @param {number} n */
function name(n) {
  const part = (/** @type {number} */ by) => SYLLABLES[Math.floor(n / by) % SYLLABLES.length];
  const word = `${part(1)}${part(20)}${part(400)}`;
  return word[0]?.toUpperCase() + word.slice(1);
}

const surname = (/** @type {number} */ n) => n * 31 + 5;
const address = (/** @type {number} */ n) => `${name(n)}.${name(surname(n))}.${n}@example.org`.toLowerCase();

/** @param {string} file @param {number} count */
function writePeople(file, count) {
  const out = openSync(file, "w");
  for (let from = 0; from < count; from += 10_000) {
    const some = Array.from({ length: Math.min(10_000, count - from) }, (_, at) => {
      const n = from + at;
      const [givenName, family] = [name(n), name(surname(n))];
      const country = ["DK", "NO", "SE"][n % 3];
      return `${JSON.stringify({ mail: address(n), displayName: `${givenName} ${family}`, givenName, surname: family, city: name(n * 3), country })}\n`;
    });
    writeSync(out, some.join(""));
  }
  closeSync(out);
}

/**
 * The rate of the import, and what each question costs in milliseconds.
 * @param {string} binary @param {"sqlite" | "postgres"} database @param {number} count
 */
export async function measurePeople(binary, database, count) {
  const place = newPlace(database);
  const server = await start({ binary, place });
  const file = join(place.folder, "people.jsonl");
  writePeople(file, count);
  const began = performance.now();
  await run(binary, server, "people", "import", "--tenant", "demo", file);
  const rate = (count * 1000) / (performance.now() - began);
  // After the import: a token does not live for as long as that may take.
  const token = await administrator(server, (await run(binary, server, "administrator", "link")).trim());
  const asks = async (/** @type {string} */ address) => {
    const answer = await fetch(address, { headers: { authorization: `Bearer ${token}`, "portico-tenant": "demo" } });
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`${address}: ${answer.status} ${text}`);
    return text;
  };

  /** @type {Record<string, number>} */
  const costs = {};
  for (const [what, question] of Object.entries(QUESTIONS)) {
    const times = [];
    const last = performance.now() + PATIENCE;
    for (let round = 0; round < ROUNDS && performance.now() < last; round++) {
      const address = `${server.origin}/graph/v1.0/users${question(round * 61 + 3).replaceAll(" ", "%20")}`;
      const asked = performance.now();
      await asks(address);
      times.push(performance.now() - asked);
    }
    costs[what] = median(times);
  }
  costs["a page further on"] = await furtherOn(`${server.origin}/graph/v1.0/users?$top=25`, asks);
  await server.stop();
  remove(place);
  return { rate, costs };
}

/** Page after page, as its links lead. @param {string} first @param {(address: string) => Promise<string>} asks */
async function furtherOn(first, asks) {
  const times = [];
  for (let address = first; address && times.length < 2 * ROUNDS; ) {
    const asked = performance.now();
    const page = await asks(address);
    times.push(performance.now() - asked);
    address = JSON.parse(page)["@odata.nextLink"] ?? "";
  }
  return median(times.slice(1));
}

/** Another command about the same place; the server beside it goes on being asked. @param {string} binary @param {import("../portico.mjs").Server} server @param {string[]} words */
async function run(binary, { origin, place }, ...words) {
  const env = { PATH: process.env.PATH, PORTICO_DATABASE_URL: place.databaseUrl, PORTICO_PUBLIC_URL: origin, PORTICO_LOG: "warn" };
  // Its progress is drawn over itself, a few kilobytes in all.
  const { stdout } = await promisify(execFile)(binary, words, { cwd: place.folder, env, maxBuffer: 2 ** 24 });
  return stdout;
}

/** The first administrator, and a token of the portal. @param {import("../portico.mjs").Server} server @param {string} link */
async function administrator(server, link) {
  const agent = connections(2);
  const browser = new Browser({ port: server.port, agent });
  const [someone, password] = [`grace.${randomUUID()}@example.org`, `plum kettle ${randomUUID()}`];
  const form = { token: new URL(link).searchParams.get("token") ?? "", name: "Grace", address: someone, password };
  const made = await browser.post("/admin/setup", form, { origin: server.origin, "sec-fetch-site": "same-origin" });
  if (made.status !== 303) throw new Error(`set-up: ${made.status} ${made.text}`);
  const [verifier, redirectUri] = [randomBytes(32).toString("base64url"), `${server.origin}/admin/`];
  const authority = `/${ADMIN}/oauth2/v2.0`;
  const query = new URLSearchParams({
    client_id: "portico-portal",
    response_type: "code",
    redirect_uri: redirectUri,
    scope: `openid ${server.origin}/graph/.default`,
    state: "s",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
  });
  const sent = await browser.get(`${authority}/authorize?${query}`);
  const page = JSON.parse((await browser.get(sent.headers.location ?? "", "application/json")).text);
  const passwordPage = expectStep(await browser.answer(page, { answer: "address", address: someone }), "password");
  const done = expectStep(await browser.answer(passwordPage, { answer: "password", password }), "done");
  const resumed = await browser.get(done.step.location ?? "");
  const code = new URL(resumed.headers.location ?? "", server.origin).searchParams.get("code") ?? "";
  const asked = { client_id: "portico-portal", grant_type: "authorization_code", code, redirect_uri: redirectUri, code_verifier: verifier };
  const answer = await browser.post(`${authority}/token`, asked, { origin: server.origin });
  agent.destroy();
  if (answer.status !== 200) throw new Error(`token: ${answer.status} ${answer.text}`);
  return /** @type {string} */ (JSON.parse(answer.text).access_token);
}
