// Frames of any kind: shapes in the colours of a column, their cells as text in popups.
(function () {
  "use strict";
  const gc = (window.geocasualty = window.geocasualty || {});
  const el = gc.el, svg = gc.svg, MOST_LISTED = 100, MOST_DISCS = 1000, MIXED = "#1d262d";

  gc.apps.explore = function (view) {
    view.fit = () => view.map.fitBounds(view.data.fit, { padding: [30, 30], maxZoom: 12, animate: false });
    view.fit();
    gc.labels(view, () => gc.controls(view.map));
    gc.notes(view);
  };

  gc.frames = function (view) {
    (view.data.frames || []).forEach((layer, number) => draw(view, layer, number));
  };

  function draw(view, layer, number) {
    const map = view.map, rows = gc.rows(layer.columns, []), group = L.layerGroup().addTo(map), discs = L.layerGroup().addTo(map);
    for (const [name, column] of layer.fields) {
      gc.rows({ n: layer.n, x: column }, layer.strings).forEach((cell, i) => (rows[i].cells = rows[i].cells || []).push([name, cell.x]));
    }
    const pane = gc.pane(map, "gc-frame-" + number, 440 + number), canvas = L.canvas({ pane, padding: 0.3 });
    map.getPane(pane).style.pointerEvents = "";
    const color = (records) => (records.every((r) => r.code === records[0].code) ? layer.legend[records[0].code].color : MIXED);
    const places = new Map();
    const tell = function (shape, records) {
      if (!places.has(records)) places.set(records, () => (shape.getLatLng ? shape.getLatLng() : shape.getBounds().getCenter()));
      shape.bindTooltip(() => tip(layer, records), { sticky: true, direction: "top", className: "gc-tip" });
      shape.on("click", function (event) {
        if (!(view.measuring && view.measuring())) gc.openPopup(map, card(layer, records), event.latlng);
      });
      group.addLayer(shape);
    };
    const at = new Map(), seen = new Set();
    let mixed = false;
    for (const r of rows) {
      if (r.area !== null) push(at, "a" + r.area, r);
      else if (r.line) {
        const alone = [r], paths = r.line.map(line), style = { pane, renderer: canvas, color: color([r]), weight: 2.5 };
        tell(L.polyline(paths, style), alone);
        for (const path of paths) for (const end of [path[0], path[path.length - 1]]) tell(L.circleMarker(end, Object.assign({ radius: 3, fillOpacity: 1 }, style)), alone);
      }
      else if (r.lat !== null) push(at, r.lat + "," + r.lon, r);
    }
    for (const records of Array.from(at.values()).sort((a, b) => (b[0].area !== null) - (a[0].area !== null))) {
      const r = records[0], fill = color(records);
      mixed = mixed || fill === MIXED;
      if (r.area !== null) tell(L.polygon(gc.shape(layer.areas[r.area]), { pane, renderer: canvas, color: "#4f5b66", weight: 1, fillColor: fill, fillOpacity: 0.5 }), records);
      else tell(L.circleMarker([r.lat, r.lon], { pane, renderer: canvas, radius: 5 + 2 * Math.log10(records.length), weight: 1.2, color: "#fff", fillColor: fill, fillOpacity: 0.92 }), records);
      for (const each of records) {
        const key = [each.lat, each.lon, each.radius].join(" ");
        if (each.lat === null || !each.radius || seen.has(key) || seen.size >= MOST_DISCS) continue;
        seen.add(key);
        discs.addLayer(L.polygon(gc.ring(each.lat, each.lon, each.radius), { pane, renderer: canvas, color: fill, weight: 1, opacity: 0.55, dashArray: "4 4", fill: false, interactive: false }));
      }
    }
    view.overlays.push([layer.name, group]);
    if (seen.size) view.overlays.push([gc.t("uncertainty", { name: layer.name }), discs]);
    const swatch = (fill) => svg("svg", { width: 26, height: 16, "aria-hidden": "true" }, svg("rect", { width: 26, height: 16, fill, stroke: "#6b7681" }));
    const key = (fill, text, n) => el("li", {}, el("span", { class: "gc-key" }, swatch(fill)), el("span", {}, text ? [gc.bdi(gc.short(text, 80)), ": "] : null, gc.t("rows", { n })));
    const legend = gc.sectionSecond(view, gc.short(layer.name, 60));
    legend.parentNode.after(listed(view, layer, places));
    legend.appendChild(el("ul", { class: "gc-legend" },
      layer.legend.map((entry, code) => key(entry.color, entry.name, rows.filter((r) => r.code === code).length)),
      mixed ? el("li", {}, el("span", { class: "gc-key" }, swatch(MIXED)), gc.t("mixed")) : null));
  }

  // What the keyboard opens: a card for each place, in the order of the frame.
  function listed(view, layer, places) {
    const all = Array.from(places), list = el("ul", { class: "gc-list" }, all.slice(0, MOST_LISTED).map(([records, at]) => el("li", {},
      el("button", { type: "button", class: "gc-entry", onclick: () => gc.openPopup(view.map, card(layer, records), at()) },
        el("span", { class: "gc-entry-text" }, el("strong", {}, title(layer, records[0])), records.length > 1 ? el("span", {}, gc.t("rows.here", { rows: gc.t("rows", { n: records.length }) })) : null)))));
    const body = gc.section(view, gc.t("rows", { n: layer.n }), false);
    body.appendChild(list);
    gc.past(body, all.length);
    if (all.length > MOST_LISTED) body.appendChild(el("p", { class: "gc-more" }, gc.t("more.map", { n: all.length - MOST_LISTED })));
    return body.parentNode;
  }

  function push(map, key, value) {
    if (!map.has(key)) map.set(key, []);
    map.get(key).push(value);
  }

  const line = (steps) => gc.shape([[steps]])[0][0];
  const cellOf = (r, name) => (r.cells.find((cell) => cell[0] === name) || [])[1];
  const heading = (layer, r) => layer.head.map((name) => cellOf(r, name)).filter(Boolean);

  const title = (layer, r) => gc.bdi(gc.short(heading(layer, r).join(": ") || gc.t("row", { n: r.i + 1 }), 80));

  function tip(layer, records) {
    return el("div", {}, records.slice(0, 4).map((r) => el("div", {}, heading(layer, r).map((text, i) => [i ? ": " : "", gc.bdi(gc.short(text, 60))]))),
      records.length > 4 ? gc.t("more", { n: records.length - 4 }) : null);
  }

  function card(layer, records) {
    if (records.length === 1) return one(layer, records[0]);
    return el("div", { class: "gc-card", role: "dialog" }, el("h2", {}, gc.t("rows.here", { rows: gc.t("rows", { n: records.length }) })),
      records.slice(0, MOST_LISTED).map((r) => el("details", {}, el("summary", {}, title(layer, r)), terms(r))),
      records.length > MOST_LISTED ? el("p", { class: "gc-more" }, gc.t("more", { n: records.length - MOST_LISTED })) : null);
  }
  const one = (layer, r) => el("div", { class: "gc-card", role: "dialog" }, el("h2", {}, gc.bdi(gc.short(heading(layer, r)[0] || layer.name, 120))), terms(r));
  const terms = (r) => gc.terms(r.cells.map(([name, text]) => [gc.bdi(gc.short(name, 40)), text ? text.split(";").map((part, i) => [i ? el("br") : "", gc.source(part.trim())]) : null]));
})();
