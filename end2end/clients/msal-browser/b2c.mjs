// As Azure AD B2C's sample of a single-page application does it: an authority for each user flow, accounts told apart by the flow
// that they came from, a forgotten password and a profile sent to flows of their own by what an error's text says.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { begin, configured, inBrowser, say } from "./client.mjs";

/** @typedef {import("@playwright/test").Page} Page */
/** @typedef {import("../stage.mjs").Stage} Stage */
/** @typedef {import("./client.mjs").Application} Application */

const flows = { susi: "B2C_1_susi", reset: "B2C_1_reset", edit: "B2C_1_edit" };

/** What an administrator sets up, once. @param {Stage} stage */
async function makeFlows({ call }) {
  const path = "/identity/authenticationEventsFlows";
  const type = "#microsoft.graph.externalUsersSelfServiceSignUpEventsFlow";
  const known = await call("GET", path);
  for (const [displayName, kind, rules] of [
    [flows.susi, "signUpOrSignIn", { forgotPassword: "tellApplication" }],
    [flows.reset, "passwordReset", {}],
    [flows.edit, "profileEdit", {}],
  ]) {
    if (known.value.some((/** @type {any} */ flow) => flow.displayName === displayName)) continue;
    await call("POST", path, {
      "@odata.type": type,
      displayName,
      kind,
      rules,
      claims: ["displayName"],
      conditions: { applications: { includeApplications: [] } },
      onInteractiveAuthFlowStart: { isSignUpAllowed: true },
      onAuthenticationMethodLoadStart: { identityProviders: [{ id: "EmailPassword-OAUTH" }] },
      onAttributeCollection: { attributes: [{ id: "displayName" }] },
    });
  }
}

/** Somebody with an account of their own, so that no story meets another's password. @param {Stage} stage */
async function makePerson({ call }) {
  const address = `grace.${randomUUID()}@example.org`;
  const password = "plum kettle under nine stairs";
  const identities = [{ signInType: "emailAddress", issuer: "", issuerAssignedId: address }];
  await call("POST", "/users", { displayName: "Grace", identities, passwordProfile: { password, forceChangePasswordNextSignIn: false } });
  return { address, password };
}

/** As the sample's `authConfig.js` says it. @param {Stage} stage @param {Application} application */
async function asTheSampleDoes(stage, application) {
  await makeFlows(stage);
  const at = (/** @type {string} */ flow) => `${stage.server.origin}/${stage.tenant}/${flow}`;
  const auth = await configured(stage, application, { authority: at(flows.susi), navigateToLoginRequestUrl: false });
  return { auth, at };
}

