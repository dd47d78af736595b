import { createApp, h, ref } from "vue";
import { Portico } from "portico-sign-in";

// Without the element: our pages in a window, a button of the application's own.
export function show(place, { server, tenant, "client-id": clientId }) {
  const portico = new Portico({ server, tenant, clientId });
  const user = ref(null);
  for (const type of ["signed-in", "signed-out"]) portico.addEventListener(type, ({ detail }) => (user.value = detail.user));
  const setup = () => () =>
    h("main", [
      h("h1", "The bakery"),
      user.value
        ? h("p", [h("span", { id: "greeting" }, `Good morning, ${user.value.name}`), " ", h("button", { onClick: () => portico.signOut() }, "Sign out")])
        : h("button", { onClick: () => portico.signIn({ mode: "popup" }) }, "Sign in"),
    ]);
  createApp({ setup }).mount(place);
}
