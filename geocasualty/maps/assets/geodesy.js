// Distances, rings and grid references on WGS84 (Vincenty's formulas; Karney's series for the UTM projection).
(function () {
  "use strict";
  const gc = (window.geocasualty = window.geocasualty || {});
  const A = 6378137, F = 1 / 298.257223563, B = A * (1 - F), RAD = Math.PI / 180;

  function series(uSq) {
    return [
      1 + (uSq / 16384) * (4096 + uSq * (-768 + uSq * (320 - 175 * uSq))),
      (uSq / 1024) * (256 + uSq * (-128 + uSq * (74 - 47 * uSq))),
    ];
  }

  function deltaSigma(b, sinS, cosS, cos2M) {
    return b * sinS * (cos2M + (b / 4) * (cosS * (-1 + 2 * cos2M * cos2M) -
      (b / 6) * cos2M * (-3 + 4 * sinS * sinS) * (-3 + 4 * cos2M * cos2M)));
  }

  const rings = new Map(); // many records share a place
  // The point that lies `metres` from (lat, lon) in the direction `bearing` (degrees from north).
  gc.destination = function (lat, lon, bearing, metres) {
    const a1 = bearing * RAD, sinA1 = Math.sin(a1), cosA1 = Math.cos(a1);
    const tanU1 = (1 - F) * Math.tan(lat * RAD), cosU1 = 1 / Math.sqrt(1 + tanU1 * tanU1), sinU1 = tanU1 * cosU1;
    const s1 = Math.atan2(tanU1, cosA1), sinA = cosU1 * sinA1, cosSqA = 1 - sinA * sinA;
    const [a, b] = series((cosSqA * (A * A - B * B)) / (B * B));
    let s = metres / (B * a), cos2M, sinS, cosS;
    for (let i = 0, last = Infinity; i < 50 && Math.abs(s - last) > 1e-12; i++) {
      cos2M = Math.cos(2 * s1 + s);
      sinS = Math.sin(s);
      cosS = Math.cos(s);
      last = s;
      s = metres / (B * a) + deltaSigma(b, sinS, cosS, cos2M);
    }
    const x = sinU1 * sinS - cosU1 * cosS * cosA1;
    const lat2 = Math.atan2(sinU1 * cosS + cosU1 * sinS * cosA1, (1 - F) * Math.sqrt(sinA * sinA + x * x));
    const lam = Math.atan2(sinS * sinA1, cosU1 * cosS - sinU1 * sinS * cosA1);
    const c = (F / 16) * cosSqA * (4 + F * (4 - 3 * cosSqA));
    const dl = lam - (1 - c) * F * sinA * (s + c * sinS * (cos2M + c * cosS * (-1 + 2 * cos2M * cos2M)));
    return [lat2 / RAD, lon + dl / RAD];
  };

  gc.ring = function (lat, lon, metres, n) {
    const count = n || 96, key = [lat, lon, metres, count].join();
    if (!rings.has(key)) rings.set(key, Array.from({ length: count }, (_, i) => gc.destination(lat, lon, (360 * i) / count, metres)));
    return rings.get(key);
  };

  // Metres between two points.
  gc.distance = function (lat1, lon1, lat2, lon2) {
    const l = (lon2 - lon1) * RAD;
    const u1 = Math.atan((1 - F) * Math.tan(lat1 * RAD)), u2 = Math.atan((1 - F) * Math.tan(lat2 * RAD));
    const sU1 = Math.sin(u1), cU1 = Math.cos(u1), sU2 = Math.sin(u2), cU2 = Math.cos(u2);
    let lam = l, sinS, cosS, s, cosSqA, cos2M;
    for (let i = 0, last = Infinity; i < 100 && Math.abs(lam - last) > 1e-12; i++) {
      const sl = Math.sin(lam), cl = Math.cos(lam);
      sinS = Math.hypot(cU2 * sl, cU1 * sU2 - sU1 * cU2 * cl);
      if (sinS === 0) return 0;
      cosS = sU1 * sU2 + cU1 * cU2 * cl;
      s = Math.atan2(sinS, cosS);
      const sinA = (cU1 * cU2 * sl) / sinS;
      cosSqA = 1 - sinA * sinA;
      cos2M = cosSqA ? cosS - (2 * sU1 * sU2) / cosSqA : 0;
      const c = (F / 16) * cosSqA * (4 + F * (4 - 3 * cosSqA));
      last = lam;
      lam = l + (1 - c) * F * sinA * (s + c * sinS * (cos2M + c * cosS * (-1 + 2 * cos2M * cos2M)));
    }
    const [a, b] = series((cosSqA * (A * A - B * B)) / (B * B));
    return B * a * (s - deltaSigma(b, sinS, cosS, cos2M));
  };

  function zoneOf(lat, lon) {
    if (lat >= 56 && lat < 64 && lon >= 3 && lon < 12) return 32;
    if (lat >= 72 && lon >= 0 && lon < 42) return lon < 9 ? 31 : lon < 21 ? 33 : lon < 33 ? 35 : 37;
    return Math.min(60, Math.floor((lon + 180) / 6) + 1);
  }

  const N3 = F / (2 - F), E = Math.sqrt(F * (2 - F));
  const RECTIFYING = (A / (1 + N3)) * (1 + N3 ** 2 / 4 + N3 ** 4 / 64 + N3 ** 6 / 256);
  const ALPHA = [
    N3 / 2 - (2 / 3) * N3 ** 2 + (5 / 16) * N3 ** 3 + (41 / 180) * N3 ** 4,
    (13 / 48) * N3 ** 2 - (3 / 5) * N3 ** 3 + (557 / 1440) * N3 ** 4,
    (61 / 240) * N3 ** 3 - (103 / 140) * N3 ** 4,
    (49561 / 161280) * N3 ** 4,
  ];

  gc.utm = function (lat, lon) {
    const zone = zoneOf(lat, lon), dl = (lon - (zone * 6 - 183)) * RAD, tau = Math.tan(lat * RAD);
    const sigma = Math.sinh(E * Math.atanh((E * tau) / Math.sqrt(1 + tau * tau)));
    const t = tau * Math.sqrt(1 + sigma * sigma) - sigma * Math.sqrt(1 + tau * tau);
    const xi = Math.atan2(t, Math.cos(dl)), eta = Math.asinh(Math.sin(dl) / Math.hypot(t, Math.cos(dl)));
    let x = eta, y = xi;
    ALPHA.forEach(function (a, i) {
      const k = 2 * (i + 1);
      y += a * Math.sin(k * xi) * Math.cosh(k * eta);
      x += a * Math.cos(k * xi) * Math.sinh(k * eta);
    });
    return { zone, x: 500000 + 0.9996 * RECTIFYING * x, y: (lat < 0 ? 1e7 : 0) + 0.9996 * RECTIFYING * y };
  };

  // An MGRS reference to 10 m, or "" in the polar regions, which it does not cover here.
  gc.mgrs = function (lat, lon) {
    if (lat < -80 || lat >= 84) return "";
    const wrapped = ((((lon + 180) % 360) + 360) % 360) - 180, p = gc.utm(lat, wrapped);
    const band = "CDEFGHJKLMNPQRSTUVWXX"[Math.floor((lat + 80) / 8)];
    const column = ["STUVWXYZ", "ABCDEFGH", "JKLMNPQR"][p.zone % 3][Math.floor(p.x / 1e5) - 1];
    const rows = "ABCDEFGHJKLMNPQRSTUV", shift = p.zone % 2 ? 0 : 5;
    const row = rows[(Math.floor(p.y / 1e5) + shift) % 20];
    const digits = (v) => String(Math.floor((v % 1e5) / 10)).padStart(4, "0");
    return p.zone + band + " " + column + row + " " + digits(p.x) + " " + digits(p.y);
  };
})();
