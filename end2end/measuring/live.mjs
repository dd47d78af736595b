// Many attribute pages, open on two servers of one PostgreSQL, and one layout that is saved: whether every page has it, and
// when the slowest had it.

import { performance } from "node:perf_hooks";
import { randomUUID } from "node:crypto";
import { request } from "node:http";
import { Browser, connections, toAttributes } from "../journey.mjs";
import { newPlace, remove, start } from "../portico.mjs";
import { memory } from "./process.mjs";
import { ask, quoted } from "../sql.mjs";

const FLOW = "name = 'SignInSignUpSample'";
/** Whoever has not heard by then never will. */
const PATIENCE_MS = 15_000;
const ROUNDS = Number(process.env.MEASURE_ROUNDS ?? 8);

/** @typedef {{ browser: Browser, path: string, revision: number, port: number }} Page */

/** @param {string} binary @param {number} count */
export async function measureLive(binary, count) {
  const place = newPlace("postgres");
  const first = await start({ binary, place });
  const second = await beside(binary, place);
  const servers = [first, second];
  const before = servers.map(({ pid }) => memory(pid).now);

  const agent = connections(16);
  /** @type {Page[]} */
  const pages = [];
  while (pages.length < count) {
    const some = Array.from({ length: Math.min(16, count - pages.length) }, () => new Browser({ port: first.port, agent }));
    const walked = some.map(async (browser) => {
      const someone = { address: `grace.${randomUUID()}@example.org`, password: `plum kettle ${randomUUID()}` };
      const { attributePage } = await toAttributes(browser, someone);
      return { browser, path: attributePage.path, revision: attributePage.step.revision ?? 0 };
    });
    for (const page of await Promise.all(walked)) pages.push({ ...page, port: pages.length % 2 ? second.port : first.port });
  }
  // The same pages again and again: what is kept of those that were closed would add up.
  /** @type {Awaited<ReturnType<typeof openAndSave>>[]} */
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push(await openAndSave(pages, servers, place.databaseUrl));
    for (const page of pages) page.revision++;
  }
  agent.destroy();
  await Promise.all(servers.map((server) => server.stop()));
  remove(place);
  return {
    have: Math.min(...rounds.map(({ have }) => have)),
    heard: Math.max(...rounds.map(({ heard }) => heard)),
    drawn: Math.max(...rounds.map(({ drawn }) => drawn)),
    memories: servers.map((_, at) => ({
      before: before[at] ?? 0,
      rounds: rounds.map(({ open, after }) => ({ open: open[at] ?? 0, after: after[at] ?? 0 })),
    })),
  };
}

/** All of them hear of one save, and are closed. @param {Page[]} pages @param {{ pid: number }[]} servers @param {string} databaseUrl */
async function openAndSave(pages, servers, databaseUrl) {
  const streams = await Promise.all(pages.map(listen));
  const open = servers.map(({ pid }) => memory(pid).now);
  const saved = performance.now();
  save(databaseUrl);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, undefined));
  const arrived = await Promise.all(streams.map(({ has }) => Promise.race([has, late])));
  const those = arrived.filter((times) => times !== undefined);
  for (const { close } of streams) close();
  await new Promise((resolve) => setTimeout(resolve, 500));
  return {
    have: those.length,
    heard: Math.max(...those.map(({ heard }) => heard)) - saved,
    drawn: Math.max(...those.map(({ drawn }) => drawn)) - saved,
    open,
    after: servers.map(({ pid }) => memory(pid).now),
  };
}

/** The same house on another port: what a balancer would choose from. @param {string} binary @param {import("../portico.mjs").Place} place */
async function beside(binary, place) {
  const port = (place.port ?? 0) + 1;
  const server = await start({ binary, place, variables: { PORTICO_LISTEN: `127.0.0.1:${port}` } });
  while (!(await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined))?.ok) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return { ...server, port };
}

/** What the page's script does: hears, and asks for the page. @param {Page} page */
async function listen(page) {
  const stream = await from(page, `${page.path}/live?revision=${page.revision}`, "text/event-stream");
  if (stream.statusCode !== 200) throw new Error(`no stream: ${stream.statusCode}`);
  stream.setEncoding("utf8");
  /** @type {Promise<{ heard: number, drawn: number }>} */
  const has = new Promise((resolve, reject) => {
    let text = "";
    stream.on("data", (part) => {
      text += part;
      if (!/^data: \d+\n\n/m.test(text)) return;
      text = "";
      const heard = performance.now();
      newer(page).then(() => resolve({ heard, drawn: performance.now() }), reject);
    });
  });
  return { has, close: () => stream.destroy() };
}

/** @param {Page} page */
async function newer(page) {
  for (;;) {
    const answer = await from(page, page.path, "application/json");
    let text = "";
    for await (const part of answer.setEncoding("utf8")) text += part;
    if ((JSON.parse(text).step.revision ?? 0) > page.revision) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** From the server that this page has its stream from. @param {Page} page @param {string} path @param {string} accept @returns {Promise<import("node:http").IncomingMessage>} */
function from({ browser, port }, path, accept) {
  const headers = { host: `localhost:${browser.port}`, accept, cookie: browser.cookie(), "x-forwarded-for": browser.network };
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port, path, headers }, resolve).on("error", reject).end();
  });
}

/** As the management API saves: the next revision, and a notice with the commit. @param {string} databaseUrl */
function save(databaseUrl) {
  const layout = JSON.parse(ask(databaseUrl, `select layout from user_flow_revisions r join user_flows f on f.id = r.user_flow_id and f.revision = r.revision where ${FLOW}`).join("\n"));
  layout.revision += 1;
  layout.inputs.reverse();
  ask(
    databaseUrl,
    `insert into user_flow_revisions (tenant_id, user_flow_id, revision, settings, layout, made_at)
       select r.tenant_id, r.user_flow_id, r.revision + 1, r.settings, ${quoted(JSON.stringify(layout))}, r.made_at
       from user_flow_revisions r join user_flows f on f.id = r.user_flow_id and f.revision = r.revision where ${FLOW};
     update user_flows set revision = revision + 1 where ${FLOW};
     select pg_notify('portico_saved', '')`,
  );
}
