// The widget in a page on another origin, whatever the page does with it. (What people do in it is told by the stories of our
// own pages, which are told in the widget too: playwright.config.ts.)

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../portico.mjs";
import { asked, element, expect, isSignedIn, script, sees, story, told } from "./elsewhere.ts";
import { gate } from "./house.ts";
import type { Person } from "./person.ts";

/** All that were released, and the present one. */
const versions = readFileSync(join(root, "public/versions.txt"), "utf8").trim().split("\n").map((line) => line.split(" ")[0]);

const asScript = { tag: "@script" };

async function entersPassword(person: Person) {
  await person.entersAddress();
  await person.presses("Continue");
  await sees(person, "Enter your password");
  await person.enters("Password", person.password);
}

async function isAskedForTheCode(person: Person) {
  await sees(person, "Sign in");
  await person.presses("Create one");
  await sees(person, "Create your account");
  await person.entersAddress();
  await person.presses("Send code");
  await sees(person, "Check your email");
}

async function isAskedForAttributes(person: Person) {
  await isAskedForTheCode(person);
  await person.entersCode(await person.newestCode());
  await sees(person, "Create a password");
  await person.createsPassword();
  await sees(person, "Tell us about yourself");
}

story("a customer signs in inside somebody else's page", asScript, async ({ customer, host }) => {
  await host.opens();
  await sees(customer, "Sign in");
  await entersPassword(customer);
  await customer.page.keyboard.press("Enter");
  await expect.poll(() => told(customer)).toEqual(["step address", "step password", "step done", "signed-in"]);
  await isSignedIn(customer);
  await asked(customer, (element) => element.signOut());
  await sees(customer, "Sign in");
  expect(await asked(customer, (element) => element.getAccessToken())).toBeNull();
});

story.describe("an hour later", () => {
  story.use({ forgiven: /the server responded with a status of|\/oauth2\/v2\.0\/token/ });

  story("a renewal that fails for now keeps who is signed in, and one that is refused begins anew", asScript, async ({ customer, host }) => {
    await host.opens();
    await sees(customer, "Sign in");
    await entersPassword(customer);
    await customer.presses("Sign in");
    await isSignedIn(customer);
    const anHourPasses = () =>
      customer.page.evaluate(() => {
        const now = Date.now;
        Date.now = () => now() + 3_600_000;
      });
    const renewal = () => asked(customer, (element) => element.getAccessToken().catch((fault: Error) => fault.message));
    const answers = (status: number, error: string) =>
      customer.page.route("**/oauth2/v2.0/token", (route) => route.fulfill({ status, json: { error }, headers: { "access-control-allow-origin": "*" } }), { times: 1 });

    await anHourPasses();
    for (const status of [429, 503, 500]) {
      await answers(status, "temporarily_unavailable");
      expect(await renewal()).toBe("temporarily_unavailable");
      expect(await asked(customer, (element) => element.user?.name)).toBe(customer.name);
    }
    expect(await renewal()).toMatch(/^ey/);
    expect((await told(customer)).at(-1)).toBe("signed-in");

    await anHourPasses();
    await answers(400, "invalid_grant");
    expect(await renewal()).toBe("invalid_grant");
    await sees(customer, "Sign in");
    expect(await told(customer)).toContain("signed-out");
    expect(await asked(customer, (element) => element.user)).toBeNull();
  });
});

for (const version of versions) {
  story(`the loader of version ${version} works with this server`, asScript, async ({ customer, host, server }) => {
    await host.opens(script(server, `/widget/${version}.js`) + element());
    await sees(customer, "Sign in");
    await entersPassword(customer);
    await customer.presses("Sign in");
    await isSignedIn(customer);
  });
}

story("a new person signs up there", asScript, async ({ person, host }) => {
  await host.opens();
  await isAskedForAttributes(person);
  await person.presses("Create account");
  await person.isTold("Please look at these again:");
  await person.fillsInAttributes();
  await person.presses("Create account");
  await expect.poll(async () => (await told(person)).slice(-2)).toEqual(["signed-up", "signed-in"]);
  await isSignedIn(person);
});

