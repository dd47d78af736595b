// A page that asks people for their password itself, written with `@azure/msal-browser/custom-auth`, in Chromium, as Entra's
// samples write it: the authority is ours and no proxy stands before it. Ends with the line "N passed, N failed".

import assert from "node:assert/strict";
import { join } from "node:path";
import { openApplication } from "../page.mjs";
import { ada, flow, playSecurely } from "../stage.mjs";

const library = join(import.meta.dirname, "node_modules/@azure/msal-browser/lib/custom-auth-path/msal-custom-auth.js");
const password = "a bird in the hand is worth two";

/** @typedef {import("@playwright/test").Page} Page */
/** @typedef {import("../stage.mjs").Stage} Stage */

/** The page of an application, with the client on it. @param {Stage} stage @param {import("../page.mjs").Application} application */
async function open({ server, tenant, register }, application, { enabled = "all", challengeTypes = ["oob", "password", "redirect"], more = {} } = {}) {
  const { clientId } = await register({
    spa: { redirectUris: [`${application.origin}/`] },
    nativeAuthenticationApisEnabled: enabled,
    ...more,
  });
  const auth = {
    clientId,
    authority: `${server.origin}/${tenant}`,
    knownAuthorities: [`localhost:${server.port}`],
    redirectUri: `${application.origin}/`,
  };
  const page = await application.page();
  await page.goto(`${application.origin}/`);
  await page.evaluate(
    async ({ auth, challengeTypes }) => {
      const { msalCustomAuth } = /** @type {any} */ (window);
      const requestInterceptor = { addAdditionalHeaderFields: () => ({ "x-shop-visit": "7" }) };
      const customAuth = { challengeTypes, authApiProxyUrl: "", capabilities: ["mfa_required", "registration_required"], requestInterceptor };
      const cache = { cacheLocation: "sessionStorage" };
      /** @type {any} */ (window).client = await msalCustomAuth.CustomAuthPublicClientApplication.create({ auth, customAuth, cache });
    },
    { auth, challengeTypes },
  );
  return page;
}

/** @param {(stage: Stage, open: (wish?: Parameters<typeof open>[2]) => Promise<Page>) => Promise<void>} story @returns {(stage: Stage) => Promise<void>} */
const inBrowser = (story) => async (stage) => {
  const application = await openApplication(library);
  await story(stage, (wish) => open(stage, application, wish)).finally(() => application.close());
};

/**
 * Calls the client, or the state that its last answer led to, and says what came of it. The page keeps the answer.
 * @param {Page} page @param {string} call @returns {Promise<{ state: string, error?: Record<string, unknown>, told: string[] }>}
 */
async function act(page, call) {
  return page.evaluate(async (call) => {
    const it = /** @type {any} */ (window);
    const result = await new Function("client", "state", "data", `return ${call}`)(it.client, it.state, it.data);
    // Whoever failed stays where they are.
    if (!result.error) it.state = result.state;
    if (result.data) it.data = result.data;
    const questions = ["isUserNotFound", "isUserAlreadyExists", "isInvalidUsername", "isInvalidPassword", "isPasswordIncorrect", "isInvalidCode", "isAttributesValidationFailed", "isRedirectRequired", "isTokenExpired", "isInvalidInput", "isIncorrectChallenge"];
    const told = result.error ? questions.filter((question) => result.error[question]?.()) : [];
    const { error, errorDescription, errorCodes, subError } = result.error?.errorData ?? {};
    return { state: result.state?.stateType, error: result.error && { error, errorDescription, errorCodes, subError }, told };
  }, call);
}

/** @param {Page} page @param {string} call @param {string} state */
async function leads(page, call, state) {
  const came = await act(page, call);
  assert.equal(came.error, undefined, `${call}: ${JSON.stringify(came)}`);
  assert.match(came.state, new RegExp(state), call);
}

/** @param {Page} page @param {string} call @param {string} question that is answered with yes @returns {Promise<Record<string, unknown>>} */
async function fails(page, call, question) {
  const came = await act(page, call);
  assert.ok(came.told.includes(question), `${call}: ${JSON.stringify(came)}`);
  return came.error ?? {};
}

const text = (/** @type {string} */ value) => JSON.stringify(value);

/** From the mailbox of development. @param {Stage} stage @param {string} address */
async function codeFor({ server }, address) {
  const answer = await fetch(`${server.origin}/dev/mail/latest?to=${encodeURIComponent(address)}`, { headers: { accept: "application/json" } });
  assert.equal(answer.status, 200, `no mail for ${address}`);
  return JSON.parse(await answer.text()).code;
}

/** @param {Page} page @param {string} address */
async function isSignedIn(page, address) {
  const account = await page.evaluate("client.getCurrentAccount().data.getAccount()");
  assert.equal(/** @type {any} */ (account).username, address);
  const renewed = await page.evaluate(`(async () => {
    const data = client.getCurrentAccount().data;
    const first = await data.getAccessToken({ forceRefresh: false });
    const second = await data.getAccessToken({ forceRefresh: true });
    return { first: first.data?.accessToken, second: second.data?.accessToken, error: second.error?.errorData?.message };
  })()`);
  const { first, second, error } = /** @type {any} */ (renewed);
  assert.ok(first && second && first !== second, `renewed without the person: ${error}`);
}

