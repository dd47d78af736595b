// <portico-sign-in>: sign-up, sign-in and recovery inside any page. This small file starts a journey, paints its first screen
// and keeps the tokens; the screens themselves are the hosted pages' own, and their WebAssembly takes over when it arrives.

const OWN = `:host{all:initial;display:block;container-type:inline-size;max-width:408px}:host([hidden]){display:none}
.body{background:var(--card);border:1px solid var(--line);border-radius:18px;box-shadow:var(--shade)}.card{border:0;box-shadow:none}#hosted{min-height:0;display:block;padding:0 0 20px}.foot{padding:0 16px}`;

const BUTTON = `:host{display:block;max-width:408px}button{font:inherit;font-weight:600;width:100%;min-height:44px;border:0;border-radius:10px;background:var(--brand,#3b5bdb);color:var(--on-brand,#fff)}`;
const LABELS = { de: "Anmelden", ar: "تسجيل الدخول" };

const here = globalThis.location;
const FOREIGN = "Not the answer to this request.";
const random = () => crypto.randomUUID() + crypto.randomUUID();
const hash = async (text) =>
  btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)))))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .slice(0, 43);
const claims = (token) =>
  JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0))));
const tell = (target, type, detail) => target.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
const post = (path, fields, signal) =>
  fetch(path, { method: "POST", credentials: "omit", headers: { accept: "application/json" }, body: new URLSearchParams(fields), signal });

const text = async (url) => (await fetch(url)).text();
// However many elements there are, the pages' program is started once.
const started = {};
const start = async ({ js, wasm }) => {
  try {
    const hosted = await import(js);
    await hosted.default({ module_or_path: fetch(wasm) });
    return hosted;
  } catch (fault) {
    delete started[js];
    throw fault;
  }
};

/** Who is signed in, without an element: tokens in memory, renewed when they are needed. */
export class Portico extends EventTarget {
  #tokens;
  #renewing;
  user = null;

  constructor(given) {
    super();
    Object.assign(this, given);
    this.server ??= new URL(import.meta.url).origin;
    this.scope ??= "openid profile email offline_access";
    this.key = `portico ${this.clientId}`;
  }

  /** In a window, or by leaving the page for ours; then `returned` takes what we send back. */
  async signIn({ mode, signal, ...wishes } = {}) {
    // Browsers open windows only while somebody presses something.
    const shown = mode === "popup" && open("", "", "popup,width=480,height=720");
    const redirect_uri = shown ? here.origin : (this.redirectUri ?? here.origin + here.pathname);
    const how = shown && { response_mode: "web_message" };
    const { asked, secrets } = await this.request({ ...wishes, ...how, client_id: this.clientId, redirect_uri });
    const address = `${this.server}/${this.tenant}/oauth2/v2.0/authorize?${new URLSearchParams(asked)}`;
    secrets.redirect_uri = redirect_uri;
    if (shown) return this.conclude(await this.#hears(shown, address, signal), secrets);
    sessionStorage[this.key] = JSON.stringify({ ...secrets, back: this.redirectUri ?? here.href });
    here.assign(address);
  }

  /** Where the address brings the answer to a request of this page, takes it from there. */
  async returned() {
    const { href } = here;
    const state = new URL(href).searchParams.get("state");
    const secrets = state && JSON.parse(sessionStorage[this.key] ?? null);
    if (!secrets || secrets.state !== state) return;
    delete sessionStorage[this.key];
    history.replaceState(history.state, "", secrets.back);
    await this.conclude(href, secrets);
  }

  /** What the window says at the end: it is ours, and nobody else's words count. */
  #hears(shown, address, signal) {
    shown.location = address;
    return new Promise((hears, fails) => {
      const hear = ({ source, origin, data }) => source === shown && origin === this.server && typeof data?.location === "string" && end(hears, data.location);
      const end = (then, told) => {
        clearInterval(looks);
        removeEventListener("message", hear);
        shown.close();
        then(told);
      };
      const looks = setInterval(() => (signal?.aborted || shown.closed) && end(fails, signal?.reason ?? new Error("The window was closed.")), 300);
      addEventListener("message", hear);
    });
  }

