// The part of Tableside that runs in the shop's page: at most 2 kB over the wire, without dependencies.
//
// It draws the launcher, waits for a trigger, opens the frame, and exchanges messages with it over one port. It throws
// nothing, patches nothing, listens to no event of the page, stores nothing before the visitor was asked or has acted, and
// leaves nothing behind after `destroy`. It polls the page twice a second instead of observing it: it then notices a
// dialog, a change of route, or that a framework removed our element, and has nothing to undo.

(() => {
  const setup = "__SETUP__"; // the shop's LoaderSetup, put here by the collector
  const doc = document;
  const root = doc.documentElement;
  const options = (doc.currentScript || root).dataset; // data-moment, data-order, data-product, data-theme, data-lang
  const before = window.tableside; // calls from before the loader ran, or another copy of the loader
  const store = "tableside." + setup.key;
  const lang = options.lang || root.lang;
  const theme = options.theme || setup.theme;
  const { mid, after, after_path, labels, preview } = setup;
  const form = setup.base + "/w/" + setup.key; // also the target of messages, of which only the origin counts

  let pages = 0; // of this visit, before this one
  let path; // the page we are on
  let moment, seconds; // the moment that may be asked about here, and in how many seconds
  let about; // what the page says about itself: order, product
  let frame, asked, port, ready; // the frame, its moment, the port to it, whether the handshake is done
  let opened; // 1: by a trigger, 2: by the visitor
  let blocked; // whether something of the shop's page is in the place of the launcher

  const warn = (sentence) => console.warn("Tableside " + sentence);
  if (before?.on || !doc.adoptedStyleSheets) return; // a second tag does nothing; very old browsers get nothing
  if (!preview && !origin.match(setup.origins)) return warn("is not for " + origin);

  // ---- The quiet period: until when the visitor is not asked. Nothing else is stored on the shop's side ----

  let storage = {}; // in memory, where the browser denies its storage
  try {
    storage = localStorage;
  } catch (e) {}
  const quietUntil = () => parseFloat(storage[store]) || 0;
  let hasConversation = /t/.test(storage[store]); // whether there is a conversation, so that a reply may have come
  const saveQuietUntil = (until) => {
    try {
      if (until || hasConversation) storage[store] = until + (hasConversation ? "t" : "");
      else delete storage[store];
    } catch (e) {}
  };

  // ---- The look. One element with a closed shadow root: an inline `!important` beats every rule of the page, and single
  // elements with a constructed style sheet pass every content policy, Trusted Types included ----

  const make = (name, parent) => parent.appendChild(doc.createElement(name));
  const host = doc.createElement("div");
  host.style.cssText = `all:initial!important;color-scheme:${theme || "light dark"}!important`;
  const shadow = host.attachShadow({ mode: "closed" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(
    `button,div{position:fixed;z-index:999999999;bottom:16px;inset-inline-${setup.corner}:16px;display:flex;align-items:center;transition:opacity .3s,translate .3s}
button{height:48px;padding:0 11px;border:1px solid #0000;border-radius:24px;background:Canvas;color:CanvasText;box-shadow:0 8px 24px #0005;font:500 14px system-ui;cursor:pointer}
b{width:20px;height:20px;border:2px solid;border-radius:50% 50% 50% 4px;color:light-dark(${setup.accent},CanvasText)}
span{max-width:0;overflow:hidden;white-space:nowrap;transition:.2s}
[hidden]{visibility:hidden;opacity:0;translate:0 12px;transition:.12s}
iframe{border:0;width:100%;height:86dvh;clip-path:inset(max(0px,100% - var(--h)) 0 0 round var(--r,22px));pointer-events:auto}
div{width:380px;filter:drop-shadow(0 8px 24px #0005);pointer-events:none}
a{position:absolute;top:-4px;right:-4px;padding:0 8px;border-radius:24px;background:#a32;color:#fff}
b:after{content:"";display:block;width:8px;height:4px;margin:9px auto;border:2px solid;border-top:0;border-radius:0 0 9px 9px}
a:empty{display:none}
@media(hover){:hover>span,:focus-visible>span{max-width:75vw;padding:0 8px}}
@media(prefers-reduced-motion){*{transition:0s!important}}
@media(max-width:480px){div{inset:auto 0 0;width:auto;--r:22px 22px 0 0}.dim{top:0;align-items:end;background:#0006;pointer-events:auto}}`,
  );
  shadow.adoptedStyleSheets = [sheet];
  const launcher = make("button", shadow);
  make("b", launcher);
  const label = make("span", launcher);
  const name = (label.textContent = labels[lang.slice(0, 2)] || labels.en);
  const badge = make("a", launcher);
  const panel = make("div", shadow);

  const draw = () => {
    const hidden = !(opened && ready);
    launcher.hidden = !setup.launcher || blocked || !hidden;
    if (panel.hidden == hidden) return;
    panel.hidden = hidden;
    send(hidden ? "hidden" : "shown");
    if (opened > 1) frame.focus(); // a panel that a trigger opened never takes the focus
    else if (doc.activeElement == host) launcher.focus();
  };

  // ---- The frame: created on intent, hidden until the handshake is done ----

  const send = (t, ports) => {
    const message = { t, url: path, title: doc.title, order: about.order, product: about.product, moment: asked, focus: opened > 1 };
    if (ports) frame.contentWindow.postMessage(message, form, ports);
    else port?.postMessage(message);
  };
  const createFrame = (event, why) => {
    asked = why;
    if (frame) return send("near"); // what was typed in it stays; "shown" names the moment
    frame = make("iframe", panel);
    frame.title = name;
    // Runs again when the plain form was sent and the frame shows its next page.
    frame.onload = () => {
      const line = new MessageChannel();
      (port = line.port1).onmessage = onMessage;
      send("open", [line.port2]);
    };
    frame.src = `${form}?framed=1&lang=${lang}&theme=${theme}&moment=${why}&${preview || ""}`;
  };
  let open = (by, why) => {
    createFrame(0, why);
    opened = by;
    setTimeout(() => {
      if (ready) return;
      close();
      open = () => window.open(form);
      warn("cannot reach " + form);
    }, 1e4);
    draw();
  };
  const close = () => {
    opened = 0;
    draw();
  };
  const onMessage = ({ data: { t, n, text } }) => {
    if (t == "peace") saveQuietUntil(Math.max(n, quietUntil()));
    if (t == "rest") saveQuietUntil(n);
    if (t == "size") panel.style.setProperty("--h", n + "px");
    if (t == "dim") panel.className = n && t;
    if (t == "talk") {
      hasConversation = text;
      saveQuietUntil(quietUntil());
      label.textContent = text || name;
      badge.textContent = n;
    }
    if (t == "close") close();
    if (t == "ready") ready = t;
    draw();
  };
  launcher.onpointerenter = launcher.onfocus = createFrame;
  launcher.onclick = () => open(2);
  panel.onclick = close;

  // ---- Triggers ----

  const setTrigger = (what, when) => {
    moment = when && what;
    seconds = when;
  };
  const onNavigate = (first) => {
    path = location.pathname;
    about = first ? options : {};
    pages++;
    if ((first && options.moment) || (after_path && path.match(after_path))) setTrigger("after_checkout", after);
    else setTrigger("mid_journey", mid && pages >= mid[0] && mid[1]);
  };

  // ---- Every half second ----

  const rectangle = (element) => element.getBoundingClientRect();
  // The launcher hides from dialogs, from payment fields, and from whatever is fixed in its place. Above a low bar, such as
  // the one with the buy button, it moves up instead. A fixed element around the page's main part is the page itself.
  const stepAside = () => {
    let above = 16;
    let element = doc.elementsFromPoint(rectangle(launcher).x + 24, innerHeight - 40).find((element) => element != host);
    blocked =
      doc.querySelector("[autocomplete*=cc-]") || [...doc.querySelectorAll("dialog[open],[aria-modal=true]")].some((element) => {
        const { x, y, width, height } = rectangle(element);
        return element.contains(doc.elementFromPoint(x + width / 2, y + height / 2));
      });
    for (; element; element = element.parentElement) {
      const { position } = getComputedStyle(element);
      const { y, height } = rectangle(element);
      const isBar = height < 140 && !/cookie|consent/i.test(element.id + element.className);
      if (/fixed|sticky/.test(position) && isBar) above = innerHeight - y + 14;
      else if (position == "fixed" && !element.querySelector("main,h1")) blocked = 1;
    }
    launcher.style.bottom = above + "px";
  };
  const timer = setInterval(() => {
    if (!host.isConnected) root.append(host);
    if (path != location.pathname) onNavigate();
    stepAside();
    draw();
    if (!moment || opened || doc.hidden || quietUntil() > Date.now()) return;
    seconds -= 0.5;
    if (seconds < 2) createFrame(0, moment);
    if (seconds < 0 && !blocked) {
      open(1, moment);
      moment = 0;
    }
  }, 500);

  const api = (window.tableside = (what, more) => {
    about = more || about;
    if (what == "open") open(2);
    if (what == "checkout") {
      setTrigger("after_checkout", after);
    }
    if (what == "destroy") {
      clearInterval(timer);
      host.remove();
      delete window.tableside;
    }
  });
  api.on = 1;
  // The referrer of a visit's first page is another site; on later pages the tab's history has their number.
  if (doc.referrer.startsWith(origin)) pages = history.length - 1 || 1;
  onNavigate(1);
  hasConversation && createFrame(); // a reply may have come
  draw();
  before?.q?.forEach((call) => api(...call));
  if (preview) open(1);
})();
