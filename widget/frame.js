// The script of the frame's page, before and without WebAssembly: it exchanges the first messages with the loader, reports
// the height of the card, serves the plain form, and starts the widget over it. If the widget cannot start, the plain form
// stays and works. Everything that only the widget needs is in the widget (`widget/src/platform`).

const card = document.getElementById("card");
const form = document.getElementById("plain");
const data = document.getElementById("setup");
const setup = JSON.parse(data.textContent);

/** The page behind a private link. Its secret stands behind the # and leaves the address bar before anything else happens. */
const hosted = "hosted" in data.dataset;
const link = hosted ? { secret: location.hash.slice(1), okay: new URLSearchParams(location.search).get("okay") } : {};
if (hosted) {
  history.replaceState(null, "", location.pathname);
  addEventListener("hashchange", () => location.hash && location.reload());
}

/** The port to the loader; none on a page of its own. */
let port;

const tell = (t, n, text) => port && port.postMessage({ t, n, text });
const close = () => tell("close");

/** The moment of a question that was shown by a trigger and is not answered yet. */
let asking;

/** Counts how often visitors are asked and dismiss the question: the report names no visitor. */
function count(what) {
  const report = new Blob([JSON.stringify({ shop: setup.shop, moment: asking, what })], { type: "application/json" });
  if (asking && !setup.preview) navigator.sendBeacon("/v1/check-ins", report);
}

/** Tells the loader until when to leave the visitor in peace: `answered`, `not_now`, `never`, `ask_again` or `forget`. */
function settle(outcome) {
  if (setup.preview) return;
  if (outcome === "answered") asking = 0;
  const [answered, not_now] = setup.quiet_days;
  const days = { answered, not_now, ask_again: not_now, never: Infinity, forget: 0 }[outcome];
  const until = days && Math.min(Date.now() + days * 864e5, 9e15);
  tell(outcome === "ask_again" || outcome === "forget" ? "rest" : "peace", until);
}

/** Whether this origin is one of the shop's, or our own (an owner's preview). */
const isShop = (origin) => origin === location.origin || origin.match(setup.origins);

/** The loader's first message, with the port. It is taken once, from our parent, and from a page of the shop. */
const handshake = new Promise((resolve) => {
  addEventListener("message", (e) => {
    const open = e.data;
    if (port || parent === self || e.source !== parent || !isShop(e.origin)) return;
    if (!e.ports[0] || !open || open.t !== "open") return;
    port = e.ports[0];
    port.onmessage = ({ data }) => hear(data);
    open.moment ||= "any_time";
    resolve(open);
  });
});

/** What the widget may call, and `heard`, in whose place it puts a function for further messages of the loader. */
const host = { settle, tell, heard() {} };

/** The latest `shown` message, as long as the panel is open: the widget may start after it. */
let shown;

function hear(message) {
  message.moment ||= "any_time";
  if (message.t !== "near") shown = message.t === "shown" && message;
  if (message.t === "hidden") {
    count("dismissed");
    asking = 0;
  }
  if (message.t === "shown") {
    fillPlain(message);
    // A panel that a trigger opened never takes the focus, and closing it without an answer means "not now".
    if (message.focus) card.focus();
    else {
      asking = message.moment !== "any_time" && message.moment;
      count("shown");
      settle("not_now");
    }
  }
  host.heard(message);
}

function report() {
  tell("size", Math.ceil(card.getBoundingClientRect().height));
}

/** Puts what the loader says about the shop's page into the plain form. */
function fillPlain({ url, title, order, product }) {
  if (!form || !form.isConnected) return;
  form.elements.page_url.value = url;
  form.elements.page_title.value = title;
  form.elements.product.value = product || "";
  if (order && !form.elements.order.value) form.elements.order.value = order;
  const rest = document.getElementById("rest"); // absent once the widget has started
  if (rest) rest.hidden = false;
}

if (setup.framed) {
  handshake.then((open) => {
    document.getElementById("close").hidden = false;
    fillPlain(open);
    report();
    tell("ready");
    new ResizeObserver(report).observe(card);
    const stored = document.getElementById("stored");
    if (stored) settle(stored.dataset.tell);
  });
  document.getElementById("close").onclick = close;
  addEventListener("keydown", (e) => {
    if (e.key === "Escape" && !e.defaultPrevented) close();
  });
}

if (form) {
  // An unhappy visitor most likely wants a reply; the visitor can untick it.
  form.addEventListener("change", (e) => {
    const wants = form.elements.wants_reply;
    if (e.target === wants) wants.touched = true;
    if (e.target.name !== "rating") return;
    if (!wants.touched) wants.checked = e.target.value < 3;
    tell("dim", true);
  });
  form.addEventListener("click", (e) => {
    const button = e.target.closest("[data-tell]");
    if (!button) return;
    settle(button.dataset.tell);
    close();
  });
}

/** Fetches glue and WebAssembly at the same time, and starts the widget, unless that took so long that the visitor is
    already using the plain form. */
async function startWidget() {
  const { glue, wasm } = data.dataset;
  if (!glue || typeof WebAssembly !== "object") return;
  const late = performance.now() + 10000;
  const bytes = fetch(wasm);
  // If the glue fails first, nothing awaits this promise, and its rejection must not be reported.
  bytes.catch(() => {});
  const [widget, open] = await Promise.all([import(glue), setup.framed ? handshake : link]);
  const ok = await bytes;
  if (!ok.ok) throw new Error(wasm + " " + ok.status);
  await widget.default({ module_or_path: ok });
  if (!hosted && (performance.now() > late || form.dataset.sent)) return;
  widget.start(data.textContent, open, host);
  if (shown) host.heard(shown);
}

if (form) {
  form.addEventListener("submit", () => (form.dataset.sent = 1));
  startWidget().catch((e) => console.warn("Tableside: the plain form stays, because the widget did not start. " + e));
}
if (hosted) {
  const needs = () => (document.getElementById("needs").hidden = false);
  if (typeof WebAssembly !== "object") needs();
  startWidget().catch(needs);
}
