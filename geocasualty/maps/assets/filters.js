// Which records are shown: by date and by what is said of them; the address holds what was chosen, so that a view can be linked.
(function () {
  "use strict";
  const gc = (window.geocasualty = window.geocasualty || {});
  const el = gc.el, MOST_OPTIONS = 60, NOT_SAID = "(not stated)";

  // Each with the kinds of record that it filters, the field of a record, what that says, and how a page words it.
  const one = (text) => [text || NOT_SAID];
  const WAYS = [
    ["party", ["incident", "strike"], "belligerents", (text) => (text ? text.split(";") : [NOT_SAID]), (text) => text],
    ["finding", ["incident"], "finding", one, (text) => gc.FINDINGS[text] || text],
    ["grading", ["incident"], "grading", one, (text) => gc.code(text)],
    ["precision", ["incident", "strike"], "precision", one, (text) => gc.code(text)],
  ];

  // Calls change(test, span) whenever a filter changes, which shows what passes the test and tells how many do.
  gc.filters = function (view, change) {
    const records = view.incidents.concat(view.strikes), chosen = {};
    for (const kind of ["incident", "strike"]) for (const r of view[kind + "s"]) r.kind = kind;
    // Whether a record passes what is chosen beside the dates; null where nothing is.
    view.alone = function () {
      const active = WAYS.filter(([key]) => chosen[key]);
      return active.length ? (r) => active.every(([key, kinds, field, of]) => !kinds.includes(r.kind) || of(r[field]).includes(chosen[key])) : null;
    };
    const selects = {}, said = read();
    for (const [key, kinds, field, of, name] of WAYS) {
      const values = new Map(), numbers = new Map(); // few values, however many records
      for (const kind of kinds) for (const r of view[kind + "s"]) values.set(r[field], (values.get(r[field]) || 0) + 1);
      for (const [value, n] of values) for (const text of of(value)) numbers.set(text, (numbers.get(text) || 0) + n);
      if (numbers.size < 2) continue;
      const options = Array.from(numbers).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, MOST_OPTIONS);
      selects[key] = el("select", { class: "gc-button" }, el("option", { value: "" }, gc.t("filter.all")), options.map(([text, n]) => el("option", { value: text }, gc.t("option", { name: gc.short(text === NOT_SAID ? gc.t("filter.unsaid") : name(text), 50), n }))));
      selects[key].title = gc.t("filter." + key);
    }
    const keys = Object.keys(selects);
    if (keys.length) {
      const body = gc.section(view, gc.t("filter"), false);
      body.parentNode.classList.add("gc-filters");
      body.appendChild(el("div", { class: "gc-choices" }, keys.map((key) => el("label", {}, el("span", {}, selects[key].title), selects[key]))));
      view.side.insertBefore(body.parentNode, view.side.firstChild);
      for (const key of keys) {
        selects[key].addEventListener("change", function () {
          choose({ [key]: selects[key].value });
          slider.count();
          slider.show();
        });
      }
      choose(said);
      if (keys.some((key) => chosen[key])) body.parentNode.open = true;
    }
    function choose(wanted) { // only what stands in the list
      for (const key of keys) {
        if (!(key in wanted)) continue;
        chosen[key] = Array.from(selects[key].options).some((option) => option.value === wanted[key]) ? wanted[key] : "";
        selects[key].value = chosen[key];
      }
    }
    let timer = null, slider = null;
    slider = gc.timeSlider(view, records, said, function (test, span) {
      const alone = view.alone(), shown = change(alone ? (r) => test(r) && alone(r) : test, span);
      if (slider) write();
      return shown;
    });

    function read() {
      const out = {};
      for (const [key, value] of new URLSearchParams(window.location.hash.slice(1, 2000))) out[key] = value;
      return out;
    }
    function write() {
      clearTimeout(timer);
      timer = setTimeout(function () {
        const state = new URLSearchParams(slider.state()), at = view.map.getCenter(), zoom = view.map.getZoom();
        for (const key of keys) if (chosen[key]) state.set(key, chosen[key]);
        if (view.fitted && !(zoom === view.fitted.zoom && at.equals(view.fitted.at))) state.set("at", [at.lat.toFixed(4), at.lng.toFixed(4), zoom].join());
        const text = state.toString();
        try {
          if (text !== window.location.hash.slice(1)) window.history.replaceState(null, "", text ? "#" + text : window.location.pathname + window.location.search);
        } catch (_) { /* a page inside a frame has no address of its own */ }
      }, 300);
    }
    function look(wanted) {
      const at = (wanted.at || "").split(",").map(Number);
      if (at.length === 3 && at.every(Number.isFinite) && Math.abs(at[0]) <= 85 && Math.abs(at[1]) <= 180) view.map.setView([at[0], at[1]], Math.min(Math.max(at[2], 1), 18), { animate: false });
    }
    window.addEventListener("hashchange", function () {
      const wanted = read();
      choose(Object.assign(Object.fromEntries(keys.map((key) => [key, ""])), wanted));
      slider.set(wanted);
      look(wanted);
    });
    view.linked = function () { // once the map is fitted to its data
      look(said);
      view.map.on("moveend", write);
    };
  };
})();
