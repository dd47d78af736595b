// A single-page application written with `@azure/msal-browser`, in Chromium, as Entra's samples write it: the authority is ours,
// over https, and nothing else is. Ends with the line "N passed, N failed".

import assert from "node:assert/strict";
import { join } from "node:path";
import { openApplication, signInOn } from "../page.mjs";
import { ada, playSecurely } from "../stage.mjs";

const library = join(import.meta.dirname, "node_modules/@azure/msal-browser/lib/msal-browser.min.js");
const scopes = ["openid", "profile", "email", "offline_access"];

/** @typedef {import("@playwright/test").Page} Page */
/** @typedef {import("../stage.mjs").Stage} Stage */
/** @typedef {import("../page.mjs").Application} Application */

/** @param {Page} page @param {Application} application @param {Record<string, unknown>} auth */
async function begin(page, application, auth) {
  if (!page.url().startsWith(application.origin)) await page.goto(`${application.origin}/`);
  return page.evaluate(async ({ protocolMode, ...auth }) => {
    const { msal } = /** @type {any} */ (window);
    const system = protocolMode === undefined ? {} : { protocolMode };
    const client = new msal.PublicClientApplication({ auth, system, cache: { cacheLocation: "localStorage" } });
    await client.initialize();
    const answer = await client.handleRedirectPromise();
    /** @type {any} */ (window).client = client;
    return answer && { username: answer.account.username, tenant: answer.account.tenantId, state: answer.state, token: answer.accessToken };
  }, auth);
}

/** @template T @param {Page} page @param {string} expression @returns {Promise<T>} */
const say = (page, expression) => page.evaluate(`(async () => { return ${expression} })()`);

/** What a developer writes into the configuration. @param {Stage} stage @param {Application} application */
async function configured({ server, tenant, register }, { origin }, more = {}) {
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
async function signIn(page, application, auth) {
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
const inBrowser = (story) => async (stage) => {
  const application = await openApplication(library);
  await story(stage, application).finally(() => application.close());
};

const account = "client.getAllAccounts()[0]";
const renew = `client.acquireTokenSilent({ account: ${account}, scopes: ${JSON.stringify(scopes)}, forceRefresh: true })`;

await playSecurely([
  [
    "Entra's protocol mode: by redirect and back, renewed without the person",
    inBrowser(async (stage, application) => {
      const page = await application.page();
      const answer = await signIn(page, application, await configured(stage, application));
      assert.deepEqual([answer.username, answer.tenant, answer.state], [ada.address, stage.tenant, "place 7"]);
      assert.notEqual(await say(page, `(await ${renew}).accessToken`), answer.token);
    }),
  ],
  [
    "OpenID Connect's protocol mode",
    inBrowser(async (stage, application) => {
      const page = await application.page();
      const more = { authority: stage.authority, protocolMode: "OIDC" };
      const auth = await configured(stage, application, more);
      const answer = await signIn(page, application, auth);
      assert.equal(answer.username, ada.address);
      assert.notEqual(await say(page, `(await ${renew}).accessToken`), answer.token);
    }),
  ],
  [
    "signing out, by the session alone, and back",
    inBrowser(async (stage, application) => {
      const page = await application.page();
      const auth = await configured(stage, application);
      await signIn(page, application, auth);
      page.evaluate("client.logoutRedirect()").catch(() => {});
      await page.waitForURL((url) => url.pathname === "/bye");
      await begin(page, application, auth);
      assert.equal(await say(page, "client.getAllAccounts().length"), 0);
      page.evaluate("client.loginRedirect({ scopes: ['openid'] })").catch(() => {});
      await page.getByLabel("Email address").waitFor();
    }),
  ],
  [
    "silently, where nobody is signed in, the application is told to ask",
    inBrowser(async (stage, application) => {
      const page = await application.page();
      const auth = await configured(stage, application);
      await begin(page, application, auth);
      const to = `client.ssoSilent({ scopes: ['openid'] }).then(() => 'signed in', (fault) => fault.errorCode)`;
      assert.notEqual(await say(page, to), "signed in");
    }),
  ],
]);
