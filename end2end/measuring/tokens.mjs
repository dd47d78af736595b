// Tokens by the thousand: for applications that call for themselves, and for codes. Everything that was measured is believed by a
// library that nobody here wrote.

import assert from "node:assert/strict";
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import { administer, makeScript } from "../clients/administrator.mjs";
import { authorizationRequest, Browser, connections, demo, signIn } from "../journey.mjs";
import { repeat } from "./load.mjs";
import { cpuSeconds } from "./process.mjs";

/** By its id, as its issuer names it. */
const tenant = "5d0f7a52-6b1e-4c53-9d7e-2f4f3f0c9a11";
const CONNECTIONS = 64;
const BELIEVED = 100;

/** @typedef {import("../portico.mjs").Server} Server */
/** @typedef {import("../journey.mjs").Someone} Someone */

/**
 * An application that may read people, and a secret of it; `by` chooses how its tokens are signed.
 * @param {Server} server
 */
export async function makeDaemon(server) {
  const agent = connections(8);
  const call = await administer(server, tenant, new Browser({ port: server.port, agent }));
  const script = await makeScript(call, tenant, ["User.Read.All"]);
  agent.destroy();
  return { ...script, by: (/** @type {string} */ tokenAlgorithm) => call("PATCH", `/applications/${script.clientId}`, { tokenAlgorithm }) };
}

/** @typedef {Awaited<ReturnType<typeof makeDaemon>>} Daemon */

/** @param {Server} server @param {Daemon} daemon @param {string} algorithm @param {number} seconds */
export async function measureClientCredentials(server, daemon, algorithm, seconds) {
  await daemon.by(algorithm);
  const scope = `${server.origin}/graph/.default`;
  const form = { grant_type: "client_credentials", client_id: daemon.clientId, client_secret: daemon.clientSecret, scope };
  const body = new URLSearchParams(form).toString();
  const request = [
    `POST /${tenant}/oauth2/v2.0/token HTTP/1.1`,
    `host: localhost:${server.port}`,
    "content-type: application/x-www-form-urlencoded",
    `content-length: ${body.length}`,
    "",
    body,
  ].join("\r\n");
  const load = await repeat({ pid: server.pid, port: server.port, seconds, requests: Array(CONNECTIONS).fill(request) });
  const given = Array.from({ length: BELIEVED }, async () => {
    const answer = await fetch(`${server.origin}/${tenant}/oauth2/v2.0/token`, { method: "POST", body: new URLSearchParams(form) });
    return /** @type {{ access_token: string }} */ (await answer.json()).access_token;
  });
  const tokens = await Promise.all(given);
  await believe(server, tokens, { algorithm, typ: "at+jwt", audience: `${server.origin}/graph` });
  assert.equal(new Set(tokens).size, BELIEVED, "each is another one");
  return load;
}

/**
 * Codes are made first, by people who are signed in; only what it costs to make tokens of them is counted.
 * @param {Server} server @param {Someone[]} customers @param {string} algorithm @param {number} count
 */
export async function measureRedemption(server, customers, algorithm, count) {
  const agent = connections(CONNECTIONS);
  const browsers = customers.slice(0, CONNECTIONS).map(() => new Browser({ port: server.port, agent }));
  // One after the other: hashing has a bounded queue.
  for (const [number, browser] of browsers.entries()) await signIn(browser, /** @type {Someone} */ (customers[number]));
  /** @type {{ browser: Browser, form: Record<string, string> }[]} */
  const waiting = [];
  const ask = async (/** @type {Browser} */ browser) => {
    while (waiting.length < count) {
      const asked = authorizationRequest(browser.origin, { prompt: "none" });
      const { headers } = await browser.get(asked.path);
      const code = new URL(headers.location ?? "", browser.origin).searchParams.get("code") ?? "";
      const form = { grant_type: "authorization_code", code, redirect_uri: asked.redirectUri, code_verifier: asked.verifier };
      waiting.push({ browser, form: { client_id: demo.clientId, ...form } });
    }
  };
  await Promise.all(browsers.map(ask));
  /** @type {string[]} */
  const idTokens = [];
  const redeem = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const { status, text } = await next.browser.post(`${demo.authority}/token`, next.form);
      if (status !== 200) throw new Error(`${status}: ${text}`);
      idTokens.push(JSON.parse(text).id_token);
    }
  };
  const before = cpuSeconds(server.pid);
  await Promise.all(browsers.map(redeem));
  const cpu = cpuSeconds(server.pid) - before;
  agent.destroy();
  await believe(server, idTokens.slice(0, BELIEVED), { algorithm, typ: "JWT", audience: demo.clientId });
  return { perCpuSecond: idTokens.length / cpu };
}

/** @param {Server} server @param {string[]} tokens @param {{ algorithm: string, typ: string, audience: string }} expected */
async function believe(server, tokens, { algorithm, typ, audience }) {
  const keys = createRemoteJWKSet(new URL(`${server.origin}/${tenant}/discovery/v2.0/keys`));
  const issuer = `${server.origin}/${tenant}/v2.0`;
  for (const token of tokens) {
    assert.equal(decodeProtectedHeader(token).alg, algorithm);
    await jwtVerify(token, keys, { issuer, audience, typ, algorithms: [algorithm] });
  }
}
