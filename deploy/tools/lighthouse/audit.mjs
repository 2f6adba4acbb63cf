// Audits each address as a phone would see it, and prints a line of JSON for it: the address and its scores from 0 to 100. What
// costs points is told on the error output. CHROME_PATH says where Chromium is.
import lighthouse from 'lighthouse'
import * as launcher from 'chrome-launcher'

const flags = ['--headless=new', '--disable-background-networking']
if (process.getuid?.() === 0) flags.push('--no-sandbox')
const chrome = await launcher.launch({ chromeFlags: flags })
try {
  for (const url of process.argv.slice(2)) {
    const { lhr } = await lighthouse(url, { port: chrome.port, logLevel: 'error', output: 'json' })
    const scores = Object.fromEntries(Object.values(lhr.categories).map((c) => [c.id, Math.round(c.score * 100)]))
    console.log(JSON.stringify({ url, scores }))
    for (const category of Object.values(lhr.categories)) {
      for (const { id, weight } of category.auditRefs) {
        const audit = lhr.audits[id]
        if (weight > 0 && audit.score !== null && audit.score < 0.9) console.error(`${url}: ${category.id}: ${audit.title} ${audit.displayValue ?? ''}`)
      }
    }
  }
} finally {
  await chrome.kill()
}
