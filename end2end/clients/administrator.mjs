// The first administrator of a fresh server, who registers applications and says what they may do: all of it over HTTP, as
// the portal does.

import { createHash, randomBytes } from "node:crypto";
import { Browser, expectStep } from "../journey.mjs";

const home = "7b1d3a58-2c40-4f6e-9a83-5e0c1f94d2b7";
const portal = "portico-portal";
const graphItself = "00000003-0000-0000-c000-000000000000";
const ada = { address: "ada@example.org", password: "orange kettle under nine stairs", name: "Ada Lovelace" };

/** @typedef {{ tenant: string, clientId: string, clientSecret: string }} Script */

/** @typedef {(method: string, path: string, body?: unknown) => Promise<any>} Call */

/**
 * The management API, for one tenant.
 * @param {import("../portico.mjs").Server} server
 * @param {string} tenant
 * @param {Browser} browser
 * @returns {Promise<Call>}
 */
export async function administer(server, tenant, browser) {
  await becomeAdministrator(browser, server.run("administrator", "link"));
  return caller(server.origin, tenant, await signIn(browser));
}

/** An application for a script. @param {Call} call @param {string} tenant @param {string[]} permissions @returns {Promise<Script>} */
export async function makeScript(call, tenant, permissions) {
  const { id } = await call("POST", "/applications", { displayName: "A script" });
  const { secretText } = await call("POST", `/applications/${id}/addPassword`, {});
  for (const appRoleId of permissions) {
    await call("POST", `/servicePrincipals/${id}/appRoleAssignments`, { principalId: id, resourceId: graphItself, appRoleId });
  }
  return { tenant, clientId: id, clientSecret: secretText };
}

/** @param {Browser} browser @param {string} told the command that makes the link */
async function becomeAdministrator(browser, told) {
  const link = new URL(/\S+\/admin\/setup\?token=[\w-]+/.exec(told)?.[0] ?? told);
  const form = { token: link.searchParams.get("token") ?? "", name: ada.name, address: ada.address, password: ada.password };
  const made = await browser.post("/admin/setup", form, { origin: browser.origin, "sec-fetch-site": "same-origin" });
  if (made.status !== 303) throw new Error(`the set-up answered ${made.status}: ${made.text}`);
}

/** @param {Browser} browser @returns {Promise<string>} */
async function signIn(browser) {
  const verifier = randomBytes(32).toString("base64url");
  const redirectUri = `${browser.origin}/admin/`;
  const query = new URLSearchParams({
    client_id: portal,
    response_type: "code",
    redirect_uri: redirectUri,
    scope: `openid ${browser.origin}/graph/.default`,
    state: "s",
    nonce: "n",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
  });
  const sent = await browser.get(`/${home}/oauth2/v2.0/authorize?${query}`);
  const first = formIn(await browser.get(sent.headers.location ?? ""));
  const second = expectStep(await browser.answer(first, { answer: "address", address: ada.address }), "password");
  const done = expectStep(await browser.answer(second, { answer: "password", password: ada.password }), "done");
  const resumed = await browser.get(done.step.location ?? "");
  const code = new URL(resumed.headers.location ?? "", browser.origin).searchParams.get("code") ?? "";
  const form = { client_id: portal, grant_type: "authorization_code", code, redirect_uri: redirectUri, code_verifier: verifier };
  const answer = await browser.post(`/${home}/oauth2/v2.0/token`, form, { origin: browser.origin });
  if (answer.status !== 200) throw new Error(`token: ${answer.status} ${answer.text}`);
  return JSON.parse(answer.text).access_token;
}

/** The first page as a browser without JavaScript has it. @param {import("../journey.mjs").Answer} answer */
function formIn({ status, text }) {
  const path = text.match(/<form class="answer" method="post" action="([^"]+)"/)?.[1];
  const token = text.match(/name="token" value="([^"]+)"/)?.[1];
  if (status !== 200 || !path || !token) throw new Error(`${status}: ${text}`);
  return { path, token, step: { step: "address" }, faults: [] };
}

/** @param {string} origin @param {string} tenant @param {string} token */
function caller(origin, tenant, token) {
  return async (/** @type {string} */ method, /** @type {string} */ path, /** @type {unknown} */ body) => {
    const headers = { authorization: `Bearer ${token}`, "portico-tenant": tenant, "content-type": "application/json" };
    const answer = await fetch(`${origin}/graph/v1.0${path}`, { method, headers, body: JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  };
}
