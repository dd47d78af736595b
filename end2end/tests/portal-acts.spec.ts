// What administrators do that cannot be taken back: it asks once, or it can be undone; and nothing that somebody typed is lost
// by a click beside it.

import { Browser, connections, signUp } from "../journey.mjs";
import { ask } from "../sql.mjs";
import { expect, test, type Administrator } from "./administrator.ts";
import { passphrase } from "./person.ts";

test.use({ viewport: { width: 1280, height: 860 } });

async function opensSomebody(administrator: Administrator, name: string | RegExp) {
  await administrator.opens("People");
  await administrator.page.getByRole("rowheader").getByRole("link", { name }).first().click();
  await expect(administrator.page.getByRole("heading", { name: "Access" })).toBeVisible();
}

test("what is done to an account asks once, or is undone @script", async ({ administrator, crowd: _ }) => {
  const { page } = administrator;
  await opensSomebody(administrator, "Grace Hopper");

  await administrator.presses("End all sessions");
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.locator(".toast")).toHaveCount(0);
  await administrator.presses("End all sessions");
  await administrator.confirms("End all sessions of Grace Hopper?", "End sessions");
  await administrator.isTold("Every session has ended.");

  const active = page.getByRole("switch", { name: "Account is active" });
  await active.click();
  await page.keyboard.press("Escape");
  await expect(active).toBeChecked();
  await active.click();
  await administrator.confirms("Disable Grace Hopper?", "Disable");
  await administrator.isTold("The account is disabled");
  await expect(active).not.toBeChecked();
  await active.click();
  await administrator.isTold("The account is active again.");
  await expect(active).toBeChecked();

  await administrator.presses("Reset password");
  await expect(page.getByRole("dialog", { name: "Reset the password?" })).toContainText("A mail tells them");
  await administrator.confirms("Reset the password?", "Reset password");
  const made = page.getByRole("dialog", { name: "The new password" });
  await expect(made).toBeVisible();
  // What cannot be shown again is not lost by a press beside it.
  await page.mouse.click(20, 400);
  await expect(made).toBeVisible();
  await administrator.presses("I have copied it");

  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await administrator.confirms("Delete Grace Hopper?", "Delete");
  await administrator.sees("People");
  await administrator.isTold("Grace Hopper is deleted.");
  await administrator.presses("Undo");
  await administrator.isTold("The account is back.");
});

test("a person is made, deleted, brought back and forgotten @script", async ({ administrator }) => {
  const { page } = administrator;
  const address = `ines.${Date.now()}@example.org`;
  await administrator.opens("People");
  await administrator.presses("New person");
  const window = page.getByRole("dialog", { name: "New person" });
  await window.getByLabel("Name", { exact: true }).fill("Ines Duarte");
  await window.getByLabel("Email address").fill(address);
  await administrator.findsNoBarrier();
  await window.getByLabel("Email address").press("Enter");
  await expect(page.getByRole("dialog", { name: "The temporary password" }).locator("code")).toHaveText(/^[\w-]{20}$/);
  await administrator.presses("I have copied it");
  await administrator.sees("Ines Duarte");

  const deletes = async () => {
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await administrator.confirms("Delete Ines Duarte?", "Delete");
    await administrator.sees("People");
    await page.getByLabel("Which people").selectOption({ label: "Deleted" });
    await expect(page.getByRole("row").filter({ hasText: address })).toBeVisible();
  };
  await deletes();
  await administrator.findsNoBarrier();
  await page.getByRole("row").filter({ hasText: address }).getByRole("button", { name: "Restore" }).click();
  await administrator.isTold("Ines Duarte is back.");
  await expect(page.getByRole("row").filter({ hasText: address })).toHaveCount(0);

  await page.getByLabel("Which people").selectOption({ label: "All people" });
  await page.getByRole("searchbox", { name: "Search by name or email" }).fill(address);
  await expect(page.getByRole("rowheader")).toHaveText(["Ines Duarte"]);
  await page.getByRole("rowheader").getByRole("link").click();
  await administrator.sees("Ines Duarte");
  await deletes();
  await administrator.presses("Delete Ines Duarte for ever");
  await administrator.confirms("Delete Ines Duarte for ever?", "Delete for ever");
  await administrator.isTold("Ines Duarte is forgotten.");
  await expect(page.getByRole("row").filter({ hasText: address })).toHaveCount(0);
});

test("a second step is seen, and taken away after a question @script", async ({ administrator, crowd: _, server }) => {
  const { page } = administrator;
  // As a user flow leaves it.
  ask(
    server.place.databaseUrl,
    `insert into addresses (tenant_id, account_id, kind, address, verified_at)
       select tenant_id, account_id, 'secondStep', 'grace@elsewhere.example', 0 from addresses where kind = 'signIn' and address like 'grace.%'`,
  );
  await opensSomebody(administrator, "Grace Hopper");
  await expect(page.getByText("grace@elsewhere.example")).toBeVisible();
  await administrator.findsNoBarrier();
  await administrator.presses("Take away");
  await administrator.confirms("Take the second step of Grace Hopper away?", "Take away");
  await administrator.isTold("The second step is taken away.");
  await expect(page.getByText("grace@elsewhere.example")).toHaveCount(0);
  await expect(page.getByText("None yet.")).toBeVisible();
});

