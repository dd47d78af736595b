// What the flow asks of a new person, with the layout that the demo has. Every other kind of input is in inputs.spec.ts.

import { expect, test } from "./house.ts";

test("what is optional may stay empty", async ({ person }) => {
  await person.isAskedForAttributes();
  await expect(person.page.getByText("optional")).toHaveCount(3);
  await person.enters("Display name", person.name);
  await person.page.getByRole("checkbox", { name: /I agree/ }).check();
  await person.presses("Create account");
  await person.isSignedIn();
  expect(Object.keys(await person.details()).sort()).toEqual(["Email", "Name", "Terms of use"]);
});

test("a fault stands under its field, and everything typed is still there", async ({ person }) => {
  await person.isAskedForAttributes();
  await person.fillsInAttributes();
  await person.enters(/^Loyalty number/, "48");
  await person.presses("Create account");
  await person.isTold("Digits only, like 4817.");
  await person.sees("Tell us about yourself");
  const number = person.page.getByLabel(/^Loyalty number/);
  await expect(number).toHaveAttribute("aria-invalid", "true");
  if (person.hasScript) await expect(number).toBeFocused();
  await expect(number).toHaveValue("48");
  await expect(person.page.getByLabel("Display name")).toHaveValue(person.name);
  await expect(person.page.getByLabel(/^Country\/Region/)).toHaveValue("SE");
  await expect(person.page.getByRole("radio", { name: "A friend" })).toBeChecked();
  await expect(person.page.getByRole("checkbox", { name: /I agree/ })).toBeChecked();

  await person.enters(/^Loyalty number/, "4817");
  await person.presses("Create account");
  await person.isSignedIn();
});

test("several faults are summed up above, and the summary leads to each", { tag: "@script" }, async ({ person }) => {
  await person.isAskedForAttributes();
  await person.enters(/^Loyalty number/, "4a");
  await person.presses("Create account");
  const summary = person.page.locator(".summary");
  await expect(summary).toBeFocused();
  await expect(summary.getByRole("link")).toHaveText([/^Display name: /, /^Loyalty number: /, "Tick this box to go on."]);
  await summary.getByRole("link", { name: /^Display name/ }).click();
  await expect(person.page.getByLabel("Display name")).toBeFocused();
  await person.sees("Tell us about yourself");
  await person.enters("Display name", "Ada");
  await person.enters(/^Loyalty number/, "4817");
  await expect(summary.getByRole("link")).toHaveCount(3);
  await person.page.getByRole("checkbox", { name: /I agree/ }).check();
  await expect(summary).toHaveCount(0);
});

test("a fault goes when it is mended, before anything is sent", { tag: "@script" }, async ({ person }) => {
  await person.isAskedForAttributes();
  const number = person.page.getByLabel(/^Loyalty number/);
  await number.fill("4a");
  await number.blur();
  await person.isTold("Digits only, like 4817.");
  await number.fill("4817");
  await expect(person.page.locator(".fault")).toHaveCount(0);
});

test("consent holds a link that opens beside the form", async ({ person }) => {
  await person.isAskedForAttributes();
  const terms = person.page.getByRole("link", { name: "terms of use", exact: true });
  await expect(terms).toHaveAttribute("target", "_blank");
  await expect(terms).toHaveAttribute("rel", /noopener/);
  await expect(terms).toHaveAttribute("href", "https://woodgrove.example/terms");
});
