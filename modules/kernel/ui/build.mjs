// Builds what browsers load into dist/: one script, one style sheet without the rules that no page uses, the typefaces.
// Names carry a hash of the content; manifest.json tells the server which is which.
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync, rmSync, mkdirSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { createFontStack } from '@capsizecss/core'
import { fromBuffer } from '@capsizecss/unpack'
import * as esbuild from 'esbuild'
import { PurgeCSS } from 'purgecss'
import subsetFont from 'subset-font'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '../../..')
const dist = join(here, 'dist')
for (const f of readdirSync(dist)) if (f !== '.gitkeep') rmSync(join(dist, f), { recursive: true })
mkdirSync(dist, { recursive: true })

const manifest = {}
function emit(name, content) {
  const bytes = Buffer.from(content)
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12)
  const dot = name.lastIndexOf('.')
  const file = `${name.slice(0, dot)}.${hash}${name.slice(dot)}`
  writeFileSync(join(dist, file), bytes)
  if (/\.(js|css|svg)$/.test(name)) {
    writeFileSync(join(dist, file + '.br'), brotliCompressSync(bytes))
    writeFileSync(join(dist, file + '.gz'), gzipSync(bytes, { level: 9 }))
  }
  manifest[name] = file
  return file
}

async function script(name, entry) {
  const out = await esbuild.build({
    entryPoints: [join(here, 'assets', entry)], bundle: true, minify: true, write: false, target: 'es2022', format: 'iife', legalComments: 'none',
  })
  emit(name, out.outputFiles[0].contents)
}

// Every letter of the European languages written in Latin script, and the signs that texts need.
const ranges = {
  latin: [[0x20, 0x7e], [0xa0, 0xff], [0x131, 0x131], [0x152, 0x153], [0x2010, 0x2027], [0x2030, 0x203a], [0x20ac, 0x20ac], [0x2122, 0x2122], [0x2190, 0x2193], [0x2212, 0x2212]],
  'latin-ext': [[0x100, 0x130], [0x132, 0x151], [0x154, 0x17f], [0x218, 0x21b], [0x1e9e, 0x1e9e], [0x20ba, 0x20ba]],
}
const span = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)).join('')
const letters = (subset) => ranges[subset].map(([from, to]) => span(from, to)).join('')

// What stands on a page until its typeface is there: a system's letters, drawn as wide and as high as the typeface's, so that
// nothing moves when they are exchanged. Their measures, in units of their em, as @capsizecss/metrics publishes them.
const standIns = {
  sans: [
    { familyName: 'Arial', fullName: 'Arial', postscriptName: 'ArialMT', capHeight: 1467, ascent: 1854, descent: -434, lineGap: 67, unitsPerEm: 2048, xHeight: 1062, xWidthAvg: 904 },
    { familyName: 'Roboto', fullName: 'Roboto', postscriptName: 'Roboto-Regular', capHeight: 1456, ascent: 1900, descent: -500, lineGap: 0, unitsPerEm: 2048, xHeight: 1082, xWidthAvg: 911 },
  ],
  serif: [
    { familyName: 'Times New Roman', fullName: 'Times New Roman', postscriptName: 'TimesNewRomanPSMT', capHeight: 1341, ascent: 1825, descent: -443, lineGap: 87, unitsPerEm: 2048, xHeight: 916, xWidthAvg: 819 },
  ],
}

const faces = { inter: ['Inter Variable', 'sans'], 'source-sans-3': ['Source Sans 3 Variable', 'sans'], bitter: ['Bitter Variable', 'serif'] }
for (const [id, [family, kind]] of Object.entries(faces)) {
  const files = join(here, 'node_modules/@fontsource-variable', id, 'files')
  let css = ''
  for (const subset of ['latin-ext', 'latin']) {
    const whole = readFileSync(join(files, `${id}-${subset}-wght-normal.woff2`))
    const part = await subsetFont(whole, letters(subset), { targetFormat: 'woff2' })
    const font = emit(`${id}-${subset}.woff2`, part)
    const range = ranges[subset].map(([from, to]) => `U+${from.toString(16)}-${to.toString(16)}`).join(',')
    css += `@font-face{font-family:"${family}";font-style:normal;font-weight:100 900;font-display:swap;src:url(/assets/${font}) format("woff2");unicode-range:${range}}`
  }
  const metrics = await fromBuffer(readFileSync(join(files, `${id}-latin-wght-normal.woff2`)))
  const stack = createFontStack([{ ...metrics, familyName: family }, ...standIns[kind]], { fontFaceFormat: 'styleObject' })
  for (const { '@font-face': face } of stack.fontFaces) {
    const rules = { ...face, fontFamily: `"${family} stand-in"`, fontWeight: '100 900' }
    css += `@font-face{${Object.entries(rules).map(([k, v]) => `${k.replaceAll(/[A-Z]/g, (c) => '-' + c.toLowerCase())}:${v}`).join(';')}}`
  }
  emit(`face-${id}.css`, css)
}

// The typeface of papers, once per weight and script: a PDF embeds whole letters, not a variable axis.
const paperScripts = {
  latin: letters('latin') + '\ufffd', 'latin-ext': letters('latin-ext'), greek: span(0x370, 0x3ff), cyrillic: span(0x400, 0x45f) + span(0x490, 0x491) + '\u2116', vietnamese: span(0x1ea0, 0x1ef9),
}
for (const [subset, text] of Object.entries(paperScripts)) {
  const whole = readFileSync(join(here, 'node_modules/@fontsource-variable/inter/files', `inter-${subset}-wght-normal.woff2`))
  for (const wght of [400, 700]) {
    emit(`paper-${subset}-${wght}.ttf`, await subsetFont(whole, text, { targetFormat: 'truetype', variationAxes: { wght } }))
  }
}

await script('app.js', 'main.ts')
await script('theme.js', 'theme.ts')
await script('live.js', 'live.ts') // loaded by pages with a part that keeps itself up to date only
await script('follow.js', 'follow.ts') // loaded by pages that several people look at while they change
await script('board.js', 'board.ts') // loaded by the board of a round's run only
await script('form-builder.js', 'builder.ts') // loaded by the form builder only

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return ['node_modules', 'dist', 'locales'].includes(entry.name) ? [] : sources(path)
    return /\.(templ|ts)$|^(page|list)\.go$/.test(entry.name) ? [path] : []
  })
}
const content = sources(join(root, 'modules'))
const [purged] = await new PurgeCSS().purge({
  content,
  css: [join(here, 'node_modules/@tabler/core/dist/css/tabler.min.css')],
  safelist: { standard: [/^data-bs-theme/, 'was-validated'], greedy: [/data-bs-theme/] },
  variables: true, keyframes: true, fontFace: true,
})
const own = await esbuild.transform(readFileSync(join(here, 'assets/app.css'), 'utf8'), { loader: 'css', minify: true, target: ['chrome120', 'firefox120', 'safari17'] })
const base = purged.css.replaceAll(/@font-face\{[^}]*\}/g, '').replaceAll(/@charset "UTF-8";/g, '')
emit('app.css', base + own.code)
const builder = await esbuild.transform(readFileSync(join(here, 'assets/builder.css'), 'utf8'), { loader: 'css', minify: true, target: ['chrome120', 'firefox120', 'safari17'] })
emit('form-builder.css', builder.code)

writeFileSync(join(dist, 'manifest.json'), JSON.stringify(manifest, null, 2))
console.log(Object.values(manifest).map((f) => basename(f)).join('\n'))
