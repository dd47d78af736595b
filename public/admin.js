// Follows the glue of wasm-bindgen in one file: fetches the portal's WebAssembly, then opens the portal.
await __wbg_init({ module_or_path: fetch(document.querySelector("script[data-wasm]").dataset.wasm) });
open_portal();