  /** What an authorization request says, and what has to be remembered until its code comes. */
  async request(wishes) {
    const secrets = { verifier: random(), state: random(), nonce: random() };
    const asked = {
      response_type: "code",
      scope: this.scope,
      p: this.flow,
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
  async conclude(address, { verifier, state, nonce, redirect_uri = here.origin }) {
    const told = Object.fromEntries(new URL(address).searchParams);
    if (told.state !== state || !told.iss?.startsWith(`${this.server}/`)) throw new Error(FOREIGN);
    if (told.error) throw new Error(told.error_description ?? told.error);
    const { iss, code } = told;
    if (await this.#redeem({ grant_type: "authorization_code", code, redirect_uri, code_verifier: verifier }, { iss, nonce })) this.#tell("signed-up");
    this.#tell("signed-in");
  }

  /** Good for another minute at least; null where nobody is signed in. */
  async getAccessToken() {
    const tokens = this.#tokens;
    if (!tokens || tokens.until > Date.now() + 60_000) return tokens?.access_token ?? null;
    if (!tokens.refresh_token) return null;
    const { iss, sub } = this.user ?? {};
    this.#renewing ??= this.#redeem({ grant_type: "refresh_token", refresh_token: tokens.refresh_token }, { iss, sub }).finally(() => (this.#renewing = null));
    await this.#renewing;
    return this.#tokens?.access_token ?? null;
  }

  async signOut() {
    const token = this.#tokens?.refresh_token;
    this.#tokens = this.user = null;
    if (token) await this.#post("revoke", { token }).catch(() => {});
    this.#tell("signed-out");
  }

  /** OpenID Connect Core §3.1.3.7, §12.2. The token comes from the server itself, so its signature says nothing more. */
  async #redeem(fields, meant) {
    const answer = await this.#post("token", { scope: this.scope, ...fields });
    const { id_token, ...told } = await answer.json();
    const user = id_token ? claims(id_token) : this.user;
    meant.aud = this.clientId;
    const is_wrong = id_token && (user.exp * 1000 < Date.now() - 300_000 || Object.keys(meant).some((name) => user[name] !== meant[name]));
    if (!answer.ok || is_wrong) {
      this.#tokens = this.user = null;
      throw new Error(told.error_description ?? told.error ?? FOREIGN);
    }
    this.#tokens = { ...told, until: Date.now() + told.expires_in * 1000 };
    this.user = user;
    return told.new_account;
  }

  #post(path, fields) {
    return post(`${this.server}/${this.tenant}/oauth2/v2.0/${path}`, { client_id: this.clientId, ...fields });
  }

  #tell(type) {
    tell(this.element ?? this, type, { user: this.user });
  }
}

class PorticoSignIn extends (globalThis.HTMLElement ?? Object) {
  #portico;
  #root = this.attachShadow({ mode: "open" });
  #page;
  #secrets;
  #leave;
  /** Dies with what is shown: requests and lines that are open. */
  #life = new AbortController();
  #pressed;
  /** Nothing takes the page over: what is pressed goes to the server, which draws the next one. */
  #still;

