// What folium's own layers expect: the two calls of jQuery that they make, a marker's image, a coloured pin.
(function () {
  "use strict";
  // HTML of others may look as it likes, but not send the reader elsewhere, which no policy forbids.
  const set = Object.getOwnPropertyDescriptor(Element.prototype, "innerHTML");
  Object.defineProperty(Element.prototype, "innerHTML", Object.assign({}, set, {
    set: function (text) {
      const holder = document.createElement("template");
      set.set.call(holder, text);
      holder.content.querySelectorAll("meta, base, link, script").forEach((node) => node.remove());
      (this.content instanceof DocumentFragment ? this.content : this).replaceChildren(holder.content);
    },
  }));
  if (!window.$) {
    window.$ = window.jQuery = function (what) {
      if (typeof what === "function") return what();
      if (typeof what !== "string") return { 0: what, length: 1, ready: (run) => run() };
      const holder = document.createElement("template");
      holder.innerHTML = what.trim();
      return [holder.content.firstElementChild];
    };
  }
  delete L.Icon.Default.prototype._getIconUrl;
  L.Icon.Default.mergeOptions(__ICONS__);
  L.AwesomeMarkers = L.AwesomeMarkers || {
    icon: function (options) {
      options = options || {};
      const pin = document.createElement("span"), spot = document.createElement("span");
      pin.className = "gc-pin";
      pin.style.backgroundColor = options.markerColor || "blue";
      spot.style.backgroundColor = options.iconColor || "white";
      pin.appendChild(spot);
      return L.divIcon({ html: pin, className: "", iconSize: [26, 26], iconAnchor: [13, 31], popupAnchor: [0, -28] });
    },
  };
})();
