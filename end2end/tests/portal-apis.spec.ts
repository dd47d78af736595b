// What an application exposes as an API, and what another is granted of it: by an administrator, for everybody.

import { expect, test } from "./administrator.ts";

// Some of what is asked here is refused, and browsers write that down.
test.use({ viewport: { width: 1280, height: 860 }, forgiven: /the server responded with a status of 400/ });

test("a scope is exposed, granted to another application, taken back, and gone @script", async ({ administrator }) => {
  test.slow();
  const { page } = administrator;
  const mark = Date.now() % 100_000;
  const [api, caller] = [`Worklist API ${mark}`, `Worklist page ${mark}`];
  const exposed = page.getByRole("region", { name: "Expose an API" });
  const granted = page.getByRole("region", { name: "API permissions" });
  const row = (of: typeof exposed, scope: string) => of.getByRole("row").filter({ has: page.getByRole("rowheader", { name: new RegExp(`^${scope}`) }) });
  const acts = async (scope: string, act: string) => {
    await page.getByRole("button", { name: `Acts on ${scope}`, exact: true }).click();
    await administrator.presses(act);
  };

  const id = await administrator.registers(api);
  await expect(exposed.getByText("No scope yet.")).toBeVisible();
  const alarm = page.getByText("It has no user flow yet: nobody can sign in.");
  await expect(alarm).toBeVisible();
  await expect(exposed.getByText(`api://${id}`, { exact: true })).toBeVisible();

  // What is wrong stands at its field, and nothing that was typed is lost.
  await administrator.presses("Add a scope");
  const window = page.getByRole("dialog", { name: "Add a scope" });
  const name = window.getByLabel("Name", { exact: true });
  await name.fill("Read the tasks");
  await window.getByLabel(/^Title/).fill("Read tasks");
  await page.keyboard.press("Enter");
  await expect(window.locator(".fault")).toHaveCount(1);
  await expect(name).toBeFocused();
  await expect(name).toHaveValue("Read the tasks");
  await administrator.findsNoBarrier();
  await name.fill("Tasks.Read");
  await page.keyboard.press("Enter");
  await expect(window).toHaveCount(0);
  await expect(row(exposed, "Tasks.Read")).toContainText(`api://${id}/Tasks.Read`);
  await expect(row(exposed, "Tasks.Read")).toContainText("On");
  await expect(exposed.getByRole("button", { name: "Copy Tasks.Read" })).toBeVisible();
  // Over several lines it ends where a word does.
  await expect(row(exposed, "Tasks.Read").locator("code wbr")).not.toHaveCount(0);
  // What others call, and comes back nowhere, lacks no user flow.
  await expect(alarm).toHaveCount(0);
  await expect(page.getByText("Others call it as an API, and people sign in to those")).toBeVisible();
  await administrator.addsScope("Tasks.Write", "Change tasks");
  await administrator.findsNoBarrier();

  await acts("Tasks.Write", "Edit …");
  const edited = page.getByRole("dialog", { name: "Edit Tasks.Write" });
  await expect(edited.getByLabel("Name", { exact: true })).toHaveValue("Tasks.Write");
  await edited.getByLabel(/^Title/).fill("Add and change tasks");
  await edited.getByLabel(/^Description/).fill("Those of others as well.");
  await edited.getByRole("radio", { name: /^Administrators/ }).check();
  await edited.getByRole("button", { name: "Save" }).click();
  await expect(row(exposed, "Tasks.Write")).toContainText("Add and change tasks");
  await expect(row(exposed, "Tasks.Write")).toContainText("Administrators");

  // By a name that people would rather write.
  const named = `https://worklist-${mark}.example.org`;
  await exposed.getByLabel(/^Identifier URIs/).fill(named);
  await administrator.presses("Save the URIs");
  await expect(row(exposed, "Tasks.Read")).toContainText(`${named}/Tasks.Read`);

  const callerId = await administrator.registers(caller);
  await expect(granted.getByText("Nothing yet.")).toBeVisible();
  await administrator.presses("Add a permission");
  const adding = page.getByRole("dialog", { name: "Add a permission" });
  await adding.getByRole("button", { name: "Grant for everybody" }).click();
  await expect(adding.getByText("Choose the API first.")).toBeVisible();
  await expect(adding.getByRole("radio", { name: caller })).toHaveCount(0);
  await adding.getByRole("radio", { name: new RegExp(`^${api}`) }).check();
  await adding.getByRole("button", { name: "Grant for everybody" }).click();
  const told = adding.getByText("Tick what it may ask for.");
  await expect(told).toBeVisible();
  const [words, cancel] = [await told.boundingBox(), await adding.getByRole("button", { name: "Cancel" }).boundingBox()];
  expect(words!.y + words!.height, "a line of its own").toBeLessThanOrEqual(cancel!.y);
  const further = adding.locator("label").filter({ hasText: "Tasks.Write" }).filter({ has: page.getByRole("checkbox") });
  for (const known of ["Add and change tasks", "Those of others as well.", "Meant for administrators."]) {
    await expect(further).toContainText(known);
  }
  await administrator.findsNoBarrier();
  await adding.getByRole("checkbox", { name: /^Tasks\.Read/ }).check();
  await page.keyboard.press("Enter");
  await administrator.isTold(`Tasks.Read of ${api} is granted, for everybody.`);
  await expect(adding).toHaveCount(0);
  await expect(row(granted, "Tasks.Read")).toContainText(api);
  await expect(granted.getByText(`${named}/Tasks.Read`, { exact: true })).toBeVisible();
  await page.reload();
  await expect(row(granted, "Tasks.Read")).toContainText("Granted");

  // One more of the same API.
  await administrator.presses("Add a permission");
  await adding.getByRole("radio", { name: new RegExp(`^${api}`) }).check();
  await expect(adding.getByRole("checkbox", { name: /^Tasks\.Read/ })).toBeDisabled();
  await page.keyboard.press("Escape");
  await administrator.grants("Tasks.Write", api);
  await expect(granted.getByText(`${named}/Tasks.Read ${named}/Tasks.Write`, { exact: true })).toBeVisible();
  await administrator.findsNoBarrier();
  await administrator.presses(`Take back Tasks.Write of ${api}`);
  await administrator.confirms("Take back Tasks.Write?", "Take back");
  await expect(row(granted, "Tasks.Write")).toHaveCount(0);
  await expect(row(granted, "Tasks.Read")).toBeVisible();

  // What its API switches off is granted still, and says so; what it deletes is gone.
  await granted.getByRole("link", { name: api }).click();
  await administrator.sees(api);
  await acts("Tasks.Read", "Switch off");
  await administrator.isTold("Tasks.Read is off.");
  await expect(row(exposed, "Tasks.Read")).toContainText("Off");
  await page.goto(`/admin/applications/${callerId}`);
  await expect(row(granted, "Tasks.Read")).toContainText("Switched off by its API");
  await administrator.findsNoBarrier();
  await page.goto(`/admin/applications/${id}`);
  await administrator.sees(api);
  await acts("Tasks.Read", "Delete …");
  await administrator.confirms("Delete Tasks.Read?", "Delete scope");
  await expect(row(exposed, "Tasks.Read")).toHaveCount(0);
  await expect(row(exposed, "Tasks.Write")).toBeVisible();
  await page.goto(`/admin/applications/${callerId}`);
  await administrator.sees(caller);
  await expect(granted.getByText("Granted", { exact: true })).toHaveCount(0);
  await expect(granted.getByText("Switched off by its API")).toHaveCount(0);
});

