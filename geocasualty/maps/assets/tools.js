// Tools of the analyst: search for a place, read coordinates, measure a distance.
(function () {
  "use strict";
  const gc = (window.geocasualty = window.geocasualty || {});
  const el = gc.el;

  gc.tools = function (view) {
    search(view);
    coordinates(view);
    measure(view);
  };

  // Letters only, without marks, so that "Hawijah" and "al-Ḥawīja" or hamza forms meet.
  const fold = (text) => String(text || "").normalize("NFKD").replace(/[\u0300-\u036f\u064b-\u065f\u0670\u0640]/g, "")
    .replace(/[أإآٱ]/g, "ا").replace(/ة/g, "ه").replace(/ى/g, "ي").toLowerCase();

  function search(view) {
    if (!view.places.length && !view.govs.length) return;
    const entries = view.govs.map((g) => ({ name: g.name, local: g.name_local, what: view.data.base.words[0], go: () => view.map.fitBounds(L.polygon(g.latlngs).getBounds()) }))
      .concat(view.places.map((p) => ({ name: p.name, local: p.name_local, what: gc.join([gc.code(p.kind || ""), gc.short(p.inside, 40)]), go: () => view.map.setView([p.lat, p.lon], Math.max(view.map.getZoom(), 11)), at: p })));
    for (const e of entries) e.key = fold(gc.short(e.name, 200)) + " " + fold(gc.short(e.local, 200));
    const input = el("input", { type: "search", placeholder: gc.t("search"), "aria-label": gc.t("search.label"), autocomplete: "off", dir: "auto" });
    const list = el("ul", { class: "gc-found" });
    let mark = null;
    const go = function (entry) {
      entry.go();
      input.value = gc.short(entry.name, 60);
      gc.clear(list);
      if (mark) mark.remove();
      mark = entry.at ? L.circleMarker([entry.at.lat, entry.at.lon], { radius: 14, weight: 3, color: "#111", fill: false, interactive: false }).addTo(view.map) : null;
    };
    const find = function () {
      gc.clear(list);
      const text = fold(input.value.trim());
      if (!text) return mark && (mark.remove(), (mark = null));
      const hits = entries.filter((e) => e.key.includes(text)).sort((a, b) => b.key.startsWith(text) - a.key.startsWith(text)).slice(0, 8);
      for (const e of hits) {
        list.appendChild(el("li", {}, el("button", { type: "button", onclick: () => go(e) }, gc.bdi(gc.short(e.name, 60)), " ", e.local !== e.name && e.local ? gc.bdi(gc.short(e.local, 60)) : null, el("small", {}, " " + e.what))));
      }
      if (!hits.length) list.appendChild(el("li", { class: "gc-none" }, gc.t("search.none")));
    };
    input.addEventListener("input", find);
    input.addEventListener("keydown", function (event) {
      if (event.key === "Enter" && list.querySelector("button")) list.querySelector("button").click();
    });
    const box = el("div", { class: "gc-search", role: "search" }, input, list);
    box.addEventListener("keydown", function (event) {
      if (event.key !== "Escape") return;
      gc.clear(list);
      input.focus();
    });
    view.head.appendChild(box);
  }

  function coordinates(view) {
    const box = el("div", { class: "gc-where", dir: "ltr", "aria-live": "off" });
    const Where = L.Control.extend({ options: { position: "bottomleft" }, onAdd: () => box });
    new Where().addTo(view.map);
    view.map.on("mousemove click", function (event) {
      const { lat, lng } = event.latlng.wrap();
      box.textContent = Math.abs(lat).toFixed(4) + "° " + (lat < 0 ? "S" : "N") + "  " + Math.abs(lng).toFixed(4) + "° " + (lng < 0 ? "W" : "E") + "  ·  MGRS " + gc.mgrs(lat, lng);
    });
    view.map.on("mouseout", () => (box.textContent = ""));
  }

  function measure(view) {
    const map = view.map;
    let points = [], layer = null, on = false;
    const out = el("span", { class: "gc-measured", role: "status" });
    const button = el("button", { type: "button", "aria-pressed": "false", title: gc.t("measure.how") }, gc.svg("svg", { viewBox: "0 0 20 20", width: 18, height: 18, "aria-hidden": "true" },
      gc.svg("path", { d: "M2 13.5 13.5 2 18 6.5 6.5 18zM5 10.500l2 2M8 7.500l2 2M11 4.500l2 2", fill: "none", stroke: "currentColor", "stroke-width": 1.6 })), el("span", { class: "gc-unseen" }, gc.t("measure")));
    const draw = function () {
      if (layer) layer.remove();
      layer = L.layerGroup([L.polyline(points, { color: "#111", weight: 2, interactive: false })].concat(points.map((p) => L.circleMarker(p, { radius: 4, color: "#111", weight: 2, fillColor: "#fff", fillOpacity: 1, interactive: false })))).addTo(map);
      let metres = 0;
      for (let i = 1; i < points.length; i++) metres += gc.distance(points[i - 1].lat, points[i - 1].lng, points[i].lat, points[i].lng);
      out.textContent = points.length < 2 ? gc.t("measure.click") : gc.km(metres);
    };
    const toggle = function (value) {
      on = value;
      points = [];
      if (layer) layer.remove();
      button.setAttribute("aria-pressed", String(on));
      map.getContainer().classList.toggle("gc-measuring", on);
      out.textContent = on ? gc.t("measure.click") : "";
    };
    button.addEventListener("click", () => toggle(!on));
    map.on("preclick", function (event) {
      if (!on || !event.latlng) return;
      points.push(event.latlng);
      draw();
    });
    view.measuring = () => on;
    document.addEventListener("keydown", (event) => event.key === "Escape" && on && toggle(false));
    const Measure = L.Control.extend({
      options: { position: "topleft" },
      onAdd: function () {
        const box = el("div", { class: "leaflet-bar gc-measure" }, button, out);
        L.DomEvent.disableClickPropagation(box);
        return box;
      },
    });
    new Measure().addTo(map);
  }
})();
