// Opens a page: reads its data, lays out the panel, draws the map underneath (land, borders, places).
(function () {
  "use strict";
  const gc = (window.geocasualty = window.geocasualty || {});
  const el = gc.el, LONG = 10, ADDED = ["end", "t0", "t1", "kind"];
  gc.apps = {};

  gc.start = function (map, app, dataId) {
    const data = JSON.parse(document.getElementById(dataId).textContent);
    const shell = map.getContainer().closest(".gc-shell");
    const part = (name) => shell.querySelector(".gc-" + name);
    const view = { map, data, head: part("head"), side: part("side"), foot: part("foot"), overlays: [] };
    shell.gcView = view;
    if (!view.data.base) return;
    gc.speak(data.words);
    gc.language = view.data.base.language;
    for (const key of ["incidents", "strikes", "pairs"]) view[key] = gc.rows(data[key], data.strings);
    for (const r of view.incidents.concat(view.strikes)) r.end = r.start === null || r.span === null ? null : r.start + r.span;
    map.attributionControl.setPrefix(false);
    map.getContainer().setAttribute("role", "region");
    map.getContainer().setAttribute("aria-label", gc.t("region"));
    header(view);
    gc.pictures(view);
    gc.base(view);
    gc.apps[app](view);
    fit(view); // the panel and the slider have taken their room
    if (view.draw) view.draw();
    gc.control(view);
    gc.frames(view);
    attribution(view);
    layers(view);
    scale().addTo(map);
    leafletWords(map);
    gc.tools(view);
    map.getContainer().prepend(map._controlContainer); // before its markers for the Tab key, as for the eye
    view.head.appendChild(gc.skip("skip.map", () => view.foot.querySelector("button") || view.side.querySelector("summary")));
    let last = "";
    new ResizeObserver(function () {
      const now = map.getContainer().clientWidth + "x" + map.getContainer().clientHeight;
      if (now === last) return;
      last = now;
      map.invalidateSize({ animate: false });
    }).observe(map.getContainer());
    paper(view);
    fit(view);
    if (view.linked) view.linked();
    if (data.blurred) map.getContainer().appendChild(el("div", { class: "gc-blurred", role: "note" }, data.blurred));
    view.labels.ready = true;
    map.fire("gc:refresh");
  };

  function fit(view) {
    view.map.invalidateSize({ animate: false });
    view.fit();
    view.fitted = { at: view.map.getCenter(), zoom: view.map.getZoom() };
  }

  // What Leaflet itself says.
  function leafletWords(map) {
    for (const [cls, key] of [["zoom-in", "zoom.in"], ["zoom-out", "zoom.out"], ["layers-toggle", "layers"]]) {
      const node = map.getContainer().querySelector(".leaflet-control-" + cls);
      if (!node) continue;
      node.title = gc.t(key);
      node.setAttribute("aria-label", gc.t(key));
    }
  }
  function scale() {
    const control = L.control.scale({ imperial: false, position: "bottomleft" });
    control._updateMetric = function (most) {
      const metres = control._getRoundNum(most);
      control._updateScale(control._mScale, metres < 1000 ? gc.t("m", { n: metres }) : gc.t("km", { n: metres / 1000 }), metres / most);
    };
    return control;
  }

  // On paper the map has a size of its own: what the reader sees is fitted to it, and back again afterwards.
  function paper(view) {
    const map = view.map, stage = map.getContainer().parentNode;
    let seen = null;
    const renderers = {}, dots = [];
    view.foot.appendChild(el("p", { class: "gc-printed" }, view.data.attribution.map((text, i) => [i ? " · " : "", gc.bdi(text)])));
    window.addEventListener("beforeprint", function () {
      seen = { bounds: map.getBounds(), at: map.getCenter(), zoom: map.getZoom() };
      stage.classList.add("gc-paper");
      map.invalidateSize({ animate: false });
      if (view.fitted && seen.zoom === view.fitted.zoom && seen.at.equals(view.fitted.at)) view.fit(); // nobody has moved it
      else map.fitBounds(seen.bounds, { animate: false });
      map.fire("gc:refresh");
      const inked = map.getBounds();
      map.eachLayer(function (layer) { // a canvas drawn anew prints as a white sheet
        if (!(layer instanceof L.CircleMarker) || !(layer.options.renderer instanceof L.Canvas) || !inked.contains(layer.getLatLng())) return;
        const pane = layer.options.pane;
        if (!renderers[pane]) renderers[pane] = L.svg({ pane, padding: 0 });
        dots.push(L.circleMarker(layer.getLatLng(), Object.assign({}, layer.options, { renderer: renderers[pane] })));
      });
      dots.forEach((dot) => dot.addTo(map));
    });
    window.addEventListener("afterprint", function () {
      stage.classList.remove("gc-paper");
      dots.splice(0).forEach((dot) => dot.remove());
      map.invalidateSize({ animate: false });
      map.setView(seen.at, seen.zoom, { animate: false });
    });
  }

  // Columns to rows. A column is {c: constant}, {v: values}, {s: string numbers} or {m: lists of string numbers}. Each row
  // has all its fields from the start, those too that a page adds: an object that grows leaves its old self to be cleared.
  gc.rows = function (columns, strings) {
    const out = [], names = Object.keys(columns || {}).filter((name) => name !== "n"), empty = { i: 0 };
    for (const name of names.concat(ADDED)) empty[name] = null;
    const reads = names.map(function (name) {
      const column = columns[name];
      if ("c" in column) return () => column.c;
      if ("v" in column) return (i) => column.v[i];
      if ("s" in column) return (i) => (column.s[i] === null ? null : strings[column.s[i]]);
      return (i) => column.m[i].map((k) => strings[k]);
    });
    for (let i = 0; columns && i < columns.n; i++) {
      const row = { ...empty };
      row.i = i;
      for (let k = 0; k < names.length; k++) row[names[k]] = reads[k](i);
      out.push(row);
    }
    return out;
  };

  // Rings come as differences in 1/10,000 degree: [lon, lat, dlon, dlat, ...].
  gc.shape = (polygons) => polygons.map((rings) => rings.map(ring));
  function ring(flat) {
    const out = [];
    for (let k = 0, x = 0, y = 0; k < flat.length; k += 2) {
      x += flat[k];
      y += flat[k + 1];
      out.push([y / 1e4, x / 1e4]);
    }
    return out;
  }

  function header(view) {
    document.title = gc.short(view.data.title, 120);
    view.head.appendChild(el("h1", {}, gc.bdi(view.data.title)));
    for (const line of view.data.subtitle) view.head.appendChild(el("p", {}, gc.bdi(line)));
  }

  gc.pane = function (map, name, z) {
    if (!map.getPane(name)) {
      const pane = map.createPane(name);
      pane.style.zIndex = z;
      pane.style.pointerEvents = "none";
    }
    return name;
  };

  gc.base = function (view) {
    const map = view.map, base = view.data.base;
    const land = L.svg({ pane: gc.pane(map, "gc-land", 150), padding: 0.5 });
    const lines = L.svg({ pane: gc.pane(map, "gc-lines", 410), padding: 0.5 });
    const borders = L.layerGroup(), items = [];
    for (const country of base.countries) {
      L.polygon(gc.shape(country.shape), { pane: "gc-land", renderer: land, stroke: false, fillColor: "#faf8f3", fillOpacity: 1, interactive: false }).addTo(map);
      L.polygon(gc.shape(country.shape), { pane: "gc-lines", renderer: lines, fill: false, color: "#4f5b66", weight: 2, interactive: false }).addTo(borders);
    }
    waters(view);
    view.govs = base.governorates.map((g) => Object.assign({}, g, { latlngs: gc.shape(g.shape) }));
    for (const g of view.govs) {
      L.polygon(g.latlngs, { pane: "gc-lines", renderer: lines, fill: false, color: "#8b96a0", weight: 1, dashArray: g.approximate ? "4 3" : null, interactive: false }).addTo(borders);
      items.push({ lat: g.label[1], lon: g.label[0], mode: "area", widthDeg: g.width, minZoom: 5, maxZoom: 9.5, cls: "gc-gov", priority: base.govPriority,
        node: () => gc.twoNames(g.approximate ? gc.t("approx", { name: gc.short(g.name, 60) }) : g.name, g.name_local) });
    }
    borders.addTo(map);
    view.overlays.push([gc.t("layer.borders"), borders]);

    view.places = gc.rows(base.places, view.data.strings);
    const tiers = {}, dots = L.canvas({ pane: gc.pane(map, "gc-dots", 420), padding: 0.3 });
    const shown = L.layerGroup();
    for (const p of view.places) {
      const tier = gc.tier(p.population, p.kind) + (base.tierShift || 0);
      const dot = L.circleMarker([p.lat, p.lon], {
        pane: "gc-dots", renderer: dots, radius: p.population > 1e5 ? 3.5 : 2.5, weight: 1, color: "#3f4a54", fillColor: "#fff", fillOpacity: 1, interactive: false });
      dot.gcPlace = p;
      (tiers[tier] = tiers[tier] || []).push(dot);
      items.push({ lat: p.lat, lon: p.lon, minZoom: tier, priority: p.population || 1, cls: "gc-place", gap: 6,
        node: () => gc.twoNames(p.name, p.name_local, p.population > 1e5 ? "gc-major" : ""), shown: () => map.hasLayer(shown) && !(view.covered && view.covered(p)) });
    }
    view.shownPlaces = shown.addTo(map);
    view.overlays.push([gc.t("layer.places"), shown]);
    const tiersShown = function () {
      for (const tier of Object.keys(tiers)) {
        for (const dot of tiers[tier]) {
          if (map.getZoom() >= Number(tier) && !(view.covered && view.covered(dot.gcPlace))) shown.addLayer(dot);
          else shown.removeLayer(dot);
        }
      }
    };
    map.on("zoomend viewreset gc:refresh", tiersShown);
    view.labelItems = items;
  };

  // Rivers and lakes, below everything that is data.
  function waters(view) {
    const base = view.data.base, style = { pane: gc.pane(view.map, "gc-water", 402), renderer: L.svg({ pane: "gc-water", padding: 0.5 }), color: "#6f9dc0", interactive: false };
    const layer = L.layerGroup();
    for (const lake of base.lakes || []) L.polygon(gc.shape(lake), Object.assign({ weight: 0.6, fillColor: "#cfe0ec", fillOpacity: 1 }, style)).addTo(layer);
    for (const river of base.rivers || []) L.polyline(river.lines.map(ring), Object.assign({ weight: river.rank < 5 ? 1.6 : 0.9, fill: false }, style)).addTo(layer);
    layer.addTo(view.map);
    view.overlays.push([gc.t("layer.waters"), layer]);
  }

  // The zoom from which a place is shown.
  gc.tier = function (population, kind) {
    if (population >= 5e5) return 5;
    if (population >= 1.5e5) return 7;
    if (population >= 4e4) return 8;
    if (population >= 1e4 || kind === "airbase") return 9;
    return 10;
  };

  gc.labels = function (view, obstacles) {
    view.labels = new gc.Labels(view.labelItems);
    view.labels.obstacles = obstacles;
    view.overlays.push([gc.t("layer.names"), view.labels]);
    view.map.addLayer(view.labels);
    view.map.on("overlayadd overlayremove", () => view.map.hasLayer(view.labels) && view.labels.place());
  };

  function attribution(view) {
    const Credit = L.Control.extend({
      options: { position: "bottomright" },
      onAdd: () => el("div", { class: "gc-credit" }, view.data.attribution.map((text, i) => [i ? " · " : "", gc.bdi(text)])),
    });
    new Credit().addTo(view.map);
  }

  function layers(view) {
    const tiles = {}, over = {}, names = view.data.tiles || [];
    let k = 0;
    view.map.eachLayer(function (layer) {
      if (!(layer instanceof L.TileLayer) || k >= names.length) return;
      const name = names[k++].replace(/[<>&"]/g, (c) => "&#" + c.charCodeAt(0) + ";");
      over[gc.t("layer.online", { name })] = layer;
    });
    for (const [name, layer] of view.overlays) over[name] = layer;
    const control = L.control.layers(tiles, over, { position: "topright", collapsed: true, hideSingleBase: true }).addTo(view.map), box = control.getContainer();
    const toggle = box.querySelector(".leaflet-control-layers-toggle");
    box.addEventListener("keydown", function (event) {
      if (event.target === toggle && (event.key === "Enter" || event.key === " ")) {
        L.DomEvent.stop(event);
        control.expand();
        box.querySelector("input").focus();
      } else if (event.key === "Escape") {
        control.collapse();
        toggle.focus();
      }
    }, true);
    box.addEventListener("focusout", (event) => event.relatedTarget && !box.contains(event.relatedTarget) && control.collapse());
  }

  gc.section = function (view, title, open) {
    const head = el("h2", {}, title), box = el("details", { class: "gc-section" }, el("summary", {}, head));
    box.open = open !== false;
    view.side.appendChild(box);
    const body = el("div", {});
    body.gcTitle = head;
    box.appendChild(body);
    return body;
  };

  // At the head of a long list: on to what follows it.
  gc.past = function (body, length) {
    if (length > LONG) body.insertBefore(gc.skip("skip.list", () => body.parentNode.nextElementSibling.querySelector("summary") || body.parentNode.nextElementSibling), body.firstChild);
  };

  gc.notes = function (view) {
    if (view.data.notes.length) gc.section(view, gc.t("notes")).appendChild(el("ul", { class: "gc-notes" }, view.data.notes.map((n) => el("li", {}, gc.bdi(n)))));
    view.side.appendChild(el("p", { class: "gc-made", tabindex: -1 }, gc.bdi(view.data.base.version)));
  };

  gc.clear = function (node) {
    while (node.firstChild) node.removeChild(node.firstChild);
    return node;
  };
})();
