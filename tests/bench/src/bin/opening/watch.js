() => {
  // Runs in every document before anything of its own, and notes when what was waited for could be seen: milliseconds on
  // a clock that all documents share, taken after the frame in which it was painted.
  const seen = (window.benchSeen = {});
  const clock = (at) => performance.timeOrigin + at;
  const note = (what, at) => (seen[what] ??= clock(at ?? performance.now()));
  const { port1, port2 } = new MessageChannel();
  let painted = [];
  port1.onmessage = () => {
    for (const what of painted.splice(0)) note(what);
  };
  const inTheFrame = () => ({
    question: [...document.querySelectorAll("button,label")].filter((e) => e.checkVisibility()).length > 2,
    charge: !document.getElementById("plain") && document.querySelector(".ts-step"),
  });
  const onThePage = () => {
    const panel = window.benchRoot?.querySelector("div");
    const launcher = window.benchRoot?.querySelector("button");
    return { panel: panel && !panel.hidden, launcher: launcher?.checkVisibility({ visibilityProperty: true }) };
  };
  const look = () => {
    for (const [what, is] of Object.entries((window == top ? onThePage : inTheFrame)()))
      if (is && !seen[what]) painted.push(what);
    if (painted.length) port2.postMessage(0);
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  window.benchTasks = [];
  new PerformanceObserver((list) => window.benchTasks.push(...list.getEntries().map((e) => e.duration))).observe({
    type: "longtask",
    buffered: true,
  });
  if (window != top) return;
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (init) {
    return (window.benchRoot = attach.call(this, init));
  };
  addEventListener("pointerdown", (e) => note("touch", e.timeStamp), true);
  addEventListener("click", (e) => note("tap", e.timeStamp), true);
  window.benchShift = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((e) => (window.benchShift += e.value))).observe({
    type: "layout-shift",
    buffered: true,
  });
}
