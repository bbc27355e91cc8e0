// Comfort for the owner's pages. Every page works without it; nothing here knows anything the page does not.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Copy buttons are there only where they work.
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

  // "12 s ago" goes on counting; as in server/src/text/phrases.rs.
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

  // Where the tag was seen, while somebody looks. Read out only when it changes from "not yet" to "seen".
  for (const box of all("[data-seen]")) {
    const look = async () => {
      if (document.hidden || box.contains(document.activeElement)) return;
      try {
        const answer = await fetch(box.dataset.seen, { headers: { accept: "text/html" } });
        if (!answer.ok || answer.redirected) return;
        const waited = box.querySelector(".live-off");
        box.innerHTML = await answer.text();
        if (waited && !box.querySelector(".live-off")) box.setAttribute("role", "status");
        tick();
      } catch {
        // No connection just now: the next look will tell.
      }
    };
    setInterval(look, 4000);
  }

  // Something new about the shop: the counts beside the pages' names follow by themselves. The page itself stays as it
  // is, since nothing may move under somebody's eyes or fingers; a line says that there is more.
  const main = document.querySelector("main[data-news]");
  if (main && "EventSource" in window) {
    let timer;
    const look = async () => {
      try {
        const answer = await fetch(location.href, { headers: { accept: "text/html" } });
        if (!answer.ok || answer.redirected) return;
        const now = new DOMParser().parseFromString(await answer.text(), "text/html");
        for (const place of [".o-nav", ".o-tabs"]) {
          document.querySelector(place).replaceWith(now.querySelector(place));
        }
        document.dispatchEvent(new CustomEvent("tableside:page", { detail: now }));
      } catch {
        // No connection just now: the next news will tell.
      }
      const line = document.querySelector(".o-news");
      if (line) line.hidden = false;
    };
    const soon = () => {
      clearTimeout(timer);
      timer = setTimeout(look, 250);
    };
    const events = new EventSource(main.dataset.news);
    events.onmessage = soon;
    // What was told while there was no connection was not heard.
    let lost = false;
    events.onerror = () => (lost = true);
    events.onopen = () => {
      if (lost && document.querySelector("[data-inbox]")) soon();
      lost = false;
    };
  }

  // The preview follows the forms a moment after the last change.
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
      // Replaced, not visited: the preview must not fill the way back.
      preview.contentWindow.location.replace(saved + (saved.includes("?") ? "&" : "?") + draft);
    };
    for (const form of all("[data-draft]")) {
      form.addEventListener("input", (event) => {
        // What was said about the saved colour is not true of another one.
        for (const line of all("[data-saved]", form)) line.hidden = true;
        if (event.target.name === "accent_own") form.querySelector('[value="own"]').checked = true;
        clearTimeout(timer);
        timer = setTimeout(refresh, 400);
      });
    }
  }

  // Whoever signs out leaves nothing half written on this device.
  document.querySelector('form[action="/sign-out"]')?.addEventListener("submit", () => {
    try {
      for (const key of Object.keys(localStorage)) if (key.startsWith("tableside.draft.")) localStorage.removeItem(key);
    } catch {
      // Nothing can be stored, so nothing was.
    }
  });

  // A new shop's days begin where its owner is.
  for (const field of all("[data-zone]")) field.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";

  // Menus close when somebody taps elsewhere or presses Escape.
  const menus = all(".o-switch, .o-me");
  const close = (event) => {
    for (const menu of menus) {
      if (!menu.open || (event.type === "click" && menu.contains(event.target))) continue;
      menu.open = false;
      if (event.type === "keydown") menu.querySelector("summary").focus();
    }
  };
  document.addEventListener("click", close);
  document.addEventListener("keydown", (event) => event.key === "Escape" && close(event));

  // The settings' table of contents shows where one is.
  const places = all('.t-nav a[href^="#"]');
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
