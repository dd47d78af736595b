// Follows the glue of wasm-bindgen in one file: fetches the page's WebAssembly and sentences side by side, then takes the page over.
const from = document.querySelector("script[data-wasm]").dataset;
const ask = (url) => fetch(url, { priority: "low" });
const [sentences] = await Promise.all([
  ask(from.text).then((answer) => answer.text()),
  __wbg_init({ module_or_path: ask(from.wasm) }),
]);
hydrate_hosted(document.getElementById("page").textContent, sentences);
