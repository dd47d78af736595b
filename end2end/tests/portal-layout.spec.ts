// Page layouts, row by row: what a row can say beside its line, how rows are moved by mouse and finger, what a save would
// change, how an older save comes back, what two administrators do at once; and an application that goes from one flow to
// another.

import { Administrator, expect, test } from "./administrator.ts";
import type { Locator } from "@playwright/test";

test.use({ viewport: { width: 1440, height: 900 } });

async function opensTheLayout(administrator: Administrator) {
  await administrator.selects("SignInSignUpSample");
  await administrator.turnsTo("Page layouts");
  await expect(administrator.page.getByRole("button", { name: /^Move Display name/ })).toBeVisible();
}

const middle = async (of: Locator) => {
  const box = (await of.boundingBox())!;
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
};

test("a row says more than its line, and the page beside shows it @script", async ({ administrator }) => {
  const { page } = administrator;
  await opensTheLayout(administrator);
  const preview = page.getByRole("region", { name: "Live preview" });
  const settings = page.getByRole("region", { name: "Settings of Loyalty number" });
  await page.getByLabel("Label of Loyalty number").click();
  await settings.getByLabel(/^Hint/).first().fill("Six digits on the back of the card.");
  await expect(preview.getByText("Six digits on the back of the card.")).toBeVisible();
  await settings.getByLabel(/^Pattern/).fill("[0-9]{6}");
  await settings.getByLabel("Try it").fill("4817");
  await expect(settings.getByText("Does not fit.")).toBeVisible();
  await settings.getByLabel("Try it").fill("481700");
  await expect(settings.getByText("Fits.", { exact: true })).toBeVisible();
  await settings.getByLabel(/^Pattern/).fill("[0-9");
  await expect(settings.getByText("This pattern cannot be read.")).toBeVisible();
  await settings.getByLabel(/^Pattern/).fill("[0-9]{6}");
  // The validator of the real page judges in the preview.
  await preview.getByLabel(/^Loyalty number/).fill("12");
  await preview.getByRole("button", { name: "Create account" }).click();
  await expect(preview.locator(".fault").first()).toBeVisible();

  await settings.getByLabel("Label in Deutsch").fill("Kundennummer");
  await expect(preview.getByText("Kundennummer")).toBeVisible();
  await page.getByLabel("Label of How did you hear of us?").click();
  const heard = page.getByRole("region", { name: "Settings of How did you hear of us?" });
  await heard.getByRole("button", { name: "Add an option" }).click();
  const options = heard.getByLabel(/^Text of option/);
  const many = await options.count();
  await options.last().fill("A aunt");
  await heard.getByRole("button", { name: "Sort by text" }).click();
  await expect(options.first()).toHaveValue("A aunt");
  await heard.getByRole("button", { name: "Option 1 in other languages" }).click();
  await heard.getByLabel("Option 1 in Deutsch").fill("Eine Tante");
  await expect(preview.getByText("Eine Tante")).toBeVisible();
  await administrator.findsNoBarrier();
  await heard.getByRole("button", { name: "Remove option 1" }).click();
  await expect(options).toHaveCount(many - 1);
  await page.getByLabel("Label of Country/Region").click();
  const country = page.getByRole("region", { name: "Settings of Country/Region" });
  await country.getByRole("radio", { name: /^Hidden/ }).check();
  await administrator.findsNoBarrier();

  await expect(page.getByText(/^\d rows differ from what is published/)).toBeVisible();
  await administrator.presses("Show what changed");
  const window = page.getByRole("dialog", { name: "Not saved yet" });
  await expect(window.getByRole("listitem").filter({ hasText: "Country/Region" })).toContainText("now hidden");
  await expect(window.getByRole("listitem").filter({ hasText: "Loyalty number" })).toContainText("pattern changed");
  await page.keyboard.press("Escape");
  await administrator.presses("Discard");
  await expect(page.getByText(/differs? from what is published/)).toHaveCount(0);
});

test("rows are dragged, published, compared and brought back @script", async ({ administrator }) => {
  const { page } = administrator;
  await opensTheLayout(administrator);
  const before = await administrator.order();
  const grip = (name: string) => page.getByRole("button", { name: new RegExp(`^Move ${name}`) });
  const [from, to] = [await middle(grip("Loyalty number")), await middle(grip("Display name"))];
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, (from.y + to.y) / 2, { steps: 4 });
  await page.mouse.move(to.x, to.y - 12, { steps: 4 });
  await page.mouse.up();
  expect(await administrator.order()).toEqual(["Loyalty number", ...before.filter((label) => label !== "Loyalty number")]);
  await administrator.presses("Save");
  await administrator.isTold(/^Saved as revision/);

  await administrator.turnsTo("History");
  const rows = page.getByRole("row").filter({ has: page.getByRole("rowheader") });
  await expect(rows.first()).toContainText("Current");
  await rows.nth(1).getByRole("button", { name: "Compare" }).click();
  await expect(page.getByRole("dialog", { name: /^From revision/ }).getByRole("listitem").first()).toBeVisible();
  await page.keyboard.press("Escape");
  await rows.nth(1).getByRole("button", { name: "Restore" }).click();
  await administrator.confirms(/^Restore revision/, "Restore");
  await administrator.isTold("is published again");
  await administrator.turnsTo("Page layouts");
  await expect.poll(() => administrator.order()).toEqual(before);
});

