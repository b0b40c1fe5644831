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

  // What the page says, in its language: a sentence by its key, in the form for its number n, with values in it.
  const words = {}, forms = [], ISOLATED = /\u2068[^\u2068\u2069]*\u2069/g, CONTROLS = "\\u202a-\\u202e\\u2066-\\u2069", RTL = "\\u0590-\\u08ff\\ufb1d-\\ufefc";
  let reorders = null; // what could, in a sentence of the page, reorder its neighbours
  gc.speak = function (page) {
    Object.assign(words, page);
    for (const key of Object.keys(page.texts)) if (key.startsWith("plural.")) forms.push([key.slice(6), new RegExp(page.texts[key])]);
    gc.FINDINGS = said("finding.title.");
    gc.RECORDS = said("record.");
    gc.rightToLeft = page.direction === "rtl";
    reorders = new RegExp((gc.rightToLeft ? "[^\\P{L}" + RTL + "]" : "[" + RTL + "]") + "|[" + CONTROLS + "]", "u");
    gc.spoken = page.language;
  };
  function said(start) {
    const found = Object.keys(words.texts).filter((key) => key.startsWith(start));
    return Object.fromEntries(found.map((key) => [key.slice(start.length), words.texts[key]]));
  }
  // Texts and nodes, for what is data and has a direction of its own.
  gc.say = function (key, values) {
    const n = values && Number.isInteger(values.n) ? values.n : null, form = n === null ? null : forms.find(([, test]) => test.test(n));
    const text = (form && words.texts["map." + key + form[0]]) || words.texts["map." + key];
    if (text === undefined) throw new Error("no words for " + key);
    return text.split(/\{(\w+)\}/).map((part, i) => (i % 2 ? (typeof values[part] === "number" ? gc.number(values[part]) : values[part]) : part));
  };
  gc.t = function (key, values) {
    const apart = (v) => (typeof v === "string" && reorders.test(bare(v)) ? "\u2068" + v + "\u2069" : v);
    return gc.say(key, values && Object.fromEntries(Object.keys(values).map((name) => [name, apart(values[name])]))).join("");
  };
  function bare(text) { // without what is isolated in it
    const out = text.replace(ISOLATED, "");
    return out === text ? out : bare(out);
  }
  gc.join = (texts) => texts.filter(Boolean).join(gc.t("comma"));
  gc.code = (text) => words.texts["code." + text.toLowerCase().replace(/ /g, "_")] || gc.plain(text);

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
      more.textContent = gc.t("more_text", { shown: end, all: whole.length });
      if (end >= whole.length) more.remove();
    }
    grow();
    return end < whole.length ? gc.el("span", {}, node, " ", more) : node;
  };
  gc.nameOf = (x) => (gc.language === gc.spoken && x.name_local) || x.name; // in the language of the page, where it is known
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

  gc.number = (v) => (v === null || v === undefined ? gc.t("not_given") : String(v).replace(/\B(?=(\d{3})+(?!\d))/g, ","));
  gc.range = function (lo, hi) {
    if (lo === null && hi === null) return gc.t("not_given");
    if (lo === null) return gc.t("upto", { n: hi });
    if (hi === null) return gc.t("atleast", { n: lo });
    return lo === hi ? gc.number(lo) : gc.t("range", { low: lo, high: hi });
  };
  gc.km = (metres) => (metres < 950 ? gc.t("m", { n: String(Math.round(metres / 10) * 10) }) : gc.t("km", { n: (metres / 1000).toFixed(metres < 99500 ? 1 : 0) }));

  gc.kmRange = (lo, hi) => gc.t("km.range", { low: lo < 0.05 ? "0" : lo.toFixed(lo < 9.95 ? 1 : 0), high: hi.toFixed(hi < 9.95 ? 1 : 0) });

  const month = (d) => gc.t("months").split(";")[d.getUTCMonth()];
  const pad = (n) => String(n).padStart(2, "0");
  gc.day = function (seconds) {
    const d = new Date(seconds * 1000);
    return gc.t("day", { day: String(d.getUTCDate()), month: month(d), year: String(d.getUTCFullYear()) });
  };
  gc.month = function (seconds) {
    const d = new Date(seconds * 1000);
    return gc.t("month", { month: month(d), year: String(d.getUTCFullYear()) });
  };
  gc.clock = function (seconds) {
    const d = new Date(seconds * 1000);
    return pad(d.getUTCHours()) + ":" + pad(d.getUTCMinutes());
  };

  // The time of a record, on local clocks and in Zulu.
  gc.when = function (r) {
    if (r.start === null) return { local: gc.t("when.unknown"), zulu: "" };
    const s = r.start + r.off * 60, zone = r.tz ? " (" + r.tz + ")" : "";
    if (r.end === null) {
      return { local: gc.t("when.open", { start: gc.day(s) + " " + gc.clock(s) + zone }), zulu: gc.t("when.from", { start: gc.day(r.start) + " " + gc.clock(r.start) + "\u00a0Z" }) };
    }
    const e = r.end + r.offEnd * 60, whole = s % 86400 === 0 && e % 86400 === 0;
    let local;
    if (whole && e - s === 86400) local = gc.t("when.whole", { day: gc.day(s) });
    else if (whole) local = gc.t("when.days", { first: gc.day(s), last: gc.day(e - 86400), n: Math.round((e - s) / 86400) });
    else if (e - s <= 60) local = gc.day(s) + " " + gc.clock(s);
    else local = gc.t("span", { first: gc.day(s) + " " + gc.clock(s), last: (gc.day(e) === gc.day(s) ? "" : gc.day(e) + " ") + gc.clock(e) });
    const z = gc.day(r.start) + " " + gc.clock(r.start) + "\u00a0Z";
    const zulu = r.end - r.start <= 60 ? z : gc.t("span", { first: z, last: gc.day(r.end) + " " + gc.clock(r.end) + "\u00a0Z" });
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

  // A button that only the keyboard meets, and that moves the focus past what is long.
  gc.skip = (key, to) => gc.el("button", { type: "button", class: "gc-button gc-skip", onclick: () => to().focus() }, gc.t(key));

  // Opens a popup, moves the focus into it, and gives it back when the popup closes.
  gc.openPopup = function (map, node, at, offset) {
    const from = document.activeElement, popup = gc.popup(node, offset, Math.max(200, Math.min(480, map.getSize().y - 70)));
    if (!map.getBounds().pad(-0.05).contains(at)) map.panTo(at, { animate: false });
    popup.setLatLng(at).openOn(map);
    map.getContainer().classList.add("gc-reading");
    const box = popup.getElement();
    box.addEventListener("keydown", (event) => event.key === "Escape" && map.closePopup(popup));
    for (const long of box.querySelectorAll(".leaflet-popup-scrolled")) long.tabIndex = 0; // arrow keys scroll it
    const close = box.querySelector(".leaflet-popup-close-button");
    close.setAttribute("aria-label", gc.t("close"));
    close.focus({ preventScroll: true });
    popup.on("remove", function () {
      map.getContainer().classList.remove("gc-reading");
      if (from && from.isConnected) from.focus({ preventScroll: true });
    });
    const stage = map.getContainer().getBoundingClientRect();
    if (stage.bottom < 120 || stage.top > window.innerHeight - 120) map.getContainer().scrollIntoView({ block: "start" });
  };

  gc.popup = function (node, offset, maxHeight) {
    L.DomEvent.disableScrollPropagation(node);
    const head = node.querySelector("h2");
    const part = (child) => (child.nodeName === "BDI" ? "\u2068" + gc.short(child.textContent, 80) + "\u2069" : gc.short(child.textContent, 160));
    if (head) node.setAttribute("aria-label", Array.from(head.childNodes, part).filter(Boolean).join(" "));
    node.setAttribute("dir", gc.rightToLeft ? "rtl" : "ltr"); // Leaflet lays out the map itself from the left
    return L.popup({ maxWidth: 340, minWidth: Math.min(310, window.innerWidth - 70), maxHeight: maxHeight || 360, autoPanPadding: [12, 12], offset: offset || [0, 0] }).setContent(node);
  };
})();
