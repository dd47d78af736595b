// The widget where the password is typed on our origin only: in a window, by redirect, and where a page allows no WebAssembly;
// and what no other page may do.

import { asked, element, expect, isSignedIn, policy, script, sees, story, told, withoutWebAssembly } from "./elsewhere.ts";
import type { Person } from "./person.ts";

const asScript = { tag: "@script" };

async function signsInOnOurPage(customer: Person, page: Person["page"]) {
  await page.getByLabel("Email address").fill(customer.address);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByLabel("Password", { exact: true }).fill(customer.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** Whether another application would be told at once who this is. */
async function isKnownThere(customer: Person) {
  const there = await customer.inNewWindow();
  await there.isSentBy({ prompt: "none" });
  const told = there.broughtBack();
  await there.page.close();
  return told.has("code") || told.get("error");
}

/** Presses the element's button, and stands before the window that opens. */
async function opensWindow(customer: Person) {
  const [window] = await Promise.all([customer.page.waitForEvent("popup"), customer.presses("Sign in")]);
  await expect(window.getByRole("heading", { level: 1 })).toHaveText("Sign in");
  return window;
}

story("in a window of ours", asScript, async ({ customer, host, server }) => {
  await host.opens(script(server) + element('mode="popup"'));
  const window = await opensWindow(customer);
  expect(new URL(window.url()).origin).toBe(server.origin);
  const closed = window.waitForEvent("close");
  await signsInOnOurPage(customer, window);
  await closed;
  await isSignedIn(customer);
  expect(await told(customer)).toEqual(["signed-in"]);
  await expect(customer.page.getByRole("button", { name: "Sign in" })).toHaveCount(0);
});

story("signing out of a window of ours ends our session too", asScript, async ({ customer, host, server }) => {
  await host.opens(script(server) + element('mode="popup"'));
  const window = await opensWindow(customer);
  await signsInOnOurPage(customer, window);
  await isSignedIn(customer);
  expect(await isKnownThere(customer)).toBe(true);
  const token = await asked(customer, (element) => element.getAccessToken());
  const [shown] = await Promise.all([customer.page.waitForEvent("popup"), asked(customer, (element) => element.signOut())]);
  await expect.poll(() => shown.isClosed()).toBe(true);
  expect((await told(customer)).at(-1)).toBe("signed-out");
  await expect(customer.page.getByRole("button", { name: "Sign in" })).toBeVisible();
  expect(await isKnownThere(customer)).toBe("login_required");
  const answer = await fetch(`${server.origin}/demo/openid/v2.0/userinfo`, { headers: { authorization: `Bearer ${token}` } });
  expect(answer.status).toBe(401);
});

story("who is somebody else there by now is asked in the window", asScript, async ({ customer, customers, host, server }) => {
  await host.opens(script(server) + element('mode="popup"'));
  await signsInOnOurPage(customer, await opensWindow(customer));
  await isSignedIn(customer);
  const other = Object.assign(await customer.inNewWindow(), await customers.someone());
  await other.isSentBy({ prompt: "login" });
  await other.sees("Sign in");
  await signsInOnOurPage(other, other.page);
  await other.page.waitForURL(/[?&]code=/);
  const out = asked(customer, (element) => element.signOut());
  const window = await customer.page.waitForEvent("popup");
  await expect(window.getByText(other.address)).toBeVisible();
  await window.getByRole("button", { name: "Sign out" }).click();
  await out;
  expect((await told(customer)).at(-1)).toBe("signed-out");
  expect(await isKnownThere(customer)).toBe("login_required");

  // Who closes it stays there, and is out of this page all the same.
  await signsInOnOurPage(customer, await opensWindow(customer));
  await isSignedIn(customer);
  await other.isSentBy({ prompt: "login" });
  await other.sees("Sign in");
  await signsInOnOurPage(other, other.page);
  await other.page.waitForURL(/[?&]code=/);
  const again = customer.page.waitForEvent("popup");
  const left = asked(customer, (element) => element.signOut());
  const asks = await again;
  await expect(asks.getByText(other.address)).toBeVisible();
  await asks.close();
  await left;
  expect((await told(customer)).slice(-2)).toEqual(["signed-out", "error The window was closed."]);
  expect(await isKnownThere(customer)).toBe(true);
});

story("somebody who signs up in a window is told as new", asScript, async ({ person, host, server }) => {
  await host.opens(script(server) + element('mode="popup"'));
  const window = await opensWindow(person);
  const closed = window.waitForEvent("close");
  const there = await person.inNewWindow();
  const inside = Object.assign(Object.create(there) as Person, { page: window });
  await inside.presses("Create one");
  await inside.sees("Create your account");
  await inside.provesTheAddress("Create a password");
  await inside.createsPassword();
  await inside.sees("Tell us about yourself");
  await inside.fillsInAttributes();
  await inside.presses("Create account");
  await closed;
  await expect.poll(() => told(person)).toEqual(["signed-up", "signed-in"]);
});

story("a window that is closed is told, and can be opened again", asScript, async ({ customer, host, server }) => {
  await host.opens(script(server) + element('mode="popup"'));
  await (await opensWindow(customer)).close();
  await expect.poll(() => told(customer)).toEqual(["error The window was closed."]);
  const window = await opensWindow(customer);
  await customer.page.locator("portico-sign-in").evaluate((element) => element.remove());
  await expect.poll(() => window.isClosed(), "an element that leaves takes its window along").toBe(true);
});

story("r24: what others say to the page changes nothing", asScript, async ({ customer, host, server }) => {
  await host.opens(script(server) + element('mode="popup"'));
  const asked: string[] = [];
  await opensWindow(customer);
  customer.page.on("request", (request) => asked.push(request.url()));
  await customer.page.evaluate((origin) => {
    const forged = { location: `${location.origin}/?code=forged&state=forged&iss=${origin}/demo/v2.0` };
    const frame = document.body.appendChild(document.createElement("iframe"));
    for (let n = 0; n < 1000; n++) {
      postMessage(forged, "*");
      dispatchEvent(new MessageEvent("message", { data: forged, origin, source: frame.contentWindow }));
      dispatchEvent(new MessageEvent("message", { data: n % 2 ? null : { location: n }, origin, source: window }));
    }
  }, server.origin);
  await customer.page.waitForFunction(() => true);
  expect(asked.filter((url) => url.startsWith(server.origin))).toEqual([]);
  expect(await told(customer)).toEqual([]);
});

story("by leaving the page and coming back to where it was", asScript, async ({ customer, host, server }) => {
  await host.opens(script(server) + element(`mode="redirect" login-hint="${customer.address}"`));
  await customer.page.goto(`${host.origin}/?product=5#bread`);
  await customer.presses("Sign in");
  await customer.page.waitForURL((url) => url.origin === server.origin);
  await expect(customer.page.getByLabel("Email address")).toHaveValue(customer.address);
  await signsInOnOurPage(customer, customer.page);
  await customer.page.waitForURL((url) => url.origin === host.origin);
  await isSignedIn(customer);
  expect(customer.page.url()).toBe(`${host.origin}/?product=5#bread`);
  expect(await customer.page.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }))).toBe("{}");

  // And so is signing out.
  expect(await isKnownThere(customer)).toBe(true);
  const left = customer.page.waitForRequest(/\/logout\?/);
  await asked(customer, (element) => void element.signOut());
  expect(new URL((await left).url()).origin).toBe(server.origin);
  await expect.poll(() => told(customer).catch(() => [])).toEqual(["signed-out"]);
  expect(customer.page.url()).toBe(`${host.origin}/?product=5#bread`);
  await expect(customer.page.getByRole("button", { name: "Sign in" })).toBeVisible();
  expect(await customer.page.evaluate(() => JSON.stringify({ ...sessionStorage }))).toBe("{}");
  expect(await isKnownThere(customer)).toBe("login_required");
});

