// The portal's forms by keyboard: Enter in a field does what the button does, and whoever typed something wrong stands at the
// field that says so.

import { expect, test, type Administrator } from "./administrator.ts";
import type { Locator } from "@playwright/test";

test.use({ viewport: { width: 1280, height: 860 }, forgiven: /the server responded with a status of 400/ });

/** Into a field, in place of what is there. */
async function writes({ page }: Administrator, field: Locator, text: string) {
  await field.focus();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.press("Delete");
  await page.keyboard.type(text);
}

async function enters(administrator: Administrator, field: Locator, text: string) {
  await writes(administrator, field, text);
  await administrator.page.keyboard.press("Enter");
}

/** Until the server has it, and the page has heard so. */
async function saves({ page }: Administrator, act: () => Promise<void>) {
  const saved = page.waitForResponse((answer) => answer.request().method() === "PATCH" && answer.ok());
  await act();
  await saved;
  // While it is under way, the button says so.
  await expect(page.getByRole("button", { name: "Save", exact: true })).toBeVisible();
}

/** Opens what a button opens, without a mouse. */
async function opens({ page }: Administrator, button: string): Promise<Locator> {
  await page.getByRole("button", { name: button, exact: true }).first().focus();
  await page.keyboard.press("Enter");
  const window = page.getByRole("dialog");
  await expect(window).toBeVisible();
  return window;
}

test("what is new is made by Enter, and what is missing is said at its field @script", async ({ administrator }) => {
  const { page } = administrator;

  await administrator.opens("Custom user attributes");
  let window = await opens(administrator, "Add");
  await expect(window.getByLabel("Name", { exact: true })).toBeFocused();
  await writes(administrator, window.getByLabel(/^Description/), "In centimetres");
  await window.getByLabel("Name", { exact: true }).press("Enter");
  await expect(window.getByText("Give the attribute a name, like Loyalty number.")).toBeVisible();
  await expect(window.getByLabel("Name", { exact: true })).toBeFocused();
  // Nothing that was typed elsewhere is lost.
  await expect(window.getByLabel(/^Description/)).toHaveValue("In centimetres");
  await page.keyboard.type("Shoe size");
  await page.keyboard.press("Enter");
  await administrator.isTold("Shoe size can be asked in user flows now.");
  await expect(page.getByRole("rowheader").filter({ hasText: "Shoe size" })).toBeVisible();

  await administrator.opens("All identity providers");
  await page.getByRole("button", { name: "Add an identity provider" }).press("Enter");
  await page.getByRole("button", { name: "Google", exact: true }).press("Enter");
  window = page.getByRole("dialog", { name: "Google" });
  await window.getByLabel("Client ID").press("Enter");
  await expect(window.getByLabel("Client ID")).toBeFocused();
  await expect(window.getByLabel("Client ID")).toHaveAttribute("aria-invalid", "true");
  await writes(administrator, window.getByLabel("Client ID"), "orchard.apps.example.com");
  await enters(administrator, window.getByLabel("Client secret"), "an autumn of secrets");
  await administrator.isTold("Google can be chosen in user flows now.");
  await expect(window).toHaveCount(0);

  await administrator.opens("Applications");
  window = await opens(administrator, "Register an application");
  await window.getByLabel(/^Redirect URI/).press("Enter");
  await expect(window.getByLabel("Name", { exact: true })).toBeFocused();
  await page.keyboard.type("Orchard");
  await enters(administrator, window.getByLabel(/^Redirect URI/), "not an address");
  await expect(window.getByLabel(/^Redirect URI/)).toBeFocused();
  await expect(window.getByLabel(/^Redirect URI/)).toHaveAttribute("aria-invalid", "true");
  await enters(administrator, window.getByLabel(/^Redirect URI/), "https://orchard.example.org/back");
  await administrator.sees("Orchard");
  window = await opens(administrator, "New secret");
  await enters(administrator, window.getByLabel(/^What it is for/), "The orchard’s server");
  await expect(page.getByRole("dialog", { name: "The new secret" })).toBeVisible();
  await page.getByRole("button", { name: "I have copied it" }).press("Enter");
  await expect(page.getByRole("row").filter({ hasText: "The orchard’s server" })).toBeVisible();

  await administrator.opens("User flows");
  await page.goto("/admin/user-flows/new");
  await administrator.sees("Create");
  await enters(administrator, page.getByLabel("Name", { exact: true }), "Orchard_Flow");
  await expect(page.getByRole("alert").filter({ hasText: "Choose at least one identity provider" })).toBeVisible();
  await page.getByRole("checkbox", { name: "Email Accounts" }).press("Space");
  // A window of its own: Enter there keeps what was chosen, and makes no flow.
  await page.getByRole("button", { name: "Show more" }).press("Enter");
  window = page.getByRole("dialog", { name: "User attributes" });
  await window.getByRole("checkbox", { name: /^City/ }).press("Space");
  await page.keyboard.press("Enter");
  await expect(window).toHaveCount(0);
  await administrator.sees("Create");
  await expect(page.getByRole("checkbox", { name: /^City/ })).toBeChecked();
  await page.getByLabel("Name", { exact: true }).press("Enter");
  await administrator.isTold("Orchard_Flow is ready.");
  await administrator.sees("User flows");
});

