// Building blocks of the page: nodes made of text, dates, numbers, popups. Data become text nodes, never markup.
(function () {
  "use strict";
  const gc = (window.geocasualty = window.geocasualty || {});
  const LONG = 2000; // longer texts are shown a part at a time: a browser takes a minute to lay out a megabyte
  const SVG = "http://www.w3.org/2000/svg";

  // el("p", {class: "x"}, "text", node, [more]) -> <p class="x">; null and "" are left out.
  gc.el = function (tag, props) {
    const node = document.createElement(tag);
    set(node, props);
    add(node, Array.prototype.slice.call(arguments, 2));
    return node;
  };
  gc.svg = function (tag, props) {
    const node = document.createElementNS(SVG, tag);
    set(node, props);
    add(node, Array.prototype.slice.call(arguments, 2));
    return node;
  };
  function set(node, props) {
    for (const key of Object.keys(props || {})) {
      if (key === "onclick") node.addEventListener("click", props[key]);
      else if (props[key] !== null && props[key] !== undefined) node.setAttribute(key, props[key]);
    }
  }
  function add(node, children) {
    for (const child of children) {
      if (Array.isArray(child)) add(node, child);
      else if (child instanceof Node) node.appendChild(child);
      else if (child !== null && child !== undefined && child !== "") node.appendChild(document.createTextNode(String(child)));
    }
  }

  // Text from a record: its own direction, unable to reorder its neighbours.
  gc.bdi = function (text, cls) {
    const whole = String(text), node = gc.el("bdi", { dir: "auto", class: cls });
    let end = 0;
    const more = gc.el("button", { type: "button", class: "gc-jump", onclick: grow });
    function grow() {
      const from = end;
      end = Math.min(whole.length, from + LONG);
      if (/[\ud800-\udbff]/.test(whole.charAt(end - 1))) end = Math.min(whole.length, end + 1);
      node.appendChild(document.createTextNode(whole.slice(from, end)));
      more.textContent = "… show more (" + gc.number(end) + " of " + gc.number(whole.length) + " characters)";
      if (end >= whole.length) more.remove();
    }
    grow();
    return end < whole.length ? gc.el("span", {}, node, " ", more) : node;
  };
  gc.short = function (text, n) {
    const chars = Array.from(String(text === null || text === undefined ? "" : text).slice(0, 4 * n));
    return chars.length > n ? chars.slice(0, n - 1).join("") + "…" : chars.join("");
  };

  // A source: a link where it is an http(s) address, otherwise its title as text.
  gc.source = function (text) {
    let url = null;
    if (/^https?:\/\/[^\s"'<>\\^`{}|\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+$/i.test(text)) {
      try {
        url = new URL(text);
      } catch (_) {
        url = null;
      }
    }
    if (text.length > LONG || !url || !/^https?:$/.test(url.protocol)) return gc.bdi(text);
    const link = gc.el("a", { href: url.href, rel: "noopener noreferrer", target: "_blank", dir: "ltr" }, text);
    // A name before "@" is no host, and letters of other alphabets look like those of a host that readers know.
    const hidden = url.username || url.password || /(^|\.)xn--/.test(url.hostname);
    return hidden ? gc.el("span", {}, link, gc.el("strong", { dir: "ltr" }, " ⚠ → " + url.hostname)) : link;
  };

  gc.number = (v) => (v === null || v === undefined ? "not given" : String(v).replace(/\B(?=(\d{3})+(?!\d))/g, ","));
  gc.range = function (lo, hi) {
    if (lo === null && hi === null) return "not given";
    if (lo === null) return "up to " + gc.number(hi);
    if (hi === null) return "at least " + gc.number(lo);
    return lo === hi ? gc.number(lo) : gc.number(lo) + "–" + gc.number(hi);
  };
  gc.plural = (n, one, many) => gc.number(n) + " " + (n === 1 ? one : many || one + "s");
  gc.km = (metres) => (metres < 950 ? Math.round(metres / 10) * 10 + " m" : (metres / 1000).toFixed(metres < 99500 ? 1 : 0) + " km");

  gc.kmRange = (lo, hi) => (lo < 0.05 ? "0" : lo.toFixed(lo < 9.95 ? 1 : 0)) + "–" + hi.toFixed(hi < 9.95 ? 1 : 0) + " km";

  const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
  const pad = (n) => String(n).padStart(2, "0");
  gc.day = function (seconds) {
    const d = new Date(seconds * 1000);
    return d.getUTCDate() + " " + MONTHS[d.getUTCMonth()] + " " + d.getUTCFullYear();
  };
  gc.month = function (seconds) {
    const d = new Date(seconds * 1000);
    return MONTHS[d.getUTCMonth()] + " " + d.getUTCFullYear();
  };
  gc.clock = function (seconds) {
    const d = new Date(seconds * 1000);
    return pad(d.getUTCHours()) + ":" + pad(d.getUTCMinutes());
  };

  // The time of a record, on local clocks and in Zulu.
  gc.when = function (r) {
    if (r.start === null) return { local: "date not known", zulu: "" };
    const s = r.start + r.off * 60, zone = r.tz ? " (" + r.tz + ")" : "";
    if (r.end === null) {
      return { local: "from " + gc.day(s) + " " + gc.clock(s) + zone + ", end not known", zulu: "from " + gc.day(r.start) + " " + gc.clock(r.start) + "\u00a0Z" };
    }
    const e = r.end + r.offEnd * 60, whole = s % 86400 === 0 && e % 86400 === 0;
    let local;
    if (whole && e - s === 86400) local = gc.day(s) + ", whole day";
    else if (whole) local = gc.day(s) + " to " + gc.day(e - 86400) + ", " + Math.round((e - s) / 86400) + " whole days";
    else if (e - s <= 60) local = gc.day(s) + " " + gc.clock(s);
    else local = gc.day(s) + " " + gc.clock(s) + " to " + (gc.day(e) === gc.day(s) ? "" : gc.day(e) + " ") + gc.clock(e);
    const z = gc.day(r.start) + " " + gc.clock(r.start) + "\u00a0Z";
    const zulu = r.end - r.start <= 60 ? z : z + " to " + gc.day(r.end) + " " + gc.clock(r.end) + "\u00a0Z";
    return { local: local + zone, zulu };
  };

  // A list of terms: [["Killed", "2–4"], ...]; empty values are left out.
  gc.terms = function (rows) {
    const list = gc.el("dl", { class: "gc-terms" });
    for (const [term, value] of rows) {
      if (value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length)) continue;
      list.appendChild(gc.el("div", {}, gc.el("dt", {}, term), gc.el("dd", {}, value)));
    }
    return list;
  };

  // Opens a popup, moves the focus into it, and gives it back when the popup closes.
  gc.openPopup = function (map, node, at, offset) {
    const from = document.activeElement, popup = gc.popup(node, offset, Math.max(200, Math.min(480, map.getSize().y - 70)));
    if (!map.getBounds().pad(-0.05).contains(at)) map.panTo(at, { animate: false });
    popup.setLatLng(at).openOn(map);
    map.getContainer().classList.add("gc-reading");
    const box = popup.getElement();
    box.addEventListener("keydown", (event) => event.key === "Escape" && map.closePopup(popup));
    box.querySelector(".leaflet-popup-close-button").focus({ preventScroll: true });
    popup.on("remove", function () {
      map.getContainer().classList.remove("gc-reading");
      if (from && from.isConnected) from.focus({ preventScroll: true });
    });
    const stage = map.getContainer().getBoundingClientRect();
    if (stage.bottom < 120 || stage.top > window.innerHeight - 120) map.getContainer().scrollIntoView({ block: "start" });
  };

  gc.popup = function (node, offset, maxHeight) {
    L.DomEvent.disableScrollPropagation(node);
    return L.popup({ maxWidth: 340, minWidth: Math.min(310, window.innerWidth - 70), maxHeight: maxHeight || 360, autoPanPadding: [12, 12], offset: offset || [0, 0] }).setContent(node);
  };
})();