  get portico() {
    if (!this.#portico) {
      const given = { element: this };
      for (const name of ["server", "tenant", "clientId", "flow", "scope", "redirectUri"]) given[name] = this.getAttribute(name.replace(/[A-Z]/, "-$&"));
      this.#portico = new Portico(given);
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
    this.#begins();
  }

  connectedCallback() {
    // Moved within the page, it never left.
    if (this.#root.firstChild) return;
    if (this.#page) this.#look();
    else if (!this.user) this.portico.returned().catch((fault) => this.#fails(fault)).then(() => this.#begins());
  }

  disconnectedCallback() {
    queueMicrotask(() => this.isConnected || this.#end());
  }

  /** Where the journey goes on, if not here: the smallest module there is tells whether the page's policy allows any. */
  get #elsewhere() {
    const mode = this.getAttribute("mode");
    if (mode && mode !== "inline") return mode;
    try {
      new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
    } catch {
      return "redirect";
    }
  }

  get #locale() {
    return this.getAttribute("locale") ?? navigator.languages.join(" ");
  }

  #begins() {
    if (this.user || !this.isConnected) return this.#end();
    if (this.#elsewhere) this.#offers();
    else this.signIn();
  }

  /** A button in the place of a journey that goes on elsewhere, or that did not begin. What stands inside the element stands on it. */
  #offers() {
    this.#wears(BUTTON);
    const button = Object.assign(document.createElement("button"), {
      part: "button primary",
      innerHTML: `<slot>${LABELS[this.#locale.slice(0, 2)] ?? "Sign in"}</slot>`,
      onclick: () => this.signIn(),
    });
    this.#root.replaceChildren(button);
  }

  /** The first screen of a new journey, or the window that shows it. */
  async signIn() {
    const mode = this.#elsewhere;
    const wishes = { login_hint: this.getAttribute("login-hint"), ui_locales: this.#locale };
    this.#end(mode);
    const { signal } = this.#life;
    try {
      if (mode) {
        await this.portico.signIn({ mode, signal, ...wishes });
        return this.user && this.#end();
      }
      const { asked, secrets } = await this.portico.request(wishes);
      this.#secrets = secrets;
      const { server, tenant, clientId } = this.portico;
      const answer = await post(`${server}/${tenant}/widget/${clientId}`, asked, signal);
      if (!answer.ok) throw new Error(`${answer.status}: is ${here.origin} a widget origin of the application?`);
      await this.#draw(await answer.json());
    } catch (fault) {
      this.#fails(fault);
      if (!signal.aborted && !this.#page) this.#offers();
    }
  }

  /** Where the journey stands, drawn anew. */
  async #look(leads) {
    await this.#takes(post(this.#page.path, { token: this.#page.token, whole: 1 }, this.#life.signal), leads);
  }

  async #takes(asked, leads) {
    try {
      const answer = await asked;
      // The journey is over; whatever else is wrong may go by.
      if (answer.status === 410) return this.signIn();
      if (!answer.ok) throw new Error(answer.status);
      const page = await answer.json();
      if (page.html || page.step.location) return await this.#draw(page, leads);
      this.#keep(page);
      await this.#look(leads);
    } catch (fault) {
      this.#fails(fault);
    }
  }

  async #draw(page, leads) {
    const { signal } = this.#life;
    this.#keep(page);
    if (page.step.location) return this.#arrives(page.step.location);
    // The style first: only it is waited for before anything is shown.
    const style = text(page.css);
    const arrives = page.js && Promise.all([(started[page.js] ??= start(page)), text(page.text)]);
    if (arrives) arrives.catch(() => {});
    this.#wears(this.#dressed((await style) + page.colours));
    if (signal.aborted) return;
    const body = Object.assign(document.createElement("div"), {
      className: "body",
      part: "body",
      lang: page.language,
      dir: page.direction,
      innerHTML: `<div id="hosted" class="ext-middle">${page.html}</div>`,
    });
    const all = (selector, act) => body.querySelectorAll(selector).forEach(act);
    const first = body.querySelector("[aria-invalid=true],[autofocus]") ?? body.querySelector("h1");
    // Somebody is reading the page around it.
    all("[autofocus]", (field) => field.removeAttribute("autofocus"));
    // For `::part`, whoever draws.
    const name = () => all("*", (element) => (element.part = `${element.localName} ${element.className}`));
    name();
    new MutationObserver(name).observe(body, { childList: true, subtree: true });
    // Until the page is taken over, what is pressed waits; another language is drawn anew.
    body.addEventListener("submit", (event) => this.#submits(event), true);
    body.addEventListener("click", (event) => this.#follows(event));
    const before = this.#leave;
    this.#leave = null;
    this.#still = !arrives;
    this.#root.replaceChildren(body);
    before?.();
    if (leads) first.focus();
    if (!arrives) return;
    try {
      const [hosted, words] = await arrives;
      if (signal.aborted) return;
      const { html, ...told } = page;
      this.#leave = hosted.hydrate_hosted(JSON.stringify(told), words, body.firstChild, this.#ground(hosted));
    } catch (fault) {
      if (signal.aborted) return;
      this.#still = true;
      this.#fails(fault);
    }
    this.#pressed?.target.requestSubmit(this.#pressed.submitter);
    this.#pressed = null;
  }

  #wears(css) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    this.#root.adoptedStyleSheets = [sheet];
  }

  /** The hosted pages' style, for a shadow root and the theme that was asked for. */
  #dressed(css) {
    const theme = this.getAttribute("theme");
    const forced = { light: " not all", dark: " all" }[theme];
    css = css.replaceAll("@media (max-width", "@container (max-width");
    if (forced) css = css.replaceAll("(prefers-color-scheme:dark)", forced).replaceAll("light dark", theme);
    return css + OWN;
  }

  #ground(hosted) {
    const root = this.#root;
    return {
      find: (selector) => root.querySelector(selector),
      focused: () => root.activeElement,
      turned() {},
      ask: (path, fields, then) => {
        const { signal } = this.#life;
        post(path, fields ?? { token: this.#page.token }, signal)
          .then(async (answer) => {
            const told = await answer.text();
            if (signal.aborted) return;
            const page = answer.ok && JSON.parse(told);
            if (page.html) return this.#draw(page, true);
            if (page) this.#keep(page);
            then(told);
          })
          .catch(() => signal.aborted || then());
      },
      go: (location) => (location === this.#page.path ? this.#look(true) : this.#arrives(location)),
      listen: (path, revision, heard) => hosted.hear((signal) => post(`${path}/live`, { token: this.#page.token, revision }, signal), heard, this.#life.signal),
    };
  }

  #keep(page) {
    const { step } = page.step;
    if (step !== this.#page?.step.step) tell(this, "step", { step });
    this.#page = page;
  }

  async #arrives(location) {
    const { signal } = this.#life;
    try {
      await this.portico.conclude(location, this.#secrets);
      this.#end();
    } catch (fault) {
      this.#fails(fault);
      // The journey is over however it went.
      if (!signal.aborted) this.signIn();
    }
  }

  #submits(event) {
    const { target, submitter } = event;
    const is_ours = this.#still || submitter?.name === "language";
    if (!is_ours && this.#leave) return;
    event.preventDefault();
    event.stopPropagation();
    if (is_ours) this.#takes(post(target.action, new FormData(target, submitter), this.#life.signal), true);
    else this.#pressed = { target, submitter };
  }

  /** An address within the page is none of the page around it. */
  #follows(event) {
    const link = event.target.closest('a[href^="#"]');
    if (!link) return;
    event.preventDefault();
    this.#root.getElementById(link.hash.slice(1))?.focus();
  }

  #end(stays) {
    this.#life.abort();
    this.#life = new AbortController();
    // Losing the focus is still heard.
    if (!stays) this.#root.replaceChildren();
    this.#leave?.();
    this.#leave = this.#pressed = null;
    if (this.isConnected) this.#page = null;
  }

  #fails(error) {
    if (error.name !== "AbortError") tell(this, "error", { error });
  }
}

// However often the script comes; nowhere but in a browser.
const elements = globalThis.customElements;
if (elements && !elements.get("portico-sign-in")) elements.define("portico-sign-in", PorticoSignIn);