test("changing scopes beside it leaves a form as it was typed, and either is saved @script", async ({ administrator }) => {
  const { page } = administrator;
  await administrator.registers(`Worklist forms ${Date.now() % 100_000}`);
  const web = page.getByLabel(/^Web/);
  await web.fill("https://worklist.example.org/back");
  await administrator.addsScope("Tasks.Read", "Read tasks");
  await expect(web).toHaveValue("https://worklist.example.org/back");
  const uris = page.getByLabel(/^Identifier URIs/);
  const named = `https://forms-${Date.now() % 100_000}.example.org`;
  await uris.fill(named);
  await administrator.presses("Save the URIs");
  await administrator.isTold("Saved.");
  await expect(page.getByText(`${named}/Tasks.Read`)).toBeVisible();
  await expect(web).toHaveValue("https://worklist.example.org/back");
  const saved = page.waitForResponse((answer) => answer.request().method() === "PATCH" && answer.ok());
  await administrator.presses("Save");
  await saved;
  // While it is under way, the button says so.
  await expect(page.getByRole("button", { name: "Save", exact: true })).toBeVisible();
  await page.reload();
  await expect(web).toHaveValue("https://worklist.example.org/back");
  await expect(uris).toHaveValue(named);
  await expect(page.getByRole("button", { name: "Acts on Tasks.Read" })).toBeVisible();
});

