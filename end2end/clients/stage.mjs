// What every program of `clients` begins with: a server of its own, an administrator who registers applications, and Ada, who
// has an account and a browser. What the client under test does, its own published code does.

import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { binaryOf, newPlace, remove, start } from "../portico.mjs";
import { Browser, connections, expectStep, secureConnections } from "../journey.mjs";
import { administer } from "./administrator.mjs";

/** By its id, as its issuer names it: a client that compares the two is content. */
const tenant = "5d0f7a52-6b1e-4c53-9d7e-2f4f3f0c9a11";
export const flow = "c2a8e1d4-70b3-4f6c-8a95-61e0d7b9f322";
export const ada = { address: "ada@example.org", password: "orange kettle under nine stairs", name: "Ada Lovelace" };

/**
 * @typedef {object} Stage
 * @property {import("../portico.mjs").Server} server
 * @property {string} tenant
 * @property {string} authority where discovery is found, as an administrator copies it into a configuration
 * @property {import("./administrator.mjs").Call} call the management API
 * @property {(application: Record<string, unknown>, secret?: boolean) => Promise<{ clientId: string, clientSecret: string }>} register
 * @property {() => Browser} browser nobody is signed in
 */

/** @param {[string, (stage: Stage) => Promise<void>][]} stories */
export const play = (stories) => perform(stories, newPlace("sqlite"), {}, connections);

/**
 * The same over https. Node.js reads whom it trusts once, when it starts: so the authority is made first, and then this program
 * begins anew.
 * @param {[string, (stage: Stage) => Promise<void>][]} stories
 */
export async function playSecurely(stories) {
  const variables = { PORTICO_DEV_TLS: "on" };
  if (process.env.STAGE !== undefined) return perform(stories, JSON.parse(process.env.STAGE), variables, secureConnections);
  const place = newPlace("sqlite");
  const authority = await makeAuthority(place, variables);
  const env = { ...process.env, STAGE: JSON.stringify(place), NODE_EXTRA_CA_CERTS: authority };
  const { status } = spawnSync(process.execPath, [process.argv[1] ?? ""], { stdio: "inherit", env });
  process.exitCode = status ?? 1;
}

/** @param {import("../portico.mjs").Place} place @param {Record<string, string>} variables */
async function makeAuthority(place, variables) {
  const authority = join(place.folder, "portico-dev-tls", "authority.pem");
  const env = { PATH: process.env.PATH, PORTICO_LISTEN: "127.0.0.1:0", ...variables };
  const server = spawn(binaryOf("debug"), ["serve"], { cwd: place.folder, env, stdio: "ignore" });
  while (!existsSync(authority) && server.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 20));
  server.kill("SIGKILL");
  return authority;
}

/**
 * @param {[string, (stage: Stage) => Promise<void>][]} stories
 * @param {import("../portico.mjs").Place} place
 * @param {Record<string, string>} variables
 * @param {() => import("node:http").Agent} agent
 */
