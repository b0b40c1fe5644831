// Many outlines as one drawing: each is projected once a zoom, and a filter chooses which of them are written.
(function () {
  "use strict";
  const gc = (window.geocasualty = window.geocasualty || {});
  const QUARTERS = [0, 90, 180, 270], FEWER = [[6, 24], [20, 48], [Infinity, 96]]; // a small disc needs fewer corners

  // A shape is a disc {lat, lon, metres} or {rings: [[[lat, lon], ...]]}; `on` says whether it is drawn.
  gc.Outlines = L.Path.extend({
    initialize: function (shapes, options) {
      L.setOptions(this, options);
      this._shapes = shapes;
    },
    choose: function () {
      if (this._map) this._updatePath();
    },
    _project: function () {},
    _update: function () {
      if (this._map) this._updatePath();
    },
    _updatePath: function () {
      const map = this._map, origin = map.getPixelOrigin(), key = [map.getZoom(), origin.x, origin.y].join(), seen = this._renderer._bounds;
      let text = "";
      for (const shape of this._shapes) {
        if (!shape.on) continue;
        if (shape.key !== key || (shape.cut && shape.cut !== seen)) write(shape, map, origin, key, seen);
        text += shape.text;
      }
      this._renderer._setPath(this, text || "M0 0");
    },
  });

  // Points that bound a shape.
  gc.extent = (shape) => (shape.rings ? shape.rings.flat() : QUARTERS.map((bearing) => gc.destination(shape.lat, shape.lon, bearing, shape.metres)));

  function write(shape, map, origin, key, seen) {
    const scale = Math.pow(2, map.getZoom());
    Object.assign(shape, { key, text: "", cut: null });
    for (const world of worlds(shape, map, scale)) {
      const points = [], box = L.bounds([]);
      for (let k = 0; k < world.length; k += 2) {
        const x = Math.round(world[k] * scale) - origin.x, y = Math.round(world[k + 1] * scale) - origin.y, last = points[points.length - 1];
        if (last && last.x === x && last.y === y) continue;
        points.push({ x, y });
      }
      for (const point of points) box.extend(L.point(point.x, point.y));
      if (seen.contains(box)) shape.text += path(points);
      else {
        shape.cut = seen;
        if (seen.intersects(box)) shape.text += path(L.PolyUtil.clipPolygon(points.map((p) => L.point(p.x, p.y)), seen, true));
      }
    }
  }

  const path = (points) => (points.length ? "M" + points.map((p) => p.x + " " + p.y).join("L") + "z" : "");

  // The rings of a shape at the whole earth's scale of one tile.
  function worlds(shape, map, scale) {
    let corners = 0;
    if (!shape.rings) {
      const pixels = (shape.metres / 4e7) * 256 * scale / Math.cos((shape.lat * Math.PI) / 180);
      corners = FEWER.find(([most]) => pixels <= most)[1];
    }
    if (!shape.worlds || shape.corners !== corners) {
      shape.corners = corners;
      shape.worlds = (shape.rings || [gc.ring(shape.lat, shape.lon, shape.metres, corners)]).map((ring) => Float64Array.from(ring.flatMap(([lat, lon]) => {
        const at = map.project([lat, lon], 0);
        return [at.x, at.y];
      })));
    }
    return shape.worlds;
  }
})();
