// A browser without a screen: walks journeys over HTTP by the same answers that the pages send, as JSON.

import { createHash, randomBytes } from "node:crypto";
import { Agent, request } from "node:http";
import { Agent as SecureAgent, request as requestSecurely } from "node:https";

/** The demo application, which development has ready. */
export const demo = { clientId: "6d2c1c6e-3b0f-4a53-9f5e-0d1f9a7b2c48", authority: "/demo/oauth2/v2.0" };

/** Kept open between requests, as browsers do. */
export const connections = (most = 64) => new Agent({ keepAlive: true, maxSockets: most });

/** The same over https, to a server whose certificate Node.js trusts. */
export const secureConnections = () => new SecureAgent({ keepAlive: true, servername: "localhost" });

/** @typedef {{ status: number, headers: import("node:http").IncomingHttpHeaders, text: string }} Answer */
/** @typedef {{ path: string, token: string, step: { step: string, location?: string, revision?: number }, faults: unknown[] }} Page */

/** An address that nobody else has, in a network that few others share. */
export const someNetwork = () => `100.${byte()}.${byte()}.${byte()}`;
const byte = () => randomBytes(1)[0];

export class Browser {
  /** @type {Map<string, string>} */
  #cookies = new Map();

  /** @param {{ port: number, agent: Agent, network?: string }} options */
  constructor({ port, agent, network = someNetwork() }) {
    this.port = port;
    this.agent = agent;
    this.secure = agent instanceof SecureAgent;
    this.origin = `${this.secure ? "https" : "http"}://localhost:${port}`;
    this.network = network;
  }

  /** @param {string} path @returns {Promise<Answer>} */
  get(path, accept = "text/html") {
    return this.#ask("GET", path, { accept });
  }

  /** @param {string} path @param {Record<string, string>} form @param {Record<string, string>} [headers] */
  post(path, form, headers = {}) {
    const type = { "content-type": "application/x-www-form-urlencoded" };
    return this.#ask("POST", path, { ...type, ...headers }, new URLSearchParams(form).toString());
  }

  /** The answer of a person to the page. @param {Page} page @param {Record<string, string>} answer @returns {Promise<Page>} */
  async answer({ path, token }, answer) {
    const headers = {
      accept: "application/json",
      "content-type": "application/json",
      origin: this.origin,
      "sec-fetch-site": "same-origin",
    };
    const { status, text } = await this.#ask("POST", path, headers, JSON.stringify({ ...answer, token }));
    if (status !== 200) throw new Error(`${status}: ${text}`);
    return JSON.parse(text);
  }

  /** @param {string} method @param {string} path @param {Record<string, string>} headers @param {string} [body] @returns {Promise<Answer>} */
  #ask(method, path, headers, body) {
    return new Promise((resolve, reject) => {
      const cookie = this.cookie();
      const sent = (this.secure ? requestSecurely : request)(
        {
          port: this.port,
          host: "127.0.0.1",
          agent: this.agent,
          method,
          path,
          headers: {
            host: `localhost:${this.port}`,
            "x-forwarded-for": this.network,
            ...(cookie && { cookie }),
            ...(body !== undefined && { "content-length": Buffer.byteLength(body) }),
            ...headers,
          },
        },
        (answer) => {
          for (const line of answer.headers["set-cookie"] ?? []) this.#keep(line);
          let text = "";
          answer.setEncoding("utf8");
          answer.on("data", (part) => (text += part));
          answer.on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
          answer.on("error", reject);
        },
      );
      sent.on("error", reject);
      sent.end(body);
    });
  }

  /** As it is sent. */
  cookie() {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  /** @param {string} line */
  #keep(line) {
    const [pair = "", ...rules] = line.split(";");
    const [name = "", value = ""] = pair.split(/=(.*)/s);
    if (value === "" || rules.some((rule) => rule.trim() === "Max-Age=0")) this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}

/** The step that is expected next, or an error that says what came instead. @param {Page} page @param {string} step */
export function expectStep(page, step) {
  if (page.step.step === step) return page;
  throw new Error(`expected ${step}, got ${JSON.stringify(page.step)} ${JSON.stringify(page.faults)}`);
}