/** @param {Page} page @param {{ address: string, password: string }} person */
async function typeIn(page, { address, password }) {
  await page.getByLabel("Email address").fill(address);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** @param {Page} page @param {Application} application */
async function isBack(page, application) {
  await page.waitForURL((url) => url.origin === application.origin);
  await page.waitForLoadState();
}

/** @param {Page} page @param {Record<string, unknown>} request */
function redirect(page, request) {
  page.evaluate((request) => /** @type {any} */ (window).client.loginRedirect(request), request).catch(() => {});
}

/** What the sample's `handleResponse` finds: the accounts of a flow, of this authority and this application. @param {Page} page @param {string} flow @param {any} auth */
const accountOf = (page, flow, { clientId, knownAuthorities }) =>
  say(
    page,
    `client.getAllAccounts().filter((account) =>
      account.homeAccountId.toUpperCase().includes(${JSON.stringify(flow.toUpperCase())}) &&
      account.idTokenClaims.iss.toUpperCase().includes(${JSON.stringify(knownAuthorities[0].toUpperCase())}) &&
      account.idTokenClaims.aud === ${JSON.stringify(clientId)})
     .map(({ username, name, idTokenClaims }) => ({ username, name, claims: idTokenClaims }))`,
  );

/** What `handleRedirectPromise` was refused with, if it was. @param {Page} page @param {Record<string, unknown>} auth */
const refusal = (page, auth) => begin(page, /** @type {any} */ ({ origin: new URL(page.url()).origin }), auth).then(() => "", (fault) => String(fault));

/** @param {Stage} stage @param {string} to */
async function codeFor({ server }, to) {
  const answer = await fetch(`${server.origin}/dev/mail/latest?to=${encodeURIComponent(to)}`);
  const { code } = /** @type {{ code: string }} */ (await answer.json());
  return code;
}

/** Somebody has signed in by the first flow and is back. @param {Stage} stage @param {Application} application */
async function signedIn(stage, application) {
  const page = await application.page();
  const sample = await asTheSampleDoes(stage, application);
  await begin(page, application, sample.auth);
  redirect(page, { scopes: ["openid", sample.auth.clientId] });
  await typeIn(page, await makePerson(stage));
  await isBack(page, application);
  return { page, ...sample };
}

/** @type {[string, (stage: Stage) => Promise<void>][]} */
export const b2c = [
  [
    "B2C: by a flow's own authority and back; the account is of that flow; renewed, and found again in the cache",
    inBrowser(async (stage, application) => {
      const { page, auth } = await signedIn(stage, application);
      const answer = await begin(page, application, auth);
      assert.ok(answer, `nothing was brought back to ${page.url()}`);
      const [account, ...others] = /** @type {any[]} */ (await accountOf(page, flows.susi, auth));
      assert.deepEqual([account.claims.tfp, others], [flows.susi, []]);
      const silent = (/** @type {boolean} */ anew) =>
        `(await client.acquireTokenSilent({ account: client.getAllAccounts()[0], scopes: [${JSON.stringify(auth.clientId)}], forceRefresh: ${anew} }))`;
      assert.equal(await say(page, `${silent(false)}.accessToken`), answer.token, "from the cache");
      const renewed = await say(page, `${silent(true)}.accessToken`);
      assert.notEqual(renewed, answer.token);
      assert.equal(await say(page, `${silent(false)}.fromCache`), true);
    }),
  ],
  [
    "B2C: a forgotten password goes to the flow for it, by AADB2C90118, and the new one works",
    inBrowser(async (stage, application) => {
      const page = await application.page();
      const { auth, at } = await asTheSampleDoes(stage, application);
      const person = await makePerson(stage);
      await begin(page, application, auth);
      redirect(page, { scopes: ["openid", auth.clientId] });
      await page.getByLabel("Email address").fill(person.address);
      await page.getByRole("button", { name: "Continue" }).click();
      await page.getByRole("button", { name: "Forgot password?" }).click();
      await isBack(page, application);
      assert.match(await refusal(page, auth), /access_denied.*AADB2C90118/s);

      redirect(page, { scopes: ["openid"], authority: at(flows.reset) });
      await page.getByLabel("Email address").fill(person.address);
      await page.getByRole("button", { name: "Send code" }).click();
      await page.getByLabel("Code").waitFor();
      // A whole code goes off by itself.
      await page.getByLabel("Code").fill(await codeFor(stage, person.address));
      const password = "two birds in the bush";
      await page.getByLabel("New password").fill(password);
      await page.getByRole("button", { name: /^Save/ }).click();
      await isBack(page, application);
      await begin(page, application, auth);
      const [account] = /** @type {any[]} */ (await accountOf(page, flows.reset, auth));
      assert.equal(account.claims.tfp, flows.reset);

      redirect(page, { scopes: ["openid", auth.clientId], prompt: "login" });
      await typeIn(page, { ...person, password });
      await isBack(page, application);
      await begin(page, application, auth);
      assert.equal((/** @type {any[]} */ (await accountOf(page, flows.susi, auth))).length, 1);
    }),
  ],
  [
    "B2C: a profile is edited in a flow of its own, and left as it is by AADB2C90091",
    inBrowser(async (stage, application) => {
      const { page, auth, at } = await signedIn(stage, application);
      await begin(page, application, auth);

      const edit = { scopes: ["openid", "profile"], authority: at(flows.edit) };
      redirect(page, edit);
      await page.getByLabel("Display name").fill("Grace Hopper");
      await page.getByRole("button", { name: "Save" }).click();
      await isBack(page, application);
      await begin(page, application, auth);
      const [edited] = /** @type {any[]} */ (await accountOf(page, flows.edit, auth));
      assert.deepEqual([edited.claims.tfp, edited.name], [flows.edit, "Grace Hopper"]);

      redirect(page, edit);
      assert.equal(await page.getByLabel("Display name").inputValue(), "Grace Hopper");
      await page.getByRole("button", { name: /^Back to/ }).click();
      await isBack(page, application);
      assert.match(await refusal(page, auth), /access_denied.*AADB2C90091/s);
      // Nobody was signed out by that.
      redirect(page, { scopes: ["openid", auth.clientId] });
      await page.waitForURL((url) => url.origin === application.origin && url.hash !== "");
      await begin(page, application, auth);
      assert.equal((/** @type {any[]} */ (await accountOf(page, flows.susi, auth))).length, 1);
    }),
  ],
  [
    "B2C: signing out at the flow's own address, and back",
    inBrowser(async (stage, application) => {
      const { page, auth } = await signedIn(stage, application);
      await begin(page, application, auth);
      page.evaluate("client.logoutRedirect()").catch(() => {});
      await page.waitForURL((url) => url.pathname === "/bye");
      await begin(page, application, auth);
      assert.equal(await say(page, "client.getAllAccounts().length"), 0);
      redirect(page, { scopes: ["openid", auth.clientId] });
      await page.getByLabel("Email address").waitFor();
    }),
  ],
];