test("what is there is changed by Enter, and the next key goes on there @script", async ({ administrator, crowd: _ }) => {
  const { page } = administrator;
  const isSaved = async (field: string, value: string) => {
    await administrator.isTold("Saved.");
    await expect(page.locator(field)).toHaveValue(value);
    await expect(page.locator(field)).toBeFocused();
    await page.reload();
    await expect(page.locator(field)).toHaveValue(value);
  };

  await administrator.opens("Applications");
  await page.getByRole("rowheader").getByRole("link").first().click();
  await expect(page.locator("#name")).not.toHaveValue("");
  const application = await page.locator("#name").inputValue();
  await enters(administrator, page.locator("#name"), "Rowan Shop");
  await isSaved("#name", "Rowan Shop");
  await enters(administrator, page.locator("#name"), application);
  await isSaved("#name", application);

  await administrator.opens("People");
  await page.getByRole("rowheader").getByRole("link").first().click();
  await expect(page.getByRole("heading", { name: "Access" })).toBeVisible();
  await enters(administrator, page.locator("#attribute-city"), "Lund");
  await isSaved("#attribute-city", "Lund");

  await page.getByRole("button", { name: "Switch directory" }).press("Enter");
  await page.locator(".entries").getByRole("button", { name: "Directories + subscriptions" }).press("Enter");
  await administrator.sees("Directories + subscriptions");
  const directory = await page.locator("#name").inputValue();
  await enters(administrator, page.locator("#name"), "Rowan");
  await administrator.isTold("Saved.");
  await enters(administrator, page.locator("#name"), directory);
  await enters(administrator, page.locator("#domain"), "admin");
  await expect(page.locator("#domain")).toBeFocused();
  await expect(page.locator("#domain")).toHaveAttribute("aria-invalid", "true");
  await enters(administrator, page.locator("#domain"), "rowan-orchard");
  await administrator.isTold("rowan-orchard leads here now.");

  await administrator.opens("Languages");
  const said = page.getByLabel("Sign in heading in your words", { exact: true });
  await enters(administrator, said, "Good to see you");
  await administrator.isTold("The next page that somebody opens says it.");
  await page.reload();
  await expect(said).toHaveValue("Good to see you");
  await enters(administrator, said, "");
  await administrator.isTold("The next page that somebody opens says it.");
});

test("a text of several lines keeps them, and a sentence that is refused says why at its field @script", async ({ administrator }) => {
  const { page } = administrator;
  const search = page.getByRole("searchbox", { name: "Search sentences" });
  const text = page.getByLabel("Sign in page text in your words", { exact: true });
  const heading = page.getByLabel("Sign in heading in your words", { exact: true });
  await administrator.opens("Languages");
  await search.fill("signInPageText");
  await text.fill("Trouble? Ask us.\nMonday to Friday");
  await saves(administrator, () => administrator.presses("Save"));
  await page.reload();
  await search.fill("signInPageText");
  await expect(text).toHaveValue("Trouble? Ask us.\nMonday to Friday");

  // Also where the search has gone on to another one.
  await search.fill("signInHeading");
  await heading.fill("x".repeat(1001));
  await search.fill("signInPageText");
  await expect(heading).toHaveCount(0);
  await administrator.presses("Save");
  await expect(heading).toBeFocused();
  await expect(heading).toHaveAttribute("aria-invalid", "true");
  await expect(heading).toHaveAccessibleDescription(/^A sentence has one to 1000 characters/);
  await expect(heading).toHaveValue("x".repeat(1001));
  await administrator.findsNoBarrier();
  await heading.fill("");
  await expect(heading).not.toHaveAttribute("aria-invalid");
  await text.fill("");
  await saves(administrator, () => heading.press("Enter"));
});

test("what Branding says for every language stands beside the sentence of one @script", async ({ administrator }) => {
  const { page } = administrator;
  const search = page.getByRole("searchbox", { name: "Search sentences" });
  await administrator.opens("Languages");
  await search.fill("usernameHintText");
  await expect(page.getByText("Nothing is said until you say something.")).toBeVisible();
  // The same one in another language.
  await page.getByLabel("Language", { exact: true }).selectOption("de");
  await expect(page.locator(".sentence input[lang=de]")).toBeVisible();
  await expect(search).toHaveValue("usernameHintText");
  await expect(page.getByRole("textbox", { name: /in your words$/ })).toHaveCount(1);
  await administrator.opens("Branding");
  const hint = page.getByLabel(/^Hint in the field/);
  await saves(administrator, () => enters(administrator, hint, "name@rowan.example"));
  await administrator.opens("Languages");
  await search.fill("usernameHintText");
  await expect(page.getByText("name@rowan.example")).toBeVisible();
  await expect(page.getByText("Nothing is said until you say something.")).toHaveCount(0);
  await administrator.opens("Branding");
  await saves(administrator, () => enters(administrator, hint, ""));
});

