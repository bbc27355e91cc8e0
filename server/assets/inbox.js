// Adds to the inbox: live updates, drafts, who else has the conversation open, and shortcuts. Every page works without
// this script.
(() => {
  const inbox = document.querySelector("[data-inbox]");
  if (!inbox) return;
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const form = document.querySelector("[data-draft-of]");
  const words = form?.elements.words;
  const post = (url, body) => fetch(url, { method: "POST", body: new URLSearchParams(body), redirect: "manual" });

  // Where nothing can be stored, drafts are lost and everything else works.
  const store = {
    get(key) {
      try { return localStorage.getItem(key); } catch { return null; }
    },
    set(key, value) {
      try {
        if (value === null) localStorage.removeItem(key);
        else localStorage.setItem(key, value);
      } catch { /* denied or full */ }
    },
  };

  // The page with a refused form has the form's address, which answers no GET.
  if (location.pathname !== new URL(inbox.dataset.inbox, location.href).pathname) {
    history.replaceState(null, "", inbox.dataset.inbox);
  }

  // The draft is stored while it is written, until its message is in the conversation.
  const key = `tableside.draft.${inbox.dataset.shop}.${inbox.dataset.talk}`;
  const keep = () => {
    const draft = { words: words.value, kind: form.elements.kind.value, id: form.elements.id.value };
    store.set(key, words.value.trim() ? JSON.stringify(draft) : null);
  };
  if (words) {
    let draft = null;
    try { draft = JSON.parse(store.get(key)); } catch { /* stored by another version */ }
    if (draft && document.querySelector(`[data-message="${CSS.escape(draft.id)}"]`)) store.set(key, null);
    else if (draft && !words.value) {
      words.value = draft.words;
      // The same id, so that a reply which was stored without a response is not stored twice.
      form.elements.id.value = draft.id;
      form.elements.kind.value = draft.kind;
    }
    if (form.hasAttribute("data-refused")) keep();
    form.addEventListener("input", keep);
    if (location.hash === "#reply" && matchMedia("(hover: hover)").matches) words.focus();
  }

  // A conversation that stays open for two seconds counts as read.
  let marked = "";
  const mark = () => setTimeout(seen, 2000);
  const seen = () => {
    const said = document.getElementById("said");
    if (!inbox.dataset.read || !said?.hasAttribute("data-unread") || document.hidden) return;
    if (marked === said.dataset.until) return;
    marked = said.dataset.until;
    post(inbox.dataset.read, { until: marked }).catch(() => (marked = ""));
  };
  mark();
  document.addEventListener("visibilitychange", mark);

  // Replaces the parts of the page that have changed. The focus, the draft and ticked boxes stay as they are.
  const same = (element) => {
    if (element.name === "talk") return `input[value="${CSS.escape(element.value)}"]`;
    if (element.hash !== undefined) return `a[href="${CSS.escape(element.getAttribute("href"))}"]`;
    return null;
  };
  const follow = (part, now) => {
    if (part.outerHTML === now.outerHTML) return;
    const active = document.activeElement;
    const inside = part.contains(active);
    if (part.querySelector("[open]") || (inside && part.dataset.live === "acts")) return;
    const focused = inside && active !== part ? same(active) : null;
    if (inside && active !== part && !focused) return;
    const chosen = all(":checked", part).map((box) => box.value);
    part.replaceChildren(...now.childNodes);
    for (const { name, value } of now.attributes) part.setAttribute(name, value);
    for (const name of part.getAttributeNames()) if (!now.hasAttribute(name)) part.removeAttribute(name);
    for (const box of all("input[type=checkbox]", part)) box.checked = chosen.includes(box.value);
    if (focused) part.querySelector(focused)?.focus({ preventScroll: true });
  };
  document.addEventListener("tableside:page", ({ detail: now }) => {
    const after = now.getElementById("said")?.dataset.after;
    for (const part of all("[data-live]")) {
      const next = now.querySelector(`[data-live="${part.dataset.live}"]`);
      if (next) follow(part, next);
    }
    document.title = now.title;
    tick();
    const next = now.querySelector("[data-draft-of]");
    if (words && next) {
      const met = document.getElementById("met");
      // A started reply keeps the state that its author has read, so that a newer reply of another member shows a
      // warning.
      if (words.value.trim()) met.hidden = form.elements.after.value === after;
      else for (const name of ["id", "line", "after", "until"]) form.elements[name].value = next.elements[name].value;
    }
    mark();
  });

  // Who else has the conversation open. A member counts as writing for six seconds after the last key.
  let wrote = 0;
  words?.addEventListener("input", () => (wrote = Date.now()));
  const others = document.getElementById("others");
  const meet = async () => {
    if (!inbox.dataset.here || document.hidden) return;
    try {
      const answer = await post(inbox.dataset.here, { writing: Date.now() - wrote < 6000 ? 1 : 0 });
      if (!answer.ok) return;
      const text = (await answer.text()).trim();
      if (others.innerHTML.trim() !== text) others.innerHTML = text;
    } catch { /* no connection: the next request may succeed */ }
  };
  if (others) {
    meet();
    setInterval(meet, 4000);
  }

  // Counts waiting times on, in the words of server/src/text/phrases.rs.
  const span = (minutes) => {
    if (minutes < 1) return "under a minute";
    if (minutes < 60) return `${minutes}\u00a0min`;
    if (minutes < 1440) return `${Math.floor(minutes / 60)}\u00a0h\u00a0${String(minutes % 60).padStart(2, "0")}`;
    return minutes < 2880 ? "a\u00a0day" : `${Math.floor(minutes / 1440)}\u00a0days`;
  };
  const tick = () => {
    for (const time of all("[data-waits]")) {
      const text = span(Math.max(0, Math.floor((Date.now() - time.dataset.waits) / 60000)));
      if (time.textContent !== text) time.textContent = text;
    }
  };
  setInterval(tick, 20000);

  // Popups close on a tap elsewhere and on Escape.
  document.addEventListener("click", (event) => {
    for (const pop of all(".popup[open]")) if (!pop.contains(event.target)) pop.open = false;
    const saved = event.target.closest("[data-saved-words]");
    if (saved) {
      saved.closest("details").open = false;
      words.setRangeText(saved.dataset.savedWords, words.selectionStart, words.selectionEnd, "end");
      words.focus();
      keep();
    }
  });

  // Shortcuts of a single key can be switched off, since speech input may trigger them.
  // Source: WCAG 2.2, success criterion 2.1.4.
  const keys = document.getElementById("keys");
  const single = keys.querySelector("[name=single]");
  single.checked = store.get("tableside.keys") !== "off";
  single.onchange = () => store.set("tableside.keys", single.checked ? null : "off");
  for (const button of all("[data-keys]")) {
    button.hidden = false;
    button.onclick = () => keys.showModal();
  }
  const open = (selector) => {
    const pop = document.querySelector(selector);
    if (!pop) return;
    pop.open = true;
    pop.querySelector(":not(summary) input, :not(summary) button, summary")?.focus();
  };
  const step = (by) => {
    const items = all(".inbox-item > a");
    const here = items.findIndex((a) => a.parentElement.hasAttribute("aria-current"));
    const next = items[here < 0 ? 0 : here + by];
    if (next) location.href = next.href;
  };
  const write = (kind) => {
    if (!words) return;
    form.elements.kind.value = kind;
    words.focus();
  };
  const choose = () => {
    const item = document.activeElement.closest(".inbox-item") ?? document.querySelector(".inbox-item[aria-current]");
    const box = item?.querySelector("[name=talk]");
    if (box) box.checked = !box.checked;
  };
  const deeds = {
    j: () => step(1),
    k: () => step(-1),
    r: () => write("reply"),
    n: () => write("note"),
    e: () => open(".popup--put-right"),
    a: () => open(".conversation__actions .popup"),
    s: () => open(".popup--saved-replies"),
    x: choose,
    "/": () => document.getElementById("q").focus(),
    "?": () => keys.showModal(),
  };
  const places = { s: ".main-nav a", i: ".main-nav a:nth-child(2)" };
  let went = 0;
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target === words) {
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    if (event.key === "Escape") {
      const pop = document.querySelector(".popup[open]");
      if (pop) {
        pop.open = false;
        pop.querySelector("summary").focus();
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || keys.open || !single.checked) return;
    if (event.target.matches("input:not([type=checkbox], [type=radio]), textarea, select")) return;
    const now = Date.now();
    const place = now - went < 1500 && places[event.key];
    went = event.key === "g" ? now : 0;
    const deed = place ? () => (location.href = document.querySelector(place).href) : deeds[event.key];
    if (!deed) return;
    event.preventDefault();
    deed();
  });
})();
