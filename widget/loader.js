// The only lines of Tableside that run in the shop's own page: at most 2 kB over the wire, dependent on nothing.
//
// They draw the launcher, wait for a moment, open the frame, and speak with it over one port. They throw nothing, patch
// nothing, listen to nothing of the page's, store nothing before the visitor was shown something or acted, and leave
// nothing behind after `destroy`. Instead of watching the page they look at it every half second: a dialog, a change of
// route, a framework that swallowed our element are seen then, and there is nothing to undo.

(() => {
  const setup = "__SETUP__"; // the shop's LoaderSetup, put here by the collector
  const doc = document;
  const root = doc.documentElement;
  const told = (doc.currentScript || root).dataset; // data-moment, data-order, data-theme, data-lang
  const before = window.tableside; // calls made before we came, or another copy of us
  const store = "tableside." + setup.key;
  const lang = told.lang || root.lang;
  const theme = told.theme || setup.theme;
  const { mid, after, after_path, labels, preview } = setup;
  const form = setup.base + "/w/" + setup.key; // as the address of a message only its origin counts

  let pages = 0; // of this visit, before this one
  let path; // the page we are on
  let moment, seconds; // what may be asked on it, and in how many seconds
  let about; // what the page tells about itself: order, product
  let frame, asked, port, ready; // the frame, the moment it is for, the line to it, whether hands are shaken
  let opened; // 1: by itself, 2: by the visitor
  let blocked; // whether something of the shop's is where we would be

  const warn = (sentence) => console.warn("Tableside " + sentence);
  if (before?.on || !doc.adoptedStyleSheets) return; // loaded twice is loaded once; very old browsers are left alone
  if (!preview && !origin.match(setup.origins)) return warn("is not for " + origin);

  // ---- Until when the visitor is left in peace: all that is ever stored on the shop's side ----

  let storage = {}; // for the page's life, where the browser denies the real one
  try {
    storage = localStorage;
  } catch (e) {}
  const peace = () => parseFloat(storage[store]) || 0;
  let talk = /t/.test(storage[store]); // whether the visitor talks with the shop, so that an answer may have come
  const rest = (until) => {
    try {
      if (until || talk) storage[store] = until + (talk ? "t" : "");
      else delete storage[store];
    } catch (e) {}
  };

  // ---- The look. One element with a closed shadow: inline `!important` is stronger than any rule of the page, and
  // elements made one by one with a constructed style sheet pass every content policy, Trusted Types included ----

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
    tell(hidden ? "hidden" : "shown");
    if (opened > 1) frame.focus(); // what opened by itself never takes the focus
    else if (doc.activeElement == host) launcher.focus();
  };

  // ---- The frame: made on intent, hidden until hands are shaken ----

  const tell = (t, ports) => {
    const message = { t, url: path, title: doc.title, order: about.order, product: about.product, moment: asked, focus: opened > 1 };
    if (ports) frame.contentWindow.postMessage(message, form, ports);
    else port?.postMessage(message);
  };
  const prepare = (event, why) => {
    asked = why;
    if (frame) return tell("near"); // what was typed in it stays; "shown" tells it the moment
    frame = make("iframe", panel);
    frame.title = name;
    // Comes again when the plain form was sent and the frame shows its next page.
    frame.onload = () => {
      const line = new MessageChannel();
      (port = line.port1).onmessage = hear;
      tell("open", [line.port2]);
    };
    frame.src = `${form}?framed=1&lang=${lang}&theme=${theme}&moment=${why}&${preview || ""}`;
  };
  let open = (by, why) => {
    prepare(0, why);
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
  const hear = ({ data: { t, n, text } }) => {
    if (t == "peace") rest(Math.max(n, peace()));
    if (t == "rest") rest(n);
    if (t == "size") panel.style.setProperty("--h", n + "px");
    if (t == "dim") panel.className = n && t;
    if (t == "talk") {
      talk = text;
      rest(peace());
      label.textContent = text || name;
      badge.textContent = n;
    }
    if (t == "close") close();
    if (t == "ready") ready = t;
    draw();
  };
  launcher.onpointerenter = launcher.onfocus = prepare;
  launcher.onclick = () => open(2);
  panel.onclick = close;

  // ---- Moments ----

  const wait = (what, when) => {
    moment = when && what;
    seconds = when;
  };
  const arrive = (first) => {
    path = location.pathname;
    about = first ? told : {};
    pages++;
    if ((first && told.moment) || (after_path && path.match(after_path))) wait("after_checkout", after);
    else wait("mid_journey", mid && pages >= mid[0] && mid[1]);
  };

  // ---- Every half second ----

  const box = (element) => element.getBoundingClientRect();
  // Dialogs and payment fields send us away, and so does what is fixed where the launcher sits, unless it is so low that
  // we can sit above it: the bar with the buy button. What holds the page's main part is not over the page but the page.
  const stepAside = () => {
    let above = 16;
    let element = doc.elementsFromPoint(box(launcher).x + 24, innerHeight - 40).find((element) => element != host);
    blocked =
      doc.querySelector("[autocomplete*=cc-]") || [...doc.querySelectorAll("dialog[open],[aria-modal=true]")].some((element) => {
        const { x, y, width, height } = box(element);
        return element.contains(doc.elementFromPoint(x + width / 2, y + height / 2));
      });
    for (; element; element = element.parentElement) {
      const { position } = getComputedStyle(element);
      const { y, height } = box(element);
      const isBar = height < 140 && !/cookie|consent/i.test(element.id + element.className);
      if (/fixed|sticky/.test(position) && isBar) above = innerHeight - y + 14;
      else if (position == "fixed" && !element.querySelector("main,h1")) blocked = 1;
    }
    launcher.style.bottom = above + "px";
  };
  const timer = setInterval(() => {
    if (!host.isConnected) root.append(host);
    if (path != location.pathname) arrive();
    stepAside();
    draw();
    if (!moment || opened || doc.hidden || peace() > Date.now()) return;
    seconds -= 0.5;
    if (seconds < 2) prepare(0, moment);
    if (seconds < 0 && !blocked) {
      open(1, moment);
      moment = 0;
    }
  }, 500);

  const api = (window.tableside = (what, more) => {
    about = more || about;
    if (what == "open") open(2);
    if (what == "checkout") {
      wait("after_checkout", after);
    }
    if (what == "destroy") {
      clearInterval(timer);
      host.remove();
      delete window.tableside;
    }
  });
  api.on = 1;
  // The first page of a visit comes from elsewhere; on later ones the tab's history tells how many there were.
  if (doc.referrer.startsWith(origin)) pages = history.length - 1 || 1;
  arrive(1);
  talk && prepare(); // an answer may have come
  draw();
  before?.q?.forEach((call) => api(...call));
  if (preview) open(1);
})();
