// <portico-sign-in>: sign-up, sign-in and recovery inside any page. This small file starts a journey, paints its first screen
// and keeps the tokens; the screens themselves are the hosted pages' own, and their WebAssembly takes over when it arrives.

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
const said = (fields) => {
  for (const name in fields) if (!fields[name]) delete fields[name];
  return fields;
};
const tell = (target, type, detail) => target.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
const post = (path, fields, signal) =>
  fetch(path, { method: "POST", credentials: "omit", headers: { accept: "application/json" }, body: new URLSearchParams(fields), signal });
const read = (answer) => {
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
};

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
  /** Where somebody signed in, if not in this page: there our own session stays behind. */
  #left;
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
    const way = this.#way(mode);
    const { redirect_uri, response_mode } = way;
    const { asked, secrets } = await this.request({ ...wishes, redirect_uri, response_mode, client_id: this.clientId });
    const told = await this.#goes("authorize", asked, Object.assign(secrets, way), signal);
    if (told) await this.conclude(told, secrets);
  }

  /** Browsers open windows only while somebody presses something. */
  #way(left) {
    const shown = left === "popup" && open("", "", "popup,width=480,height=720");
    if (shown) return { shown, left, redirect_uri: here.origin, response_mode: "web_message" };
    return { left: "redirect", redirect_uri: this.redirectUri ?? here.origin + here.pathname };
  }

  /** To our pages; gives what their window said at the end. */
  async #goes(path, asked, secrets, signal) {
    const address = `${this.server}/${this.tenant}/oauth2/v2.0/${path}?${new URLSearchParams(asked)}`;
    if (secrets.shown) return this.#hears(secrets.shown, address, signal);
    sessionStorage[this.key] = JSON.stringify({ ...secrets, back: this.redirectUri ?? here.href });
    here.assign(address);
  }

  /** Where the address brings the answer to a request of this page, takes it from there. */
  async returned() {
    const { href } = here;
    const state = new URL(href).searchParams.get("state");
    const secrets = state && JSON.parse(sessionStorage[this.key] ?? null);
    if (secrets?.state !== state) return;
    delete sessionStorage[this.key];
    history.replaceState(history.state, "", secrets.back);
    if (!secrets.verifier) return this.#tell("signed-out");
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
    return { asked: said(asked), secrets };
  }

  /** Takes the answer of a journey, which is the address that the page would have been sent to. */
  async conclude(address, { verifier, state, nonce, redirect_uri = here.origin, left }) {
    const told = Object.fromEntries(new URL(address).searchParams);
    if (told.state !== state || !told.iss?.startsWith(`${this.server}/`)) throw new Error(FOREIGN);
    if (told.error) throw new Error(told.error_description ?? told.error);
    const { iss, code } = told;
    const is_new = await this.#redeem({ grant_type: "authorization_code", code, redirect_uri, code_verifier: verifier }, { iss, nonce });
    this.#left = left;
    if (is_new) this.#tell("signed-up");
    this.#tell("signed-in");
  }

  /** Good for another minute at least; null where nobody is signed in. */
  async getAccessToken() {
    const { until, refresh_token } = this.#tokens ?? {};
    if (until <= Date.now() + 60_000) {
      if (!refresh_token) return null;
      const { iss, sub } = this.user ?? {};
      this.#renewing ??= this.#redeem({ grant_type: "refresh_token", refresh_token }, { iss, sub }).finally(() => (this.#renewing = null));
      await this.#renewing;
    }
    return this.#tokens?.access_token ?? null;
  }

  /** Where our pages signed somebody in, their session ends too (OpenID Connect RP-Initiated Logout §2). */
  async signOut() {
    const { refresh_token: token, id_token: id_token_hint } = this.#tokens ?? {};
    const way = id_token_hint && this.#left && this.#way(this.#left);
    this.#tokens = this.user = null;
    if (token) await this.#post("revoke", { token }).catch(() => {});
    try {
      if (!way) return;
      way.state = random();
      const { redirect_uri, response_mode, state } = way;
      const asked = { id_token_hint, post_logout_redirect_uri: redirect_uri, response_mode, state, p: this.flow, client_id: this.clientId };
      await this.#goes("logout", said(asked), way);
    } finally {
      // A page that is left hears it when it is back.
      if (way?.left !== "redirect") this.#tell("signed-out");
    }
  }

  /** OpenID Connect Core §3.1.3.7, §12.2. The token comes from the server itself, so its signature says nothing more. */
  async #redeem(fields, meant) {
    const answer = await this.#post("token", { scope: this.scope, ...fields });
    const told = await answer.json();
    const { id_token } = told;
    const user = id_token ? claims(id_token) : this.user;
    meant.aud = this.clientId;
    const is_wrong = id_token && (user.exp * 1000 < Date.now() - 300_000 || Object.keys(meant).some((name) => user[name] !== meant[name]));
    if (!answer.ok || is_wrong) {
      // Whoever is signed in is so no more where that was refused (RFC 6749 §5.2); what else is wrong may go by.
      if (this.#tokens && answer.status < 402) {
        this.#tokens = this.user = null;
        this.#tell("signed-out");
        this.begins?.();
      }
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
      const given = { element: this, begins: () => this.#begins() };
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
    await this.portico.signOut().catch((fault) => this.#fails(fault));
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
      await this.#draw(await read(await post(`${server}/${tenant}/widget/${clientId}`, asked, signal)));
    } catch (fault) {
      this.#fails(fault);
      if (signal.aborted || this.#page) return;
      // To a page that may not ask, browsers tell no more than that it failed.
      if (fault instanceof TypeError) console.error(`Is ${here.origin} among the application’s “Pages with the widget”?`);
      this.#offers();
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
      const page = await read(answer);
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
    // It comes with the first page, and dresses those after it.
    if (page.style) this.#wears(this.#themed(page.style));
    const body = Object.assign(document.createElement("div"), {
      className: "body",
      part: "body",
      lang: page.language,
      dir: page.direction,
      innerHTML: `<div id="hosted" class="ext-middle">${page.html}</div>`,
    });
    const all = (selector, act) => body.querySelectorAll(selector).forEach(act);
    const first = body.querySelector("[aria-invalid=true],[autofocus]") ?? body.querySelector(".ext-title");
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
    this.#still = !page.js;
    this.#root.replaceChildren(body);
    before?.();
    if (leads) first.focus();
    if (this.#still) return;
    try {
      // Nothing competes with what is painted first.
      await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
      const [hosted, words] = await Promise.all([(started[page.js] ??= start(page)), fetch(page.text).then((answer) => answer.text())]);
      if (signal.aborted) return;
      const { html, style, ...told } = page;
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

  /** The style in the theme that was asked for. */
  #themed(css) {
    const theme = this.getAttribute("theme");
    const forced = { light: " not all", dark: " all" }[theme];
    return forced ? css.replaceAll("(prefers-color-scheme:dark)", forced).replaceAll("light dark", theme) : css;
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
elements?.get("portico-sign-in") ?? elements?.define("portico-sign-in", PorticoSignIn);
