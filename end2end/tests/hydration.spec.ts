// What WebAssembly does when it arrives: it takes the page over, moves nothing, and spares every further page load.

import { expect, gate, test } from "./house.ts";

test("nothing moves and no word changes", { tag: "@script" }, async ({ person }) => {
  await person.opensTheShop();
  await person.choosesSignIn();
  const shifts = await person.page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let sum = 0;
        const observer = new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) sum += (entry as PerformanceEntry & { value: number }).value;
        });
        observer.observe({ type: "layout-shift", buffered: true });
        requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve(sum), 100)));
      }),
  );
  expect(shifts).toBe(0);

  const [asSent, asShown] = await person.page.evaluate(async () => {
    // Without its styles, which carry the nonce of another answer.
    const html = (await (await fetch(location.href)).text()).replace(/<style.*?<\/style>/s, "");
    const sent = new DOMParser().parseFromString(html, "text/html");
    return [sent, document].map((page) => page.querySelector("#hosted")?.textContent);
  });
  expect(asShown).toBe(asSent);
});

test("pages follow each other without being loaded", { tag: "@script" }, async ({ person }) => {
  await person.opensTheShop();
  await person.choosesSignIn();
  const documents: string[] = [];
  person.page.on("request", (request) => {
    if (request.isNavigationRequest()) documents.push(request.url());
  });
  await person.presses("Create one");
  await person.sees("Create your account");
  await person.provesTheAddress("Create a password");
  await person.createsPassword();
  await person.sees("Tell us about yourself");
  expect(documents).toEqual([]);
  await person.fillsInAttributes();
  await person.presses("Create account");
  await person.isSignedIn();
  // Only the way back: our own resume page, the application's, and its first.
  expect(documents.map((url) => new URL(url).pathname.replace(/^\/[^/]+\/oauth2\/resume\/.*/, "resume"))).toEqual([
    "resume",
    "/demo/callback",
    "/",
  ]);
});

test("WebAssembly and script come once and are kept for ever", { tag: "@script" }, async ({ person }) => {
  const assets: { url: string; cache: string | undefined; encoding: string | undefined }[] = [];
  person.page.on("response", (response) => {
    if (!response.url().includes("/assets/")) return;
    const headers = response.headers();
    assets.push({ url: response.url(), cache: headers["cache-control"], encoding: headers["content-encoding"] });
  });
  await person.isSentBy({});
  await person.sees("Sign in");
  const wasm = assets.filter(({ url }) => url.endsWith(".wasm"));
  expect(wasm).toHaveLength(1);
  for (const { url, cache } of assets) expect(cache, url).toMatch(/immutable/);
});

test("what was typed before the script came is still there", { tag: "@script" }, async ({ person }) => {
  const { opened, open } = gate();
  await person.context.route(/\.wasm$/, async (route) => {
    await opened;
    await route.continue();
  });
  await person.page.goto("/demo/sign-in");
  await person.entersAddress();
  open();
  await person.isTakenOver();
  await expect(person.page.getByLabel("Email address")).toHaveValue(person.address);
  await person.presses("Continue");
  await person.sees("Enter your password");
});

test.describe("where the network fails", () => {
  test.use({ forgiven: /ERR_FAILED|ERR_INTERNET_DISCONNECTED|Failed to fetch/ });

  test("a page whose script does not arrive works all the same", { tag: "@script" }, async ({ person }) => {
    await person.context.route(/\.wasm$/, (route) => route.abort());
    await person.page.goto("/demo/sign-in");
    await expect(person.page.getByRole("heading", { level: 1 })).toHaveText("Sign in");
    await person.entersAddress();
    await person.presses("Continue");
    await expect(person.page.getByRole("heading", { level: 1 })).toHaveText("Enter your password");
  });

  test("a server that does not answer costs nobody what they typed", { tag: "@script" }, async ({ person }) => {
    await person.opensTheShop();
    await person.choosesSignIn();
    await person.entersAddress();
    await person.context.setOffline(true);
    await person.presses("Continue");
    await person.isTold("We couldn’t reach Woodgrove. What you typed is still here");
    await person.context.setOffline(false);
    await expect(person.page.getByLabel("Email address")).toHaveValue(person.address);
    await person.presses("Continue");
    await person.sees("Enter your password");
  });
});
