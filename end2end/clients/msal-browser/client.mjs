// A page that `@azure/msal-browser` is loaded into, and what a developer writes around it.

import assert from "node:assert/strict";
import { join } from "node:path";
import { openApplication, signInOn } from "../page.mjs";

const library = join(import.meta.dirname, "node_modules/@azure/msal-browser/lib/msal-browser.min.js");
export const scopes = ["openid", "profile", "email", "offline_access"];

/** @typedef {import("@playwright/test").Page} Page */
/** @typedef {import("../stage.mjs").Stage} Stage */
/** @typedef {import("../page.mjs").Application} Application */

/** @param {Page} page @param {Application} application @param {Record<string, unknown>} auth */
export async function begin(page, application, auth) {
  if (!page.url().startsWith(application.origin)) await page.goto(`${application.origin}/`);
  return page.evaluate(async ({ protocolMode, ...auth }) => {
    const { msal } = /** @type {any} */ (window);
    const system = protocolMode === undefined ? {} : { protocolMode };
    const client = new msal.PublicClientApplication({ auth, system, cache: { cacheLocation: "localStorage" } });
    await client.initialize();
    /** @type {any} */ (window).client = client;
    const answer = await client.handleRedirectPromise();
    return answer && { username: answer.account.username, tenant: answer.account.tenantId, state: answer.state, token: answer.accessToken };
  }, auth);
}

/** @template T @param {Page} page @param {string} expression @returns {Promise<T>} */
export const say = (page, expression) => page.evaluate(`(async () => { return ${expression} })()`);

/** What a developer writes into the configuration. @param {Stage} stage @param {Application} application */
export async function configured({ server, tenant, register }, { origin }, more = {}) {
  const { clientId } = await register({ spa: { redirectUris: [`${origin}/`, `${origin}/bye`] } });
  return {
    clientId,
    authority: `${server.origin}/${tenant}`,
    knownAuthorities: [`localhost:${server.port}`],
    redirectUri: `${origin}/`,
    postLogoutRedirectUri: `${origin}/bye`,
    ...more,
  };
}

/** @param {Page} page @param {Application} application @param {Record<string, unknown>} auth */
export async function signIn(page, application, auth) {
  await begin(page, application, auth);
  page.evaluate((scopes) => /** @type {any} */ (window).client.loginRedirect({ scopes, state: "place 7" }), scopes).catch(() => {});
  await signInOn(page);
  await page.waitForURL((url) => url.origin === application.origin);
  await page.waitForLoadState();
  const answer = await begin(page, application, auth);
  assert.ok(answer, `nothing was brought back to ${page.url()}`);
  return answer;
}

/** @param {(stage: Stage, application: Application) => Promise<void>} story @returns {(stage: Stage) => Promise<void>} */
export const inBrowser = (story) => async (stage) => {
  const application = await openApplication(library);
  await story(stage, application).finally(() => application.close());
};

const account = "client.getAllAccounts()[0]";
export const renew = `client.acquireTokenSilent({ account: ${account}, scopes: ${JSON.stringify(scopes)}, forceRefresh: true })`;
