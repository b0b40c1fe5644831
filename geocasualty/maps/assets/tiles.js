// A background that travels inside the page: pictures by "zoom/column/row", the nearest coarser one where one is missing.
(function () {
  "use strict";
  const gc = (window.geocasualty = window.geocasualty || {});

  gc.Pictures = L.GridLayer.extend({
    initialize: function (local, options) {
      this._pictures = local.tiles;
      L.GridLayer.prototype.initialize.call(this, Object.assign({ minNativeZoom: local.zooms[0], maxNativeZoom: local.zooms[1], maxZoom: 22, pane: "gc-pictures" }, options));
    },
    createTile: function (at) {
      const tile = document.createElement("img"), url = this._pictures[at.z + "/" + at.x + "/" + at.y];
      tile.alt = "";
      if (url) tile.src = url;
      else tile.hidden = true;
      return tile;
    },
  });

  gc.pictures = function (view) {
    if (!view.data.local) return;
    gc.pane(view.map, "gc-pictures", 160);
    const layer = new gc.Pictures(view.data.local).addTo(view.map);
    view.overlays.push([gc.short(view.data.local.name, 60).replace(/[<>&"]/g, (c) => "&#" + c.charCodeAt(0) + ";"), layer]);
  };
})();
