// A script as somebody writes it for Entra, with Microsoft's own published client and nothing of ours in it, against a server
// that this starts. Says what was checked; ends with the line "N passed, N failed".

import assert from "node:assert/strict";
import {
  BatchRequestContent,
  Client,
  GraphError,
  HTTPMessageHandler,
  RedirectHandler,
  RetryHandler,
  TelemetryHandler,
} from "@microsoft/microsoft-graph-client";
import { binaryOf, newPlace, remove, start } from "../../portico.mjs";
import { Browser, connections } from "../../journey.mjs";
import { administer, makeScript } from "../administrator.mjs";

const permissions = ["IdentityUserFlow.ReadWrite.All", "User.ReadWrite.All", "Application.Read.All", "Organization.Read.All"];

/**
 * The client's own chain, but for the handler that puts the token on: that one knows https only, and this server is on
 * loopback without it.
 */
class Bearer {
  /** @param {() => Promise<string>} token */
  constructor(token) {
    this.token = token;
  }

  /** @param {import("@microsoft/microsoft-graph-client").Context} context */
  async execute(context) {
    const headers = new Headers(context.options?.headers);
    headers.set("authorization", `Bearer ${await this.token()}`);
    context.options = { ...context.options, headers: Object.fromEntries(headers) };
    await this.next?.execute(context);
  }

  /** @param {import("@microsoft/microsoft-graph-client").Middleware} next */
  setNext(next) {
    this.next = next;
  }
}

/** @param {string} origin @param {import("../administrator.mjs").Script} script */
async function token(origin, { tenant, clientId, clientSecret }) {
  const form = { grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret, scope: `${origin}/graph/.default` };
  const answer = await fetch(`${origin}/${tenant}/oauth2/v2.0/token`, { method: "POST", body: new URLSearchParams(form) });
  if (!answer.ok) throw new Error(`token: ${answer.status} ${await answer.text()}`);
  return /** @type {{ access_token: string }} */ (await answer.json()).access_token;
}

/** @param {string} origin @param {import("../administrator.mjs").Script} script */
function connect(origin, script) {
  const chain = [
    new Bearer(() => token(origin, script)),
    new RetryHandler(),
    new RedirectHandler(),
    new TelemetryHandler(),
    new HTTPMessageHandler(),
  ];
  chain.forEach((handler, at) => handler.setNext?.(/** @type {any} */ (chain[at + 1])));
  return Client.initWithMiddleware({ baseUrl: `${origin}/graph/`, middleware: chain[0] });
}

const flows = "/identity/authenticationEventsFlows";
const flowType = "#microsoft.graph.externalUsersSelfServiceSignUpEventsFlow";

