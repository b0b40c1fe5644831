// The map of one town: its footprint, the incidents, the strikes near them, and how they pair.
(function () {
  "use strict";
  const gc = (window.geocasualty = window.geocasualty || {});
  const el = gc.el, MOST_MARKERS = 1500, MOST_LISTED = 150, MANY = 120, MANY_LINKS = 30, MOST_FANNED = 16, CLOSE_ZOOM = 14;
  const EDGES = { paddingTopLeft: [54, 22], paddingBottomRight: [26, 34] }; // room for the controls
  const RED = "#b8420a", BLUE = "#0b5fa5", INK = "#1d262d", DOUBT = 0.1;

  gc.apps.town = function (view) {
    const { map, data } = view, town = data.town;
    view.ofIncident = new Map();
    view.ofStrike = new Map();
    const rank = (p) => (p.relation === "within" ? 0 : 1e6) + p.distance_km;
    for (const p of view.pairs.slice().sort((a, b) => rank(a) - rank(b))) {
      push(view.ofIncident, p.inc, p);
      push(view.ofStrike, p.str, p);
    }
    for (const s of view.strikes) {
      s.apart = !view.ofStrike.has(s.i);
      s.best = (view.ofStrike.get(s.i) || [])[0] || null;
    }
    const line = L.svg({ pane: gc.pane(map, "gc-rings", 405), padding: 0.6 });
    const group = { limits: L.layerGroup(), doubt: L.layerGroup(), links: L.layerGroup(), incident: L.layerGroup(), strike: L.layerGroup(), apart: L.layerGroup() };
    view.group = group;
    view.parts = []; // {on(test), layers: [[group, layer]]}: what a filter shows and hides
    view.shapes = []; // discs and outlines, each with its records, which a filter shows and hides too
    view.outlines = []; // what they are drawn by

    const bounds = footprint(view, town, line);
    limits(view, bounds, line);
    for (const kind of ["strike", "incident"]) uncertainty(view, kind, bounds, line);
    markers(view);
    links(view, bounds);
    const names = [["incidents", "incident"], ["paired", "strike"], ["apart", "apart"], ["links", "links"], ["limits", "limits"], ["doubt", "doubt"]];
    view.overlays = names.map(([name, key]) => [gc.t("layer." + name), group[key]]).concat(view.overlays);
    const crowded = new Set(view.incidents.map((r) => r.lat + "," + r.lon)).size > 12;
    view.draw = function () { // once the map is fitted, so that each is projected once
      for (const key of Object.keys(group)) if (!(crowded && key === "limits")) group[key].addTo(map);
      map.on("overlayadd", () => view.parts.forEach(conceal));
      map.fire("overlayadd");
    };
    view.open = (kind, r) => open(view, kind, r);

    view.fit = () => map.fitBounds(bounds, Object.assign({ animate: false }, EDGES));
    view.fit();
    view.covered = (p) => town.place_id && p.id === town.place_id;
    map.on("zoomend gc:refresh", () => fan(view));
    gc.labels(view, () => obstacles(view));
    panel(view);
    if (data.empty) map.getContainer().appendChild(el("div", { class: "gc-empty", role: "status" }, data.empty));
    gc.filters(view, (test) => filter(view, test));
  };

  function push(map, key, value) {
    if (!map.has(key)) map.set(key, []);
    map.get(key).push(value);
  }

  function footprint(view, town, renderer) {
    const shape = town.shape ? gc.shape(town.shape) : [[gc.ring(town.lat, town.lon, town.radius || 1000)]];
    const layer = L.polygon(shape, { pane: "gc-rings", renderer, color: "#46525c", weight: 1.5, dashArray: "7 4", smoothFactor: 0.2, fillColor: "#5c6b77", fillOpacity: 0.1, interactive: false });
    if (town.shape || town.radius) {
      view.town = layer.addTo(view.map);
      view.overlays.push([gc.t(town.shape ? "footprint" : "radius"), layer]);
    }
    view.labelItems.push({ lat: town.lat, lon: town.lon, priority: 1e12, cls: "gc-town", gap: 9, far: [0, 14, 28, 42, 60], node: () => gc.twoNames(town.name, town.name_local) });
    L.circleMarker([town.lat, town.lon], { pane: "gc-dots", radius: 4, weight: 2, color: INK, fillColor: "#fff", fillOpacity: 1, interactive: false, renderer: L.canvas({ pane: "gc-dots" }) }).addTo(view.map);
    return layer.getBounds();
  }

  function limits(view, bounds, renderer) {
    const metres = view.data.limits.km * 1000, at = new Map(), shapes = [];
    for (const r of view.incidents) if (r.lat !== null) push(at, r.lat + "," + r.lon, r);
    const layer = outlines(view, shapes, view.group.limits, { pane: "gc-rings", renderer, color: RED, weight: 1.5, dashArray: "1 5", lineCap: "round", fill: false, interactive: false });
    for (const records of at.size ? at.values() : [[]]) {
      const r = records[0] || view.data.town, shape = { lat: r.lat, lon: r.lon, metres, records, on: true };
      (metres ? gc.extent(shape) : [[r.lat, r.lon]]).forEach((p) => bounds.extend(p));
      if (!metres) continue;
      shapes.push(shape);
      const rim = gc.destination(r.lat, r.lon, 40, metres);
      view.labelItems.push({ lat: rim[0], lon: rim[1], priority: 1e9, cls: "gc-limit", gap: 1, shown: () => shape.on && view.map.hasLayer(layer),
        node: () => el("span", {}, gc.t(records.length ? "limit.incident" : "limit.place", { km: String(view.data.limits.km) })) });
    }
    view.shapes.push(...shapes);
  }

  function outlines(view, shapes, group, style) {
    const layer = new gc.Outlines(shapes, style);
    view.outlines.push(layer);
    group.addLayer(layer);
    return layer;
  }

  // Each distinct disc or outline once, however many records share it; the fill of all discs of a kind is one shape,
  // so that it says where positions may be and never how many records there are.
  function uncertainty(view, kind, bounds, renderer) {
    const color = kind === "incident" ? RED : BLUE, at = new Map(), looks = new Map(), filled = [];
    for (const r of view[kind + "s"]) {
      if (kind === "strike" && r.apart) continue;
      if (r.area !== null) push(at, "area " + r.area + " " + !!r.vicinity, r);
      else if (r.lat !== null && r.radius) push(at, [r.lat, r.lon, r.radius, !!r.vicinity].join(" "), r);
    }
    for (const records of at.values()) {
      const r = records[0], disc = r.area === null;
      const shape = Object.assign({ records, on: true }, disc ? { lat: r.lat, lon: r.lon, metres: r.radius } : { rings: gc.shape(view.data.areas[r.area]).flat() });
      for (const each of records) each.doubt = shape;
      push(looks, r.vicinity ? "2 6" : disc ? "" : "8 5", shape);
      if (kind === "incident" && !r.vicinity) gc.extent(shape).forEach((p) => bounds.extend(p));
      if (disc && !r.vicinity) filled.push(shape);
      view.shapes.push(shape);
    }
    const style = { pane: "gc-rings", renderer, color, interactive: false };
    outlines(view, filled, view.group.doubt, Object.assign({}, style, { stroke: false, fill: true, fillOpacity: DOUBT, fillRule: "nonzero", className: "gc-doubt-" + kind }));
    for (const [dash, shapes] of looks) outlines(view, shapes, view.group.doubt, Object.assign({}, style, { weight: 1.2, fill: false, dashArray: dash || null }));
  }

  function filterShapes(view, test) {
    for (const shape of view.shapes) shape.on = !shape.records.length || shape.records.some(test);
    for (const each of view.outlines) each.choose();
  }

  // Pairs of the same two points are one line, however many they are.
  function links(view, bounds) {
    const at = new Map();
    for (const p of view.pairs) {
      const a = view.incidents[p.inc], b = view.strikes[p.str];
      if (a.lat !== null && b.lat !== null) push(at, [a.lat, a.lon, b.lat, b.lon, p.relation].join(" "), p);
    }
    for (const pairs of at.values()) link(view, pairs, bounds, at.size > MANY_LINKS);
  }

  function link(view, pairs, bounds, many) {
    const p = pairs[0], a = view.incidents[p.inc], b = view.strikes[p.str];
    bounds.extend([b.lat, b.lon]);
    const within = p.relation === "within", dash = { within: null, accepted: "12 5" };
    const back = L.polyline([[a.lat, a.lon], [b.lat, b.lon]], { color: "#fff", weight: 5, opacity: 0.8, interactive: false });
    const layer = L.polyline([[a.lat, a.lon], [b.lat, b.lon]], { color: INK, weight: within ? 2.6 : 2, dashArray: p.relation in dash ? dash[p.relation] : "3 6", interactive: false });
    let on = pairs;
    const mine = pairs.some((each) => b.best === each); // at the strike if it is the strike's nearest, else in the middle
    const item = { lat: mine ? b.lat : (a.lat + b.lat) / 2, lon: mine ? b.lon : (a.lon + b.lon) / 2, priority: within ? 1e11 : 1e10, minZoom: many ? 13 : 0, cls: "gc-link", gap: mine ? 15 : 4, far: [0, 8, 16],
      shift: () => (mine && marker(b) && marker(b).gcShift) || [0, 0], shown: () => drawn(view, layer), node: () => null, words: () => gc.pairsText(on) };
    view.labelItems.push(item);
    part(view, function (test) {
      on = pairs.filter((each) => test(view.incidents[each.inc]) && test(view.strikes[each.str]));
      return on.length > 0;
    }, [[view.group.links, back], [view.group.links, layer]]);
  }

  // What a filter shows: where `on(test)` says so, test being of a record.
  function part(view, on, layers) {
    view.parts.push({ on, layers });
    for (const [group, layer] of layers) group.addLayer(layer);
  }
  const related = (view, name) => view.pairs.some((p) => p.relation === name);
  const drawn = (view, layer) => view.map.hasLayer(layer) && !layer.gcOff;
  // What a filter hides stays in its place in the page: nothing is made anew, and the Tab key keeps its way.
  function conceal(part) {
    for (const [group, layer] of part.layers) {
      layer.gcOff = part.now === false;
      if (layer.options.renderer instanceof L.Canvas) group[layer.gcOff ? "removeLayer" : "addLayer"](layer);
      else if (layer.getElement()) layer.getElement().style.display = layer.gcOff ? "none" : "";
    }
  }
  const marker = (r) => r.marker || (r.stack && r.stack.marker) || null;

  const groupOf = (view, kind, r) => (kind === "incident" ? view.group.incident : r.apart ? view.group.apart : view.group.strike);

  // From north to south and from west to east, as the Tab key goes.
  function markers(view) {
    const ready = stacks(view);
    const alone = (kind) => view[kind + "s"].filter((r) => r.lat !== null && !r.stack);
    const all = alone("incident").length + alone("strike").length + view.stacks.length, canvas = all > MANY ? L.canvas({ padding: 0.2 }) : null;
    view.dots = { incident: false, strike: false, apart: false };
    for (const kind of ["strike", "incident"]) {
      for (const r of alone(kind)) {
        const dom = all <= MANY || (all <= MOST_MARKERS && !r.apart); // where there are many, the others become dots
        if (!dom) view.dots[r.apart ? "apart" : kind] = true;
        r.marker = dom ? domMarker(kind, r) : L.circleMarker([r.lat, r.lon], { renderer: canvas, radius: kind === "incident" ? 5 : 4, weight: 1, color: "#fff", fillColor: kind === "incident" ? RED : r.apart ? "#7d93a5" : BLUE, fillOpacity: r.apart ? 0.5 : 0.9 });
        pressed(r.marker, () => open(view, kind, r));
        ready.push([r, (test) => test(r), groupOf(view, kind, r)]);
      }
    }
    ready.sort(([a], [b]) => b.lat - a.lat || a.lon - b.lon);
    for (const [r, on, group] of ready) part(view, on, [[group, r.marker]]);
  }

  function pressed(marker, act) {
    marker.on("click keypress", function (event) {
      if (event.type === "click" || event.originalEvent.key === "Enter") act();
    });
  }

  // Records of a kind at one and the same point are one marker with their number, which opens their list.
  function stacks(view) {
    const at = new Map(), covered = new Set(view.incidents.map((r) => r.lat + "," + r.lon));
    view.stacks = [];
    const ready = [];
    for (const kind of ["incident", "strike"])
      for (const r of view[kind + "s"]) if (r.lat !== null) push(at, [kind, r.lat, r.lon, !!r.vicinity, !!r.apart].join(), r);
    for (const [key, records] of at) {
      if (records.length < 2) continue;
      records.sort((a, b) => a.start - b.start);
      const kind = key.startsWith("incident") ? "incident" : "strike", first = records[0];
      const stack = Object.assign({}, first, { kind, records, shown: records, i: null, stack: null, beside: kind === "strike" && first.apart && covered.has(first.lat + "," + first.lon) });
      for (const r of records) r.stack = stack;
      stack.marker = domMarker(kind, stack);
      pressed(stack.marker, () => openStack(view, stack));
      view.stacks.push(stack);
      view.labelItems.push({ lat: first.lat, lon: first.lon, priority: (kind === "incident" ? 9e10 : first.apart ? 1e6 : 8e10) + records.length, cls: "gc-stack gc-stack-" + kind, gap: 18, far: [0, 12, 24, 36], shift: () => stack.marker.gcShift, shown: () => drawn(view, stack.marker), node: () => null, words: () => stackText(stack) });
      ready.push([stack, function (test) {
        stack.shown = records.filter(test);
        if (!stack.shown.length) return false;
        number(stack);
        return true;
      }, groupOf(view, kind, first)]);
    }
    return ready;
  }

  function stackText(stack) {
    const shown = stack.shown, n = gc.t("stack." + (stack.kind === "strike" && stack.apart ? "apart" : stack.kind), { n: shown.length });
    if (stack.kind === "incident") return gc.t("killed.and", { what: n, range: gc.range(sum(shown, "killed_min"), sum(shown, "killed_max")) });
    const strikes = shown.reduce((total, r) => total + (r.n_strikes === null ? 1 : r.n_strikes), 0);
    return strikes === shown.length ? n : gc.t("stack.strikes", { records: n, n: strikes });
  }

  function number(stack) {
    const node = stack.marker.getElement(), n = stack.shown.length, label = gc.short(gc.join([stackText(stack), gc.placeName(stack)]), 160);
    if (!node || node.getAttribute("aria-label") === label) return;
    node.querySelector("text").setAttribute("font-size", n > 99 ? 9 : 11);
    node.querySelector("text").textContent = gc.few(n) + "×";
    node.setAttribute("aria-label", label);
  }

  function openStack(view, stack) {
    if (view.measuring && view.measuring()) return;
    const by = stack.marker.gcShift, most = stack.shown.slice(0, MOST_LISTED);
    const node = el("div", { class: "gc-card", role: "dialog" }, el("h2", {}, gc.icon(stack.kind, stack, ""), gc.bdi(gc.placeName(stack))),
      el("p", { class: "gc-id" }, gc.t(stack.kind === "strike" && stack.apart ? "stack.here.apart" : "stack.here", { stack: stackText(stack) })),
      el("ul", { class: "gc-list" }, most.map((r) => gc.entry(view, stack.kind, r))),
      stack.shown.length > most.length ? el("p", { class: "gc-more" }, gc.t("more", { n: stack.shown.length - most.length })) : null);
    gc.openPopup(view.map, node, L.latLng(stack.lat, stack.lon), [by[0], by[1] - 8]);
  }

  function domMarker(kind, r) {
    const icon = gc.icon(kind, r, r.records ? gc.few(r.records.length) + "×" : gc.markText(kind, r)), size = Number(icon.getAttribute("width"));
    const leader = el("span", { class: "gc-leader" });
    const holder = el("span", { class: "gc-holder" }, leader, icon);
    const marker = L.marker([r.lat, r.lon], { icon: L.divIcon({ html: holder, className: "gc-icon", iconSize: [size, size] }), zIndexOffset: kind === "incident" ? 500 : 0 });
    marker.gcSize = size;
    marker.gcLeader = leader;
    marker.gcShift = [0, 0];
    marker.on("add", function () {
      const node = marker.getElement();
      if (r.records) number(r);
      const what = kind === "incident" ? gc.t("marker.incident", { range: gc.range(r.killed_min, r.killed_max) }) : gc.t("marker.strike");
      if (!r.records) node.setAttribute("aria-label", gc.short(gc.join([what, gc.placeName(r), gc.when(r).local]), 160));
      shift(marker);
    });
    return marker;
  }

  function fan(view) {
    const map = view.map, shown = view.incidents.concat(view.strikes, view.stacks).filter((r) => r.marker && r.marker.gcSize && drawn(view, r.marker));
    const points = shown.map(function (r) {
      const p = map.latLngToLayerPoint(r.marker.getLatLng());
      return { x: p.x, y: p.y, size: r.marker.gcSize };
    });
    gc.spread(points, map.getZoom() >= CLOSE_ZOOM ? 1e9 : MOST_FANNED).forEach(function (by, i) {
      shown[i].marker.gcShift = shown[i].beside && !by[0] && !by[1] ? [17, -17] : by; // an incident there stays in sight
      shift(shown[i].marker);
    });
  }

  function shift(marker) {
    const node = marker.getElement();
    if (!node) return;
    const [x, y] = marker.gcShift, h = marker.gcSize / 2;
    node.style.marginLeft = x - h + "px";
    node.style.marginTop = y - h + "px";
    marker.gcLeader.style.width = Math.hypot(x, y) + "px";
    marker.gcLeader.style.transform = "rotate(" + Math.atan2(-y, -x) + "rad)";
  }

  function obstacles(view) {
    const out = [];
    for (const r of view.incidents.concat(view.strikes, view.stacks)) {
      if (!r.marker || !r.marker.gcSize || !drawn(view, r.marker)) continue;
      const p = view.map.latLngToContainerPoint(r.marker.getLatLng()), h = r.marker.gcSize / 2, [x, y] = r.marker.gcShift;
      out.push([p.x + x - h, p.y + y - h, p.x + x + h, p.y + y + h]);
    }
    return out.concat(gc.controls(view.map));
  }

  function open(view, kind, r) {
    if (view.measuring && view.measuring()) return;
    const by = (marker(r) && marker(r).gcShift) || [0, 0];
    const at = r.lat !== null ? L.latLng(r.lat, r.lon) : r.doubt ? L.latLngBounds(gc.extent(r.doubt)).getCenter() : view.map.getCenter();
    gc.openPopup(view.map, gc.recordPopup(view, kind, r), at, [by[0], by[1] - 8]);
  }

  function sum(records, name) {
    let total = 0, known = false;
    for (const r of records) {
      if (r[name] === null) continue;
      total += r[name];
      known = true;
    }
    return known ? total : null;
  }

  function panel(view) {
    const limits = view.data.limits;
    view.total = el("dl", { class: "gc-totals", "aria-live": "polite" });
    view.side.appendChild(view.total);
    view.heads = {};
    const stroke = (cls) => gc.svg("svg", { width: 30, height: 14, class: cls, "aria-hidden": "true" }, gc.svg("line", { x1: 1, x2: 29, y1: 7, y2: 7 }));
    const box = (cls) => gc.svg("svg", { width: 30, height: 14, class: cls, "aria-hidden": "true" }, gc.svg("rect", { x: 1, y: 1, width: 28, height: 12, "fill-opacity": DOUBT }));
    const dot = (cls) => gc.svg("svg", { width: 14, height: 14, class: "gc-dot " + cls, "aria-hidden": "true" }, gc.svg("circle", { cx: 7, cy: 7, r: 4.5 }));
    const group = view.group, list = el("ul", { class: "gc-legend" }), alone = (kind, test) => view[kind + "s"].some((r) => r.marker && !r.stack && r.marker.gcSize && test(r));
    const piled = (kind, apart) => view.stacks.some((s) => s.kind === kind && !!s.apart === apart), paired = (name) => related(view, name);
    const doubt = (kind, test) => view[kind + "s"].some((r) => r.doubt && test(r));
    // What is drawn, by the layer that holds it: a line of the legend goes and comes with its layer.
    const lines = [
      [group.incident, alone("incident", (r) => !r.vicinity), () => gc.icon("incident", null, "n"), gc.t("legend.incident")],
      [group.incident, alone("incident", (r) => r.vicinity), () => gc.icon("incident", { vicinity: true }, "n"), gc.t("legend.incident.near")],
      [group.incident, piled("incident", false), () => gc.icon("incident", { records: true }, "n×"), gc.t("legend.incidents")],
      [group.incident, view.dots.incident, () => dot("gc-incident"), gc.t("legend.incident.dot")],
      [group.strike, alone("strike", (r) => !r.apart && !r.vicinity), () => gc.icon("strike", null, "n"), gc.t("legend.strike")],
      [group.strike, alone("strike", (r) => !r.apart && r.vicinity), () => gc.icon("strike", { vicinity: true }, "n"), gc.t("legend.strike.near")],
      [group.strike, piled("strike", false), () => gc.icon("strike", { records: true, vicinity: view.stacks.every((s) => s.kind !== "strike" || s.apart || s.vicinity) }, "n×"), gc.t("legend.strikes")],
      [group.strike, view.dots.strike, () => dot("gc-strike"), gc.t("legend.strike.dot")],
      [group.apart, alone("strike", (r) => r.apart), () => gc.icon("strike", { apart: true }, "n"), gc.t("legend.apart")],
      [group.apart, piled("strike", true), () => gc.icon("strike", { apart: true, records: true }, "n×"), gc.t("legend.aparts")],
      [group.apart, view.dots.apart, () => dot("gc-apart"), gc.t("legend.apart.dot")],
      [group.links, paired("within"), () => stroke("gc-l-within"), gc.t("legend.within", { limits: limits.words })],
      [group.links, paired("possible"), () => stroke("gc-l-possible"), gc.t("legend.possible", { limits: limits.words })],
      [group.links, paired("accepted"), () => stroke("gc-l-accepted"), gc.t("legend.accepted")],
      [group.limits, limits.km > 0, () => stroke("gc-l-limit"), gc.t("legend.limit", { km: String(limits.km) })],
      [group.doubt, doubt("incident", (r) => !r.vicinity), () => box("gc-l-doubt"), gc.t("legend.doubt.incident")],
      [group.doubt, doubt("incident", (r) => r.vicinity), () => stroke("gc-l-near gc-l-near-incident"), gc.t("legend.near.incident")],
      [group.doubt, doubt("strike", (r) => !r.vicinity), () => box("gc-l-doubt gc-l-doubt-strike"), gc.t("legend.doubt.strike")],
      [group.doubt, doubt("strike", (r) => r.vicinity), () => stroke("gc-l-near"), gc.t("legend.near.strike")],
      [view.town, !!view.town, () => stroke("gc-l-town"), gc.t(view.data.town.shape ? "footprint" : "radius")],
      [view.shownPlaces, view.places.length > 0, () => dot("gc-somewhere"), gc.t("legend.place")],
    ].filter((line) => line[1]).map(([layer, , icon, text]) => [layer, list.appendChild(el("li", {}, el("span", { class: "gc-key" }, icon()), el("span", {}, text)))]);
    const follow = () => lines.forEach(([layer, line]) => (line.hidden = !view.map.hasLayer(layer)));
    view.map.on("overlayadd overlayremove", follow);
    follow();
    gc.section(view, gc.t("legend")).appendChild(list);
    for (const kind of ["incident", "strike"]) {
      let rows = view[kind + "s"].slice();
      if (kind === "strike") rows = rows.filter((s) => !s.apart).sort((a, b) => (a.best.relation === b.best.relation ? a.best.distance_km - b.best.distance_km : a.best.relation === "within" ? -1 : 1)).concat(rows.filter((s) => s.apart));
      if (!rows.length) continue;
      const list = el("ul", { class: "gc-list" });
      for (const r of rows.slice(0, MOST_LISTED)) list.appendChild((r.entry = gc.entry(view, kind, r)));
      const body = gc.section(view, "");
      view.heads[kind] = (n) => (body.gcTitle.textContent = gc.t("list." + kind, { n: n < rows.length ? gc.t("of", { n, all: rows.length }) : gc.number(n) }));
      body.appendChild(list);
      gc.past(body, rows.length);
      if (rows.length > MOST_LISTED) body.appendChild(el("p", { class: "gc-more" }, gc.t("more.map", { n: rows.length - MOST_LISTED })));
    }
    gc.notes(view);
  }

  function filter(view, test) {
    for (const p of view.parts) {
      const on = p.on(test);
      if (on === p.now) continue;
      p.now = on;
      conceal(p);
    }
    filterShapes(view, test);
    const inc = view.incidents.filter(test), str = view.strikes.filter(test);
    for (const r of view.incidents.concat(view.strikes)) if (r.entry) r.entry.hidden = !test(r);
    const pairs = view.pairs.filter((p) => test(view.incidents[p.inc]) && test(view.strikes[p.str]));
    gc.clear(view.total);
    for (const [kind, records] of [["incident", inc], ["strike", str]]) if (view.heads[kind]) view.heads[kind](records.length);
    const count = (n, key) => [gc.number(n), gc.t(key, { n })], reported = str.reduce((total, r) => total + (r.n_strikes === null ? 1 : r.n_strikes), 0);
    const rows = [count(inc.length, "incidents"), [inc.length ? gc.range(sum(inc, "killed_min"), sum(inc, "killed_max")) : "–", gc.t("killed.word")], count(str.length, "strike_records"), count(reported, "strikes")]
      .concat(["within", "possible", "accepted"].filter((name) => name !== "accepted" || related(view, name))
        .map((name) => count(pairs.filter((p) => p.relation === name).length, "pairs_word." + name)));
    for (const [value, name] of rows) view.total.appendChild(el("div", {}, el("dt", {}, name), el("dd", {}, value)));
    fan(view);
    if (view.labels && view.map.hasLayer(view.labels)) view.labels.place();
    return inc.length + str.length;
  }
})();