story("what was typed and pressed before WebAssembly came is kept", asScript, async ({ customer, host }) => {
  const { opened: arrived, open: arrive } = gate();
  await customer.page.route("**/*.wasm", (route) => arrived.then(() => route.continue()));
  await host.opens();
  const field = customer.page.getByLabel("Email address");
  await field.pressSequentially(customer.address);
  await customer.presses("Continue");
  await expect(field).toHaveValue(customer.address);
  await expect(field).toHaveAttribute("autocomplete", /username|email/);
  arrive();
  await sees(customer, "Enter your password");
  await expect(customer.page.locator("portico-sign-in bdi")).toHaveText(customer.address);
});

story("where the pages' program cannot be had, the server draws every page", asScript, async ({ customer, host }) => {
  await customer.page.route("**/assets/hosted.*.js", (route) => route.fulfill({ contentType: "text/javascript", body: "throw new Error('none')", headers: { "access-control-allow-origin": "*" } }));
  await host.opens();
  const heading = customer.page.locator("portico-sign-in h2");
  await expect(heading).toHaveText("Sign in");
  await customer.entersAddress();
  await customer.presses("Continue");
  await expect(heading).toHaveText("Enter your password");
  await customer.enters("Password", "not my password");
  await customer.presses("Sign in");
  await expect(customer.page.getByLabel("Password", { exact: true })).toHaveAttribute("aria-invalid", "true");
  await expect(customer.page.getByLabel("Password", { exact: true })).toBeFocused();
  await customer.enters("Password", customer.password);
  await customer.presses("Sign in");
  await isSignedIn(customer);
});

story("an element that moves keeps everything", asScript, async ({ customer, host }) => {
  await host.opens();
  await sees(customer, "Sign in");
  await customer.entersAddress();
  const moves = () =>
    customer.page.evaluate(() => {
      const section = document.createElement("section");
      document.querySelector("main")!.append(section);
      section.append(document.querySelector("portico-sign-in")!);
    });
  await moves();
  await expect(customer.page.getByLabel("Email address")).toHaveValue(customer.address);
  await customer.presses("Continue");
  await sees(customer, "Enter your password");
  await moves();
  await customer.enters("Password", customer.password);
  await customer.presses("Sign in");
  await isSignedIn(customer);
});

story("an element that leaves takes its requests along, and comes back to where it was", asScript, async ({ customer, host }) => {
  await host.opens();
  await sees(customer, "Sign in");
  await customer.entersAddress();
  await customer.presses("Continue");
  await sees(customer, "Enter your password");
  const begun: string[] = [];
  const died = new Promise<string>((known) => customer.page.on("requestfailed", (request) => known(request.failure()!.errorText)));
  await customer.page.route("**/widget/**", (route) => void begun.push(route.request().url()));
  await customer.enters("Password", customer.password);
  await customer.presses("Sign in");
  await expect.poll(() => begun.length).toBe(1);
  const element = await customer.page.locator("portico-sign-in").elementHandle();
  await element!.evaluate((element) => element.remove());
  expect(await died).toBe("net::ERR_ABORTED");
  await customer.page.unrouteAll();
  await customer.page.evaluate((element) => document.querySelector("main")!.append(element!), element);
  await sees(customer, "Enter your password");
  expect(begun.length, "nothing was asked while it was away").toBe(1);
  await customer.enters("Password", customer.password);
  await customer.presses("Sign in");
  await isSignedIn(customer);
});

