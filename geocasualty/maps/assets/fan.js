// Markers that would hide each other move apart, each with a line back to its true position.
(function () {
  "use strict";
  const gc = (window.geocasualty = window.geocasualty || {});
  const NEAR = 46, MOST_RELAXED = 40, ROUNDS = 80;

  // Points: {x, y, size}, in pixels. Returns the shift of each, [dx, dy]; the same points give the same shifts.
  // Clusters of more than `most` stay where they are: there a closer zoom tells them apart.
  gc.spread = function (points, most) {
    const shifts = points.map(() => [0, 0]);
    for (const cluster of clusters(points)) {
      if (cluster.length === 1 || cluster.length > most) continue;
      const placed = cluster.map((i) => [points[i].x, points[i].y]);
      if (cluster.length > MOST_RELAXED) spiral(placed);
      else relax(placed, cluster.map((i) => points[i].size));
      cluster.forEach((i, k) => (shifts[i] = [placed[k][0] - points[i].x, placed[k][1] - points[i].y]));
    }
    return shifts;
  };

  function clusters(points) {
    const cells = new Map(), parent = points.map((_, i) => i);
    const root = (i) => (parent[i] === i ? i : (parent[i] = root(parent[i])));
    points.forEach(function (p, i) {
      const cx = Math.floor(p.x / NEAR), cy = Math.floor(p.y / NEAR);
      for (let dx = -1; dx <= 1; dx++) {
        for (let dy = -1; dy <= 1; dy++) {
          for (const j of cells.get(cx + dx + "," + (cy + dy)) || []) {
            if (Math.hypot(points[j].x - p.x, points[j].y - p.y) < NEAR) parent[root(i)] = root(j);
          }
        }
      }
      const key = cx + "," + cy;
      if (!cells.has(key)) cells.set(key, []);
      cells.get(key).push(i);
    });
    const out = new Map();
    points.forEach(function (_, i) {
      if (!out.has(root(i))) out.set(root(i), []);
      out.get(root(i)).push(i);
    });
    return Array.from(out.values());
  }

  function relax(placed, sizes) {
    const n = placed.length;
    placed.forEach(function (p, k) {
      const turn = (2 * Math.PI * k) / n - Math.PI / 2;
      p[0] += 6 * Math.cos(turn);
      p[1] += 6 * Math.sin(turn);
    });
    for (let round = 0; round < ROUNDS; round++) {
      let moved = false;
      for (let a = 0; a < n; a++) {
        for (let b = a + 1; b < n; b++) {
          const dx = placed[b][0] - placed[a][0], dy = placed[b][1] - placed[a][1], d = Math.hypot(dx, dy) || 0.01;
          const lack = (sizes[a] + sizes[b]) / 2 + 5 - d;
          if (lack <= 0) continue;
          moved = true;
          placed[a][0] -= (dx / d) * lack * 0.5;
          placed[a][1] -= (dy / d) * lack * 0.5;
          placed[b][0] += (dx / d) * lack * 0.5;
          placed[b][1] += (dy / d) * lack * 0.5;
        }
      }
      if (!moved) return;
    }
  }

  function spiral(placed) {
    const cx = placed.reduce((s, p) => s + p[0], 0) / placed.length, cy = placed.reduce((s, p) => s + p[1], 0) / placed.length;
    placed.forEach(function (p, k) {
      const turn = k * 2.39996, far = 17 * Math.sqrt(k + 0.5); // a sunflower: even room for each
      p[0] = cx + far * Math.cos(turn);
      p[1] = cy + far * Math.sin(turn);
    });
  }
})();
