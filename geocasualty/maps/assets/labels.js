// Labels that never overlap: at each zoom the most important are placed first, the rest wait for more room.
(function () {
  "use strict";
  const gc = (window.geocasualty = window.geocasualty || {});
  const LIMIT = 500; // candidates looked at in one pass

  // Items: {lat, lon, node() and perhaps words(), priority, minZoom, mode: "point" | "area", gap, widthDeg, shown()}
  gc.Labels = L.Layer.extend({
    initialize: function (items) {
      this._items = items.slice().sort((a, b) => b.priority - a.priority);
    },
    onAdd: function (map) {
      if (!map.getPane("gc-labels")) map.createPane("gc-labels").style.zIndex = 620;
      this._box = gc.el("div", { class: "gc-labels leaflet-zoom-hide", "aria-hidden": "true" });
      map.getPane("gc-labels").appendChild(this._box);
      map.on("moveend zoomend resize gc:refresh", this.place, this);
      this.place();
    },
    onRemove: function (map) {
      map.off("moveend zoomend resize gc:refresh", this.place, this);
      this._box.remove();
    },
    place: function () {
      if (!this.ready) return; // the page is not yet laid out
      const map = this._map, zoom = map.getZoom(), size = map.getSize(), found = [];
      for (const item of this._items) {
        if (found.length >= LIMIT) break;
        if (zoom < (item.minZoom || 0) || zoom > (item.maxZoom || 99) || (item.shown && !item.shown())) {
          hide(item);
          continue;
        }
        const p = map.latLngToContainerPoint([item.lat, item.lon]).add(item.shift ? item.shift() : [0, 0]);
        if (p.x < -60 || p.y < -30 || p.x > size.x + 60 || p.y > size.y + 30) {
          hide(item);
          continue;
        }
        if (!item.el) item.el = this._box.appendChild(gc.el("div", { class: "gc-label " + (item.cls || "") }, item.node()));
        else if (item.el.parentNode !== this._box) this._box.appendChild(item.el);
        item.el.hidden = false;
        const words = item.words ? item.words() : null; // what changes with the filters
        if (words !== null && item.el.textContent !== words) {
          item.el.textContent = words;
          if (item.frame) item.size = [item.frame[0] + wide(item.el, words), item.frame[1]]; // no layout is read again
        }
        found.push([item, p]);
      }
      // One reading of sizes, then one writing of places.
      for (const [item] of found) {
        if (item.size) continue;
        item.size = [item.el.offsetWidth, item.el.offsetHeight];
        if (item.words) item.frame = [item.size[0] - wide(item.el, item.el.textContent), item.size[1]];
      }
      const taken = this.obstacles ? this.obstacles() : [];
      for (const [item, p] of found) if (item.mode !== "area") taken.push([p.x - 3, p.y - 3, p.x + 3, p.y + 3]); // their dots
      const origin = map.containerPointToLayerPoint([0, 0]);
      for (const [item, p] of found) {
        const box = this._fit(item, p, taken, size, zoom);
        if (!box) {
          hide(item);
          continue;
        }
        taken.push(box);
        L.DomUtil.setPosition(item.el, L.point(box[0], box[1]).add(origin).round());
      }
    },
    _fit: function (item, p, taken, size, zoom) {
      const [w, h] = item.size;
      let places = [];
      if (item.mode === "area") {
        if (item.widthDeg && w > (item.widthDeg / 360) * 256 * Math.pow(2, zoom) * 1.1) return null;
        places = [[-w / 2, -h / 2]];
      } else {
        for (const more of item.far || [0]) {
          const gap = (item.gap || 7) + more;
          places.push([gap, -h / 2], [-gap - w, -h / 2], [-w / 2, -gap - h], [-w / 2, gap], [gap, -h - more], [gap, more], [-gap - w, -h - more], [-gap - w, more]);
        }
      }
      for (const [dx, dy] of places) {
        const box = [p.x + dx, p.y + dy, p.x + dx + w, p.y + dy + h];
        if (box[0] < 2 || box[1] < 2 || box[2] > size.x - 2 || box[3] > size.y - 2) continue;
        if (!taken.some((t) => box[0] < t[2] + 4 && box[2] > t[0] - 4 && box[1] < t[3] + 2 && box[3] > t[1] - 2)) return box;
      }
      return null;
    },
  });

  // Where the controls lie on the map, as boxes that labels keep clear of. Reading them makes the browser lay out the
  // whole page, so they are read again only after the map has another size or zoom, which changes the scale bar.
  gc.controls = function (map) {
    const found = map.getContainer().querySelectorAll(".leaflet-control"), size = map.getSize();
    const state = [size.x, size.y, map.getZoom(), found.length].join();
    if (map.gcControls && map.gcControls.state === state) return map.gcControls.boxes.slice();
    const box = map.getContainer().getBoundingClientRect();
    const boxes = Array.from(found, (c) => c.getBoundingClientRect()).filter((b) => b.width).map((b) => [b.left - box.left, b.top - box.top, b.right - box.left, b.bottom - box.top]);
    map.gcControls = { state, boxes };
    return boxes.slice();
  };

  // How wide a text is in the letters of an element.
  const pen = document.createElement("canvas").getContext("2d"), fonts = new Map();
  function wide(node, text) {
    if (!fonts.has(node.className)) fonts.set(node.className, getComputedStyle(node).font);
    pen.font = fonts.get(node.className);
    return pen.measureText(text).width;
  }

  function hide(item) {
    if (item.el) item.el.hidden = true;
  }

  // A name in English and in the local language, one under the other; that of the page's language is the upper one.
  gc.twoNames = function (name, local, cls) {
    const lines = [name ? gc.el("span", { dir: "auto" }, gc.short(name, 40)) : null,
      local && local !== name ? gc.el("span", { dir: "auto", lang: gc.language }, gc.short(local, 40)) : null];
    return gc.el("span", { class: "gc-names " + (cls || "") }, gc.language === gc.spoken ? lines.reverse() : lines);
  };
})();
