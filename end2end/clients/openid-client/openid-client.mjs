// Relying parties written with `openid-client`, of every kind that its documentation shows, against a server that this starts.
// Ends with the line "N passed, N failed".

import assert from "node:assert/strict";
import * as jose from "jose";
import * as client from "openid-client";
import { ada, connectDevice, goAndSignIn, play } from "../stage.mjs";

const redirectUri = "http://localhost:9/client/callback";
const web = { web: { redirectUris: [redirectUri], logoutUrl: null } };
const hybrid = { web: { ...web.web, implicitGrantSettings: { enableIdTokenIssuance: true, enableAccessTokenIssuance: true } } };
const scope = "openid profile email offline_access";

/** @typedef {import("../stage.mjs").Stage} Stage */

/** @param {Stage} stage @param {string} clientId @param {client.ClientAuth} authentication @param {"oidc" | "oauth2"} [algorithm] */
function discover({ authority }, clientId, authentication, algorithm = "oidc") {
  return client.discovery(new URL(authority), clientId, undefined, authentication, {
    algorithm,
    execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks],
  });
}

/** @param {Stage} stage @param {Record<string, unknown>} application @param {(secret: string) => client.ClientAuth} by */
async function confidential(stage, application = web, by = client.ClientSecretPost) {
  const { clientId, clientSecret } = await stage.register(application, true);
  return discover(stage, clientId, by(clientSecret));
}

/**
 * A sign-in with everything that the library can check.
 * @param {Stage} stage @param {client.Configuration} config @param {Record<string, string>} [more] @param {client.DPoPOptions} [options]
 */
async function signIn(stage, config, more = {}, browser = stage.browser(), options = {}) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()];
  const to = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope,
    state: expectedState,
    nonce: expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
    ...more,
  });
  const brought = await goAndSignIn(browser, to);
  const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
  return client.authorizationCodeGrant(config, brought, checks, undefined, options);
}

/** The library says only that the server refused, unless it is asked. @param {Promise<unknown>} promise @param {string} error */
const refused = (promise, error) => assert.rejects(promise, (/** @type {any} */ fault) => fault.error === error || assert.fail(fault));

