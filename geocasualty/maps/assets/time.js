// The time slider: all dates, or from one local day or month to another, by hand or playing.
(function () {
  "use strict";
  const gc = (window.geocasualty = window.geocasualty || {});
  const el = gc.el, DAY = 86400, MOST_DAYS = 92, MOST_PERIODS = 2400;

  function monthStart(seconds, plus) {
    const d = new Date(seconds * 1000);
    return Date.UTC(d.getUTCFullYear(), d.getUTCMonth() + (plus || 0), 1) / 1000;
  }

  // Periods of local time that cover every record, by day or by month; none where days would be too many.
  gc.periods = function (records, byDay) {
    let lo = Infinity, hi = -Infinity;
    for (const r of records) {
      if (r.start === null) continue;
      lo = Math.min(lo, r.t0);
      hi = Math.max(hi, r.end === null ? r.t0 + 1 : r.t1);
    }
    const out = [];
    if (!(hi > lo) || (byDay && hi - lo > MOST_PERIODS * DAY)) return out;
    for (let t = byDay ? Math.floor(lo / DAY) * DAY : monthStart(lo); t < hi && out.length < MOST_PERIODS; ) {
      const next = byDay ? t + DAY : monthStart(t, 1);
      out.push({ from: t, to: next, name: byDay ? gc.day(t) : gc.month(t), key: new Date(t * 1000).toISOString().slice(0, byDay ? 10 : 7) });
      t = next;
    }
    return out;
  };

  // Calls change(test, span) where test(record) says whether a record falls in the dates shown, span being null for all.
  // `said` is {from, to}, as "2015-06" or "2015-06-03"; what is chosen is told by state().
  gc.timeSlider = function (view, records, said, change) {
    for (const r of records) {
      r.t0 = r.start === null ? null : r.start + r.off * 60;
      r.t1 = r.end === null ? Infinity : r.end + r.offEnd * 60;
    }
    const units = { day: gc.periods(records, true), month: gc.periods(records, false) };
    if (units.month.length + units.day.length < 3) {
      change(() => true, null);
      return { state: () => ({}), set: () => {}, count: () => {}, show: () => change(() => true, null) };
    }
    const few = units.day.length && units.day.length <= MOST_DAYS;
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches; // then nothing moves by itself
    const handle = (name) => el("input", { type: "range", min: 0, value: 0, step: 1, "aria-label": name });
    const ends = [handle(gc.t("time.from")), handle(gc.t("time.to"))], bars = el("div", { class: "gc-bars", "aria-hidden": "true" }), out = el("output", {}, "");
    const play = el("button", { type: "button", class: "gc-button", "aria-pressed": calm ? null : "false" }, gc.t(calm ? "time.next" : "time.play"));
    const all = el("button", { type: "button", class: "gc-button" }, gc.t("time.all"));
    const unit = el("select", { class: "gc-button", "aria-label": gc.t("time.steps") }, ["day", "month"].filter((name) => units[name].length > 1).map((name) => el("option", { value: name }, gc.t("time.by." + name))));
    let list = [], counts = [], timer = null;

    const chosen = () => ends.map((end) => Number(end.value));
    const whole = () => chosen()[0] === 0 && chosen()[1] === list.length - 1;
    const count = function (test) { // the bars are of the records that the other filters leave
      counts = list.map(() => 0);
      for (const r of records) {
        if (r.start === null || (test && !test(r))) continue;
        let lo = 0, hi = list.length;
        while (lo < hi) {
          const middle = (lo + hi) >> 1;
          if (r.t0 < list[middle].to) hi = middle;
          else lo = middle + 1;
        }
        for (let k = lo; k < list.length && list[k].from < r.t1; k++) counts[k]++;
      }
      const top = Math.max(1, ...counts);
      if (bars.children.length !== list.length) {
        gc.clear(bars);
        list.forEach(() => bars.appendChild(el("span", {})));
      }
      counts.forEach((n, k) => (bars.children[k].style.height = n ? Math.max(12, (100 * n) / top) + "%" : "0"));
    };
    const by = function (name) {
      const kept = list.length && !whole() ? [list[chosen()[0]].from, list[chosen()[1]].to - 1] : null;
      unit.value = name;
      list = units[name];
      for (const end of ends) end.max = list.length - 1;
      const at = (t) => Math.max(0, list.findIndex((p) => t < p.to));
      ends.forEach((end, i) => (end.value = kept ? at(kept[i]) : i * (list.length - 1)));
    };
    const show = function () {
      const [a, b] = chosen(), span = whole() ? null : { from: list[a].from, to: list[b].to, name: a === b ? list[a].name : gc.t("span", { first: list[a].name, last: list[b].name }) };
      const test = span ? (r) => r.start !== null && r.t0 < span.to && r.t1 > span.from : () => true;
      ends.forEach((end, i) => end.setAttribute("aria-valuetext", list[chosen()[i]].name));
      all.disabled = !span;
      Array.prototype.forEach.call(bars.children, (bar, i) => bar.classList.toggle("gc-now", !!span && i >= a && i <= b));
      view.period = span;
      view.map.fire("gc:period", { period: span });
      const n = change(test, span);
      out.textContent = (span ? span.name : gc.t("time.whole", { first: list[0].name, last: list[list.length - 1].name })) + " · " + gc.t("records", { n });
    };
    const stop = function () {
      clearInterval(timer);
      timer = null;
      if (calm) return;
      play.textContent = gc.t("time.play");
      play.setAttribute("aria-pressed", "false");
    };
    const step = function () {
      const [a, b] = whole() ? [-1, -1] : chosen(), width = b - a;
      let k = a + 1;
      while (k + width < list.length && !counts.slice(k, k + width + 1).some(Boolean)) k++; // nothing to show there
      if (k + width >= list.length) return stop();
      ends[0].value = k;
      ends[1].value = k + width;
      show();
    };
    play.addEventListener("click", function () {
      if (timer) return stop();
      if (!whole() && chosen()[1] >= list.length - 1) reset();
      if (calm) return step();
      play.textContent = gc.t("time.pause");
      play.setAttribute("aria-pressed", "true");
      timer = setInterval(step, 900);
      step();
    });
    const reset = () => ends.forEach((end, i) => (end.value = i * (list.length - 1)));
    all.addEventListener("click", function () {
      stop();
      reset();
      show();
    });
    unit.addEventListener("change", function () {
      stop();
      by(unit.value);
      count(view.alone());
      show();
    });
    ends.forEach((end, i) => end.addEventListener("input", function () {
      stop();
      const [a, b] = chosen();
      if (a > b) ends[1 - i].value = end.value; // the one pushes the other
      show();
    }));
    const set = function (wanted) {
      const days = [wanted.from, wanted.to].some((t) => t && t.length > 7);
      by(wanted.from || wanted.to ? (days && units.day.length > 1 ? "day" : "month") : few ? "day" : units.month.length > 1 ? "month" : "day");
      reset();
      [wanted.from, wanted.to].forEach(function (text, i) {
        const k = text ? list.findIndex((p) => p.key === text) : -1;
        if (k >= 0) ends[i].value = k;
      });
      if (chosen()[0] > chosen()[1]) reset();
      count(view.alone());
    };
    view.foot.insertBefore(el("div", { class: "gc-time", role: "group", "aria-label": gc.t("time") },
      el("div", { class: "gc-time-row" }, play, all, unit.children.length > 1 ? unit : null, out), bars, el("div", { class: "gc-ends" }, ends)), view.foot.firstChild);
    set(said);
    show();
    return { set: (wanted) => (stop(), set(wanted), show()), show, count: () => count(view.alone()), state: () => (whole() ? {} : { from: list[chosen()[0]].key, to: list[chosen()[1]].key }) };
  };
})();