async function perform(stories, place, variables, agent) {
  const server = await start({ binary: binaryOf("debug"), place, variables });
  const browser = () => new Browser({ port: server.port, agent: agent() });
  let [passed, failed] = [0, 0];
  try {
    const call = await administer(server, tenant, browser());
    await makeAda(call);
    const authority = `${server.origin}/${tenant}/v2.0`;
    const stage = { server, tenant, authority, call, register: registrar(call), browser };
    for (const [what, story] of stories) {
      const fault = await story(stage).then(
        () => undefined,
        (/** @type {unknown} */ error) => error ?? new Error("something was thrown that is nothing"),
      );
      console.log(`${fault === undefined ? "ok" : "!!"}  ${what}`);
      if (fault !== undefined) console.log(fault);
      fault === undefined ? passed++ : failed++;
    }
  } catch (fault) {
    console.log("!!  the play could not begin:", fault);
    failed++;
  } finally {
    if (failed > 0) console.log(server.told());
    await server.stop();
    remove(place);
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

/** @param {import("./administrator.mjs").Call} call */
async function makeAda(call) {
  const identities = [{ signInType: "emailAddress", issuer: "", issuerAssignedId: ada.address }];
  const passwordProfile = { password: ada.password, forceChangePasswordNextSignIn: false };
  await call("POST", "/users", { displayName: ada.name, identities, passwordProfile });
}

/** An application of the demo tenant, attached to its flow. @param {import("./administrator.mjs").Call} call @returns {Stage["register"]} */
function registrar(call) {
  return async (application, secret = false) => {
    const { id } = await call("POST", "/applications", { displayName: "A client", ...application });
    const attach = `/identity/authenticationEventsFlows/${flow}/conditions/applications/includeApplications`;
    await call("POST", attach, { "@odata.type": "#microsoft.graph.authenticationConditionApplication", appId: id });
    const { secretText } = secret ? await call("POST", `/applications/${id}/addPassword`, {}) : { secretText: "" };
    return { clientId: id, clientSecret: secretText };
  };
}

/** What the browser brings to the application: an address, or a form that our page would post there. @typedef {URL | Request} Brought */

/** Goes where the application sends it; Ada signs in if she is asked. @param {Browser} browser @param {URL | string} to @returns {Promise<Brought>} */
export async function goAndSignIn(browser, to) {
  let path = pathOf(browser, to);
  for (let hops = 0; hops < 10; hops++) {
    const answer = await browser.get(path);
    const location = answer.headers.location;
    if (location !== undefined) {
      const next = new URL(location, browser.origin);
      if (next.origin !== browser.origin || next.pathname.startsWith("/client")) return next;
      path = pathOf(browser, next);
    } else if (path.includes("/journeys/")) {
      path = await signIn(browser, answer.text);
    } else {
      return posted(answer.text);
    }
  }
  throw new Error(`the browser goes in circles at ${path}`);
}

/** @param {Browser} browser @param {URL | string} to */
function pathOf(browser, to) {
  const url = new URL(to, browser.origin);
  if (url.origin !== browser.origin) throw new Error(`${url} is not ours`);
  return url.pathname + url.search;
}

/** @param {Browser} browser @param {string} html */
async function signIn(browser, html) {
  const path = attribute(html, /<form class="answer" method="post" action="([^"]+)"/);
  const page = { path, token: attribute(html, /name="token" value="([^"]+)"/), step: { step: "address" }, faults: [] };
  const second = expectStep(await browser.answer(page, { answer: "address", address: ada.address }), "password");
  const done = expectStep(await browser.answer(second, { answer: "password", password: ada.password }), "done");
  return done.step.location ?? "";
}

/**
 * Ada at her desk, with the page that a device told her: she signs in, and says that the device is hers.
 * @param {Browser} browser
 * @param {string} complete the page's address with the code in it
 */
export async function connectDevice(browser, complete) {
  const path = pathOf(browser, complete);
  const sent = await browser.get(path);
  const page = await browser.get(sent.headers.location ?? "");
  const resumed = await browser.get(await signIn(browser, page.text));
  const asked = await browser.get(resumed.headers.location ?? "");
  const form = posted(asked.text);
  const fields = Object.fromEntries(new URLSearchParams(await form.text()));
  const headers = { origin: browser.origin, "sec-fetch-site": "same-origin" };
  const done = await browser.post(path.split("?")[0] ?? "", { ...fields, answer: "yes" }, headers);
  if (done.status !== 200 || !done.text.includes("Your device is signed in")) throw new Error(`${done.status}: ${done.text}`);
}

/** As a browser without JavaScript sends it when somebody presses the button. @param {string} html */
function posted(html) {
  const action = attribute(html, /<form class="answer" method="post" action="([^"]+)"/);
  const fields = [...html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)];
  const body = new URLSearchParams(fields.map(([, name = "", value = ""]) => [plain(name), plain(value)]));
  return new Request(new URL(action, "http://localhost"), { method: "POST", body });
}

/** @param {string} html @param {RegExp} pattern */
function attribute(html, pattern) {
  const found = html.match(pattern)?.[1];
  if (found === undefined) throw new Error(`there is no ${pattern} in ${html}`);
  return plain(found);
}

/** @param {string} text */
const plain = (text) => text.replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&#x27;", "'").replaceAll("&amp;", "&");
