// Every kind of input that a layout can have. The demo's layout has half of them, so this server's layout is another one.

import { ask, quoted } from "../sql.mjs";
import { binaryOf, start, type Place, type Server } from "../portico.mjs";
import { expect, ownServer, test as base } from "./house.ts";

/** The directory of administrators has a flow as well. */
const demoFlow = "name = 'SignInSignUpSample'";

const words = (text: string) => ({ text, translations: {} });
const choices = (...values: string[]) => values.map((value) => ({ value: value.toLowerCase(), text: words(value) }));
const input = (id: string, dataType: string, kind: string, label: string, more = {}) => ({
  attribute: `extension_${id}`,
  dataType,
  kind,
  label: words(label),
  hint: null,
  required: false,
  visibility: "editable",
  default: null,
  options: [],
  pattern: null,
  maxLength: 250,
  ...more,
});

const inputs = [
  input("town", "string", "text", "Town", { default: "Lund", maxLength: 10, hint: words("Where the crate goes.") }),
  input("crates", "int", "number", "Crates a week", { required: true }),
  input("start", "string", "date", "First delivery", { required: true }),
  input("day", "string", "dropdown", "Day", { options: choices("Monday", "Friday"), default: "friday" }),
  input("hour", "string", "radio", "Hour", { options: choices("Morning", "Evening"), required: true }),
  input("likes", "string", "multiSelect", "Likes", { options: choices("Tea", "Rye", "Honey"), default: "rye" }),
  input("news", "boolean", "checkbox", "Send me [news](https://woodgrove.example/news)"),
  input("plan", "string", "text", "Plan", { visibility: "readOnly", default: "Standard" }),
  input("source", "string", "text", "Source", { visibility: "hidden", default: "web" }),
];

async function laysOut(place: Place) {
  await (await start({ binary: binaryOf("debug"), place })).stop();
  const layout = JSON.stringify({ revision: 1, inputs });
  const settings = JSON.parse(ask(place.databaseUrl, `select settings from user_flows where ${demoFlow}`).join("\n"));
  settings.claims = inputs.map(({ attribute }) => attribute);
  ask(place.databaseUrl, `update user_flow_revisions set layout = ${quoted(layout)} where user_flow_id = (select id from user_flows where ${demoFlow})`);
  ask(place.databaseUrl, `update user_flows set settings = ${quoted(JSON.stringify(settings))} where ${demoFlow}`);
}

const test = base.extend<{}, { server: Server }>({
  server: ownServer(laysOut),
});

test.describe.configure({ mode: "default" });

test("each kind is the control it should be, filled in and told to the application", async ({ person }) => {
  await person.isAskedForAttributes();
  const { page } = person;

  await expect(page.getByLabel(/^Town/)).toHaveValue("Lund");
  await expect(page.getByLabel(/^Crates a week/)).toHaveAttribute("inputmode", "numeric");
  await expect(page.getByLabel("First delivery")).toHaveAttribute("type", "date");
  await expect(page.getByLabel(/^Day/)).toHaveValue("friday");
  await expect(page.getByRole("group", { name: "Hour" }).getByRole("radio")).toHaveCount(2);
  await expect(page.getByRole("group", { name: /^Likes/ }).getByRole("checkbox", { checked: true })).toHaveCount(1);
  await expect(page.getByLabel("Plan")).toHaveValue("Standard");
  await expect(page.getByLabel("Plan")).toHaveAttribute("readonly");
  await expect(page.getByText("Source")).toHaveCount(0);

  await page.getByLabel(/^Town/).fill("Malmö");
  await page.getByLabel(/^Crates a week/).fill("2");
  await page.getByLabel("First delivery").fill("2027-03-14");
  await page.getByLabel(/^Day/).selectOption("Monday");
  await page.getByRole("radio", { name: "Evening" }).check();
  await page.getByRole("checkbox", { name: "Tea" }).check();
  await page.getByRole("checkbox", { name: "Honey" }).check();
  await page.getByRole("checkbox", { name: /Send me news/ }).check();
  await person.presses("Create account");

  await person.isWelcome();
  expect(await person.details()).toMatchObject({
    Town: "Malmö",
    Crates: "2",
    Start: "2027-03-14",
    Day: "monday",
    Hour: "evening",
    Likes: "tea,rye,honey",
    News: "Yes",
    Plan: "Standard",
    Source: "web",
  });
});

test("each kind says what is wrong with it, and keeps what was chosen", async ({ person }) => {
  await person.isAskedForAttributes();
  const { page } = person;
  await page.getByLabel(/^Town/).fill("Llanfairpwllgwyngyll");
  await page.getByLabel(/^Crates a week/).fill("two");
  await page.getByLabel("First delivery").fill("2027-03-14");
  await page.getByRole("radio", { name: "Morning" }).check();
  await page.getByRole("checkbox", { name: "Rye" }).uncheck();
  await page.getByRole("checkbox", { name: "Honey" }).check();
  await person.presses("Create account");
  await person.isTold("That is too long. Use up to 10 characters.");
  await person.isTold("Digits only, like 4817.");
  await person.findsNoBarrier();
  await expect(page.getByLabel("First delivery")).toHaveValue("2027-03-14");
  await expect(page.getByRole("radio", { name: "Morning" })).toBeChecked();
  await expect(page.getByRole("checkbox", { name: "Rye" })).not.toBeChecked();
  await expect(page.getByRole("checkbox", { name: "Honey" })).toBeChecked();
});

test("nothing chosen where something must be", { tag: "@script" }, async ({ person }) => {
  await person.isAskedForAttributes();
  await person.presses("Create account");
  await expect(person.page.locator(".summary").getByRole("link")).toHaveText([
    "Crates a week: Please fill this in.",
    "First delivery: Please fill this in.",
    "Hour: Please fill this in.",
  ]);
  await person.findsNoBarrier();
});
