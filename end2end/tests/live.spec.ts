// An administrator saves a layout while somebody is filling in the page.

import { ask, quoted } from "../sql.mjs";
import { expect, test } from "./house.ts";
import { type Person } from "./person.ts";
import { binaryOf, newPlace, remove, start, type Server } from "../portico.mjs";

const flow = "name = 'SignInSignUpSample'";

/** The demo's flow is changed: nobody else's story may be told by this server. */
const story = test.extend<{}, { server: Server }>({
  server: [
    async ({ database }, use) => {
      const place = newPlace(database);
      const server = await start({ binary: binaryOf("debug"), place });
      await use(server);
      expect(await server.stop(), server.told()).toBe(0);
      remove(place);
    },
    { scope: "worker" },
  ],
});

type Row = { attribute: string; label: { text: string }; required: boolean };

/** Behind the servers' backs, as a command would: what no notice tells is found by looking. */
function saves({ place: { databaseUrl } }: Server, change: (inputs: Row[]) => Row[]) {
  const of = `from user_flow_revisions r join user_flows f on f.id = r.user_flow_id and f.revision = r.revision where ${flow}`;
  const layout = JSON.parse(ask(databaseUrl, `select layout ${of}`).join("\n"));
  const next = JSON.stringify({ revision: layout.revision + 1, inputs: change(layout.inputs) });
  ask(
    databaseUrl,
    `begin;
     insert into user_flow_revisions (tenant_id, user_flow_id, revision, settings, layout, made_at)
       select r.tenant_id, r.user_flow_id, r.revision + 1, r.settings, ${quoted(next)}, r.made_at ${of};
     update user_flows set revision = revision + 1 where ${flow};
     commit`,
  );
}

async function isAskedForAttributes(person: Person) {
  await person.opensTheShop();
  await person.choosesSignIn();
  await person.presses("Create one");
  await person.sees("Create your account");
  await person.provesTheAddress("Create a password");
  await person.createsPassword();
  await person.sees("Tell us about yourself");
}

story("the open page takes the new layout and loses nothing", { tag: "@script" }, async ({ person, server }) => {
  await isAskedForAttributes(person);
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
  await isAskedForAttributes(person);
  await person.fillsInAttributes();
  saves(server, (inputs) => {
    const asked = inputs.find(({ attribute }) => attribute === "displayName");
    return [...inputs, { ...asked, attribute: "jobTitle", label: { text: "What do you do?" }, required: true } as Row];
  });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await person.presses("Create account");
  await person.isTold("just changed this form. What you typed is still here.");
  await expect(person.page.getByLabel("Display name")).toHaveValue(person.name);
  await person.enters("What do you do?", "Mathematics");
  await person.presses("Create account");
  await person.isSignedIn();
});
