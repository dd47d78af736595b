// What the page around the widget may call, and what it is told.

/** The claims of the ID token. */
export interface User {
  sub: string;
  iss: string;
  name?: string;
  email?: string;
  [claim: string]: unknown;
}

export interface Settings {
  /** The origin of the Portico server; by default the one that this script came from. Needed when it comes from npm. */
  server?: string;
  tenant: string;
  clientId: string;
  /** Another user flow than the one that the application is attached to, by its name. */
  flow?: string;
  /** `openid profile email offline_access` by default. */
  scope?: string;
  /** Where `redirect` mode comes back to; by default the present page without its query. Registered for the application. */
  redirectUri?: string;
}

export interface Wishes {
  /** In a window (only while somebody presses something), or by leaving the page: `redirect` is the default. */
  mode?: "popup" | "redirect";
  login_hint?: string;
  ui_locales?: string;
  /** `create` begins with a sign-up, `login` asks for proof anew. */
  prompt?: "create" | "login" | "select_account";
  /** Closes the window. */
  signal?: AbortSignal;
}

/** Who is signed in. Tokens are held in memory alone, and renewed when they are needed. */
export class Portico extends EventTarget {
  constructor(settings: Settings);
  readonly user: User | null;
  /** In a window: until it has closed. Fails where it was closed too early. */
  signIn(wishes?: Wishes): Promise<void>;
  /** In `redirect` mode, when the page has loaded: takes what the address brings back. */
  returned(): Promise<void>;
  /** Good for another minute at least; null where nobody is signed in. */
  getAccessToken(): Promise<string | null>;
  /** Ends our own session too, where our pages signed somebody in: by the same way, in a window or by leaving the page. */
  signOut(): Promise<void>;
  addEventListener<Name extends keyof PorticoEvents>(type: Name, heard: (event: PorticoEvents[Name]) => void, options?: boolean | AddEventListenerOptions): void;
  addEventListener(type: string, heard: EventListenerOrEventListenerObject | null, options?: boolean | AddEventListenerOptions): void;
}

export interface PorticoEvents {
  "signed-in": CustomEvent<{ user: User }>;
  "signed-up": CustomEvent<{ user: User }>;
  /** After `redirect`, when the page is back: `returned` tells it. Also where a renewal is refused; one that only fails keeps the user. */
  "signed-out": CustomEvent<{ user: null }>;
}

export interface PorticoElementEvents extends PorticoEvents {
  /** Which page of the journey is shown: `address`, `password`, `code`, `newPassword`, `attributes`, `done` … */
  step: CustomEvent<{ step: string }>;
  error: CustomEvent<{ error: Error }>;
}

/** `<portico-sign-in tenant client-id flow? mode? locale? theme? login-hint? scope? redirect-uri? server?>` */
export interface PorticoSignIn extends HTMLElement {
  readonly portico: Portico;
  readonly user: User | null;
  /** Begins anew; in a window where the mode says so. */
  signIn(): Promise<void>;
  signOut(): Promise<void>;
  getAccessToken(): Promise<string | null>;
}

declare global {
  interface HTMLElementTagNameMap {
    "portico-sign-in": PorticoSignIn;
  }
}
