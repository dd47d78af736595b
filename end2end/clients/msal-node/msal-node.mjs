// A web application and a daemon written with `@azure/msal-node`, as Entra's samples write them: only authority and
// `knownAuthorities` are ours. Ends with the line "N passed, N failed".

import assert from "node:assert/strict";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { ConfidentialClientApplication, CryptoProvider, InteractionRequiredAuthError, PublicClientApplication } from "@azure/msal-node";
import { makeScript } from "../administrator.mjs";
import { ada, connectDevice, goAndSignIn, playSecurely } from "../stage.mjs";

const redirectUri = "http://localhost:9/client/callback";
const scopes = ["openid", "profile", "email", "offline_access"];

/** @typedef {import("../stage.mjs").Stage} Stage */
/** @typedef {ConfidentialClientApplication | PublicClientApplication} Client */

/** What a developer writes into the configuration. @param {Stage} stage @param {string} clientId */
const configured = ({ server, tenant }, clientId) => ({
  clientId,
  authority: `${server.origin}/${tenant}`,
  knownAuthorities: [`localhost:${server.port}`],
});

/** @param {Stage} stage @param {Client} client @param {"query" | "form_post"} responseMode */
async function signIn(stage, client, responseMode = "query", uri = redirectUri) {
  const { verifier, challenge } = await new CryptoProvider().generatePkceCodes();
  const asked = { scopes, redirectUri: uri, responseMode, codeChallenge: challenge, codeChallengeMethod: "S256", state: "s1" };
  const brought = await goAndSignIn(stage.browser(), await client.getAuthCodeUrl(/** @type {any} */ (asked)));
  const answer = brought instanceof URL ? brought.searchParams : new URLSearchParams(await brought.text());
  assert.equal(answer.get("state"), "s1", String(answer));
  return client.acquireTokenByCode({ code: answer.get("code") ?? "", codeVerifier: verifier, scopes, redirectUri: uri });
}