story("r27: an answer that nobody asked for is none", asScript, async ({ customer, host, server }) => {
  await host.opens(script(server) + element('mode="redirect"'));
  await customer.page.goto(`${host.origin}/?code=stolen&state=guessed&iss=${server.origin}/demo/v2.0`);
  await expect(customer.page.getByRole("button", { name: "Sign in" })).toBeVisible();
  expect(await told(customer)).toEqual([]);
});

story("where a page allows no WebAssembly, its button leads to our pages", asScript, async ({ customer, host, server }) => {
  await host.opens(script(server) + element("locale=de"), withoutWebAssembly(server.origin));
  await expect(customer.page.getByRole("button", { name: "Anmelden" })).toBeVisible();
  await host.opens(script(server) + element(), withoutWebAssembly(server.origin));
  await customer.presses("Sign in");
  await customer.page.waitForURL((url) => url.origin === server.origin);
  await signsInOnOurPage(customer, customer.page);
  await customer.page.waitForURL((url) => url.origin === host.origin);
  await isSignedIn(customer);
});

story("the element may name the flow, and the ID token has to be the one that was asked for", asScript, async ({ customer, host, server }) => {
  const begun: (string | null)[] = [];
  customer.page.on("request", (request) => {
    if (request.url().includes("/widget/") && request.method() === "POST") begun.push(new URLSearchParams(request.postData() ?? "").get("p"));
  });
  await host.opens(script(server) + element('flow="SignInSignUpSample"'));
  await sees(customer, "Sign in");
  expect(begun).toEqual(["SignInSignUpSample"]);
  const change = (claims: object) =>
    customer.page.route("**/oauth2/v2.0/token", async (route) => {
      const answer = await route.fetch();
      const told = await answer.json();
      const [head, body, mark] = told.id_token.split(".");
      const changed = { ...JSON.parse(Buffer.from(body, "base64url").toString()), ...claims };
      await route.fulfill({ response: answer, json: { ...told, id_token: [head, Buffer.from(JSON.stringify(changed)).toString("base64url"), mark].join(".") } });
    });
  const first = await told(customer);
  expect(first).toEqual(["step address"]);
  for (const claims of [{ nonce: "other" }, { aud: "other" }, { iss: `${server.origin}/other/v2.0` }, { exp: 1 }]) {
    await customer.page.unrouteAll();
    await change(claims);
    await customer.entersAddress();
    await customer.presses("Continue");
    await sees(customer, "Enter your password");
    await customer.enters("Password", customer.password);
    await customer.presses("Sign in");
    await expect.poll(async () => (await told(customer)).filter((it) => it.startsWith("error")).at(-1), JSON.stringify(claims)).toBe("error Not the answer to this request.");
    expect(await customer.page.locator("portico-sign-in").evaluate((element) => (element as unknown as { user: unknown }).user)).toBeNull();
    await customer.page.reload();
    await sees(customer, "Sign in");
  }
  await customer.page.unrouteAll();
  await customer.entersAddress();
  await customer.presses("Continue");
  await sees(customer, "Enter your password");
  await customer.enters("Password", customer.password);
  await customer.presses("Sign in");
  await isSignedIn(customer);
});

story.describe("what is refused", () => {
  story.use({ forgiven: /Pages with the widget|frame|Failed to load resource|blocked by CORS|Refused to/ });

  story("r23: our pages stand in nobody's frame", asScript, async ({ customer, host, server }) => {
    const frames = policy(server.origin) + `; frame-src ${server.origin}`;
    await host.opens(`<iframe src="${server.origin}/demo/sign-in" title="sign-in"></iframe><iframe src="${server.origin}/admin/" title="portal"></iframe>`, frames);
    for (const title of ["sign-in", "portal"]) {
      const frame = await (await customer.page.locator(`iframe[title=${title}]`).elementHandle())!.contentFrame();
      await expect.poll(() => frame!.url()).toMatch(/^chrome-error:/);
    }
  });

  story("r25: a page on another origin is told to register, and shows a button to try again", asScript, async ({ customer, host, server }) => {
    await host.opens(script(server) + element());
    await sees(customer, "Sign in");
    const other = host.origin.replace("127.0.0.1", "localhost");
    await customer.page.goto(other);
    await expect.poll(async () => (await told(customer)).join()).toMatch(/^error /);
    await expect(customer.page.getByRole("button", { name: "Sign in" })).toBeVisible();
  });
});
