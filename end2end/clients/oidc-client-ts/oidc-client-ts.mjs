// A single-page application written with `oidc-client-ts`, in Chromium, against a server that this starts. Ends with the line
// "N passed, N failed".

import assert from "node:assert/strict";
import { join } from "node:path";
import { openApplication, signInOn } from "../page.mjs";
import { ada, play } from "../stage.mjs";

const library = join(import.meta.dirname, "node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js");
const application = await openApplication(library, {
  "/silent": "new oidc.UserManager({}).signinSilentCallback()",
  "/popup": "new oidc.UserManager({}).signinPopupCallback()",
});
const at = (/** @type {string} */ path) => `${application.origin}${path}`;

/** @typedef {import("@playwright/test").Page} Page */

/** The library's own object, kept by the page under `manager`. @param {Page} page @param {Record<string, unknown>} settings */
async function manage(page, settings) {
  await page.goto(at("/"));
  await page.evaluate((settings) => {
    const { oidc } = /** @type {any} */ (window);
    const store = new oidc.WebStorageStateStore({ store: window.localStorage });
    /** @type {any} */ (window).manager = new oidc.UserManager({ ...settings, userStore: store, stateStore: store });
  }, settings);
}

/** @template T @param {Page} page @param {string} expression @returns {Promise<T>} */
const say = (page, expression) => page.evaluate(`(async () => { return ${expression} })()`);

/** @param {import("../stage.mjs").Stage} stage */
async function settings(stage, more = {}) {
  const redirectUris = ["/back", "/silent", "/popup", "/bye"].map(at);
  const { clientId } = await stage.register({ spa: { redirectUris } });
  return {
    authority: stage.authority,
    client_id: clientId,
    redirect_uri: at("/back"),
    silent_redirect_uri: at("/silent"),
    popup_redirect_uri: at("/popup"),
    post_logout_redirect_uri: at("/bye"),
    scope: "openid profile email offline_access",
    ...more,
  };
}

/** @param {Page} page @param {Record<string, unknown>} set */
async function signIn(page, set) {
  await manage(page, set);
  page.evaluate("manager.signinRedirect({ state: { place: 7 } })").catch(() => {});
  await signInOn(page);
  await page.waitForURL((url) => url.pathname === "/back");
  const back = page.url();
  await manage(page, set);
  return page.evaluate(async (back) => {
    const user = await /** @type {any} */ (window).manager.signinRedirectCallback(back);
    return { profile: user.profile, state: user.state, token: user.access_token, refresh: user.refresh_token };
  }, back);
}

await play([
  [
    "by redirect and back, with what the application remembered",
    async (stage) => {
      const user = await signIn(await application.page(), await settings(stage, { loadUserInfo: true }));
      assert.deepEqual([user.profile.email, user.profile.name, user.state], [ada.address, ada.name, { place: 7 }]);
    },
  ],
  [
    "renewed by the refresh token",
    async (stage) => {
      const page = await application.page();
      const first = await signIn(page, await settings(stage));
      const token = await say(page, "(await manager.signinSilent()).access_token");
      assert.notEqual(token, first.token);
    },
  ],
  [
    "renewed in a frame that nobody sees",
    async (stage) => {
      const page = await application.page();
      const first = await signIn(page, await settings(stage, { scope: "openid email" }));
      assert.equal(first.refresh, undefined);
      const token = await say(page, "(await manager.signinSilent()).access_token");
      assert.notEqual(token, first.token);
    },
  ],
  [
    "in a frame nobody is signed in, and the application is told so",
    async (stage) => {
      const page = await application.page();
      await manage(page, await settings(stage));
      const error = await say(page, "manager.signinSilent().then(() => 'signed in', (fault) => fault.error)");
      assert.equal(error, "login_required");
    },
  ],
  [
    "in a window of its own",
    async (stage) => {
      const page = await application.page();
      await manage(page, await settings(stage));
      const opened = page.waitForEvent("popup");
      const user = say(page, "manager.signinPopup().then((user) => user.profile.email)");
      await signInOn(await opened);
      assert.equal(await user, ada.address);
    },
  ],
  [
    "tokens given back, signed out, and back again",
    async (stage) => {
      const [page, set] = [await application.page(), await settings(stage, { revokeTokensOnSignout: true })];
      await signIn(page, set);
      page.evaluate("manager.signoutRedirect({ state: 'bye' })").catch(() => {});
      await page.waitForURL((url) => url.pathname === "/bye");
      await manage(page, set);
      const error = await say(page, "manager.signinSilent().then(() => 'signed in', (fault) => fault.error)");
      assert.equal(error, "login_required");
    },
  ],
]);
await application.close();