story("two on a page are two journeys of one program", asScript, async ({ customer, host, server }) => {
  const fetched: string[] = [];
  customer.page.on("response", (response) => void (response.fromServiceWorker() || fetched.push(new URL(response.url()).pathname)));
  await host.opens(script(server) + element('id="one"') + element('id="two" locale="de"'));
  await sees(customer, "Sign in");
  await sees(customer, "Anmelden", 1);
  await customer.page.locator("#two").getByLabel("E-Mail-Adresse").fill(customer.address);
  await customer.page.locator("#one").getByLabel("Email address").fill("somebody@example.org");
  await customer.page.locator("#two").getByRole("button", { name: "Weiter" }).click();
  await expect(customer.page.locator("#two h2")).toHaveText("Passwort eingeben");
  await expect(customer.page.locator("#one h2")).toHaveText("Sign in");
  await expect(customer.page.locator("#one").getByLabel("Email address")).toHaveValue("somebody@example.org");
  expect(fetched.filter((path) => path.endsWith(".wasm")).length).toBe(1);
});

story("the script may come late, and more than once", asScript, async ({ customer, host, server }) => {
  await host.opens(element());
  await expect(customer.page.locator("portico-sign-in")).toHaveCount(1);
  await customer.page.evaluate(async (address) => {
    for (const url of [address, `${address}?again`, address]) {
      const script = Object.assign(document.createElement("script"), { type: "module", src: url });
      document.head.append(script);
      await new Promise((loaded) => (script.onload = loaded));
    }
  }, `${server.origin}/widget.js`);
  await sees(customer, "Sign in");
  expect(await told(customer)).toEqual(["step address"]);
  await entersPassword(customer);
  await customer.presses("Sign in");
  await isSignedIn(customer);
});

story("another language is another drawing, from right to left", asScript, async ({ person, host, server }) => {
  await host.opens(script(server) + element('locale="de"'));
  await sees(person, "Anmelden");
  await person.page.locator("portico-sign-in summary").click();
  await person.page.locator("portico-sign-in .entries button[lang=ar]").click();
  await expect(person.page.locator("portico-sign-in .body")).toHaveAttribute("dir", "rtl");
  await sees(person, "تسجيل الدخول");
  const [field, card] = await Promise.all(["input[type=email]", ".card"].map((it) => person.page.locator(`portico-sign-in ${it}`).boundingBox()));
  const label = await person.page.locator("portico-sign-in label").first().boundingBox();
  expect(label!.x + label!.width, "labels begin at the right").toBeGreaterThan(field!.x + field!.width - 4);
  expect(card!.width).toBeLessThanOrEqual(408);
});

story("the keyboard goes through it in its order, and the page's own style stays outside", asScript, async ({ person, host, server }) => {
  await host.opens(`<a href="#before">Before</a>${script(server)}${element('theme="dark"')}<a href="#after">After</a>`);
  await sees(person, "Sign in");
  const focused = () =>
    person.page.evaluate(() => {
      const { activeElement } = document;
      const inside = activeElement?.shadowRoot?.activeElement ?? activeElement;
      return (inside as HTMLElement).innerText || (inside as HTMLInputElement).name;
    });
  await person.page.getByRole("link", { name: "Before" }).focus();
  const order: string[] = [];
  while (order.at(-1) !== "After" && order.length < 12) {
    await person.page.keyboard.press("Tab");
    order.push(await focused());
  }
  expect(order.slice(0, 4)).toEqual(["address", "Continue", "Create one", "Can’t access your account?"]);
  expect(order.at(-1)).toBe("After");
  const style = await person.page.locator("portico-sign-in h2").evaluate((heading) => {
    const { color, fontFamily } = getComputedStyle(heading);
    return { color, fontFamily, card: getComputedStyle(heading.closest(".card")!).backgroundColor, parts: [...heading.part] };
  });
  expect(style.color).toBe("rgb(236, 238, 244)");
  expect(style.fontFamily).not.toContain("serif,");
  expect(style.card).toBe("rgb(20, 23, 31)");
  expect(style.parts).toEqual(["h2", "ext-title"]);
});