/** What an application asks, and keeps for the token call. */
export function authorizationRequest(/** @type {string} */ origin, extra = {}) {
  const verifier = randomBytes(32).toString("base64url");
  const redirectUri = `${origin}/demo/callback`;
  const query = new URLSearchParams({
    client_id: demo.clientId,
    response_type: "code",
    redirect_uri: redirectUri,
    scope: "openid profile email offline_access",
    state: "s",
    nonce: "n",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    ...extra,
  });
  return { path: `${demo.authority}/authorize?${query}`, verifier, redirectUri };
}

/** From the application to the first page. @param {Browser} browser */
export async function arrive(browser) {
  const asked = authorizationRequest(browser.origin);
  const sent = await browser.get(asked.path);
  const journey = sent.headers.location;
  if (sent.status !== 303 || !journey?.includes("/journeys/")) throw new Error(`${sent.status}: ${journey ?? sent.text}`);
  return { asked, page: pageIn(await browser.get(journey)) };
}

/** What the page's own script reads: the page as JSON, inside the HTML. @param {Answer} answer @returns {Page} */
export function pageIn({ status, text }) {
  const json = text.match(/<script type="application\/json" id="page">(.*?)<\/script>/s)?.[1];
  if (status !== 200 || !json) throw new Error(`${status}: ${text}`);
  return JSON.parse(json);
}

/** From the last page to the tokens. @param {Browser} browser @param {Page} page */
export async function takeTokens(browser, page, /** @type {{ verifier: string, redirectUri: string }} */ asked) {
  expectStep(page, "done");
  const resumed = await browser.get(/** @type {string} */ (page.step.location));
  const code = new URL(resumed.headers.location ?? "", browser.origin).searchParams.get("code");
  if (!code) throw new Error(`no code: ${resumed.status} ${resumed.headers.location} ${resumed.text}`);
  return tokens(browser, {
    grant_type: "authorization_code",
    code,
    redirect_uri: asked.redirectUri,
    code_verifier: asked.verifier,
  });
}

/** @param {Browser} browser @param {Record<string, string>} form */
export async function tokens(browser, form, clientId = demo.clientId, authority = demo.authority) {
  const answer = await browser.post(`${authority}/token`, { client_id: clientId, ...form });
  if (answer.status !== 200) throw new Error(`token: ${answer.status} ${answer.text}`);
  return /** @type {{ access_token: string, id_token: string, refresh_token: string }} */ (JSON.parse(answer.text));
}

/** @typedef {{ address: string, password: string, name: string }} Someone */

/** A whole sign-in, as an application and its person live it. @param {Browser} browser @param {Someone} someone */
export async function signIn(browser, { address, password }) {
  const { asked, page } = await arrive(browser);
  const passwordPage = expectStep(await browser.answer(page, { answer: "address", address }), "password");
  return takeTokens(browser, await browser.answer(passwordPage, { answer: "password", password }), asked);
}

/** As far as the attribute page. @param {Browser} browser @param {Pick<Someone, "address" | "password">} someone */
export async function toAttributes(browser, { address, password }) {
  const { asked, page } = await arrive(browser);
  const first = expectStep(await browser.answer(page, { answer: "signUp" }), "address");
  const codePage = expectStep(await browser.answer(first, { answer: "address", address }), "code");
  const code = await newestCode(browser, address);
  const passwordPage = expectStep(await browser.answer(codePage, { answer: "code", code }), "newPassword");
  const attributePage = expectStep(await browser.answer(passwordPage, { answer: "newPassword", password }), "attributes");
  return { asked, attributePage };
}

/** A whole sign-up; the account is acknowledged when this returns. @param {Browser} browser @param {Someone} someone */
export async function signUp(browser, { address, password, name }) {
  const { asked, attributePage } = await toAttributes(browser, { address, password });
  const done = await browser.answer(attributePage, {
    answer: "attributes",
    revision: String(attributePage.step.revision),
    "attribute.displayName": name,
    "attribute.country": "SE",
    "attribute.extension_loyaltyNumber": "4817",
    "attribute.extension_heardOf": "friend",
    "attribute.extension_termsOfUse": "true",
  });
  return { asked, done: expectStep(done, "done") };
}

/** From the mailbox of development. @param {Browser} browser @param {string} address @returns {Promise<string>} */
async function newestCode(browser, address) {
  const answer = await browser.get(`/dev/mail/latest?to=${encodeURIComponent(address)}`, "application/json");
  if (answer.status !== 200) throw new Error(`no mail for ${address}: ${answer.status}`);
  return JSON.parse(answer.text).code;
}
