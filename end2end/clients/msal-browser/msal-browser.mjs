// A single-page application written with `@azure/msal-browser`, in Chromium, as Entra's samples and Azure AD B2C's write it: the
// authority is ours, over https, and nothing else is. Ends with the line "N passed, N failed".

import assert from "node:assert/strict";
import { ada, playSecurely } from "../stage.mjs";
import { b2c } from "./b2c.mjs";
import { begin, configured, inBrowser, renew, say, signIn } from "./client.mjs";

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
  ...b2c,
]);