test("what is wrong with the URIs is said at their field, and plain tokens are warned of @script", async ({ administrator }) => {
  const { page } = administrator;
  const exposed = page.getByRole("region", { name: "Expose an API" });
  const warning = exposed.getByText(/^Plain access tokens are on/);
  await administrator.registers(`Worklist plain ${Date.now() % 100_000}`);
  const uris = page.getByLabel(/^Identifier URIs/);
  const code = "Request_BadRequest";
  const details = [{ code, target: "identifierUris/0", message: "It is no URI." }];
  const refusal = { error: { code, message: "It is no URI.", details } };
  await page.route(/\/applications\//, async (route) => {
    const sent = route.request();
    if (sent.method() === "PATCH" && sent.postData()?.includes("no address")) await route.fulfill({ status: 400, json: refusal });
    else await route.fallback();
  });
  await uris.fill("no address");
  await administrator.presses("Save the URIs");
  await expect(uris).toBeFocused();
  await expect(uris).toHaveAttribute("aria-invalid", "true");
  await expect(exposed.getByText("It is no URI.")).toBeVisible();
  await expect(uris).toHaveValue("no address");
  await uris.fill("");

  await page.getByRole("checkbox", { name: /^Plain access tokens/ }).check();
  await administrator.presses("Save the protocol");
  await administrator.isTold("Saved.");
  await expect(warning).toHaveCount(0);
  await administrator.addsScope("Tasks.Read", "Read tasks");
  await expect(warning).toBeVisible();
  await administrator.findsNoBarrier();

  // Where the API is exposed stands the same switch, in other words, and saves what it says.
  const again = exposed.getByRole("checkbox", { name: /^For backends with Spring Security or passport-azure-ad/ });
  await expect(again).toBeChecked();
  await again.uncheck();
  await expect(page.getByRole("checkbox", { name: /^Plain access tokens/ })).not.toBeChecked();
  await administrator.presses("Save it with the protocol");
  await expect(warning).toHaveCount(0);
  await page.reload();
  await expect(exposed.getByRole("button", { name: "Acts on Tasks.Read" })).toBeVisible();
  await expect(again).not.toBeChecked();
});

test("among many APIs one is searched for, and what was chosen stays chosen @script", async ({ administrator }) => {
  const { page } = administrator;
  const scope = { id: "7ab1d382-f21e-4acd-a863-ba3e13f7da61", value: "Tasks.Read", type: "User", isEnabled: true };
  const one = (number: number) => ({
    id: `worklist-${number}`,
    displayName: `Worklist ${number}`,
    identifierUris: [`https://worklist-${number}.example.org`],
    api: { oauth2PermissionScopes: [scope] },
  });
  const value = [1, 2, 3, 4, 5, 6, 7, 8].map(one);
  await page.route(/\/applications\?\$top=999/, (route) => route.fulfill({ json: { value } }));
  await administrator.registers(`Worklist search ${Date.now() % 100_000}`);
  await administrator.presses("Add a permission");
  const window = page.getByRole("dialog", { name: "Add a permission" });
  const search = window.getByRole("searchbox", { name: "Search APIs" });
  await expect(search).toBeFocused();
  await expect(window.getByRole("radio")).toHaveCount(8);
  await search.fill("worklist-7.example");
  await page.keyboard.press("Enter");
  await window.getByRole("radio").check();
  await window.getByRole("checkbox", { name: /^Tasks\.Read/ }).check();
  await search.fill("nothing is called so");
  await expect(window.getByText("Nothing here fits what you typed.")).toBeVisible();
  await expect(window.getByRole("checkbox", { name: /^Tasks\.Read/ })).toBeChecked();
  await administrator.findsNoBarrier();
  await search.fill("");
  await expect(window.getByRole("radio", { name: /^Worklist 7/ })).toBeChecked();
  await window.getByRole("radio", { name: /^Worklist 8/ }).check();
  await expect(window.getByRole("checkbox", { name: /^Tasks\.Read/ })).not.toBeChecked();
  await window.getByRole("radio", { name: /^Worklist 7/ }).check();
  await expect(window.getByRole("checkbox", { name: /^Tasks\.Read/ })).toBeChecked();
});
