// Who held the ground on the last day that is shown: whole where it is sure, hatched where it may be another's.
(function () {
  "use strict";
  const gc = (window.geocasualty = window.geocasualty || {});
  const el = gc.el, svg = gc.svg, DAY = 86400;
  const on = (day) => gc.day(day * DAY);

  gc.control = function (view) {
    const control = view.data.control, map = view.map;
    if (!control) return;
    const renderer = L.svg({ pane: gc.pane(map, "gc-held", 401), padding: 0.5 }), group = L.layerGroup().addTo(map);
    view.overlays.push([gc.t("held"), group]);
    const tint = view.data.measure ? 0.08 : 0.18; // a tint must not make one class of a measure another
    const said = el("p", { class: "gc-more gc-held-day", "aria-live": "polite" });
    const box = gc.sectionSecond(view, gc.t("held"));
    box.appendChild(said);
    L.polygon([], { pane: "gc-held", renderer }).addTo(map).remove(); // so that the renderer has its drawing
    renderer._container.insertBefore(svg("defs", {}, control.holders.map(hatch)), renderer._container.firstChild);
    box.appendChild(el("ul", { class: "gc-legend" }, control.holders.map((holder) => key(swatch(holder.color, 0.3), gc.bdi(holder.name))),
      control.holders.length ? key(swatch("url(#gc-held-0)", 1), gc.t("held.hatched")) : null));

    function show(period) {
      const spans = control.spans, first = spans[0].first, last = spans[spans.length - 1].last;
      const latest = Math.max(...view.incidents.concat(view.strikes).filter((r) => r.start !== null && isFinite(r.t1)).map((r) => Math.ceil(r.t1 / DAY) - 1));
      const day = period ? period.to / DAY - 1 : Math.max(first, Math.min(last, isFinite(latest) ? latest : last));
      const at = spans.findIndex((s) => s.first <= day && day <= s.last), span = spans[at];
      group.clearLayers();
      said.textContent = !span ? gc.t("held.none", { day: on(day), first: on(first), last: on(last) })
        : span.stated ? gc.t("held.stated", { day: on(day) }) : gc.t("held.between", { day: on(day), first: on(span.first - 1), last: on(span.last + 1) });
      for (const [number, sure, may] of span ? span.held : []) {
        const color = control.holders[number].color, style = { pane: "gc-held", renderer, color, weight: 1.8, smoothFactor: 0.3, interactive: false };
        if (sure.length) group.addLayer(L.polygon(gc.shape(sure), Object.assign({ fillColor: color, fillOpacity: tint }, style)));
        if (may.length) group.addLayer(L.polygon(gc.shape(may), Object.assign({ fillColor: "url(#gc-held-" + number + ")", fillOpacity: 1, dashArray: "5 4" }, style)));
      }
    }
    map.on("gc:period", (event) => show(event.period));
    show(view.period || null);
  };

  // A section behind the first: that is the legend of the map itself.
  gc.sectionSecond = function (view, title) {
    const others = view.side.querySelectorAll(".gc-section:not(.gc-filters)"), box = gc.section(view, title);
    view.side.insertBefore(box.parentNode, others[1] || others[0] || view.side.firstChild);
    return box;
  };

  // Each holder's lines run at an angle of their own, so that two lie over one another and both are seen.
  function hatch(holder, number) {
    return svg("pattern", { id: "gc-held-" + number, width: 14, height: 14, patternUnits: "userSpaceOnUse", patternTransform: "rotate(" + (45 + 67.5 * number) + ")" },
      svg("line", { x1: 0, y1: 7, x2: 14, y2: 7, stroke: holder.color, "stroke-width": 1.6, "stroke-opacity": 0.75 }));
  }
  const swatch = (fill, opacity) => svg("svg", { width: 26, height: 16, "aria-hidden": "true" }, svg("rect", { width: 26, height: 16, fill, "fill-opacity": opacity }));
  const key = (icon, text) => el("li", {}, el("span", { class: "gc-key" }, icon), el("span", {}, text));
})();