test("an invitation is withdrawn after a question @script", async ({ administrator }) => {
  const { page } = administrator;
  await administrator.opens("Administrators");
  await administrator.presses("Invite");
  const window = page.getByRole("dialog");
  await window.getByLabel("Email address").fill("ines@woodgrove.example");
  await window.getByRole("radio", { name: /^Global Reader/ }).check();
  await window.getByRole("button", { name: "Invite" }).click();
  const ines = page.getByRole("row").filter({ hasText: "ines@woodgrove.example" });
  await ines.getByRole("button", { name: "Withdraw" }).click();
  await administrator.confirms("Withdraw the invitation of ines@woodgrove.example?", "Withdraw");
  await administrator.isTold("opens nothing any more");
  await expect(ines).toHaveCount(0);
});

test("what was typed and not saved is not lost by a click @script", async ({ administrator, crowd: _ }) => {
  const { page } = administrator;
  const isAsked = async () => {
    const asked = page.getByRole("dialog", { name: "Leave without saving?" });
    await expect(asked).toBeVisible();
    await asked.getByRole("button", { name: "Cancel" }).click();
  };
  const goesAway = () => page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Activity" }).click();

  await opensSomebody(administrator, /./);
  await page.getByLabel("City", { exact: true }).fill("Lund");
  await goesAway();
  await isAsked();
  // Another directory is another place as well.
  await page.getByRole("button", { name: "Switch directory" }).click();
  await page.locator(".entries").getByRole("button").first().click();
  await isAsked();
  await expect(page.getByLabel("City", { exact: true })).toHaveValue("Lund");
  await administrator.presses("Save");
  await administrator.isTold("Saved.");
  await goesAway();
  await administrator.sees("Activity");

  for (const [screen, field] of [
    ["Branding", "Name"],
    ["Languages", "Sign in heading in your words"],
  ] as const) {
    await administrator.opens(screen);
    const typed = page.getByLabel(field, { exact: true }).first();
    const before = await typed.inputValue();
    await typed.fill("Rowan");
    await goesAway();
    await isAsked();
    await expect(typed).toHaveValue("Rowan");
    // What is as it was needs no question.
    await typed.fill(before);
    await goesAway();
    await administrator.sees("Activity");
  }
});

test("a window closes by a press beside it, unless something was written in it @script", async ({ administrator }) => {
  const { page } = administrator;
  const window = page.getByRole("dialog");
  const beside = () => page.mouse.click(20, 400);
  for (const [screen, button, field] of [
    ["Applications", "Register an application", /^Name/],
    ["Custom user attributes", "Add", /^Description/],
  ] as const) {
    await administrator.opens(screen);
    await administrator.presses(button);
    await beside();
    await expect(window).toHaveCount(0);
    await administrator.presses(button);
    await window.getByLabel(field).fill("Rowan");
    await beside();
    await expect(window.getByLabel(field)).toHaveValue("Rowan");
    await page.keyboard.press("Escape");
    await expect(window).toHaveCount(0);
  }
});

test("every sentence can be found, and the later ones are drawn on demand @script", async ({ administrator }) => {
  const { page } = administrator;
  await administrator.opens("Languages");
  const own = page.getByRole("textbox", { name: /in your words$/ });
  await expect(own).toHaveCount(40);
  await page.getByRole("searchbox", { name: "Search sentences" }).fill("begin with a letter or digit");
  await expect(own).toHaveCount(1);
  const name = await own.getAttribute("aria-label");
  await page.getByRole("searchbox", { name: "Search sentences" }).fill("");
  await expect(own).toHaveCount(40);
  await expect(page.getByLabel(name!, { exact: true })).toHaveCount(0);
  await administrator.presses(/^Show all/);
  await expect(page.getByLabel(name!, { exact: true })).toBeVisible();
  await administrator.findsNoBarrier();
});

test("saving one form of an application leaves the other as it was typed @script", async ({ administrator }) => {
  const { page } = administrator;
  await administrator.opens("Applications");
  await page.getByRole("rowheader").getByRole("link").first().click();
  const web = page.getByLabel(/^Web/);
  const protocol = page.getByRole("form", { name: "Protocol" });
  const before = await web.inputValue();
  const more = `${before}\nhttps://shop.example.org/back`;
  await web.fill(more);
  await protocol.getByLabel("Signature").selectOption("EdDSA");
  await administrator.presses("Save the protocol");
  await administrator.isTold("Saved.");
  await expect(protocol.getByText("There are unsaved changes.")).toHaveCount(0);
  await expect(web).toHaveValue(more);
  // A secret is made beside it, and seen.
  await administrator.presses("New secret");
  await page.getByRole("dialog").getByRole("button", { name: "Create" }).click();
  await administrator.presses("I have copied it");
  await expect(page.getByRole("button", { name: "Remove the secret" })).toHaveCount(1);
  await expect(web).toHaveValue(more);
  await administrator.presses("Save");
  await expect(page.locator(".toast").filter({ hasText: "Saved." })).toHaveCount(2);
  await page.reload();
  await expect(web).toHaveValue(more);
  await expect(protocol.getByLabel("Signature")).toHaveValue("EdDSA");

  await web.fill(before);
  await administrator.presses("Save");
  await administrator.isTold("Saved.");
  await protocol.getByLabel("Signature").selectOption("RS256");
  await administrator.presses("Save the protocol");
  await expect(protocol.getByText("There are unsaved changes.")).toHaveCount(0);
  await administrator.presses("Remove the secret");
  await administrator.confirms(/^Remove the secret/, "Remove");
});

