import { start as autosave } from './autosave'
import { sendKept } from './sending'
import { watchSuggestions } from './combobox'
import { start as scoring } from './scoring'
import { watchDigests } from './digest'

const token = () => document.querySelector<HTMLMetaElement>('meta[name="csrf"]')?.content ?? ''

// A form is sent once: the second of two quick clicks finds its button at rest.
document.addEventListener('submit', (e) => {
  const form = e.target as HTMLFormElement
  if (e.defaultPrevented) return
  if (form.dataset.sent === 'yes') {
    e.preventDefault()
    return
  }
  form.dataset.sent = 'yes'
  const button = (e as SubmitEvent).submitter as HTMLButtonElement | null
  button?.setAttribute('aria-busy', 'true')
})
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-sent]')) {
    delete form.dataset.sent
    form.querySelector('[aria-busy]')?.removeAttribute('aria-busy')
  }
})

// A counter below a single line shows itself only when the line gets full; below a text it always stands.
type Counted = HTMLTextAreaElement | HTMLInputElement
const counted = '[data-words], [data-chars]'
function count(field: Counted) {
  const counter = document.getElementById(`${field.id}-count`)
  if (!counter) return
  const words = field.dataset.words
  const limit = Number(words ?? field.dataset.chars)
  const n = words ? (field.value.trim().match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}'’.-]*/gu) ?? []).length : [...field.value].length
  counter.textContent = (counter.dataset.text ?? '').replace('{n}', String(n)).replace('{max}', String(limit))
  counter.classList.toggle('k-over', n > limit)
  counter.hidden = field instanceof HTMLInputElement && n < limit * 0.8
}
const countAll = () => document.querySelectorAll<Counted>(counted).forEach(count)
document.addEventListener('input', (e) => (e.target as HTMLElement).matches?.(counted) && count(e.target as Counted), true)
document.addEventListener('rows', countAll)

// A time is stated in the zone of its page. Who reads it where the clocks show something else is told that, too. Before a
// browser can write a date it needs a while, so it is asked only then.
function ownTimes() {
  const elsewhere = [...document.querySelectorAll<HTMLTimeElement>('time[data-offset]')].filter((time) => {
    return new Date(time.dateTime).getTimezoneOffset() !== -Number(time.dataset.offset) && !time.nextElementSibling?.matches('.k-own-time')
  })
  if (elsewhere.length === 0) return
  const lang = document.documentElement.lang
  const locale = lang === 'en' ? 'en-GB' : lang
  const clock = new Intl.DateTimeFormat(locale, { timeStyle: 'short' })
  const both = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })
  const mine = clock.resolvedOptions().timeZone
  for (const time of elsewhere) {
    const at = new Date(time.dateTime)
    const there = new Date(at.getTime() + Number(time.dataset.offset) * 60_000) // its UTC reads as the stated zone's clock
    const sameDay = there.getUTCDate() === at.getDate()
    const own = document.createElement('span')
    own.className = 'k-own-time'
    own.textContent = ` = ${(sameDay ? clock : both).format(at)} (${mine})`
    time.after(own)
  }
}

function ready() {
  const summary = document.querySelector<HTMLElement>('[data-error-summary]')
  summary?.focus()

  ownTimes()
  countAll()
  watchDigests()

  for (const all of document.querySelectorAll<HTMLInputElement>('input[data-select-all]')) {
    const boxes = () => [...document.querySelectorAll<HTMLInputElement>(`input[name="${all.dataset.selectAll}"]`)]
    all.addEventListener('change', () => boxes().forEach((b) => (b.checked = all.checked)))
  }

  for (const note of document.querySelectorAll<HTMLElement>('[data-tally]')) {
    const boxes = () => [...document.querySelectorAll<HTMLInputElement>(`input[name="${note.dataset.tally}"]:checked`)].length
    const count = () => (note.textContent = (note.dataset.text ?? '').replace('{n}', String(boxes())))
    document.addEventListener('change', count)
    count()
  }

  watchSuggestions()
  for (const root of document.querySelectorAll<HTMLElement>('[data-scoring]')) scoring(root)
  const forms = document.querySelectorAll<HTMLElement>('[data-autosave]')
  for (const root of forms) autosave(root)
  if (forms.length === 0 && token()) void sendKept(() => false)
}

document.addEventListener('click', (e) => {
  const target = e.target as HTMLElement
  const theme = target.closest<HTMLElement>('[data-theme-switch]')
  if (theme) {
    const html = document.documentElement
    const next = html.dataset.bsTheme === 'dark' ? 'light' : 'dark'
    html.dataset.bsTheme = next
    document.cookie = `theme=${next}; Path=/; Max-Age=31536000; SameSite=Lax`
    theme.setAttribute('aria-pressed', String(next === 'dark'))
  }
  const copy = target.closest<HTMLElement>('[data-copy]')
  if (copy) {
    void navigator.clipboard.writeText(copy.dataset.copy ?? '').then(() => {
      copy.textContent = copy.dataset.copied ?? '✓'
    })
  }
  for (const menu of document.querySelectorAll<HTMLDetailsElement>('details[data-menu][open]')) {
    if (!menu.contains(target)) menu.open = false
  }
})
document.addEventListener('keydown', (e) => {
  if (e.key !== 'Escape') return
  for (const menu of document.querySelectorAll<HTMLDetailsElement>('details[data-menu][open]')) {
    menu.open = false
    menu.querySelector('summary')?.focus()
  }
})

if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', ready)
else ready()
