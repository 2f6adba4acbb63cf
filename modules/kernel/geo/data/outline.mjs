// Writes outline.txt, the land of the map, and countries.csv, where a country's mark stands when no city is known. Both come
// from Natural Earth (public domain) by way of the package world-atlas:
//   npm install --no-save world-atlas@2.0.2 && node outline.mjs
import { readFileSync, writeFileSync } from 'node:fs'
const t = JSON.parse(readFileSync('node_modules/world-atlas/countries-50m.json', 'utf8'))
const [west, east, south, north] = [-27, 64, 12, 73], squeeze = 0.66, scale = 16.4
const { scale: [sx, sy], translate: [tx, ty] } = t.transform
const arcs = t.arcs.map((arc) => { let x = 0, y = 0; return thin(arc.map(([dx, dy]) => [(x += dx) * sx + tx, (y += dy) * sy + ty]), 0.12) })
function thin(points, tolerance) { // Douglas and Peucker
  if (points.length < 3) return points
  const [a, b] = [points[0], points[points.length - 1]]
  let far = 0, at = 0
  for (let i = 1; i < points.length - 1; i++) { const d = away(points[i], a, b); if (d > far) [far, at] = [d, i] }
  if (far <= tolerance) return [a, b]
  return [...thin(points.slice(0, at + 1), tolerance).slice(0, -1), ...thin(points.slice(at), tolerance)]
}
function away([x, y], [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay], l = dx * dx + dy * dy
  const k = l ? Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / l)) : 0
  return Math.hypot((x - ax - k * dx) * squeeze, y - ay - k * dy)
}
const ringOf = (list) => list.flatMap((i, n) => { const a = i < 0 ? [...arcs[~i]].reverse() : arcs[i]; return n ? a.slice(1) : a })
const sides = [[(p) => p[0] >= west, 0, west], [(p) => p[0] <= east, 0, east], [(p) => p[1] >= south, 1, south], [(p) => p[1] <= north, 1, north]]
function clip(ring) { // Sutherland and Hodgman
  for (const [inside, axis, edge] of sides) {
    const out = []
    ring.forEach((p, i) => {
      const q = ring[(i + ring.length - 1) % ring.length]
      if (inside(p) !== inside(q)) { const k = (edge - q[axis]) / (p[axis] - q[axis]); const c = [q[0] + k * (p[0] - q[0]), q[1] + k * (p[1] - q[1])]; c[axis] = edge; out.push(c) }
      if (inside(p)) out.push(p)
    })
    ring = out
  }
  return ring
}
const at = ([lon, lat]) => [Math.round((lon + 25) * squeeze * scale), Math.round((71 - lat) * scale)]
const area = (r) => r.reduce((s, [x, y], i) => { const [u, v] = r[(i + 1) % r.length]; return s + x * v - u * y }, 0) / 2
const iso = { '020': 'AD', '008': 'AL', '051': 'AM', '040': 'AT', '031': 'AZ', '070': 'BA', '056': 'BE', '100': 'BG', '112': 'BY', '756': 'CH', '196': 'CY', '203': 'CZ', '276': 'DE', '208': 'DK', '012': 'DZ', '233': 'EE', '818': 'EG', '724': 'ES', '246': 'FI', '250': 'FR', '826': 'GB', '268': 'GE', '300': 'GR', '191': 'HR', '348': 'HU', '372': 'IE', '376': 'IL', '352': 'IS', '380': 'IT', '400': 'JO', '422': 'LB', '438': 'LI', '440': 'LT', '442': 'LU', '428': 'LV', '434': 'LY', '504': 'MA', '492': 'MC', '498': 'MD', '499': 'ME', '807': 'MK', '470': 'MT', '528': 'NL', '578': 'NO', '616': 'PL', '275': 'PS', '620': 'PT', '642': 'RO', '688': 'RS', '643': 'RU', '752': 'SE', '705': 'SI', '703': 'SK', '674': 'SM', '760': 'SY', '788': 'TN', '792': 'TR', '804': 'UA', '336': 'VA' }
let path = ''
const centres = []
for (const g of t.objects.countries.geometries) {
  const polygons = g.type === 'Polygon' ? [g.arcs] : g.arcs ?? []
  let best
  for (const [outer] of polygons) {
    const ring = ringOf(outer), a = Math.abs(area(ring))
    if (!best || a > best.a) best = { a, ring }
    const drawn = clip(ring).map(at)
    const points = drawn.filter((p, i) => i === 0 || p[0] !== drawn[i - 1][0] || p[1] !== drawn[i - 1][1])
    if (points.length < 4 || Math.abs(area(points)) < 12) continue
    let [x, y] = points[0]
    path += `M${x} ${y}l` + points.slice(1).map(([u, v]) => { const d = `${u - x} ${v - y}`; [x, y] = [u, v]; return d }).join(' ').replaceAll(' -', '-') + 'z'
  }
  const code = g.properties.name === 'Kosovo' ? 'XK' : iso[g.id]
  if (!code || !best) continue
  const visible = code === 'RU' ? [[37.6, 55.7]] : clip(best.ring)
  const a = area(visible)
  let c = visible[0]
  if (Math.abs(a) > 1e-6) c = visible.reduce(([x, y], p, i) => { const q = visible[(i + 1) % visible.length], k = p[0] * q[1] - q[0] * p[1]; return [x + (p[0] + q[0]) * k, y + (p[1] + q[1]) * k] }, [0, 0]).map((v) => v / (6 * a))
  if (code === 'RU') c = [37.6, 55.7]
  centres.push(`${code},${c[1].toFixed(2)},${c[0].toFixed(2)}`)
}
writeFileSync('outline.txt', path)
writeFileSync('countries.csv', centres.sort().join('\n') + '\n')
console.log(path.length, centres.length)
