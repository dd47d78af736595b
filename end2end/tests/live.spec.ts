// An administrator saves a layout while somebody is filling in the page.

import { expect, ownServer, test } from "./house.ts";
import { saves, type Row } from "./layout.ts";
import type { Server } from "../portico.mjs";

/** The demo's flow is changed: nobody else's story may be told by this server. */
const story = test.extend<{}, { server: Server }>({
  server: ownServer(),
});

story.describe.configure({ mode: "default" });

story("the open page takes the new layout and loses nothing", { tag: "@script" }, async ({ person, server }) => {
  await person.isAskedForAttributes();
  const { page } = person;
  const name = page.getByLabel("Display name");
  await page.getByRole("radio", { name: "A friend" }).check();
  await page.getByRole("checkbox", { name: /I agree/ }).check();
  await page.getByLabel(/^Country\/Region/).selectOption("SE");
  await name.fill("Ada Lovelac");
  await name.evaluate((field: HTMLInputElement) => field.setSelectionRange(3, 5));

  saves(server, (inputs) => {
    const asked = inputs.find(({ attribute }) => attribute === "displayName");
    const city = { ...asked, attribute: "city", label: { text: "Where do you live?" }, required: true } as Row;
    return [city, ...inputs.toReversed()];
  });

  await expect(page.getByLabel("Where do you live?")).toBeVisible({ timeout: 3000 });
  await expect(page.getByRole("status").filter({ hasText: "just changed this form. What you typed is still here." })).toBeVisible();
  await expect(name).toHaveValue("Ada Lovelac");
  await expect(name).toBeFocused();
  expect(await name.evaluate((field: HTMLInputElement) => [field.selectionStart, field.selectionEnd])).toEqual([3, 5]);
  await expect(page.getByRole("radio", { name: "A friend" })).toBeChecked();
  await expect(page.getByRole("checkbox", { name: /I agree/ })).toBeChecked();
  await expect(page.getByLabel(/^Country\/Region/)).toHaveValue("SE");
  await person.findsNoBarrier();

  // Once more, while somebody is typing.
  await name.fill("");
  const typing = name.pressSequentially("Ada Lovelace, countess", { delay: 60 });
  saves(server, (inputs) => inputs.toReversed());
  await typing;
  await expect(page.locator("input[name=revision]")).toHaveValue("3");
  await expect(name).toHaveValue("Ada Lovelace, countess");

  await person.enters("Where do you live?", "London");
  await person.presses("Create account");
  await Object.assign(person, { name: "Ada Lovelace, countess" }).isSignedIn();
});

story("a page of before is judged kindly", async ({ person, server }) => {
  test.skip(person.hasScript, "with script, the page has the new layout before it is sent");
  await person.isAskedForAttributes();
  await person.fillsInAttributes();
  saves(server, (inputs) => {
    const asked = inputs.find(({ attribute }) => attribute === "displayName");
    return [...inputs, { ...asked, attribute: "jobTitle", label: { text: "What do you do?" }, required: true } as Row];
  });
  // What the server shows whoever opens the page now.
  const shown = async () => (await person.page.request.get(person.page.url())).text();
  await expect.poll(shown).toContain("What do you do?");
  await person.presses("Create account");
  await person.isTold("just changed this form. What you typed is still here.");
  await expect(person.page.getByLabel("Display name")).toHaveValue(person.name);
  await person.enters("What do you do?", "Mathematics");
  await person.presses("Create account");
  await person.isSignedIn();
});
