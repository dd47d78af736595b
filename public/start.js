// Starts a bundle. build.rs puts this behind the glue of wasm-bindgen, so that both are one file.
const { wasm } = document.querySelector("script[data-wasm]").dataset;
await __wbg_init({ module_or_path: wasm });