await playSecurely([
  [
    "a web application with a secret, by query and by form; renewal without the person",
    async (stage) => {
      const { clientId, clientSecret } = await stage.register({ web: { redirectUris: [redirectUri] } }, true);
      for (const mode of /** @type {const} */ (["query", "form_post"])) {
        const client = new ConfidentialClientApplication({ auth: { ...configured(stage, clientId), clientSecret } });
        const tokens = await signIn(stage, client, mode);
        assert.deepEqual([tokens.account?.username, tokens.account?.name], [ada.address, ada.name]);
        assert.equal(tokens.account?.tenantId, stage.tenant);
        assert.equal(tokens.account?.homeAccountId, `${tokens.uniqueId}.${stage.tenant}`);
        assert.ok(tokens.account);
        const renewed = await client.acquireTokenSilent({ account: tokens.account, scopes, forceRefresh: true });
        assert.notEqual(renewed.accessToken, tokens.accessToken);
      }
    },
  ],
  [
    "a web application with a certificate",
    async (stage) => {
      const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
      const thumbprint = randomBytes(32);
      const { kty, n, e } = publicKey.export({ format: "jwk" });
      const key = { kty, n, e, kid: "certificate", "x5t#S256": thumbprint.toString("base64url") };
      const { clientId } = await stage.register({ web: { redirectUris: [redirectUri] }, protocol: { keys: [key] } });
      const pem = String(privateKey.export({ format: "pem", type: "pkcs8" }));
      const clientCertificate = { thumbprintSha256: thumbprint.toString("hex"), privateKey: pem };
      const client = new ConfidentialClientApplication({ auth: { ...configured(stage, clientId), clientCertificate } });
      assert.equal((await signIn(stage, client)).account?.username, ada.address);
    },
  ],
  [
    "a desktop application, on whatever port",
    async (stage) => {
      const { clientId } = await stage.register({ publicClient: { redirectUris: ["http://localhost"] } });
      const client = new PublicClientApplication({ auth: configured(stage, clientId) });
      const tokens = await signIn(stage, client, "query", "http://localhost:54321");
      assert.equal(tokens.account?.username, ada.address);
    },
  ],
  [
    "a device without a browser",
    async (stage) => {
      const { clientId } = await stage.register({ publicClient: { redirectUris: ["http://localhost"] } });
      const client = new PublicClientApplication({ auth: configured(stage, clientId) });
      /** @type {Promise<void> | undefined} */
      let connected;
      const tokens = await client.acquireTokenByDeviceCode({
        scopes,
        deviceCodeCallback: ({ verificationUri, userCode, message }) => {
          assert.ok(message.includes(userCode));
          connected = connectDevice(stage.browser(), `${verificationUri}?user_code=${userCode}`);
        },
      });
      await connected;
      assert.equal(tokens?.account?.username, ada.address);
    },
  ],
  [
    "a daemon calls the management API for itself",
    async (stage) => {
      const { clientId, clientSecret } = await makeScript(stage.call, stage.tenant, ["User.Read.All"]);
      const client = new ConfidentialClientApplication({ auth: { ...configured(stage, clientId), clientSecret } });
      const tokens = await client.acquireTokenByClientCredential({ scopes: [`${stage.server.origin}/graph/.default`] });
      assert.ok(tokens);
      const headers = { authorization: `Bearer ${tokens.accessToken}` };
      const people = await fetch(`${stage.server.origin}/graph/v1.0/users`, { headers });
      assert.equal(people.status, 200);
    },
  ],
  [
    "a daemon calls an API of the same directory",
    async (stage) => {
      const api = await stage.register({ web: { redirectUris: [redirectUri] } });
      const { clientId, clientSecret } = await stage.register({ web: { redirectUris: [redirectUri] } }, true);
      const client = new ConfidentialClientApplication({ auth: { ...configured(stage, clientId), clientSecret } });
      for (const name of [api.clientId, `api://${api.clientId}`]) {
        const tokens = await client.acquireTokenByClientCredential({ scopes: [`${name}/.default`] });
        const said = JSON.parse(String(Buffer.from(tokens?.accessToken.split(".")[1] ?? "", "base64url")));
        assert.deepEqual([said.aud, said.azp, said.idtyp], [api.clientId, clientId, "app"]);
      }
    },
  ],
  [
    "somebody signs in, and the API is asked for when it is called",
    async (stage) => {
      const offered = { oauth2PermissionScopes: [{ value: "Tasks.Read" }] };
      const api = await stage.register({ web: { redirectUris: [redirectUri] }, api: offered });
      const { clientId, clientSecret } = await stage.register({ web: { redirectUris: [redirectUri] } }, true);
      const client = new ConfidentialClientApplication({ auth: { ...configured(stage, clientId), clientSecret } });
      const { account } = await signIn(stage, client);
      assert.ok(account);
      const asked = { account, scopes: [`api://${api.clientId}/Tasks.Read`] };
      await assert.rejects(client.acquireTokenSilent(asked), InteractionRequiredAuthError);
      await stage.call("POST", "/oauth2PermissionGrants", { clientId, resourceId: api.clientId, scope: "Tasks.Read" });
      const tokens = await client.acquireTokenSilent(asked);
      const said = JSON.parse(String(Buffer.from(tokens.accessToken.split(".")[1] ?? "", "base64url")));
      assert.deepEqual([said.aud, said.azp, said.scp], [api.clientId, clientId, "Tasks.Read"]);
      const again = await client.acquireTokenSilent(asked);
      assert.deepEqual([again.fromCache, again.accessToken], [true, tokens.accessToken]);
    },
  ],
  [
    "a wrong secret is refused in words that the client reads",
    async (stage) => {
      const { clientId } = await stage.register({ web: { redirectUris: [redirectUri] } }, true);
      const client = new ConfidentialClientApplication({ auth: { ...configured(stage, clientId), clientSecret: "wrong" } });
      await assert.rejects(signIn(stage, client), (/** @type {any} */ fault) => {
        assert.deepEqual([fault.errorCode, fault.errorNo], ["invalid_client", 7000215]);
        assert.ok(fault.correlationId);
        return true;
      });
    },
  ],
]);
