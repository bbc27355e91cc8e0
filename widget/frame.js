// The frame's page before and beside the WebAssembly: shakes hands with the loader, reports the card's height, closes,
// and starts the widget over the plain form. If the widget cannot start, the form stays, and all of this stays with it.

const card = document.getElementById("card");
const form = document.getElementById("plain");
const data = document.getElementById("setup");
const setup = JSON.parse(data.textContent);

/** The page behind a private link: what stands behind the # is gone from the address bar before anything else happens. */
const hosted = "hosted" in data.dataset;
const link = hosted ? { secret: location.hash.slice(1), okay: new URLSearchParams(location.search).get("okay") } : {};
if (hosted) {
  history.replaceState(null, "", location.pathname);
  addEventListener("hashchange", () => location.hash && location.reload());
}

/** What the loader speaks with us through; none on a page of its own. */
let port;

const tell = (t, n, text) => port && port.postMessage({ t, n, text });

/** The moment whose question stands there by itself and has no answer yet. */
let asking;

/** Tells the collector how often visitors are asked and put it off: a number, and nothing about who. */
function count(what) {
  const told = new Blob([JSON.stringify({ shop: setup.shop, moment: asking, what })], { type: "application/json" });
  if (asking && !setup.preview) navigator.sendBeacon("/v1/check-ins", told);
}

/** Tells the loader what became of the question; it remembers nothing but until when it leaves the visitor in peace. */
function became(what) {
  if (setup.preview) return;
  if (what === "answered") asking = 0;
  const [answered, not_now] = setup.quiet_days;
  const days = { answered, not_now, ask_again: not_now, never: Infinity, forget: 0 }[what];
  const until = days && Math.min(Date.now() + days * 864e5, 9e15);
  tell(what === "ask_again" || what === "forget" ? "rest" : "peace", until);
}

/** Whether this origin is one of the shop's, or our own (an owner looking at a preview). */
const isShop = (origin) => origin === location.origin || origin.match(setup.origins);

/** The loader's first message, with the port; taken once, from our parent, from a page of the shop. */
const hands = new Promise((shaken) => {
  addEventListener("message", (e) => {
    const open = e.data;
    if (port || parent === self || e.source !== parent || !isShop(e.origin)) return;
    if (!e.ports[0] || !open || open.t !== "open") return;
    port = e.ports[0];
    port.onmessage = ({ data }) => hear(data);
    open.moment ||= "any_time";
    shaken(open);
  });
});

let unlock = () => {};

/** What the widget may ask of us. */
const host = {
  became,
  close,
  dim: (on) => tell("dim", on),
  copy,
  /** Of several tabs only one delivers at a time; ids protect where there are no locks. */
  lock: () =>
    new Promise((granted) => {
      if (!navigator.locks) return granted();
      const held = () => new Promise((end) => ((unlock = end), granted()));
      navigator.locks.request("tableside." + setup.shop, held).catch(granted);
    }),
  unlock: () => unlock(),
  // A finger leaves its hover behind; only what can really hover counts.
  busy: () => (matchMedia("(hover:hover)").matches && card.matches(":hover")) || !!card.querySelector(":focus-visible"),
  link: (secret) => location.origin + "/c/" + setup.shop + "#" + secret,
  talk: (n, text) => tell("talk", n, text),
  /** Sends a JSON body, and goes on when the visitor leaves the page meanwhile. */
  async send(method, url, body) {
    const headers = { "content-type": "application/json" };
    // An answer that takes this long will not come any more; the same may be sent again.
    const signal = AbortSignal.timeout(2e4);
    const answer = await fetch(url, { method, headers, body, keepalive: true, signal });
    const text = await answer.text().catch(() => "");
    return { status: answer.status, text, wait: answer.headers.get("retry-after") };
  },
  /** Listens for news of these conversations: the body of the request, or nothing any more. */
  news(body) {
    wanted = body;
    listen();
  },
  /** An instant as people say it; today's without the date. */
  time(ms) {
    const at = new Date(ms);
    const isToday = at.toDateString() === new Date().toDateString();
    return at.toLocaleString(setup.language, { dateStyle: isToday ? undefined : "medium", timeStyle: "short" });
  },
  /** Called with whatever the loader says from then on: the widget puts its own here. */
  heard() {},
};

function copy(text) {
  // The old way first: many pages keep their frames from the newer clipboard, and the browser would complain aloud.
  const focused = document.activeElement;
  const area = document.body.appendChild(document.createElement("textarea"));
  area.className = "vh";
  area.value = text;
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  focused.focus();
  if (!copied && navigator.clipboard) navigator.clipboard.writeText(text).catch(() => {});
}

