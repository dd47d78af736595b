// <portico-sign-in>: sign-up, sign-in and recovery inside any page. This small file starts a journey, paints its first screen
// and keeps the tokens; the screens themselves are the hosted pages' own, and their WebAssembly takes over when it arrives.

const OWN = `:host{all:initial;display:block;container-type:inline-size;max-width:408px}:host([hidden]){display:none}
.body{background:none}#hosted{min-height:0;display:block;padding:0}`;

const base64 = (bytes) =>
  btoa(String.fromCharCode(...bytes)).replace(/[+/=]/g, (mark) => ({ "+": "-", "/": "_", "=": "" })[mark]);
const random = () => base64(crypto.getRandomValues(new Uint8Array(32)));
const hash = async (text) => base64(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));
const claims = (token) =>
  JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(token.split(".")[1].replace(/[-_]/g, (mark) => ({ "-": "+", _: "/" })[mark])), (c) => c.charCodeAt(0))));

const kept = new Map();
// What every page of this server shares: fetched once, however many elements there are.
const once = (key, make) => kept.get(key) ?? kept.set(key, make().catch((fault) => (kept.delete(key), Promise.reject(fault)))).get(key);
const text = (url) => once(url, async () => (await fetch(url)).text());

/** Who is signed in, without an element: tokens in memory, renewed when they are needed. */
export class Portico extends EventTarget {
  #tokens;
  #renewing;
  user = null;

  constructor({ server = new URL(import.meta.url).origin, tenant, clientId, scope = "openid profile email offline_access" }) {
    super();
    Object.assign(this, { server, tenant, clientId, scope });
  }

  /** What an authorization request says, and what has to be remembered until its code comes. */
  async request(wishes = {}) {
    const secrets = { verifier: random(), state: random(), nonce: random() };
    const asked = {
      response_type: "code",
      scope: this.scope,
      state: secrets.state,
      nonce: secrets.nonce,
      code_challenge: await hash(secrets.verifier),
      code_challenge_method: "S256",
      ...wishes,
    };
    for (const name in asked) if (!asked[name]) delete asked[name];
    return { asked, secrets };
  }

  /** Takes the answer of a journey, which is the address that the page would have been sent to. */
  async conclude(location, { verifier, state, nonce }, redirect_uri = globalThis.location.origin) {
    const told = new URL(location).searchParams;
    if (told.get("state") !== state || !told.get("iss")?.startsWith(`${this.server}/`)) throw new Error("Not the answer to this request.");
    if (told.has("error")) throw new Error(told.get("error_description") ?? told.get("error"));
    await this.#redeem({ grant_type: "authorization_code", code: told.get("code"), redirect_uri, code_verifier: verifier }, nonce);
    const is_new = told.get("new_account") === "1";
    if (is_new) this.#tell("signed-up");
    this.#tell("signed-in");
  }

  /** Good for another minute at least; null where nobody is signed in. */
  async getAccessToken() {
    const tokens = this.#tokens;
    if (!tokens || tokens.until > Date.now() + 60_000) return tokens?.access_token ?? null;
    if (!tokens.refresh_token) return null;
    this.#renewing ??= this.#redeem({ grant_type: "refresh_token", refresh_token: tokens.refresh_token }).finally(() => (this.#renewing = null));
    await this.#renewing;
    return this.#tokens?.access_token ?? null;
  }

  async signOut() {
    const token = this.#tokens?.refresh_token;
    this.#tokens = this.user = null;
    if (token) await this.#post("oauth2/v2.0/revoke", { client_id: this.clientId, token }).catch(() => {});
    this.#tell("signed-out");
  }

  async #redeem(fields, nonce) {
    const answer = await this.#post("oauth2/v2.0/token", { client_id: this.clientId, scope: this.scope, ...fields });
    const told = await answer.json();
    if (!answer.ok) {
      this.#tokens = this.user = null;
      throw new Error(told.error_description ?? told.error);
    }
    const user = told.id_token ? claims(told.id_token) : this.user;
    if (nonce && user?.nonce !== nonce) throw new Error("The ID token is not for this request.");
    this.#tokens = { ...told, until: Date.now() + told.expires_in * 1000 };
    this.user = user;
  }

  #post(path, fields) {
    return fetch(`${this.server}/${this.tenant}/${path}`, { method: "POST", credentials: "omit", body: new URLSearchParams(fields) });
  }

  #tell(type) {
    this.dispatchEvent(new CustomEvent(type, { detail: { user: this.user } }));
  }
}

class PorticoSignIn extends HTMLElement {
  #portico;
  #root = this.attachShadow({ mode: "open" });
  #page;
  #secrets;
  #leave;
  /** Dies with what is shown: requests and lines that are open. */
  #life = new AbortController();
  #pressed;

  get portico() {
    if (!this.#portico) {
      const [server, tenant, clientId, scope] = ["server", "tenant", "client-id", "scope"].map((name) => this.getAttribute(name) ?? undefined);
      this.#portico = new Portico({ server, tenant, clientId, scope });
      for (const type of ["signed-in", "signed-up", "signed-out"]) this.#portico.addEventListener(type, ({ detail }) => this.#tell(type, detail));
    }
    return this.#portico;
  }

  get user() {
    return this.portico.user;
  }

  getAccessToken() {
    return this.portico.getAccessToken();
  }

  async signOut() {
    await this.portico.signOut();
    if (this.isConnected) await this.signIn();
  }