await play([
  [
    "discovery, by OpenID Connect and by RFC 8414, says the same",
    async (stage) => {
      const { clientId } = await stage.register(web);
      const [one, other] = await Promise.all([
        discover(stage, clientId, client.None()),
        discover(stage, clientId, client.None(), "oauth2"),
      ]);
      assert.deepEqual(one.serverMetadata(), other.serverMetadata());
      assert.equal(one.serverMetadata().supportsPKCE(), true);
    },
  ],
  [
    "code with a proof key, userinfo, refresh",
    async (stage) => {
      const config = await confidential(stage);
      const tokens = await signIn(stage, config);
      const claims = tokens.claims();
      assert.ok(claims && tokens.refresh_token);
      assert.equal(claims.email, ada.address);
      const person = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
      assert.deepEqual([person.name, person.email], [ada.name, ada.address]);
      const again = await client.refreshTokenGrant(config, tokens.refresh_token, { scope });
      assert.notEqual(again.refresh_token, tokens.refresh_token);
      assert.equal(again.claims()?.sub, claims.sub);
    },
  ],
  [
    "a web application without a proof key, by its secret in the header",
    async (stage) => {
      const config = await confidential(stage, web, client.ClientSecretBasic);
      const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()];
      const asked = { redirect_uri: redirectUri, scope: "openid", state: expectedState, nonce: expectedNonce };
      const brought = await goAndSignIn(stage.browser(), client.buildAuthorizationUrl(config, asked));
      await client.authorizationCodeGrant(config, brought, { expectedState, expectedNonce });
    },
  ],
  [
    "a native application, on whatever port",
    async (stage) => {
      const { clientId } = await stage.register({ publicClient: { redirectUris: ["http://127.0.0.1/client"] } });
      const config = await discover(stage, clientId, client.None());
      const tokens = await signIn(stage, config, { redirect_uri: "http://127.0.0.1:54321/client" });
      assert.equal(tokens.claims()?.email, ada.address);
    },
  ],
  [
    "an answer by form",
    async (stage) => {
      const config = await confidential(stage);
      const tokens = await signIn(stage, config, { response_mode: "form_post" });
      assert.equal(tokens.claims()?.email, ada.address);
    },
  ],
  [
    "code and ID token together, by fragment and by form",
    async (stage) => {
      for (const mode of ["fragment", "form_post"]) {
        const config = await confidential(stage, hybrid);
        client.useCodeIdTokenResponseType(config);
        const tokens = await signIn(stage, config, { response_mode: mode });
        assert.equal(tokens.claims()?.email, ada.address);
      }
    },
  ],
  [
    "code and ID token as a detached signature",
    async (stage) => {
      const config = await confidential(stage, hybrid);
      client.useCodeIdTokenResponseType(config);
      client.enableDetachedSignatureResponseChecks(config);
      await signIn(stage, config);
    },
  ],
  [
    "an ID token and no more, by fragment and by form",
    async (stage) => {
      for (const mode of ["fragment", "form_post"]) {
        const { clientId } = await stage.register(hybrid);
        const config = await discover(stage, clientId, client.None());
        client.useIdTokenResponseType(config);
        const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()];
        const asked = { redirect_uri: redirectUri, scope: "openid email", state: expectedState, nonce: expectedNonce, response_mode: mode };
        const brought = await goAndSignIn(stage.browser(), client.buildAuthorizationUrl(config, asked));
        const claims = await client.implicitAuthentication(config, brought, expectedNonce, { expectedState });
        assert.equal(claims.email, ada.address);
      }
    },
  ],
  [
    "a token is introspected, given back, and then worth nothing",
    async (stage) => {
      const config = await confidential(stage);
      const tokens = await signIn(stage, config);
      for (const token of [tokens.access_token, tokens.refresh_token ?? ""]) {
        assert.equal((await client.tokenIntrospection(config, token)).active, true);
        await client.tokenRevocation(config, token);
        assert.equal((await client.tokenIntrospection(config, token)).active, false);
      }
      await refused(client.refreshTokenGrant(config, tokens.refresh_token ?? ""), "invalid_grant");
    },
  ],
  [
    "a daemon's token is worth something to the API that it is for, and to no other",
    async (stage) => {
      const [daemon, other] = [await confidential(stage), await confidential(stage)];
      const { clientId, clientSecret } = await stage.register(web, true);
      const api = await discover(stage, clientId, client.ClientSecretPost(clientSecret));
      const { access_token: token } = await client.clientCredentialsGrant(daemon, { scope: `${clientId}/.default` });
      const worth = [api, daemon, other].map(async (config) => (await client.tokenIntrospection(config, token)).active);
      assert.deepEqual(await Promise.all(worth), [true, true, false]);
    },
  ],
  [
    "a token for an API of one's own, which checks it by the published keys alone",
    async (stage) => {
      const offered = { oauth2PermissionScopes: [{ value: "Tasks.Read" }, { value: "Tasks.Write" }] };
      const { clientId: api } = await stage.register({ ...web, api: offered, tokenAlgorithm: "ES256" });
      const { clientId, clientSecret } = await stage.register(web, true);
      const config = await discover(stage, clientId, client.ClientSecretPost(clientSecret));
      const asked = `${scope} api://${api}/Tasks.Read`;
      await refused(signIn(stage, config, { scope: asked }), "access_denied");
      await stage.call("POST", "/oauth2PermissionGrants", { clientId, resourceId: api, scope: "Tasks.Read" });
      const tokens = await signIn(stage, config, { scope: asked });
      assert.equal(tokens.scope, asked);
      const { issuer, jwks_uri: keys = "" } = config.serverMetadata();
      const published = jose.createRemoteJWKSet(new URL(keys));
      const renewed = await client.refreshTokenGrant(config, tokens.refresh_token ?? "", { scope: `api://${api}/.default` });
      for (const { access_token: token } of [tokens, renewed]) {
        const { payload } = await jose.jwtVerify(token, published, { issuer, audience: api, typ: "at+jwt", algorithms: ["ES256"] });
        assert.deepEqual([payload.scp, payload.azp, payload.tid], ["Tasks.Read", clientId, stage.tenant]);
      }
      await assert.rejects(jose.jwtVerify(tokens.access_token, published, { issuer, audience: clientId }));
    },
  ],
  [
    "a web application that signs what it says with its own key",
    async (stage) => {
      for (const alg of ["RS256", "PS256", "ES256"]) {
        const { privateKey, publicKey } = await client.randomDPoPKeyPair(alg, { extractable: true });
        const { kty, crv, x, y, n, e } = await crypto.subtle.exportKey("jwk", publicKey);
        const key = JSON.parse(JSON.stringify({ kty, crv, x, y, n, e, kid: "k1", use: "sig" }));
        const { clientId } = await stage.register({ ...web, protocol: { keys: [key] } });
        const config = await discover(stage, clientId, client.PrivateKeyJwt({ key: privateKey, kid: "k1" }));
        const tokens = await signIn(stage, config);
        assert.equal((await client.tokenIntrospection(config, tokens.access_token)).active, true);
      }
    },
  ],
  [
    "a request that is pushed",
    async (stage) => {
      const config = await confidential(stage, { ...web, protocol: { requirePushedRequests: true } });
      await refused(signIn(stage, config), "invalid_request");
      const pkceCodeVerifier = client.randomPKCECodeVerifier();
      const expectedState = client.randomState();
      const to = await client.buildAuthorizationUrlWithPAR(config, {
        redirect_uri: redirectUri,
        scope,
        state: expectedState,
        code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
        code_challenge_method: "S256",
      });
      assert.deepEqual([...to.searchParams.keys()].sort(), ["client_id", "request_uri"]);
      const brought = await goAndSignIn(stage.browser(), to);
      await client.authorizationCodeGrant(config, brought, { pkceCodeVerifier, expectedState });
    },
  ],
  [
    "tokens that are bound to a key, and worth nothing without it",
    async (stage) => {
      for (const protocol of [{}, { requireBoundTokens: true, requireFreshProofs: true }]) {
        for (const alg of ["ES256", "PS256"]) {
          const { clientId } = await stage.register({ publicClient: { redirectUris: ["http://127.0.0.1/client"] }, protocol });
          const config = await discover(stage, clientId, client.None());
          const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair(alg));
          const more = { redirect_uri: "http://127.0.0.1:5000/client", dpop_jkt: await DPoP.calculateThumbprint() };
          const tokens = await signIn(stage, config, more, stage.browser(), { DPoP });
          assert.equal(tokens.token_type, "dpop");
          const sub = tokens.claims()?.sub ?? "";
          const person = await client.fetchUserInfo(config, tokens.access_token, sub, { DPoP });
          assert.equal(person.email, ada.address);
          await assert.rejects(client.fetchUserInfo(config, tokens.access_token, sub));
          const [mine, stolen] = [tokens.refresh_token ?? "", client.getDPoPHandle(config, await client.randomDPoPKeyPair(alg))];
          await refused(client.refreshTokenGrant(config, mine, undefined, { DPoP: stolen }), "invalid_grant");
          const again = await client.refreshTokenGrant(config, mine, undefined, { DPoP });
          assert.equal(again.token_type, "dpop");
        }
      }
    },
  ],
  [
    "a request that is pushed by whoever holds the key of its code",
    async (stage) => {
      const config = await confidential(stage);
      const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair());
      const pkceCodeVerifier = client.randomPKCECodeVerifier();
      const expectedState = client.randomState();
      const asked = {
        redirect_uri: redirectUri,
        scope,
        state: expectedState,
        code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
        code_challenge_method: "S256",
      };
      const to = await client.buildAuthorizationUrlWithPAR(config, asked, { DPoP });
      const brought = await goAndSignIn(stage.browser(), to);
      const tokens = await client.authorizationCodeGrant(config, brought, { pkceCodeVerifier, expectedState }, undefined, { DPoP });
      assert.equal(tokens.token_type, "dpop");
    },
  ],
  [
    "a device without a browser",
    async (stage) => {
      const { clientId } = await stage.register({ publicClient: { redirectUris: ["http://localhost"] } });
      const config = await discover(stage, clientId, client.None());
      const device = await client.initiateDeviceAuthorization(config, { scope });
      const tokens = client.pollDeviceAuthorizationGrant(config, { ...device, interval: 1 });
      await connectDevice(stage.browser(), device.verification_uri_complete ?? "");
      assert.equal((await tokens).claims()?.email, ada.address);
    },
  ],
  [
    "a silent sign-in, and one that asks anew",
    async (stage) => {
      const [config, browser] = [await confidential(stage), stage.browser()];
      await refused(signIn(stage, config, { prompt: "none" }, browser), "login_required");
      const first = await signIn(stage, config, {}, browser);
      const silent = await signIn(stage, config, { prompt: "none" }, browser);
      assert.equal(silent.claims()?.auth_time, first.claims()?.auth_time);
      const fresh = await signIn(stage, config, { prompt: "login", max_age: "0" }, browser);
      assert.ok(Number(fresh.claims()?.auth_time) >= Number(first.claims()?.auth_time));
    },
  ],
  [
    "claims by name",
    async (stage) => {
      const config = await confidential(stage);
      const claims = JSON.stringify({ userinfo: { email: { essential: true } }, id_token: { name: null } });
      const tokens = await signIn(stage, config, { scope: "openid offline_access", claims });
      assert.equal(tokens.claims()?.email, undefined);
      const renewed = await client.refreshTokenGrant(config, tokens.refresh_token ?? "");
      for (const { access_token: token } of [tokens, renewed]) {
        const person = await client.fetchUserInfo(config, token, tokens.claims()?.sub ?? "");
        assert.equal(person.email, ada.address);
      }
    },
  ],
  [
    "signing out, and back to the application",
    async (stage) => {
      const [config, browser] = [await confidential(stage), stage.browser()];
      const tokens = await signIn(stage, config, {}, browser);
      const to = client.buildEndSessionUrl(config, {
        post_logout_redirect_uri: redirectUri,
        id_token_hint: tokens.id_token ?? "",
        state: "bye",
      });
      const brought = await goAndSignIn(browser, to);
      assert.equal(String(brought instanceof URL && brought), `${redirectUri}?state=bye`);
      await refused(signIn(stage, config, { prompt: "none" }, browser), "login_required");
    },
  ],
]);
