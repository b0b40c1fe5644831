// The time slider: all dates, or one local day or month at a time, by hand or playing.
(function () {
  "use strict";
  const gc = (window.geocasualty = window.geocasualty || {});
  const el = gc.el, DAY = 86400, MOST_DAYS = 92;

  function monthStart(seconds, plus) {
    const d = new Date(seconds * 1000);
    return Date.UTC(d.getUTCFullYear(), d.getUTCMonth() + (plus || 0), 1) / 1000;
  }

  // Periods of local time that cover every record: days where there are few, months otherwise.
  gc.periods = function (records) {
    let lo = Infinity, hi = -Infinity;
    for (const r of records) {
      if (r.start === null) continue;
      lo = Math.min(lo, r.t0);
      hi = Math.max(hi, r.end === null ? r.t0 + 1 : r.t1);
    }
    const out = [];
    if (!(hi > lo)) return { unit: "day", list: out };
    const byDay = hi - lo <= MOST_DAYS * DAY;
    for (let t = byDay ? Math.floor(lo / DAY) * DAY : monthStart(lo); t < hi && out.length < 2400; ) {
      const next = byDay ? t + DAY : monthStart(t, 1);
      out.push({ from: t, to: next, name: byDay ? gc.day(t) : gc.month(t) });
      t = next;
    }
    return { unit: byDay ? "day" : "month", list: out };
  };

  // Calls change(test, period) where test(record) says whether a record falls in the period shown.
  gc.timeSlider = function (view, records, change) {
    for (const r of records) {
      r.t0 = r.start === null ? null : r.start + r.off * 60;
      r.t1 = r.end === null ? Infinity : r.end + r.offEnd * 60;
    }
    const periods = gc.periods(records), list = periods.list;
    if (list.length < 2) return change(() => true, null);
    const counts = list.map(() => 0);
    for (const r of records) {
      if (r.start === null) continue;
      let k = list.findIndex((p) => r.t0 < p.to);
      for (; k >= 0 && k < list.length && list[k].from < r.t1; k++) counts[k]++;
    }
    const top = Math.max.apply(null, counts);
    const bars = el("div", { class: "gc-bars", "aria-hidden": "true" }, counts.map(function (n) {
      const bar = el("span", {});
      bar.style.height = n ? Math.max(12, (100 * n) / top) + "%" : "0";
      return bar;
    }));
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches; // then nothing moves by itself
    const range = el("input", { type: "range", min: 0, max: list.length, value: 0, step: 1, "aria-label": "Time: all dates, or one " + periods.unit });
    const out = el("output", {}, "");
    const play = el("button", { type: "button", class: "gc-button", "aria-pressed": calm ? null : "false" }, calm ? "Next" : "Play");
    const all = el("button", { type: "button", class: "gc-button" }, "All dates");
    let timer = null;
    const show = function () {
      const k = Number(range.value), period = k ? list[k - 1] : null;
      const n = period ? counts[k - 1] : records.length;
      out.textContent = (period ? period.name : "All dates: " + list[0].name + " to " + list[list.length - 1].name) + " · " + gc.plural(n, "record");
      range.setAttribute("aria-valuetext", out.textContent);
      all.disabled = !period;
      Array.prototype.forEach.call(bars.children, (bar, i) => bar.classList.toggle("gc-now", i === k - 1));
      view.map.fire("gc:period", { period });
      change(period ? (r) => r.start !== null && r.t0 < period.to && r.t1 > period.from : () => true, period);
    };
    const stop = function () {
      clearInterval(timer);
      timer = null;
      if (calm) return;
      play.textContent = "Play";
      play.setAttribute("aria-pressed", "false");
    };
    const step = function () {
      let k = Number(range.value) + 1;
      while (k <= list.length && !counts[k - 1]) k++; // nothing to show in an empty period
      if (k > list.length) return stop();
      range.value = k;
      show();
    };
    play.addEventListener("click", function () {
      if (timer) return stop();
      if (Number(range.value) >= list.length) range.value = 0;
      if (calm) return step();
      play.textContent = "Pause";
      play.setAttribute("aria-pressed", "true");
      timer = setInterval(step, 900);
      step();
    });
    all.addEventListener("click", function () {
      stop();
      range.value = 0;
      show();
    });
    range.addEventListener("input", function () {
      stop();
      show();
    });
    view.foot.appendChild(el("div", { class: "gc-time", role: "group", "aria-label": "Time" },
      el("div", { class: "gc-time-row" }, play, all, out), bars, range));
    show();
  };
})();
