// Languages: what the application asks for, then what the browser likes, then what the person chooses.

import ar from "../../app/src/text/ar.json" with { type: "json" };
import de from "../../app/src/text/de.json" with { type: "json" };
import { expect, test } from "./house.ts";

for (const [tag, text, direction] of [
  ["de", de.pages, "ltr"],
  ["ar", ar.pages, "rtl"],
] as const) {
  test(`${tag}: the application asks for it`, async ({ person }) => {
    await person.isSentBy({ ui_locales: `tlh ${tag}` });
    await person.sees(text.signInHeading);
    await expect(person.whole).toHaveAttribute("lang", tag);
    await expect(person.whole).toHaveAttribute("dir", direction);
    await person.enters(text.addressLabel, person.address);
    await person.presses(text.continue);
    await person.sees(text.passwordHeading);
  });

  test(`${tag}: chosen in the menu, and kept on the pages after it`, async ({ person }) => {
    await person.isSentBy({});
    await person.sees("Sign in");
    await person.page.locator("details.menu summary").click();
    await person.presses(text === de.pages ? "Deutsch" : "العربية");
    await person.sees(text.signInHeading);
    await expect(person.whole).toHaveAttribute("dir", direction);
    await person.presses(text.createOne);
    await person.sees(text.signUpHeading);
    await person.enters(text.addressLabel, person.address);
    await person.presses(text.sendCode);
    await person.sees(text.codeHeading);
    const letter = await person.newestMail();
    expect(letter.subject).toContain("Woodgrove");
    expect(letter.subject).not.toContain("Your code");
  });
}

test.describe("a browser that likes German", () => {
  test.use({ locale: "de-AT" });

  test("meets German", async ({ person }) => {
    await person.opensTheShop();
    await person.choosesSignIn(de.pages.signInHeading);
  });
});

test("the wrong answer is told in the person's language", async ({ person }) => {
  await person.isSentBy({ ui_locales: "ar" });
  await person.sees(ar.pages.signInHeading);
  await person.enters(ar.pages.addressLabel, "ada@example");
  await person.presses(ar.pages.continue);
  await person.isTold(ar.pages.faultNotAnAddress);
});