/** What a script does, in the words that Microsoft's documents use. @type {[string, (client: Client) => Promise<void>][]} */
const stories = [
  [
    "a custom attribute is made, read, changed and deleted",
    async (client) => {
      const made = await client.api("/identity/userFlowAttributes").post({ displayName: "Shoe size", dataType: "string" });
      const at = `/identity/userFlowAttributes/${made.id}`;
      await client.api(at).patch({ description: "Of the left foot" });
      assert.equal((await client.api(at).get()).description, "Of the left foot");
      const found = await client.api("/identity/userFlowAttributes").filter("userFlowAttributeType eq 'custom'").get();
      assert.ok(found.value.some((/** @type {{ id: string }} */ it) => it.id === made.id));
      await client.api(at).delete();
      await assert.rejects(client.api(at).get(), (error) => error instanceof GraphError && error.statusCode === 404);
    },
  ],
  [
    "a user flow is made, read, changed and deleted",
    async (client) => {
      const made = await client.api(flows).post({
        "@odata.type": flowType,
        displayName: "Orchard",
        onAuthenticationMethodLoadStart: {
          "@odata.type": "#microsoft.graph.onAuthenticationMethodLoadStartExternalUsersSelfServiceSignUp",
          identityProviders: [{ id: "EmailPassword-OAUTH" }],
        },
      });
      assert.equal(made["@odata.type"], flowType);
      const at = `${flows}/${made.id}`;
      await client.api(at).patch({ "@odata.type": flowType, description: "For the orchard" });
      const read = await client.api(at).version("beta").get();
      assert.equal(read.description, "For the orchard");
      const attributes = `${at}/microsoft.graph.externalUsersSelfServiceSignUpEventsFlow/onAttributeCollection/microsoft.graph.onAttributeCollectionExternalUsersSelfServiceSignUp/attributes`;
      await client.api(`${attributes}/$ref`).post({ "@odata.id": "https://graph.microsoft.com/v1.0/identity/userFlowAttributes/city" });
      const asked = await client.api(attributes).get();
      assert.ok(asked.value.some((/** @type {{ id: string }} */ it) => it.id === "city"));
      await client.api(at).delete();
      await assert.rejects(client.api(at).get(), (error) => error instanceof GraphError && error.statusCode === 404);
    },
  ],
  [
    "a person is made, found, changed and deleted",
    async (client) => {
      const made = await client.api("/users").post({
        displayName: "Grace Hopper",
        identities: [{ signInType: "emailAddress", issuer: "", issuerAssignedId: "grace@example.org" }],
        passwordProfile: { password: "nine yellow ladders at noon", forceChangePasswordNextSignIn: false },
      });
      const at = `/users/${made.id}`;
      await client.api(at).update({ city: "Arlington" });
      assert.equal((await client.api(at).select("id,city").get()).city, "Arlington");
      const found = await client.api("/users").header("ConsistencyLevel", "eventual").search('"displayName:Grace"').get();
      assert.equal(found.value[0].id, made.id);
      await client.api(at).delete();
      await assert.rejects(client.api(at).get(), (error) => error instanceof GraphError && error.statusCode === 404);
    },
  ],
  [
    "many people come page by page",
    async (client) => {
      for (const name of ["Ada", "Alan", "Barbara", "Donald", "Edsger"]) {
        const identities = [{ signInType: "emailAddress", issuer: "", issuerAssignedId: `${name}@example.org` }];
        await client.api("/users").post({ displayName: name, identities });
      }
      /** @type {string[]} */
      const names = [];
      for (let path = "/users?$select=id,displayName&$top=2"; path; ) {
        const page = await client.api(path).get();
        assert.ok(page.value.length <= 2);
        names.push(...page.value.map((/** @type {{ displayName: string }} */ person) => person.displayName));
        // The client takes whole addresses apart by itself, but those of https only.
        path = page["@odata.nextLink"]?.split("/graph/v1.0")[1] ?? "";
      }
      assert.deepEqual(names.sort(), ["Ada", "Alan", "Barbara", "Donald", "Edsger"]);
    },
  ],
  [
    "several requests come at once, and one waits for another",
    async (client) => {
      const url = "https://graph.microsoft.com";
      const post = new Request(`${url}/identity/userFlowAttributes`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ displayName: "Hat size", dataType: "int64" }),
      });
      const content = new BatchRequestContent([
        { id: "1", request: post },
        { id: "2", request: new Request(`${url}/identity/userFlowAttributes/extension_hatSize`), dependsOn: ["1"] },
        { id: "3", request: new Request(`${url}/users/nobody`), dependsOn: ["1"] },
      ]);
      const answered = await client.api("/$batch").post(await content.getContent());
      const status = Object.fromEntries(answered.responses.map((/** @type {any} */ it) => [it.id, it.status]));
      assert.deepEqual(status, { 1: 201, 2: 200, 3: 404 });
      assert.equal(answered.responses[1].body.dataType, "int64");
    },
  ],
  [
    "what is refused says why, in Graph's words",
    async (client) => {
      const wrong = client.api("/identity/userFlowAttributes").post({ displayName: "", dataType: "string" });
      await assert.rejects(wrong, (error) => {
        assert.ok(error instanceof GraphError);
        assert.deepEqual([error.statusCode, error.code], [400, "Request_BadRequest"]);
        assert.ok(error.requestId && error.message);
        return true;
      });
      const forbidden = client.api("/applications").post({ displayName: "x" });
      await assert.rejects(forbidden, (error) => error instanceof GraphError && error.code === "Authorization_RequestDenied");
    },
  ],
];

const place = newPlace("sqlite");
const server = await start({ binary: binaryOf("debug"), place });
let [passed, failed] = [0, 0];
try {
  const script = await makeScript(await administer(server, "demo", new Browser({ port: server.port, agent: connections() })), "demo", permissions);
  const client = connect(server.origin, script);
  for (const [what, story] of stories) {
    const fault = await story(client).then(
      () => undefined,
      (/** @type {unknown} */ error) => error,
    );
    console.log(`${fault === undefined ? "ok" : "!!"}  ${what}`);
    if (fault !== undefined) console.log(fault);
    fault === undefined ? passed++ : failed++;
  }
} catch (fault) {
  console.log("!!  the script could not begin:", fault);
  failed++;
} finally {
  await server.stop();
  remove(place);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