  connectedCallback() {
    // Moved within the page, it never left.
    if (!this.#page && !this.user) this.signIn();
    else if (this.#page && !this.#leave) this.#look();
  }

  disconnectedCallback() {
    queueMicrotask(() => this.isConnected || this.#end());
  }

  /** The first screen of a new journey. */
  async signIn() {
    this.#end();
    try {
      const { asked, secrets } = await this.portico.request({ login_hint: this.getAttribute("login-hint"), ui_locales: this.getAttribute("locale") ?? navigator.languages.join(" ") });
      this.#secrets = secrets;
      const { server, tenant, clientId } = this.portico;
      const answer = await this.#post(`${server}/${tenant}/widget/${clientId}`, asked);
      if (!answer.ok) throw new Error(`${answer.status}: is ${location.origin} among the application's widget origins?`);
      await this.#draw(await answer.json());
    } catch (fault) {
      this.#fails(fault);
    }
  }

  /** Where the journey stands, drawn anew. */
  async #look() {
    try {
      const answer = await this.#post(this.#page.path, { token: this.#page.token });
      if (!answer.ok) return this.signIn();
      await this.#draw(await answer.json());
    } catch (fault) {
      this.#fails(fault);
    }
  }

  async #draw(page) {
    const { signal } = this.#life;
    this.#keep(page);
    const module = once(page.js, async () => {
      const hosted = await import(page.js);
      await hosted.default({ module_or_path: fetch(page.wasm) });
      return hosted;
    });
    module.catch(() => {});
    const sentences = text(page.text);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(this.#dressed(await text(page.css), page.colours));
    if (signal.aborted) return;
    this.#root.adoptedStyleSheets = [sheet];
    const body = document.createElement("div");
    body.className = "body";
    body.lang = page.language;
    body.dir = page.direction;
    body.innerHTML = `<div id="hosted" class="ext-middle">${page.html}</div>`;
    // Somebody is reading the page around it.
    body.querySelectorAll("[autofocus]").forEach((field) => field.removeAttribute("autofocus"));
    const place = body.firstChild;
    // Until the page is taken over, what is pressed waits; another language is drawn anew.
    body.addEventListener("submit", (event) => this.#submits(event), true);
    body.addEventListener("click", (event) => this.#follows(event));
    const before = this.#leave;
    this.#leave = null;
    this.#root.replaceChildren(body);
    before?.();
    const ground = this.#ground();
    try {
      const hosted = await module;
      const words = await sentences;
      if (signal.aborted) return;
      const { html, ...told } = page;
      this.#leave = hosted.hydrate_hosted(JSON.stringify(told), words, place, ground);
      const pressed = this.#pressed;
      this.#pressed = null;
      if (pressed) pressed.target.requestSubmit(pressed.submitter);
    } catch (fault) {
      if (!signal.aborted) this.#fails(fault);
    }
  }

  /** The hosted pages' style, for a shadow root and the theme that was asked for. */
  #dressed(css, colours) {
    const theme = this.getAttribute("theme");
    const dressed = `${css}${colours}`
      .replaceAll(":root", ":host")
      .replaceAll("}body{", "}.body{")
      .replaceAll("@media(max-width:480px)", "@container(max-width:480px)")
      .replaceAll("@media (max-width:480px)", "@container (max-width:480px)");
    const forced = { light: "not all", dark: "all" }[theme];
    const themed = forced ? dressed.replaceAll("(prefers-color-scheme:dark)", forced).replaceAll("color-scheme:light dark", `color-scheme:${theme}`) : dressed;
    return themed + OWN;
  }

  #ground() {
    const root = this.#root;
    return {
      find: (selector) => root.querySelector(selector),
      focused: () => root.activeElement,
      turned() {},
      ask: (path, fields, then) => {
        const { signal } = this.#life;
        this.#post(path, fields ?? { token: this.#page.token })
          .then(async (answer) => {
            const told = await answer.text();
            if (signal.aborted) return;
            if (answer.ok) this.#keep(JSON.parse(told));
            then(told);
          })
          .catch(() => signal.aborted || then());
      },
      go: (location) => (location === this.#page.path ? this.#look() : this.#arrives(location)),
      listen: () => ({ close() {} }),
    };
  }

  #keep(page) {
    this.#page = page;
    this.#tell("step", { step: page.step.step });
  }

  async #arrives(location) {
    try {
      await this.portico.conclude(location, this.#secrets);
      this.#end();
    } catch (fault) {
      this.#fails(fault);
    }
  }

  #submits(event) {
    const { target, submitter } = event;
    if (submitter?.name !== "language" && this.#leave) return;
    event.preventDefault();
    event.stopPropagation();
    if (submitter?.name !== "language") return void (this.#pressed = { target, submitter });
    const fields = new FormData(target);
    fields.append("language", submitter.value);
    this.#post(target.action, fields).then(async (answer) => {
      if (!answer.ok) return this.signIn();
      await this.#draw(await answer.json());
    }, (fault) => this.#fails(fault));
  }

  /** An address within the page is none of the page around it. */
  #follows(event) {
    const link = event.target.closest('a[href^="#"]');
    if (!link) return;
    event.preventDefault();
    this.#root.getElementById(link.hash.slice(1))?.focus();
  }

  #post(path, fields) {
    return fetch(path, { method: "POST", credentials: "omit", headers: { accept: "application/json" }, body: new URLSearchParams(fields), signal: this.#life.signal });
  }

  #end() {
    this.#life.abort();
    this.#life = new AbortController();
    // Losing the focus is still heard.
    this.#root.replaceChildren();
    this.#leave?.();
    this.#leave = this.#pressed = null;
    if (this.isConnected) this.#page = null;
  }

  #fails(fault) {
    if (fault.name !== "AbortError") this.#tell("error", { error: fault });
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}

// However often the script comes.
if (!customElements.get("portico-sign-in")) customElements.define("portico-sign-in", PorticoSignIn);
