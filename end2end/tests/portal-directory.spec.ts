// What administrators do with a directory as a whole: walk through a flow without leaving a trace, take its design along,
// make another directory, and ask others to administer with them.

import { readFile } from "node:fs/promises";
import { expect, test } from "./administrator.ts";

// Some of what is asked here is refused, and browsers write that down.
test.use({ viewport: { width: 1280, height: 860 }, forgiven: /the server responded with a status of 400/ });

test("a flow is walked in its own page, and nothing comes of it @script", async ({ administrator }) => {
  const { page } = administrator;
  await administrator.selects("SignInSignUpSample");
  await administrator.turnsTo("Run user flow");
  await page.getByLabel("Begins with").selectOption({ label: "Create an account" });
  const walked = page.getByRole("region", { name: "The page" });
  const steps = page.getByRole("region", { name: "The walk" }).getByRole("listitem");
  const press = (name: string) => walked.getByRole("button", { name, exact: true }).click();
  const sees = (heading: string) => expect(walked.getByRole("heading", { name: heading, level: 2 })).toBeVisible();

  await sees("Create your account");
  await walked.getByLabel("Email address").fill("ada@example");
  await press("Send code");
  await expect(walked.getByText("Enter a full address, like you@example.com.")).toBeVisible();
  await expect(steps.last()).toContainText("Address: Not an address");
  await walked.getByLabel("Email address").fill("ada@example.org");
  await press("Send code");
  await sees("Check your email");
  await walked.locator("#code").fill("00000000");
  await expect(steps.last()).toContainText("Code: Wrong code");
  await walked.locator("#code").fill("12345678");
  await sees("Create a password");
  await walked.locator("#password").fill("seven quiet lanterns outside");
  await press("Continue");
  await sees("Tell us about yourself");
  await walked.getByLabel("Display name").fill("Ada Lovelace");
  await press("Create account");
  await expect(walked.getByText("Tick this box to go on.").first()).toBeVisible();
  await walked.getByLabel(/^I agree/).check();
  await press("Create account");
  await expect(page.getByRole("row", { name: "name Ada Lovelace" })).toBeVisible();
  await administrator.findsNoBarrier();

  await administrator.presses("Take back the last answer");
  await sees("Tell us about yourself");
  await administrator.presses("Begin again");
  await sees("Create your account");
  await administrator.opens("People");
  await expect(page.getByText("ada@example.org")).toHaveCount(0);
});

test("what the directory says in its own words stands in the previews @script", async ({ administrator }) => {
  const { page } = administrator;
  const own = page.getByLabel("Sign in heading in your words", { exact: true });
  const says = async (words: string) => {
    // A new document: what it tells was not told before.
    await page.goto("/admin/languages");
    await administrator.sees("Languages");
    await own.fill(words);
    await administrator.presses("Save");
    await administrator.isTold("Saved.");
  };
  const heading = (preview: string, words: string) =>
    expect(page.getByRole("region", { name: preview }).getByRole("heading", { name: words, level: 2 })).toBeVisible();
  await administrator.opens("Branding");
  await heading("Live preview", "Sign in");
  await page.locator("#content").getByRole("link", { name: "Languages" }).click();
  await administrator.sees("Languages");
  await says("Good to see you");
  await administrator.opens("Branding");
  await heading("Live preview", "Good to see you");
  await administrator.opens("User flows");
  await administrator.selects("SignInSignUpSample");
  await administrator.turnsTo("Run user flow");
  await heading("The page", "Good to see you");
  await says("");
  await administrator.opens("Branding");
  await heading("Live preview", "Sign in");
});

test("the account’s menu leads to what describes the management API @script", async ({ administrator }) => {
  const { page } = administrator;
  await page.getByRole("button", { name: "Your account" }).click();
  const address = await page.getByRole("link", { name: "Management API" }).getAttribute("href");
  const answer = await page.request.get(address!);
  expect(answer.status()).toBe(200);
  expect((await answer.json()).openapi).toBe("3.1.0");
});

test("a design leaves as a document, and comes back by way of a plan @script", async ({ administrator }) => {
  const { page } = administrator;
  await administrator.opens("Export and import");
  const [download] = await Promise.all([page.waitForEvent("download"), administrator.presses("Download TOML")]);
  expect(download.suggestedFilename()).toBe("demo.toml");
  const document = await readFile(await download.path(), "utf8");
  expect(document).toContain("SignInSignUpSample");
  const choose = (text: string) =>
    page.getByLabel("A document to import").setInputFiles({ name: "demo.toml", mimeType: "application/toml", buffer: Buffer.from(text) });

  await choose(document);
  await expect(page.getByText("Nothing to change")).toBeVisible();
  await choose(document.replace('name = "Woodgrove"', 'name = ""'));
  await expect(page.getByRole("row", { name: /^brand\/name/ })).toBeVisible();
  await choose(document.replace('name = "Woodgrove"', 'name = "Woodgrove Market"'));
  const planned = page.getByRole("listitem").filter({ hasText: "Branding" });
  await planned.getByText("1 property").click();
  await expect(planned.getByText("Woodgrove Market").last()).toBeVisible();
  await administrator.findsNoBarrier();
  await administrator.presses("Apply");
  await administrator.isTold("Applied.");
  await expect(page.getByText("Nothing to change")).toBeVisible();
  await administrator.opens("Branding");
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("Woodgrove Market");
});

