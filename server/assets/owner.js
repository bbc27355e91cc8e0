// Adds to the owner's pages: copy buttons, live counts, the settings' preview, menus. Every page works without this
// script.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Copy buttons are shown only where the browser has a clipboard for scripts.
  for (const button of all("[data-copy]")) {
    const label = button.querySelector("span");
    const said = label.textContent;
    button.hidden = !navigator.clipboard;
    button.onclick = async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      label.textContent = "Copied";
      setTimeout(() => (label.textContent = said), 2000);
    };
  }

  // Counts "12 s ago" on, in the words of server/src/text/phrases.rs.
  const steps = [[86400, "days"], [3600, "h"], [60, "min"], [1, "s"]];
  const ago = (seconds) => {
    if (seconds < 5) return "just now";
    if (seconds >= 86400 && seconds < 172800) return "a day ago";
    const [unit, name] = steps.find(([unit]) => seconds >= unit);
    return Math.floor(seconds / unit).toLocaleString("en") + "\u00a0" + name + " ago";
  };
  const tick = () => {
    for (const time of all("[data-ago]")) {
      const text = ago((Date.now() - time.dataset.ago) / 1000);
      if (time.textContent !== text) time.textContent = text;
    }
  };
  setInterval(tick, 1000);

  // Asks where the tag was seen, as long as the page is visible. A screen reader announces only the change from "not
  // yet" to "seen".
  for (const box of all("[data-seen]")) {
    const look = async () => {
      if (document.hidden || box.contains(document.activeElement)) return;
      try {
        const answer = await fetch(box.dataset.seen, { headers: { accept: "text/html" } });
        if (!answer.ok || answer.redirected) return;
        const waited = box.querySelector(".tag-status--unseen");
        box.innerHTML = await answer.text();
        if (waited && !box.querySelector(".tag-status--unseen")) box.setAttribute("role", "status");
        tick();
      } catch {
        // No connection: the next request may succeed.
      }
    };
    setInterval(look, 4000);
  }

  // After a change in the shop the counts in the navigation are updated. The page itself stays as it is, so that
  // nothing moves while it is read or tapped; a banner says that there is more.
  const main = document.querySelector("main[data-news]");
  if (main && "EventSource" in window) {
    let timer;
    const look = async () => {
      try {
        const answer = await fetch(location.href, { headers: { accept: "text/html" } });
        if (!answer.ok || answer.redirected) return;
        const now = new DOMParser().parseFromString(await answer.text(), "text/html");
        for (const place of [".main-nav", ".tab-bar"]) {
          document.querySelector(place).replaceWith(now.querySelector(place));
        }
        document.dispatchEvent(new CustomEvent("tableside:page", { detail: now }));
      } catch {
        // No connection: the next event triggers another request.
      }
      const line = document.querySelector(".news-banner");
      if (line) line.hidden = false;
    };
    const soon = () => {
      clearTimeout(timer);
      timer = setTimeout(look, 250);
    };
    const events = new EventSource(main.dataset.news);
    events.onmessage = soon;
    // Events during a lost connection are not sent again.
    let lost = false;
    events.onerror = () => (lost = true);
    events.onopen = () => {
      if (lost && document.querySelector("[data-inbox]")) soon();
      lost = false;
    };
  }

  // Updates the preview 0.4 seconds after the last change in a form.
  const preview = document.querySelector("[data-preview]");
  if (preview) {
    let timer;
    let shown = "";
    const refresh = () => {
      const query = new URLSearchParams();
      for (const form of all("[data-draft]")) {
        for (const [name, value] of new FormData(form)) {
          if (typeof value === "string" && name !== "initials") query.append(name, value);
        }
      }
      const draft = query.toString();
      if (draft === shown) return;
      shown = draft;
      const saved = preview.dataset.preview;
      // `replace` adds nothing to the browser's history.
      preview.contentWindow.location.replace(saved + (saved.includes("?") ? "&" : "?") + draft);
    };
    for (const form of all("[data-draft]")) {
      form.addEventListener("input", (event) => {
        // The sentence about the saved colour does not apply to another one.
        for (const line of all("[data-saved]", form)) line.hidden = true;
        if (event.target.name === "accent_own") form.querySelector('[value="own"]').checked = true;
        clearTimeout(timer);
        timer = setTimeout(refresh, 400);
      });
    }
  }

  // Signing out removes all drafts from this device.
  document.querySelector('form[action="/sign-out"]')?.addEventListener("submit", () => {
    try {
      for (const key of Object.keys(localStorage)) if (key.startsWith("tableside.draft.")) localStorage.removeItem(key);
    } catch {
      // Where storage is denied, there are no drafts.
    }
  });

  // A new shop gets the time zone of its owner's browser.
  for (const field of all("[data-zone]")) field.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";

  // Menus close on a tap elsewhere and on Escape.
  const menus = all(".shop-switch, .account-menu");
  const close = (event) => {
    for (const menu of menus) {
      if (!menu.open || (event.type === "click" && menu.contains(event.target))) continue;
      menu.open = false;
      if (event.type === "keydown") menu.querySelector("summary").focus();
    }
  };
  document.addEventListener("click", close);
  document.addEventListener("keydown", (event) => event.key === "Escape" && close(event));

  // Marks the visible section in the settings' table of contents.
  const places = all('.settings-nav a[href^="#"]');
  if (places.length && "IntersectionObserver" in window) {
    const watch = new IntersectionObserver(
      (seen) => {
        for (const { target, isIntersecting } of seen) {
          if (!isIntersecting) continue;
          for (const a of places) a.toggleAttribute("aria-current", a.hash === "#" + target.id);
          places.find((a) => a.hash === "#" + target.id)?.setAttribute("aria-current", "true");
        }
      },
      { rootMargin: "-20% 0px -70%" },
    );
    for (const a of places) watch.observe(document.querySelector(a.hash));
  }
})();
