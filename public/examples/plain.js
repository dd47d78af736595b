const widget = document.querySelector("portico-sign-in");
const greeting = document.querySelector("#greeting");

widget.addEventListener("signed-in", ({ detail }) => (greeting.textContent = `Good morning, ${detail.user.name}`));
widget.addEventListener("signed-out", () => (greeting.textContent = ""));
widget.addEventListener("error", ({ detail }) => (greeting.textContent = detail.error.message));