story("a page that has its own landmarks and heading has no others", asScript, async ({ person, host, server }) => {
  await host.opens(script(server) + element('id="one"') + element('id="two"'));
  await sees(person, "Sign in");
  await sees(person, "Sign in", 1);
  const { page } = person;
  const hasItsOwn = async () => {
    await expect(page.getByRole("main")).toHaveCount(1);
    for (const landmark of ["banner", "contentinfo", "region", "form", "complementary"] as const) {
      await expect(page.getByRole(landmark), landmark).toHaveCount(0);
    }
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("The bakery");
    await expect(page.getByRole("group", { name: "Sign in" })).toHaveCount(2);
    await expect(page.getByRole("heading", { level: 2, name: "Sign in" })).toHaveCount(2);
  };
  await hasItsOwn();
  // Beside the page's landmarks what stands in it would be one, if it could be.
  await page.evaluate(() => document.body.append(...document.querySelectorAll("portico-sign-in")));
  await hasItsOwn();
  // The pages after the first are drawn by WebAssembly.
  await page.locator("#one").getByRole("button", { name: "Create one" }).click();
  await expect(page.getByRole("group", { name: "Create your account" })).toHaveCount(1);
  await expect(page.getByRole("heading", { level: 2, name: "Create your account" })).toBeVisible();
  await expect(page.locator("#one").getByLabel("Email address")).toBeFocused();
  await expect(page.getByRole("main")).toHaveCount(1);
});

story("an element that leaves takes its timers and its open line along", asScript, async ({ person, host }) => {
  await person.page.addInitScript(() => {
    const timers = new Set<number>();
    Object.assign(globalThis, { timers });
    const [begin, end] = [setInterval, clearInterval];
    Object.assign(globalThis, {
      setInterval: (...wish: Parameters<typeof setInterval>) => {
        const number = begin(...wish) as unknown as number;
        timers.add(number);
        return number;
      },
      clearInterval: (number: number) => {
        timers.delete(number);
        end(number);
      },
    });
  });
  const timers = () => person.page.evaluate(() => (globalThis as unknown as { timers: Set<number> }).timers.size);
  const leaves = () => asked(person, (element) => element.remove());
  await host.opens();
  await isAskedForTheCode(person);
  expect(await timers(), "it counts down to another code").toBe(1);
  await leaves();
  await expect.poll(timers).toBe(0);

  person.address = person.address.replace("ada", "eve");
  await host.opens();
  const opened = person.page.waitForRequest(/\/live$/);
  await sees(person, "Sign in");
  await person.presses("Create one");
  await sees(person, "Create your account");
  await person.provesTheAddress("Create a password");
  await person.createsPassword();
  const line = await opened;
  const died = person.page.waitForEvent("requestfailed", (request) => request === line);
  await leaves();
  expect((await died).failure()!.errorText).toBe("net::ERR_ABORTED");
});

story("a password manager knows each field, and what it filled in early counts", asScript, async ({ customer, host }) => {
  const { opened: arrived, open: arrive } = gate();
  await customer.page.route("**/*.wasm", (route) => arrived.then(() => route.continue()));
  await host.opens();
  const field = (token: string) => customer.page.locator(`portico-sign-in form input[autocomplete=${token}]`);
  /** As managers do it: no key is pressed. */
  const fills = (token: string, value: string) =>
    field(token).evaluate((element, value) => {
      (element as HTMLInputElement).value = value;
      for (const type of ["input", "change"]) element.dispatchEvent(new Event(type, { bubbles: true }));
    }, value);
  await fills("username", customer.address);
  arrive();
  await sees(customer, "Sign in");
  await customer.page.keyboard.press("Tab");
  await expect(customer.page.getByLabel("Email address")).toBeFocused();
  await customer.page.keyboard.press("Enter");
  await sees(customer, "Enter your password");
  // The name stands in the password's own form: that is what is saved.
  const form = customer.page.locator("portico-sign-in form", { has: customer.page.locator("input[autocomplete=current-password]") });
  await expect(form.locator("input[autocomplete=username]")).toHaveValue(customer.address);
  await fills("current-password", customer.password);
  await customer.page.keyboard.press("Enter");
  await isSignedIn(customer);
});
