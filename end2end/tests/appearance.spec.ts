// How the pages stand: on a small phone, at 200 % zoom, in the dark. Contrast is judged by axe on every page seen.

import { expect, test } from "./house.ts";
import type { Person } from "./person.ts";

/** Through every page of a sign-up, in this language's direction. */
async function everyPage(person: Person, onEach: (page: string) => Promise<void>) {
  await person.opensTheShop();
  await onEach("shop");
  await person.choosesSignIn();
  await onEach("address");
  await person.entersAddress();
  await person.presses("Continue");
  await person.sees("Enter your password");
  await onEach("password");
  await person.enters("Password", "wrong as can be");
  await person.presses("Sign in");
  await person.isTold("Address and password don’t match.");
  await person.findsNoBarrier();
  await onEach("wrong password");
  await person.presses("Forgot password?");
  await person.sees("Check your email");
  await onEach("code");
  await person.entersCode(await person.newestCode());
  await person.sees("Create a password");
  await onEach("new password");
  await person.createsPassword();
  await person.sees("Tell us about yourself");
  await onEach("attributes");
  await person.fillsInAttributes();
  await person.enters(/^Loyalty number/, "48");
  await person.presses("Create account");
  await person.isTold("Digits only, like 4817.");
  await person.findsNoBarrier();
  await onEach("fault");
  await person.enters(/^Loyalty number/, "4817");
  await person.presses("Create account");
  await person.isSignedIn();
  await onEach("account");
  await person.page.goto("/dev/mail");
  await person.sees("Mailbox");
  await onEach("mailbox");
}

async function nothingSticksOut(person: Person, name: string) {
  const beyond = await person.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(beyond, `${name}: pixels to scroll sideways`).toBeLessThanOrEqual(0);
}

test.describe("a small phone", () => {
  test.use({ viewport: { width: 320, height: 568 }, hasTouch: true, isMobile: true });

  test("no page scrolls sideways, and what is pressed is large enough", async ({ person }) => {
    await everyPage(person, async (name) => {
      await nothingSticksOut(person, name);
      for (const control of await person.page.locator("main button.primary, main input.input, main select").all()) {
        const box = await control.boundingBox();
        if (box) expect(box.height, `${name}: a control's height`).toBeGreaterThanOrEqual(44);
      }
    });
  });
});

test.describe("a desktop at 200 % zoom", () => {
  // A window of 1280 × 720 has half as many CSS pixels then.
  test.use({ viewport: { width: 640, height: 360 }, deviceScaleFactor: 2 });

  test("no page scrolls sideways", async ({ person }) => {
    await everyPage(person, (name) => nothingSticksOut(person, name));
  });
});

test.describe("in the dark", () => {
  test.use({ colorScheme: "dark" });

  test("every page is dark, and its text can be read", async ({ person }) => {
    await everyPage(person, async (name) => {
      const ground = await person.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const [red = 255, green = 255, blue = 255] = (ground.match(/\d+/g) ?? []).map(Number);
      expect(Math.max(red, green, blue), `${name}: ground ${ground}`).toBeLessThan(64);
    });
  });
});

test.describe("who wants less motion", () => {
  test.use({ contextOptions: { reducedMotion: "reduce" } });

  test("gets none", async ({ person }) => {
    await person.opensTheShop();
    await person.choosesSignIn();
    const moves = await person.page.evaluate(() =>
      [...document.querySelectorAll("*")]
        .map((element) => getComputedStyle(element))
        .filter(({ transitionDuration, animationName, animationDuration }) => {
          const longest = (durations: string) => Math.max(...durations.split(",").map(parseFloat));
          return longest(transitionDuration) > 0.01 || (animationName !== "none" && longest(animationDuration) > 0.01);
        }).length,
    );
    expect(moves).toBe(0);
  });
});