test("a directory is made, entered, and given a picture behind its pages @script", async ({ administrator }) => {
  const { page } = administrator;
  const name = `Rowan ${Date.now() % 100_000}`;
  await page.getByRole("button", { name: "Switch directory" }).click();
  await administrator.presses("Directories + subscriptions");
  await administrator.sees("Directories + subscriptions");
  await administrator.findsNoBarrier();
  await administrator.presses("New directory");
  const window = page.getByRole("dialog");
  await window.getByLabel("Name", { exact: true }).fill(name);
  await window.getByRole("radio", { name: /^Employees and guests/ }).check();
  await window.getByRole("button", { name: "Create" }).click();
  await administrator.isTold(`${name} is there`);
  await administrator.sees("User flows");
  await expect(page.getByText("No user flow yet")).toBeVisible();

  await administrator.opens("Branding");
  const background = page.getByLabel("Background", { exact: false });
  await background.setInputFiles({ name: "large.png", mimeType: "image/png", buffer: Buffer.alloc(1024 * 1024 + 1) });
  await expect(page.getByText("This picture has more than 1 MiB.")).toBeVisible();
  const picture = await page.screenshot({ type: "jpeg" });
  await background.setInputFiles({ name: "hills.jpg", mimeType: "image/jpeg", buffer: picture });
  await administrator.isTold("The new background is there.");
  await expect(page.getByRole("button", { name: "Remove the background" })).toBeVisible();
  await administrator.findsNoBarrier();
  await administrator.presses("Remove the background");
  await administrator.confirms("Remove the background?", "Remove");
  await administrator.isTold("The background is removed.");
  await expect(page.getByRole("button", { name: "Remove the background" })).toHaveCount(0);
});

test("others are asked to administer, get another role, and lose it @script", async ({ administrator, browser }) => {
  const { page } = administrator;
  await administrator.opens("Administrators");
  await expect(page.getByRole("row").filter({ hasText: "marta@woodgrove.example" })).toContainText("Global Administrator");
  await administrator.presses("Invite");
  const window = page.getByRole("dialog");
  await window.getByLabel("Email address").fill("kofi@woodgrove.example");
  await window.getByRole("radio", { name: /^User Administrator/ }).check();
  await window.getByLabel(/^Show me the link/).check();
  await administrator.findsNoBarrier();
  await window.getByRole("button", { name: "Invite" }).click();
  const link = (await page.getByRole("dialog", { name: "The invitation’s link" }).locator("code").textContent())!;
  await administrator.presses("I have copied it");
  await expect(page.getByRole("row").filter({ hasText: "kofi@woodgrove.example" })).toContainText("User Administrator");

  const context = await browser.newContext({ locale: "de-DE" });
  const other = await context.newPage();
  await other.goto(link);
  await expect(other.getByRole("heading", { level: 1 })).toHaveText("Mit administrieren");
  await other.getByLabel("Ihr Name").fill("Kofi Mensah");
  await other.locator("#password").fill("seven quiet lanterns outside");
  await other.getByRole("button", { name: "Annehmen" }).click();
  await context.close();

  await page.reload();
  await administrator.sees("Administrators");
  const kofi = page.getByRole("row").filter({ hasText: "Kofi Mensah" });
  await kofi.getByRole("button", { name: /^Acts on/ }).click();
  await administrator.presses("Change role …");
  await page.getByRole("dialog").getByRole("radio", { name: /^Global Reader/ }).check();
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await administrator.isTold("Kofi Mensah is Global Reader now.");
  await expect(kofi).toContainText("Global Reader");
  await expect(kofi).not.toContainText("User Administrator");
  await kofi.getByRole("button", { name: /^Acts on/ }).click();
  await administrator.presses("Remove …");
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await expect(kofi).toHaveCount(0);

  // Whoever rules alone cannot leave.
  const marta = page.getByRole("row").filter({ hasText: "marta@woodgrove.example" });
  await marta.getByRole("button", { name: /^Acts on/ }).click();
  await administrator.presses("Remove …");
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await administrator.isTold("This is the last Global Administrator of the server.");
  await expect(marta).toContainText("Global Administrator");
});

test("a script gets a permission and loses it, and somebody gets a letter @script", async ({ administrator, crowd: _ }) => {
  const { page } = administrator;
  await administrator.opens("Applications");
  await page.getByRole("rowheader").getByRole("link").first().click();
  await administrator.sees(/Woodgrove/);
  await page.getByLabel("Another permission").selectOption("AuditLog.Read.All");
  await administrator.presses("Add");
  await expect(page.getByRole("row", { name: /^AuditLog.Read.All/ })).toBeVisible();
  await administrator.findsNoBarrier();
  await administrator.presses("Take back AuditLog.Read.All");
  await administrator.confirms("Take back AuditLog.Read.All?", "Take back");
  await expect(page.getByText("It can do nothing by itself.")).toBeVisible();

  await administrator.opens("People");
  await page.getByRole("rowheader").getByRole("link").first().click();
  await expect(page.getByRole("heading", { name: "Access" })).toBeVisible();
  await administrator.presses("Send recovery mail");
  await administrator.isTold("A mail is on its way");
});