/** The flow asks for a second step from now on. @param {Stage} stage */
async function asksTwice({ call }) {
  const path = `/identity/authenticationEventsFlows/${flow}`;
  const { "@odata.type": kind, rules } = await call("GET", path);
  const secondStep = { asked: "always" };
  await call("PATCH", path, { "@odata.type": kind, rules: { ...rules, secondStep } });
}

const wrongCode = (/** @type {string} */ right) => (right === "00000000" ? "00000001" : "00000000");

await playSecurely([
  [
    "sign-up: a wrong code and the right one, a weak password and a good one, attributes, and in",
    inBrowser(async (stage, open) => {
      const [page, address] = [await open(), "mina@example.org"];
      await fails(page, `client.signUp({ username: "mina" })`, "isInvalidUsername");
      await leads(page, `client.signUp({ username: ${text(address)} })`, "SignUpCodeRequired");
      assert.equal(await page.evaluate("state.getCodeLength()"), 8);
      const code = await codeFor(stage, address);
      await fails(page, `state.submitCode(${text(wrongCode(code))})`, "isInvalidCode");
      await leads(page, `state.submitCode(${text(code)})`, "SignUpPasswordRequired");
      await fails(page, `state.submitPassword("short")`, "isInvalidPassword");
      await leads(page, `state.submitPassword(${text(password)})`, "SignUpAttributesRequired");
      const asked = /** @type {{ name: string, required: boolean, options: { regex: string } }[]} */ (await page.evaluate("state.getRequiredAttributes()"));
      assert.deepEqual(asked.filter((attribute) => attribute.required).map((attribute) => attribute.name), ["displayName", "extension_termsOfUse"]);
      const told = { displayName: "Mina Harker", extension_termsOfUse: "true", country: "Nowhere" };
      await fails(page, `state.submitAttributes(${JSON.stringify(told)})`, "isAttributesValidationFailed");
      const country = asked.find((attribute) => attribute.name === "country");
      assert.match("SE", new RegExp(country?.options.regex ?? "^$"));
      await leads(page, `state.submitAttributes(${JSON.stringify({ ...told, country: "SE" })})`, "SignUpCompleted");
      await leads(page, "state.signIn()", "SignInCompleted");
      await isSignedIn(page, address);
      const claims = /** @type {any} */ (await page.evaluate("client.getCurrentAccount().data.getClaims()"));
      assert.equal(claims.name, "Mina Harker");
    }),
  ],
  [
    "sign-up in one go: what is told at the start is not asked again",
    inBrowser(async (stage, open) => {
      const [page, address] = [await open(), "jonathan@example.org"];
      const attributes = { displayName: "Jonathan Harker", extension_termsOfUse: "true" };
      const asked = { username: address, password, attributes };
      await leads(page, `client.signUp(${JSON.stringify(asked)})`, "SignUpCodeRequired");
      await leads(page, `state.submitCode(${text(await codeFor(stage, address))})`, "SignUpCompleted");
      await leads(page, "state.signIn()", "SignInCompleted");
      await isSignedIn(page, address);
      const again = await open();
      await fails(again, `client.signUp({ username: ${text(address)} })`, "isUserAlreadyExists");
    }),
  ],
  [
    "sign-in: a wrong password and the right one",
    inBrowser(async (_, open) => {
      const page = await open();
      await fails(page, `client.signIn({ username: "nobody@example.org" })`, "isUserNotFound");
      await leads(page, `client.signIn({ username: ${text(ada.address)} })`, "SignInPasswordRequired");
      await fails(page, `state.submitPassword("wrong")`, "isInvalidPassword");
      await leads(page, `state.submitPassword(${text(ada.password)})`, "SignInCompleted");
      await isSignedIn(page, ada.address);
      const once = await open();
      await fails(once, `client.signIn({ username: ${text(ada.address)}, password: "wrong" })`, "isPasswordIncorrect");
      await leads(once, `client.signIn({ username: ${text(ada.address)}, password: ${text(ada.password)} })`, "SignInCompleted");
    }),
  ],
  [
    "password reset: a wrong code and the right one, a weak password and a good one, and in",
    inBrowser(async (stage, open) => {
      const [page, address] = [await open(), "lucy@example.org"];
      const identities = [{ signInType: "emailAddress", issuer: "", issuerAssignedId: address }];
      const passwordProfile = { password, forceChangePasswordNextSignIn: true };
      await stage.call("POST", "/users", { displayName: "Lucy Westenra", identities, passwordProfile });
      // An administrator's password has to be replaced first.
      const refused = await act(page, `client.signIn({ username: ${text(address)}, password: ${text(password)} })`);
      assert.deepEqual([refused.error?.error, refused.error?.errorCodes], ["invalid_request", [50142]]);
      await fails(page, `client.resetPassword({ username: "nobody@example.org" })`, "isUserNotFound");
      await leads(page, `client.resetPassword({ username: ${text(address)} })`, "ResetPasswordCodeRequired");
      const code = await codeFor(stage, address);
      await fails(page, `state.submitCode(${text(wrongCode(code))})`, "isInvalidCode");
      await leads(page, `state.submitCode(${text(code)})`, "ResetPasswordPasswordRequired");
      await fails(page, `state.submitNewPassword("short")`, "isInvalidPassword");
      await leads(page, `state.submitNewPassword("seven grey geese on a roof")`, "ResetPasswordCompleted");
      await leads(page, "state.signIn()", "SignInCompleted");
      await isSignedIn(page, address);
      const again = await open();
      await fails(again, `client.signIn({ username: ${text(address)}, password: ${text(password)} })`, "isPasswordIncorrect");
      await leads(again, `client.signIn({ username: ${text(address)}, password: "seven grey geese on a roof" })`, "SignInCompleted");
    }),
  ],
  [
    "where an application cannot ask for what is needed, or may not ask at all, it is told so",
    inBrowser(async (_, open) => {
      const page = await open({ challengeTypes: ["oob", "redirect"] });
      await fails(page, `client.signIn({ username: ${text(ada.address)} })`, "isRedirectRequired");
      const off = await open({ enabled: "none" });
      const refused = await act(off, `client.signIn({ username: ${text(ada.address)} })`);
      assert.deepEqual([refused.error?.error, refused.error?.subError], ["invalid_client", "nativeauthapi_disabled"]);
    }),
  ],
  [
    "an application that is told nothing of an address before it is proved",
    inBrowser(async (stage, open) => {
      const page = await open({ more: { nativeAuthenticationIsSilent: true } });
      await leads(page, `client.signIn({ username: "stranger@example.org" })`, "SignInPasswordRequired");
      await fails(page, `state.submitPassword("wrong")`, "isInvalidPassword");
      await leads(page, `client.signUp({ username: ${text(ada.address)} })`, "SignUpCodeRequired");
      const taken = await act(page, `state.submitCode(${text(await codeFor(stage, ada.address))})`);
      assert.equal(taken.error?.error, "user_already_exists");
    }),
  ],
  [
    "a second step: registered at the first sign-in, shown at the next one",
    inBrowser(async (stage, open) => {
      await asksTwice(stage);
      const [page, elsewhere] = [await open(), "ada@elsewhere.example"];
      await leads(page, `client.signIn({ username: ${text(ada.address)}, password: ${text(ada.password)} })`, "AuthMethodRegistrationRequired");
      const methods = /** @type {{ id: string, challenge_channel: string }[]} */ (await page.evaluate("state.getAuthMethods()"));
      assert.deepEqual(methods.map(({ id, challenge_channel }) => [id, challenge_channel]), [["email", "email"]]);
      const register = (/** @type {string} */ target) => `state.challengeAuthMethod({ authMethodType: state.getAuthMethods()[0], verificationContact: ${text(target)} })`;
      await fails(page, register("nowhere"), "isInvalidInput");
      await leads(page, register(elsewhere), "AuthMethodVerificationRequired");
      assert.deepEqual(await page.evaluate("[state.getChannel(), state.getCodeLength(), state.getSentTo()]"), ["email", 8, "a***a@e***e.example"]);
      const first = await codeFor(stage, elsewhere);
      await fails(page, `state.submitChallenge(${text(wrongCode(first))})`, "isIncorrectChallenge");
      await leads(page, `state.submitChallenge(${text(first)})`, "AuthMethodRegistrationCompleted");
      await isSignedIn(page, ada.address);

      const next = await open();
      await leads(next, `client.signIn({ username: ${text(ada.address)} })`, "SignInPasswordRequired");
      await leads(next, `state.submitPassword(${text(ada.password)})`, "MfaAwaiting");
      await leads(next, "state.requestChallenge(state.getAuthMethods()[0].id)", "MfaVerificationRequired");
      assert.equal(await next.evaluate("state.getSentTo()"), "a***a@e***e.example");
      const code = await codeFor(stage, elsewhere);
      await fails(next, `state.submitChallenge(${text(wrongCode(code))})`, "isIncorrectChallenge");
      await leads(next, `state.submitChallenge(${text(code)})`, "MfaCompleted");
      await isSignedIn(next, ada.address);
    }),
  ],
  [
    "a second step at sign-up: the address that was proved is good for it at once",
    inBrowser(async (stage, open) => {
      await asksTwice(stage);
      const [page, address] = [await open(), "quincey@example.org"];
      const attributes = { displayName: "Quincey Morris", extension_termsOfUse: "true" };
      await leads(page, `client.signUp(${JSON.stringify({ username: address, password, attributes })})`, "SignUpCodeRequired");
      await leads(page, `state.submitCode(${text(await codeFor(stage, address))})`, "SignUpCompleted");
      await leads(page, "state.signIn()", "AuthMethodRegistrationRequired");
      const own = `{ authMethodType: state.getAuthMethods()[0], verificationContact: ${text(address)} }`;
      await leads(page, `state.challengeAuthMethod(${own})`, "AuthMethodRegistrationCompleted");
      await isSignedIn(page, address);
    }),
  ],
]);