test("sign-ins are asked for by person, event and time @script", async ({ administrator, crowd: _ }) => {
  const { page } = administrator;
  const who = page.getByRole("rowheader");
  await administrator.opens("Activity");
  await page.getByRole("searchbox", { name: "Search among those shown" }).fill("grace");
  await administrator.presses("Search everybody’s sign-ins");
  await expect(page.getByText("Who is it?")).toBeVisible();
  await administrator.findsNoBarrier();
  await expect(page.getByRole("status").filter({ hasText: "Who is it?" }).getByRole("button").first()).toBeFocused();
  const grace = page.getByRole("button", { name: /^Grace Hopper · grace\./ }).first();
  const address = (await grace.innerText()).split(" · ")[1]!;
  await grace.click();
  await expect(page.getByText("Only Grace Hopper")).toBeVisible();
  await expect(page.getByRole("button", { name: "Everybody’s", exact: true })).toBeFocused();
  await expect.poll(async () => [...new Set(await who.allInnerTexts())]).toEqual([address]);
  await page.getByLabel("When it happened").selectOption({ label: "Last day" });
  await expect(who.first()).toHaveText(address);
  await administrator.presses("Everybody’s");
  await expect(page.getByText("Only Grace Hopper")).toHaveCount(0);
  await page.getByLabel("What happened").selectOption({ label: "Sign-ups" });
  await expect(page.getByRole("row", { name: /Signed up/ }).first()).toBeVisible();
  await page.getByLabel("What happened").selectOption({ label: "Failed sign-ins" });
  await expect(page.getByRole("row", { name: /Signed up/ })).toHaveCount(0);
  await expect(page.locator(".notice.bad")).toHaveCount(0);

  await administrator.turnsTo("Where people stop");
  const drawn = page.getByRole("table", { name: "How many people reached each step, and how many gave up there" });
  await expect(drawn.getByRole("columnheader", { name: "Gave up" })).toBeVisible();
  await expect(drawn.getByRole("row", { name: /^Attributes \d+ \d+$/ })).toBeVisible();
  await administrator.findsNoBarrier();
});

test("a secret has a name and an end, and leaves its place when it has ended @script", async ({ administrator, server }) => {
  const { page } = administrator;
  await administrator.opens("Applications");
  await page.getByRole("rowheader").getByRole("link").first().click();
  const another = page.getByRole("button", { name: "New secret" });
  for (const [name, lifetime] of [
    ["Shop server", "6 months"],
    ["Spare server", "24 months"],
  ] as const) {
    await another.click();
    const window = page.getByRole("dialog", { name: "New secret" });
    await window.getByLabel(/^What it is for/).fill(name);
    await window.getByRole("radio", { name: lifetime }).check();
    await administrator.findsNoBarrier();
    await window.getByRole("button", { name: "Create" }).click();
    await administrator.presses("I have copied it");
    await expect(page.getByRole("row").filter({ hasText: name })).toContainText("until");
  }
  await expect(another).toHaveCount(0);
  ask(server.place.databaseUrl, "update application_secrets set expires_at = 1000 where name = 'Spare server'");
  await page.reload();
  await expect(page.getByRole("row").filter({ hasText: "Spare server" })).toContainText("ended");
  await expect(another).toBeVisible();
  await administrator.findsNoBarrier();

  for (const left of [1, 0]) {
    await administrator.presses("Remove the secret");
    await administrator.confirms(/^Remove the secret/, "Remove");
    await expect(page.getByRole("button", { name: "Remove the secret" })).toHaveCount(left);
  }
});

test("a name that looks like script is a name @script", async ({ administrator, server }) => {
  const { page } = administrator;
  const name = "</script><img src=x onerror=alert(1)>";
  const mallory = { name, address: `mallory.${Date.now()}@example.org`, password: passphrase() };
  await signUp(new Browser({ port: server.port, agent: connections() }), mallory);
  await administrator.opens("People");
  await page.getByRole("searchbox").fill("mallory.");
  await expect(page.getByRole("rowheader")).toHaveText([name]);
  await page.getByRole("rowheader").getByRole("link").click();
  await administrator.sees(name);
  await expect(page.getByLabel("Display Name", { exact: true })).toHaveValue(name);
  await administrator.opens("Activity");
  await expect(page.getByText(mallory.address).first()).toBeVisible();
  for (const screen of ["People", "Activity"]) {
    await administrator.opens(screen);
    await expect(page.locator("main img, main script")).toHaveCount(0);
  }
});
