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
  const { base, mid, after, after_path, labels, preview } = setup;
  const form = base + "/w/" + setup.key;

  let pages = 0; // of this visit, before this one
  let path; // the page we are on
  let moment, seconds, order; // what may be asked on it, in how many seconds, and about which order
  let frame, asked, port, ready; // the frame, the moment it is for, the line to it, whether hands are shaken
  let opened; // 1: by itself, 2: by the visitor
  let blocked; // whether something of the shop's is where we would be
  let dim; // whether the frame shows a form, which on a phone dims the shop

  const warn = (sentence) => console.warn("Tableside " + sentence);
  const isOurs = (rule) => {
    const [scheme, domain] = rule.split("*");
    return domain ? origin.startsWith(scheme) && origin.endsWith(domain) : rule == origin;
  };
  if (before?.on) return; // loaded twice is loaded once
  if (!preview && !setup.origins.some(isOurs)) return warn("is not for " + origin);

  // ---- Until when the visitor is left in peace: all that is ever stored on the shop's side ----

  let storage = {}; // for the page's life, where the browser denies the real one
  try {
    storage = localStorage;
  } catch (e) {}
  const peace = () => +storage[store] || 0;
  const rest = (until) => {
    try {
      if (until) storage[store] = until;
      else delete storage[store];
    } catch (e) {}
  };

  // ---- The look. One element with a closed shadow: inline `!important` is stronger than any rule of the page, and
  // elements made one by one with a constructed style sheet pass every content policy, Trusted Types included ----

  const make = (name, parent) => parent.appendChild(doc.createElement(name));
  const host = doc.createElement("div");
  host.style.cssText = `all:initial!important;color-scheme:${theme.replace("auto", "light dark")}!important`;
  const shadow = host.attachShadow({ mode: "closed" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(
    `p,button,div{position:fixed;z-index:999999999;bottom:16px;inset-inline-${setup.corner}:16px;display:flex;align-items:center;transition:opacity .32s,translate .32s}
[hidden]{visibility:hidden;opacity:0;translate:0 12px;transition:.12s}
button{height:48px;padding:0 11px;border:1px solid #0000;border-radius:24px;background:Canvas;color:CanvasText;box-shadow:0 8px 24px -6px #0005;font:500 14px system-ui;cursor:pointer}
b{width:20px;height:20px;border:2px solid;border-radius:50% 50% 50% 4px;color:light-dark(${setup.accent},CanvasText)}
b:after{content:"";display:block;width:8px;height:4px;margin:9px auto;border:2px solid;border-top:0;border-radius:0 0 9px 9px}
span{max-width:0;overflow:hidden;white-space:nowrap;transition:.2s}
@media(hover){:hover>span,:focus-visible>span{max-width:75vw;padding:0 8px}}
div{width:380px;height:86dvh;filter:drop-shadow(0 8px 24px #0005);pointer-events:none}
iframe{border:0;width:100%;height:100%;clip-path:inset(max(0px,100% - var(--h)) 0 0 round var(--r,22px));pointer-events:auto}
@media(max-width:480px){p,div{inset:auto 0 0;width:auto;--r:22px 22px 0 0}p{height:100%;margin:0;background:#0006}}
@media(prefers-reduced-motion){*{transition:none!important}}`,
  );
  shadow.adoptedStyleSheets = [sheet];
  const scrim = make("p", shadow);
  const launcher = make("button", shadow);
  make("b", launcher);
  const label = (make("span", launcher).textContent = labels[lang.slice(0, 2)] || labels.en);
  const panel = make("div", shadow);

  const draw = () => {
    panel.hidden = !opened || !ready;
    scrim.hidden = !dim || panel.hidden;
    launcher.hidden = !setup.launcher || blocked || !panel.hidden;
  };

  // ---- The frame: made on intent, hidden until hands are shaken ----

  const tell = (t, ports) => {
    const message = { t, v: 1, page: { url: path, title: doc.title }, order, moment: asked, setup, focus: opened > 1 };
    if (ports) frame.contentWindow.postMessage(message, base, ports);
    else port?.postMessage(message);
  };
  const prepare = (why = "any_time") => {
    asked = why;
    if (frame) return; // what was typed in it stays; "shown" tells it the moment
    frame = make("iframe", panel);
    frame.title = label;
    // Comes again when the plain form was sent and the frame shows its next page.
    frame.onload = () => {
      const line = new MessageChannel();
      port = line.port1;
      port.onmessage = hear;
      tell("open", [line.port2]);
    };
    frame.src = `${form}?framed=1&lang=${lang}&theme=${theme}&moment=${why}&${preview || ""}`;
  };
  const reveal = () => {
    draw();
    if (!opened || !ready) return;
    tell("shown");
    if (opened > 1) frame.focus(); // what opened by itself never takes the focus
  };
  let open = (by, why) => {
    prepare(why);
    opened = by;
    setTimeout(() => {
      if (ready) return;
      close();
      open = () => window.open(form);
      warn("cannot reach " + base);
    }, 1e4);
    reveal();
  };
  const close = () => {
    opened = 0;
    draw();
    if (doc.activeElement == host) launcher.focus();
    tell("hidden");
  };
  const hear = ({ data: { t, h, on, until, anew } }) => {
    if (t == "rest") rest(anew ? until : Math.max(until, peace()));
    if (t == "size") panel.style.setProperty("--h", h + "px");
    if (t == "dim") dim = on;
    if (t == "close") close();
    if (t == "ready") {
      ready = 1;
      reveal();
    }
    draw();
  };
  launcher.onpointerenter = launcher.onfocus = () => prepare();
  launcher.onclick = () => open(2);
  scrim.onclick = close;

  // ---- Moments ----

  const wait = (what, when) => {
    moment = when && what;
    seconds = when;
  };
  const arrive = (first) => {
    path = location.pathname;
    order = first && told.order;
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
    if (!host.isConnected) doc.documentElement.append(host);
    if (path != location.pathname) arrive();
    stepAside();
    draw();
    if (!moment || opened || doc.hidden || peace() > Date.now()) return;
    seconds -= 0.5;
    if (seconds < 2) prepare(moment);
    if (seconds < 0 && !blocked) {
      open(1, moment);
      moment = 0;
    }
  }, 500);

  const api = (window.tableside = (what, more) => {
    if (what == "open") open(2);
    if (what == "checkout") {
      order = more?.order;
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
  draw();
  before?.q?.forEach((call) => api(...call));
  if (preview) open(1);
})();
