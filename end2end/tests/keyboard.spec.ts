// Everything by keyboard: the focus is where the next thing is typed, it can be seen, and Enter works.

import { expect, test } from "./house.ts";
import type { Person } from "./person.ts";

/** What has the focus shows it: a ring, drawn as outline or as shadow. */
async function seesTheFocus(person: Person) {
  const ring = await person.page.evaluate(() => {
    const { activeElement } = document;
    const focused = activeElement?.shadowRoot?.activeElement ?? activeElement;
    if (!focused || focused === document.body) return undefined;
    // A choice is ringed with its words.
    return [focused, focused.closest("label")].some((element) => {
      if (!element) return false;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
      return (outlineStyle !== "none" && parseFloat(outlineWidth) >= 2) || boxShadow !== "none";
    });
  });
  expect(ring, "the focus can be seen").toBe(true);
}

async function tabsTo(person: Person, role: "button" | "checkbox" | "radio" | "combobox" | "textbox", name: RegExp) {
  const wanted = person.page.getByRole(role, { name }).first();
  for (let presses = 0; presses < 20; presses++) {
    if (await wanted.evaluate((element) => element === (element.getRootNode() as Document).activeElement)) return seesTheFocus(person);
    await person.page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not reach ${role} ${name}`);
}

test("the whole walk without a mouse", async ({ person }) => {
  const { keyboard } = person.page;
  await person.opensTheShop();
  await person.choosesSignInByKeyboard();
  await tabsTo(person, "textbox", /Email address/);
  await tabsTo(person, "button", /Can’t access your account/);
  await keyboard.press("Enter");
  await person.sees("Get back into your account");
  await expect(person.page.getByLabel("Email address")).toBeFocused();
  await keyboard.type(person.address);
  await keyboard.press("Enter");

  await person.sees("Check your email");
  await expect(person.page.getByLabel("Code", { exact: true })).toBeFocused();
  await keyboard.type(await person.newestCode());
  if (!person.hasScript) await keyboard.press("Enter");

  await person.sees("Create a password");
  await expect(person.page.getByLabel("New password")).toBeFocused();
  await keyboard.type(person.password);
  await keyboard.press("Enter");

  await person.sees("Tell us about yourself");
  await tabsTo(person, "textbox", /Display name/);
  await keyboard.type(person.name);
  await tabsTo(person, "combobox", /Country/);
  await keyboard.type("Sw");
  await tabsTo(person, "textbox", /Loyalty number/);
  await keyboard.type("4817");
  await tabsTo(person, "radio", /A friend/);
  await keyboard.press("Space");
  await tabsTo(person, "checkbox", /I agree/);
  await keyboard.press("Space");
  await tabsTo(person, "button", /Create account/);
  await keyboard.press("Enter");
  await person.isSignedIn();
  expect(await person.details()).toMatchObject({ Country: "SE", "Heard of": "friend" });
});
