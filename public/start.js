// Follows the glue of wasm-bindgen in one file: fetches the page's WebAssembly and sentences side by side, then takes the page over.
// Where the widget brings it into somebody else's page, public/widget.js does that.

/** Server-sent events by a request that is no plain GET: the widget's, whose token stands in no address. */
export function hear(ask, heard, life) {
  const line = new AbortController();
  const signal = AbortSignal.any([line.signal, life]);
  const hears = async () => {
    for (; !signal.aborted; await new Promise((passes) => setTimeout(passes, 1000 + 2000 * Math.random()))) {
      try {
        const answer = await ask(signal);
        if (answer.status === 204) return;
        const lines = answer.body.pipeThrough(new TextDecoderStream()).getReader();
        for (let line; !(line = await lines.read()).done; ) if (answer.ok && line.value.includes("data:")) heard();
      } catch {}
    }
  };
  hears();
  return { close: () => line.abort() };
}

const from = document.querySelector(`script[data-wasm][src$="${new URL(import.meta.url).pathname}"]`)?.dataset;
if (from) {
  const ask = (url) => fetch(url, { priority: "low" });
  const [sentences] = await Promise.all([
    ask(from.text).then((answer) => answer.text()),
    __wbg_init({ module_or_path: ask(from.wasm) }),
  ]);
  const ground = {
    find: (selector) => document.querySelector(selector),
    focused: () => document.activeElement,
    ask(path, fields, then) {
      const wish = { headers: { accept: "application/json" } };
      if (fields) Object.assign(wish, { method: "POST", body: new URLSearchParams(fields) });
      fetch(path, wish).then((answer) => answer.text()).then(then, () => then());
    },
    go: (location) => globalThis.location.assign(location),
    turned: (title) => (document.title = title),
    listen(path, revision, heard) {
      const line = new EventSource(`${path}/live?revision=${revision}`);
      line.onmessage = () => heard();
      return line;
    },
  };
  const place = document.getElementById("hosted");
  // Held by the element, so that it lives as long.
  place.leave = hydrate_hosted(document.getElementById("page").textContent, sentences, place, ground);
}