test.describe("two at once", () => {
  // The second one's save is refused at first, and browsers write that down.
  test.use({ forgiven: /the server responded with a status of 412/ });
  test("what a colleague put onto the page meanwhile stays there @script", async ({ administrator, server }) => {
    const { page } = administrator;
    await opensTheLayout(administrator);
    const before = await administrator.order();
    const colleague = new Administrator(await page.context().newPage(), server);
    await colleague.comes();
    await colleague.selects("SignInSignUpSample");
    await colleague.turnsTo("User attributes");
    const city = colleague.page.locator(".columns").first().getByRole("checkbox", { name: /^City/ });
    await city.check();
    await colleague.presses("Save");
    await colleague.isTold("Saved.");

    const label = page.getByLabel("Label of Loyalty number");
    await label.fill("Card number");
    await administrator.presses("Save");
    await expect(page.getByText(/saved this page meanwhile/)).toBeVisible();
    await expect(page.getByLabel("Label of City")).toBeVisible();
    await expect(label).toHaveValue("Card number");
    await expect(page.getByText("1 row differs from what is published")).toBeVisible();
    await administrator.findsNoBarrier();
    await administrator.presses("Undo");
    await expect(page.getByLabel("Label of City")).toBeVisible();
    await administrator.presses("Redo");
    await administrator.presses("Save");
    await administrator.isTold(/^Saved as revision/);
    await page.reload();
    await expect(page.getByLabel("Label of City")).toBeVisible();
    await expect(label).toHaveValue("Card number");

    // Other stories of this server find it as it was.
    await label.fill("Loyalty number");
    await administrator.presses("Save");
    await administrator.isTold(/^Saved as revision/);
    await colleague.page.reload();
    await city.uncheck();
    await colleague.presses("Save");
    await colleague.isTold("Saved.");
    await page.reload();
    await expect(page.getByLabel("Label of City")).toHaveCount(0);
    await expect.poll(() => administrator.order()).toEqual(before);
    await colleague.page.close();
  });
});

test.describe("with a finger", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });
  test("a row is dragged, and the page stays where it is @script", async ({ administrator, context }) => {
    const { page } = administrator;
    await opensTheLayout(administrator);
    const before = await administrator.order();
    const grip = (name: string) => page.getByRole("button", { name: new RegExp(`^Move ${name}`) });
    await grip("Loyalty number").scrollIntoViewIfNeeded();
    const [from, to] = [await middle(grip("Loyalty number")), await middle(grip("Display name"))];
    const scrolled = await page.evaluate(() => scrollY);
    const finger = await context.newCDPSession(page);
    const touches = (type: "touchStart" | "touchMove" | "touchEnd", at?: { x: number; y: number }) =>
      finger.send("Input.dispatchTouchEvent", { type, touchPoints: at ? [at] : [] });
    await touches("touchStart", from);
    for (const part of [0.25, 0.5, 0.75, 1, 1.1]) await touches("touchMove", { x: from.x, y: from.y + (to.y - from.y) * part });
    await touches("touchEnd");
    expect(await administrator.order()).toEqual(["Loyalty number", ...before.filter((label) => label !== "Loyalty number")]);
    expect(await page.evaluate(() => scrollY)).toBe(scrolled);
    await administrator.presses("Discard");
    expect(await administrator.order()).toEqual(before);
  });
});

test("an application goes from one flow to another and comes back @script", async ({ administrator }) => {
  const { page } = administrator;
  await page.getByRole("link", { name: "New user flow" }).first().click();
  await administrator.sees("Create");
  await page.getByLabel("Name", { exact: true }).fill("Partners");
  await page.getByLabel("Email Accounts").check();
  await administrator.presses("Create");
  await administrator.sees("User flows");
  const takes = async (flow: string, from: string) => {
    await administrator.opens("User flows");
    await administrator.selects(flow);
    await administrator.turnsTo("Applications");
    await administrator.presses("Add application");
    const window = page.getByRole("dialog");
    await window.getByRole("searchbox").fill("woodgrove");
    await expect(window.getByText(`Uses ${from} now. Selecting it here moves it.`)).toBeVisible();
    await window.getByRole("radio", { name: /Woodgrove/ }).check();
    await window.getByRole("button", { name: "Move here and select" }).click();
    await administrator.isTold(/uses this flow now/);
    await expect(page.getByRole("rowheader", { name: /Woodgrove/ })).toBeVisible();
  };
  await takes("Partners", "SignInSignUpSample");
  await takes("SignInSignUpSample", "Partners");

  await administrator.opens("User flows");
  await administrator.selects("Partners");
  await administrator.presses("Delete user flow");
  await administrator.confirms("Delete Partners?", "Delete user flow");
  await administrator.isTold("Partners is deleted.");
});
