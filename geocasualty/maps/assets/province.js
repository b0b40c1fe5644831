// The map of governorates: coloured by a measure, with towns as circles by the same measure.
(function () {
  "use strict";
  const gc = (window.geocasualty = window.geocasualty || {});
  const el = gc.el, svg = gc.svg;

  gc.apps.province = function (view) {
    const { map, data } = view, many = data.base.words[1], opaque = data.local || data.tiles.length ? 0.62 : 1;
    const lines = L.svg({ pane: gc.pane(map, "gc-fill", 400), padding: 0.5 });
    map.getPane("gc-fill").style.pointerEvents = "";
    view.areas = L.layerGroup().addTo(map);
    view.govs.forEach(function (g, i) {
      g.i = i;
      g.layer = L.polygon(g.latlngs, { pane: "gc-fill", renderer: lines, weight: 1, color: "#8b96a0", fillOpacity: opaque }).addTo(view.areas);
      g.layer.on("click", (event) => openArea(view, g, event.latlng));
      g.layer.bindTooltip(() => tip(g.name, g.name_local, data.measure.name, shown(view, g.stats, g.value)), { sticky: true, direction: "top", className: "gc-tip" });
      unreached(g.layer);
      g.layer.on("mouseover", () => g.layer.setStyle({ weight: 3, color: "#1d262d" }).bringToFront());
      g.layer.on("mouseout", () => g.layer.setStyle({ weight: 1, color: "#8b96a0" }));
    });
    hatch(lines);
    view.towns = data.towns.map((t, i) => Object.assign({ i }, t));
    view.circles = L.layerGroup().addTo(map);
    const top = L.svg({ pane: gc.pane(map, "gc-towns", 430), padding: 0.5 });
    map.getPane("gc-towns").style.pointerEvents = "";
    for (const t of view.towns) {
      t.layer = L.circleMarker([t.lat, t.lon], { pane: "gc-towns", renderer: top, weight: 1.5, color: "#fff", fillColor: "#12466e", fillOpacity: 0.78 });
      unreached(t.layer);
      t.layer.on("click", (event) => openTown(view, t, event.latlng));
      t.layer.bindTooltip(() => tip(t.name, t.name_local, data.measure.name, shown(view, t.stats, t.value)), { direction: "top", className: "gc-tip" });
      if (!data.blurred) view.labelItems.push({ lat: t.lat, lon: t.lon, get minZoom() { return t.rank < 25 ? 5 : t.rank < 90 ? 7.5 : 9; }, priority: 1e9 + t.weight * 1e6, cls: "gc-place gc-count", get gap() { return (t.layer.options.radius || 4) + 4; }, shown: () => view.circles.hasLayer(t.layer) && map.hasLayer(view.circles),
        node: () => gc.twoNames(t.name, t.name_local) });
    }
    const own = new Map(view.towns.map((t) => [t.id, t]));
    view.covered = (p) => own.has(p.id) && own.get(p.id).value > 0; // its circle stands there
    view.overlays = [[many.charAt(0).toUpperCase() + many.slice(1), view.areas], [gc.t("layer.towns"), view.circles]].concat(view.overlays);
    view.scale = (map.getContainer().clientWidth < 600 ? 9 : 13) * Math.max(0.4, Math.min(1, Math.sqrt(80 / (view.towns.length + 1))));
    tally(view, () => true);
    for (const t of view.towns) t.most = t.value || 0;
    view.towns.slice().sort((a, b) => b.weight - a.weight || a.i - b.i).forEach((t, rank) => (t.rank = rank));
    view.most = Math.max(1, ...view.towns.map((t) => t.most));
    const held = view.govs.filter((g) => g.stats.records), framed = held.length ? held : view.govs; // where there is something to see
    view.fit = () => map.fitBounds(framed.length ? L.featureGroup(framed.map((g) => g.layer)).getBounds() : [[29, 35], [37.5, 49]], { padding: [8, 8], animate: false });
    view.fit();
    gc.labels(view, () => gc.controls(map));
    panel(view);
    paint(view);
    gc.filters(view, function (test) {
      tally(view, test);
      paint(view);
      return view.all.records;
    });
  };

  // Tables open the same cards by keyboard, and say their names.
  function unreached(layer) {
    const mark = () => layer.getElement() && layer.getElement().setAttribute("tabindex", -1);
    layer.on("add", mark);
    mark();
  }

  const empty = () => ({ incidents: 0, killed_min: null, killed_max: null, strikes: 0, records: 0, coarse: 0, unknown: 0, finding: {}, official_record: {}, rates: [] });
  function count(s, r, kind) {
    s.records++;
    if (r.coarse) s.coarse++;
    if (kind === "strike") {
      s.strikes += r.n_strikes === null ? 1 : r.n_strikes;
      return;
    }
    s.incidents++;
    for (const key of ["finding", "official_record"]) if (r[key]) s[key][r[key]] = (s[key][r[key]] || 0) + 1;
    if (typeof r.rate === "number") s.rates.push(r.rate);
    if (r.killed_min === null && r.killed_max === null) s.unknown++;
    for (const key of ["killed_min", "killed_max"]) if (r[key] !== null) s[key] = (s[key] || 0) + r[key];
  }

  function value(s, key) {
    if (!s.records) return null;
    if (key === "strikes_per_incident") return s.incidents ? s.strikes / s.incidents : null;
    if (key === "share_nearby") return s.incidents ? (s.finding[Object.keys(gc.FINDINGS)[0]] || 0) / s.incidents : null;
    return s[key];
  }

  function tally(view, test) {
    const key = view.data.measure.key;
    view.all = empty();
    for (const x of view.govs.concat(view.towns)) x.stats = empty();
    for (const kind of ["incident", "strike"]) {
      for (const r of view[kind + "s"]) {
        if (!test(r)) continue;
        count(view.all, r, kind);
        if (r.gov !== null) count(view.govs[r.gov].stats, r, kind);
        if (r.town !== null) count(view.towns[r.town].stats, r, kind);
      }
    }
    for (const x of view.govs.concat(view.towns)) x.value = value(x.stats, key);
  }

  function fill(view, g) {
    const c = view.data.classes;
    if (!g.stats.records) return "url(#gc-hatch)";
    if (g.value === null) return "#c3c9ce";
    if (g.value === 0) return "#ffffff";
    const k = c.upper.findIndex((u) => g.value <= u + 1e-9);
    return c.colors[k < 0 ? c.colors.length - 1 : k];
  }

  function format(view, v) {
    if (v === null) return gc.t("not_given");
    if (view.data.measure.key === "share_nearby") return gc.t("percent", { n: Math.round(100 * v) });
    return Number.isInteger(v) ? gc.number(v) : v.toFixed(1);
  }
  const shown = (view, s, v) => (s.records ? format(view, v) : gc.t("no_record"));

  function hatch(renderer) {
    const defs = svg("defs", {}, svg("pattern", { id: "gc-hatch", width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
      svg("rect", { width: 7, height: 7, fill: "#f4f5f6" }), svg("line", { x1: 0, y1: 0, x2: 0, y2: 7, stroke: "#aab3bb", "stroke-width": 2 })));
    renderer._container.insertBefore(defs, renderer._container.firstChild);
  }

  function sizes(view) {
    for (const t of view.towns) {
      const on = t.value > 0;
      const radius = on ? 3 + view.scale * Math.sqrt(t.value / view.most) : t.layer.getRadius();
      if (radius !== t.layer.getRadius()) t.layer.setRadius(radius);
      if (on && !view.circles.hasLayer(t.layer)) view.circles.addLayer(t.layer);
      if (!on && view.circles.hasLayer(t.layer)) view.circles.removeLayer(t.layer);
    }
  }

  function paint(view) {
    for (const g of view.govs) g.layer.setStyle({ fillColor: fill(view, g) });
    sizes(view);
    for (const row of view.rows || []) row(view);
    gc.clear(view.total);
    const s = view.all, rows = [[gc.number(s.incidents), gc.t("incidents", { n: s.incidents })], [s.incidents ? gc.range(s.killed_min, s.killed_max) : "–", gc.t("killed.word")], [gc.number(s.strikes), gc.t("strikes.reported")], [gc.t("of", { n: view.govs.filter((g) => g.stats.records).length, all: view.govs.length }), gc.t("with_record", { many: view.data.base.words[1] })]];
    for (const [v, name] of rows) view.total.appendChild(el("div", {}, el("dt", {}, name), el("dd", {}, v)));
    if (view.map.hasLayer(view.labels)) view.labels.place();
    legendCounts(view);
  }

  function tip(name, local, what, v) {
    return el("div", {}, el("strong", {}, gc.bdi(gc.short(name, 60))), local ? [" ", gc.bdi(gc.short(local, 60))] : null, el("br"), gc.t("value", { what, value: v }));
  }

  // Every finding or record with its number, the strongest first: none stands alone.
  function said(s, key, titles, limits) {
    if (!Object.keys(s[key]).length) return null;
    const lines = Object.keys(titles).map((name) => el("li", {}, el("strong", {}, gc.number(s[key][name] || 0)), " " + titles[name].charAt(0).toLowerCase() + titles[name].slice(1)));
    return [limits ? el("span", {}, gc.t("of_incidents", { n: s.incidents, limits })) : null, el("ul", {}, lines)];
  }

  function background(s) {
    const rates = s.rates.slice().sort((a, b) => a - b), middle = rates.length >> 1;
    if (!rates.length) return gc.t("rate.unknown");
    const median = rates.length % 2 ? rates[middle] : (rates[middle - 1] + rates[middle]) / 2;
    return gc.t(rates.length < s.incidents ? "rate.some" : "rate", { percent: gc.t("percent", { n: Math.round(100 * median) }), n: rates.length });
  }

  function numbers(view, x) {
    const s = x.stats;
    const term = (name, said) => [gc.t("term." + name), said];
    return gc.terms([term("incidents", gc.number(s.incidents)), term("killed", s.incidents ? gc.range(s.killed_min, s.killed_max)  : null), term("missing", s.unknown ? gc.t("n.incidents", { n: s.unknown }) : null), term("strikes", gc.number(s.strikes)),
      term("findings", said(s, "finding", gc.FINDINGS, view.data.nearby)), term("official", said(s, "official_record", gc.RECORDS)), term("background", view.data.nearby && s.incidents ? background(s) : null), term("coarse", s.coarse ? gc.t("coarse", { records: gc.t("records", { n: s.coarse }), one: view.data.base.words[0] }) : null)]);
  }

  function openArea(view, g, at) {
    if (view.measuring && view.measuring()) return;
    gc.openPopup(view.map, el("div", { class: "gc-card", role: "dialog" }, el("h2", {}, gc.bdi(g.name), g.name_local ? gc.bdi(g.name_local) : null), el("p", { class: "gc-id" }, gc.bdi(g.country_name || "")), numbers(view, g),
      g.approximate ? el("p", { class: "gc-finding" }, el("strong", {}, gc.t("approximate"), " "), gc.bdi(g.note)) : null), at || L.latLng(g.label[1], g.label[0]));
  }

  function openTown(view, t, at) {
    if (view.measuring && view.measuring()) return;
    gc.openPopup(view.map, el("div", { class: "gc-card", role: "dialog" }, el("h2", {}, gc.bdi(t.name), t.name_local ? gc.bdi(t.name_local) : null), numbers(view, t)), at);
  }

  function legendCounts(view) {
    for (const item of view.legend || []) item.count.textContent = gc.number(view.govs.filter((g) => fill(view, g) === item.fill).length);
  }

  const counted = () => ["incidents", "killed.word", "strikes"].map((name) => gc.t(name));

  // A row of a table: what it is of, and its numbers as they stand.
  function countRow(of, open) {
    const cells = [el("td", {}), el("td", {}), el("td", {})];
    const row = el("tr", {}, el("td", {}, el("button", { type: "button", onclick: open }, gc.bdi(gc.short(gc.nameOf(of), 60)))), cells);
    const update = function () {
      const s = of.stats;
      row.hidden = !s.records;
      if (row.hidden) return;
      [gc.number(s.incidents), s.incidents ? gc.range(s.killed_min, s.killed_max) : "–", gc.number(s.strikes)].forEach((text, i) => (cells[i].textContent = text));
    };
    return { of, row, update };
  }

  function places(view) {
    const body = el("tbody", {});
    const entries = view.towns.slice().sort((a, b) => b.most - a.most || a.i - b.i).slice(0, 150).map((t) => countRow(t, () => openTown(view, t, L.latLng(t.lat, t.lon))));
    for (const entry of entries) body.appendChild(entry.row);
    view.rows = (view.rows || []).concat(() => entries.forEach((entry) => entry.update()));
    return el("table", { class: "gc-table" }, el("thead", {}, el("tr", {}, [gc.t("place"), ...counted()].map((h) => el("th", { scope: "col" }, h)))), body);
  }

  function panel(view) {
    const { data, map } = view, c = data.classes, one = data.base.words[0];
    view.total = el("dl", { class: "gc-totals", "aria-live": "polite" });
    view.side.appendChild(view.total);
    view.legend = [];
    const key = function (color, text) {
      const swatch = svg("svg", { class: "gc-swatch", viewBox: "0 0 26 16", "aria-hidden": "true" }, svg("rect", { width: 26, height: 16, fill: color })), out = el("span", {});
      view.legend.push({ fill: color, count: out });
      return el("tr", {}, el("td", {}, swatch), el("td", {}, text), el("td", {}, out));
    };
    const rows = c.upper.map((u, k) => key(c.colors[k], c.names[k]));
    const legend = gc.section(view, data.measure.name);
    legend.appendChild(el("table", { class: "gc-table gc-classes" }, el("thead", {}, el("tr", {}, el("th", {}, ""), el("th", {}, data.measure.unit), el("th", {}, data.base.words[1]))), el("tbody", {}, rows, key("#ffffff", gc.t("class.zero")), key("#c3c9ce", gc.t("class.none")), key("url(#gc-hatch)", data.none))));
    const most = view.most, steps = Array.from(new Set([most, Math.max(1, Math.round(most / 4)), 1])).filter((v) => v <= most);
    if (view.towns.length) {
      legend.appendChild(el("p", { class: "gc-more" }, gc.t(data.blurred ? "circles.blurred" : "circles")));
      legend.appendChild(el("div", { class: "gc-sizes" }, steps.map(function (v) {
        const r = 3 + view.scale * Math.sqrt(v / most);
        return el("span", {}, svg("svg", { width: 34, height: 34, "aria-hidden": "true" }, svg("circle", { cx: 17, cy: 17, r, fill: "#12466e", "fill-opacity": 0.78, stroke: "#fff" })), format(view, v));
      })));
    }
    const body = el("tbody", {});
    const table = el("table", { class: "gc-table" }, el("thead", {}, el("tr", {}, [one.charAt(0).toUpperCase() + one.slice(1), ...counted()].map((h) => el("th", { scope: "col" }, h)))), body);
    const entries = view.govs.map((g) => countRow(g, () => openArea(view, g)));
    view.rows = (view.rows || []).concat(function () {
      entries.sort((a, b) => (b.of.value || 0) - (a.of.value || 0) || b.of.stats.records - a.of.stats.records || a.of.i - b.of.i);
      entries.forEach(function (entry, i) {
        entry.update();
        if (body.children[i] !== entry.row) body.insertBefore(entry.row, body.children[i] || null);
      });
    });
    const areas = gc.section(view, gc.t("by", { one }));
    areas.appendChild(table);
    gc.past(areas, entries.length);
    if (view.towns.length && !data.blurred) {
      const towns = gc.section(view, gc.t("by.place"), false);
      towns.appendChild(places(view));
      gc.past(towns, view.towns.length);
    }
    gc.notes(view);
    if (data.empty) map.getContainer().appendChild(el("div", { class: "gc-empty", role: "status" }, data.empty));
  }
})();
