// How an incident and a strike look: their marker, their popup, their entry in the list.
(function () {
  "use strict";
  const gc = (window.geocasualty = window.geocasualty || {});
  const el = gc.el, svg = gc.svg;

  gc.plain = (text) => text.replace(/_/g, " "); // a code of a file as words
  const spaced = (text) => text.split(";").join(gc.t("comma"));

  // The place as the source words it: "X (near)" where only its neighbourhood is meant.
  gc.placeName = (r) => (r.place && r.vicinity && !/^near\b/i.test(r.place) ? gc.t("near", { place: r.place }) : r.place) || r.id;

  // The number inside a marker: killed (at most) for an incident, strikes for a strike.
  gc.icon = function (kind, r, text) {
    const size = kind === "incident" ? (text ? 28 : 20) : text ? 28 : 22, h = size / 2;
    const node = svg("svg", { viewBox: "0 0 " + size + " " + size, width: size, height: size, class: "gc-mark gc-" + kind + (r && r.vicinity ? " gc-vicinity" : "") + (r && r.apart ? " gc-apart" : ""), "aria-hidden": "true" });
    if (r && r.records) node.appendChild(kind === "incident" ? svg("circle", { cx: h + 3, cy: h - 3, r: h - 5 }) : svg("path", { d: "M" + (h + 3) + " 1L" + (size - 1) + " " + (h - 3) + "L" + h + " " + (size - 5) + "z" })); // the next of the pile
    if (kind === "incident") node.appendChild(svg("circle", { cx: h, cy: h, r: h - 2 }));
    else node.appendChild(svg("path", { d: "M" + h + " 1.500L" + (size - 1.5) + " " + h + "L" + h + " " + (size - 1.5) + "L1.500 " + h + "z" }));
    if (text) node.appendChild(svg("text", { x: h, y: h + 4, "text-anchor": "middle", "font-size": String(text).length > 2 ? 9 : 11 }, text));
    return node;
  };

  gc.markText = function (kind, r) {
    const n = kind === "incident" ? (r.killed_max !== null ? r.killed_max : r.killed_min) : r.n_strikes > 1 ? r.n_strikes : null;
    return n === null || n === undefined ? "" : gc.few(n);
  };
  gc.few = (n) => (n > 999 ? Math.round(n / 1000) + "k" : String(n));

  gc.located = function (r) {
    const bits = [r.precision ? gc.t(r.vicinity ? "located.near_rung" : "located", { rung: gc.code(r.precision) }) : r.vicinity ? gc.t("located.near") : ""];
    if (r.radius !== null && r.radius !== undefined) bits.push(r.vicinity ? gc.t("located.nine", { far: gc.km(r.radius) }) : "± " + gc.km(r.radius));
    else if (r.area !== null) bits.push(gc.t("located.area"));
    return gc.join(bits);
  };

  const coords = (r) => (r.lat === null ? null : [el("span", { dir: "ltr" }, r.lat.toFixed(4) + " N, " + r.lon.toFixed(4) + " E"), el("br"), el("span", { dir: "ltr" }, "MGRS " + gc.mgrs(r.lat, r.lon))]);
  const list = (nodes) => (nodes.length ? el("ul", {}, nodes.map((n) => el("li", {}, n))) : null);

  gc.title = (r) => gc.bdi(gc.placeName(r));

  gc.finding = function (r) {
    if (!r.finding) return null;
    return el("p", { class: "gc-finding gc-f-" + (gc.FINDINGS[r.finding] ? r.finding : "other") },
      el("strong", {}, gc.FINDINGS[r.finding] || r.finding), el("br"),
      el("span", {}, gc.t("background", { rate: r.rate })), r.official_record ? [el("br"), el("span", {}, gc.t("official", { record: gc.RECORDS[r.official_record] }))] : null);
  };

  gc.recordPopup = function (view, kind, r) {
    const when = gc.when(r), pairs = kind === "incident" ? view.ofIncident.get(r.i) || [] : view.ofStrike.get(r.i) || [];
    const node = el("div", { class: "gc-card gc-card-" + kind, role: "dialog" },
      el("h2", {}, gc.icon(kind, r, ""), gc.title(r)),
      el("p", { class: "gc-id" }, gc.say(kind, { id: gc.bdi(r.id) }), r.dataset ? [" · ", gc.bdi(r.dataset)] : null));
    if (kind === "incident") node.appendChild(gc.finding(r) || el("span"));
    const killed = (a, b) => gc.range(r[a], r[b]), term = (name, value) => [gc.t("term." + name), value];
    const dates = [term("date", gc.bdi(when.local)), term("zulu", when.zulu)], parties = term("belligerents", r.belligerents ? gc.bdi(spaced(r.belligerents)) : gc.t("not_given"));
    const where = [term("located", gc.located(r)), term("position", coords(r))], sources = term("sources", list(r.sources.map(gc.source)));
    node.appendChild(gc.terms(kind === "incident"
      ? [...dates, term("killed", killed("killed_min", "killed_max")),
        term("children", r.children_min === null && r.children_max === null ? null : gc.range(r.children_min, r.children_max)),
        term("injured", r.injured_min === null && r.injured_max === null ? null : gc.range(r.injured_min, r.injured_max)),
        term("grading", r.grading ? gc.bdi(gc.code(r.grading)) : null), parties, ...where, term("held", r.held ? gc.bdi(r.held) : null),
        term("why", r.reason ? gc.bdi(r.reason) : null), term("near", list(pairs.map((p) => pairLine(view, p, "strike")))), sources]
      : [...dates, term("strikes", r.n_strikes === null ? null : gc.number(r.n_strikes)), term("rows", r.n_rows > 1 ? gc.number(r.n_rows) : null),
        parties, term("group", r.event_group ? gc.bdi(r.event_group) : null), ...where, term("near", list(pairs.map((p) => pairLine(view, p, "incident")))), sources]));
    return node;
  };

  gc.pairText = function (p) {
    const km = p.distance_km === null ? "" : p.relation === "within" ? gc.km(p.distance_km * 1000) : p.max_km === null ? "" : gc.kmRange(p.min_km, p.max_km);
    return gc.join([gc.t("relation." + p.relation), km, p.when]);
  };

  // Pairs of one relation between the same two points.
  gc.pairsText = function (pairs) {
    if (pairs.length === 1) return gc.pairText(pairs[0]);
    const known = (name) => pairs.map((p) => p[name]).filter((v) => v !== null), lo = known("min_km"), hi = known("max_km");
    return gc.join([gc.t("pairs." + pairs[0].relation, { n: pairs.length }), lo.length && hi.length ? gc.kmRange(Math.min(...lo), Math.max(...hi)) : ""]);
  };

  function pairLine(view, p, other) {
    const r = other === "strike" ? view.strikes[p.str] : view.incidents[p.inc];
    return [el("button", { type: "button", class: "gc-jump", onclick: () => view.open(other, r) }, gc.bdi(gc.short(gc.placeName(r), 60))), " ", el("small", {}, gc.pairText(p))];
  }

  // An entry of the list beside the map; it opens the record on the map.
  gc.entry = function (view, kind, r) {
    const when = gc.when(r);
    const bits = [gc.icon(kind, r, ""), el("span", { class: "gc-entry-text" }, el("strong", {}, gc.bdi(gc.short(gc.placeName(r), 80))), el("span", {}, gc.bdi(gc.short(when.local.replace(/ \([^)]*\)$/, ""), 60))),
      kind === "incident" ? el("span", {}, gc.t("killed", { range: gc.range(r.killed_min, r.killed_max) }) + (r.finding ? " · " + gc.t("found", { finding: gc.FINDINGS[r.finding] || r.finding, rate: r.rate }) : "")) : el("span", {}, [r.belligerents ? gc.bdi(gc.short(spaced(r.belligerents), 60)) : null, r.best ? " · " + gc.pairText(r.best) : ""]))];
    return el("li", {}, el("button", { type: "button", class: "gc-entry", onclick: () => view.open(kind, r) }, bits));
  };
})();