/** What the loader said last when the panel was opened, while it is: the widget may start later than that. */
let shown;

function hear(said) {
  said.moment ||= "any_time";
  if (said.t !== "near") shown = said.t === "shown" && said;
  if (said.t === "hidden") {
    count("dismissed");
    asking = 0;
  }
  if (said.t === "shown") {
    fillPlain(said);
    // A question that came by itself never takes the focus, and to leave it unanswered is "not now".
    if (said.focus) card.focus();
    else {
      asking = said.moment !== "any_time" && said.moment;
      count("shown");
      became("not_now");
    }
  }
  host.heard(said);
}

/** What is listened for, the stream that brings it, and when to try again. */
let wanted, stream, again;

/** One stream, while the page is in sight. Where none gets through it is asked for now and then instead: each try that
    fails looks once. The collector says "data: new" or ": still here", and only the first has a d in it. */
async function listen() {
  clearTimeout(again);
  if (stream) stream.abort();
  if (!wanted || document.hidden) return;
  const mine = (stream = new AbortController());
  let wait = 2e4;
  try {
    const headers = { "content-type": "application/json" };
    const answer = await fetch("/v1/conversations/news", { method: "POST", headers, body: wanted, signal: mine.signal });
    const reader = answer.ok && answer.body.getReader();
    for (let part; reader && !(part = await reader.read()).done; wait = 2e3) {
      if (part.value.includes(100)) host.heard({ t: "news" });
    }
  } catch (e) {
    // No network, or told to stop.
  }
  if (mine !== stream || mine.signal.aborted) return;
  if (wait > 2e3) host.heard({ t: "news" });
  again = setTimeout(listen, wait * (1 + Math.random()));
}

document.addEventListener("visibilitychange", listen);
// A page that may come back must have no stream open.
addEventListener("pagehide", () => stream && stream.abort());
addEventListener("pageshow", (e) => e.persisted && listen());

function report() {
  tell("size", Math.ceil(card.getBoundingClientRect().height));
}

/** The plain form learns from the page what the widget would have learned. */
function fillPlain({ url, title, order, product }) {
  if (!form || !form.isConnected) return;
  form.elements.page_url.value = url;
  form.elements.page_title.value = title;
  form.elements.product.value = product || "";
  if (order && !form.elements.order.value) form.elements.order.value = order;
  const rest = document.getElementById("rest"); // gone, when the widget was quicker
  if (rest) rest.hidden = false;
}

function close() {
  tell("close");
}

if (setup.framed) {
  hands.then((open) => {
    document.getElementById("close").hidden = false;
    fillPlain(open);
    report();
    tell("ready");
    new ResizeObserver(report).observe(card);
    const stored = document.getElementById("stored");
    if (stored) became(stored.dataset.tell);
  });
  document.getElementById("close").onclick = close;
  addEventListener("keydown", (e) => {
    if (e.key === "Escape" && !e.defaultPrevented) close();
  });
}

if (form) {
  // Whoever is unhappy most likely wants an answer; the tick can be taken out again.
  form.addEventListener("change", (e) => {
    const wants = form.elements.wants_reply;
    if (e.target === wants) wants.touched = true;
    if (e.target.name !== "rating") return;
    if (!wants.touched) wants.checked = e.target.value < 3;
    tell("dim", true);
  });
  form.addEventListener("click", (e) => {
    const what = e.target.closest("[data-tell]");
    if (!what) return;
    became(what.dataset.tell);
    close();
  });
}

/** Fetches glue and WebAssembly in one task, and starts the widget unless that takes so long that the visitor is at home
    in the plain form by then. */
async function startWidget() {
  const { glue, wasm } = data.dataset;
  if (!glue || typeof WebAssembly !== "object") return;
  const late = performance.now() + 10000;
  const bytes = fetch(wasm);
  // Where the glue fails first, nobody waits for the bytes.
  bytes.catch(() => {});
  const [widget, open] = await Promise.all([import(glue), setup.framed ? hands : link]);
  const ok = await bytes;
  if (!ok.ok) throw new Error(wasm + " " + ok.status);
  await widget.default({ module_or_path: ok });
  if (!hosted && (performance.now() > late || form.dataset.sent)) return;
  widget.start(data.textContent, open, host);
  if (shown) host.heard(shown);
}

addEventListener("online", () => host.heard({ t: "online" }));

if (form) {
  form.addEventListener("submit", () => (form.dataset.sent = 1));
  startWidget().catch((e) => console.warn("Tableside: the plain form stays, because the widget did not start. " + e));
}
if (hosted) {
  const needs = () => (document.getElementById("needs").hidden = false);
  if (typeof WebAssembly !== "object") needs();
  startWidget().catch(needs);
}