test("a picture that comes or goes leaves what is typed beside it @script", async ({ administrator }) => {
  const { page } = administrator;
  const text = page.getByLabel(/^Text where people sign in/);
  const removal = page.getByRole("button", { name: "Remove the logo" });
  await administrator.opens("Branding");
  await writes(administrator, text, "Trouble? Ask us.");
  const logo = { name: "logo.jpg", mimeType: "image/jpeg", buffer: await page.screenshot({ type: "jpeg" }) };
  await page.getByLabel(/^Logo/).setInputFiles(logo);
  await administrator.isTold("The new logo is there.");
  await expect(removal).toBeVisible();
  await expect(text).toHaveValue("Trouble? Ask us.");
  await removal.click();
  await administrator.confirms("Remove the logo?", "Remove");
  await expect(removal).toHaveCount(0);
  await expect(text).toHaveValue("Trouble? Ask us.");
  // It is not saved, and nobody leaves it unasked.
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "People", exact: true }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
});

test("a person’s page leads to their sign-ins @script", async ({ administrator, crowd: _ }) => {
  const { page } = administrator;
  await administrator.opens("People");
  await page.getByRole("rowheader").getByRole("link", { name: "Grace Hopper" }).first().click();
  await page.getByRole("link", { name: "Sign-ins of this person" }).press("Enter");
  await administrator.sees("Activity");
  await expect(page.getByText("Only Grace Hopper")).toBeVisible();
  await expect.poll(async () => new Set(await page.getByRole("rowheader").allInnerTexts()).size).toBe(1);
  await administrator.findsNoBarrier();
  await administrator.presses("Everybody’s");
  await expect(page.getByText("Only Grace Hopper")).toHaveCount(0);
});

test("the preview shows the whole page, a desktop’s as wide as it is, and says where it goes on @script", async ({ administrator }) => {
  const { page } = administrator;
  const text = page.getByLabel(/^Text where people sign in/);
  const preview = page.getByRole("region", { name: "Live preview" });
  const frame = page.locator(".page");
  const hidden = () => frame.evaluate((frame) => frame.scrollHeight - frame.clientHeight);
  const hint = () => frame.evaluate((frame) => getComputedStyle(frame, "::after").opacity);
  const lines = (count: number) => Array.from({ length: count }, (_, at) => `Line ${at + 1}.`).join("\n");
  await administrator.opens("Branding");
  await text.fill(lines(7));
  await expect(preview.getByText("Line 7.")).toBeVisible();
  await expect.poll(hidden).toBeLessThanOrEqual(0);
  await expect.poll(hint).toBe("0");
  await preview.getByRole("button", { name: "Desktop" }).click();
  await expect(preview.locator(".ext-sign-in-box")).toHaveCSS("width", "408px");
  await expect.poll(hidden).toBeLessThanOrEqual(0);

  await preview.getByRole("button", { name: "Phone" }).click();
  await text.fill(lines(40));
  await expect(preview.getByText("Line 40.")).toBeAttached();
  await expect.poll(hidden).toBeGreaterThan(0);
  await expect.poll(hint).toBe("1");
  await frame.evaluate((frame) => frame.scrollTo(0, frame.scrollHeight));
  await expect.poll(hint).toBe("0");
});

test("the directory’s own texts stand in the preview while they are written, and then on its pages @script", async ({ administrator }) => {
  const { page } = administrator;
  const [text, hint] = [page.getByLabel(/^Text where people sign in/), page.getByLabel(/^Hint in the field/)];
  const preview = page.getByRole("region", { name: "Live preview" });
  await administrator.opens("Branding");
  await expect(preview.getByRole("heading", { name: "Sign in", level: 2 })).toBeVisible();
  await writes(administrator, text, "Trouble? [Ask us](https://rowan.example/help)");
  await expect(preview.getByRole("link", { name: "Ask us" })).toHaveAttribute("href", "https://rowan.example/help");
  await writes(administrator, hint, "name@rowan.example");
  await expect(preview.getByPlaceholder("name@rowan.example")).toBeVisible();
  await administrator.findsNoBarrier();
  await hint.press("Enter");
  await administrator.isTold("The next page that somebody opens has it.");
  await expect(hint).toBeFocused();

  const shop = await page.context().newPage();
  await shop.goto("/");
  await shop.locator(".corner").getByRole("link", { name: "Sign-in" }).click();
  await expect(shop.getByRole("heading", { level: 1 })).toHaveText("Sign in");
  await expect(shop.getByPlaceholder("name@rowan.example")).toBeVisible();
  await expect(shop.getByRole("link", { name: "Ask us" })).toBeVisible();
  await shop.close();

  await writes(administrator, hint, "x".repeat(65));
  await hint.press("Enter");
  await expect(hint).toHaveAttribute("aria-invalid", "true");
  await expect(hint).toBeFocused();
  await writes(administrator, hint, "");
  await writes(administrator, text, "");
  await saves(administrator, () => hint.press("Enter"));
  await expect(preview.getByRole("link", { name: "Ask us" })).toHaveCount(0);
  await page.reload();
  await expect(text).toHaveValue("");
  await expect(hint).toHaveValue("");
});
