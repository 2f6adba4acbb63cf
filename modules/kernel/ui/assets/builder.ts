// The form builder: saves while somebody types, moves by dragging and by Alt and the arrows, and shows who else is here. The
// server renders everything; this script sends the page's own forms and puts what comes back in its place.
import { start as arrange } from './arrange'
import Sortable from 'sortablejs/modular/sortable.core.esm.js'
import { watchConditions } from './conditions'
import { fill, send, type Words } from './sending'

const pause = 700
const again = 5_000
const presence = 10_000

function start(root: HTMLElement) {
  const words = JSON.parse(root.dataset.words ?? '{}') as Words
  const state = document.getElementById('fb-state')
  const dirty = new Set<HTMLFormElement>()
  const blocked = new WeakSet<HTMLFormElement>()
  let timer = 0
  let busy: Promise<unknown> = Promise.resolve()
  let version = Number(root.dataset.version ?? 0)

  const say = (what: string) => {
    if (!state) return
    state.dataset.state = what
    state.textContent = what ? (words[what] ?? '') : ''
  }

  // What a form says, without what is only meant when its button is pressed.
  function data(form: HTMLFormElement, pressed?: HTMLButtonElement | null): URLSearchParams {
    const all = new URLSearchParams()
    for (const [name, value] of new FormData(form)) if (typeof value === 'string') all.append(name, value)
    if (pressed?.name) all.append(pressed.name, pressed.value)
    else for (const later of form.querySelectorAll<HTMLInputElement>('[data-later]')) all.delete(later.name)
    return all
  }

  async function ask(url: string, body?: URLSearchParams): Promise<{ response: Response; page: Document } | null> {
    const response = await fetch(url, {
      method: body ? 'POST' : 'GET', body, credentials: 'same-origin', headers: { Accept: 'text/html' }, keepalive: !!body && body.toString().length < 50_000, signal: AbortSignal.timeout(20_000),
    })
    const page = new DOMParser().parseFromString(await response.text(), 'text/html')
    if (!page.querySelector('[data-builder]')) {
      say(response.status === 401 || new URL(response.url).pathname.startsWith('/sign-in') ? 'signed_out' : 'offline')
      return null
    }
    return { response, page }
  }

  const place = (e: Element | null): string => e?.id || e?.getAttribute('href') || (e as HTMLInputElement | null)?.name || ''

  // What others have changed in a form meanwhile is taken over where this person has typed nothing since, so that the next
  // save does not undo it. A form that has other inputs by now keeps what it knows, and the server finds the conflict.
  function agree(form: HTMLFormElement, now: HTMLFormElement | null, sent?: URLSearchParams) {
    const was = form.querySelector<HTMLInputElement>('input[name="was"]')
    const next = now?.querySelector<HTMLInputElement>('input[name="was"]')
    if (!now || !was || !next || was.value === next.value) return
    type Input = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement
    const inputs = (f: HTMLFormElement) => [...f.elements].filter((e): e is Input => e.matches('input:not([type="hidden"]), textarea, select') && !e.matches('[data-later]'))
    const mine = inputs(form)
    const theirs = inputs(now)
    if (mine.map((i) => i.name).join() !== theirs.map((i) => i.name).join()) return
    if (sent) {
      mine.forEach((input, i) => {
        const fresh = theirs[i]
        if (input instanceof HTMLInputElement && ['checkbox', 'radio'].includes(input.type)) {
          const had = sent.getAll(input.name).includes(input.value)
          if ((fresh as HTMLInputElement).checked !== had && input.checked === had) input.checked = !had
        } else if (fresh.value.trim() !== (sent.get(input.name) ?? '').trim() && input.value === (sent.get(input.name) ?? '')) input.value = fresh.value
      })
    }
    was.value = next.value
  }

  // Puts the parts of a page that the server decides in their place; whole also what is being written in.
  function show(page: Document, whole: boolean, sent?: URLSearchParams) {
    const focused = document.activeElement
    const was = place(focused)
    const answers = [...document.querySelectorAll<HTMLInputElement>('[data-preview] [name^="answers["]')].map((i) => ({ name: i.name, value: i.value, checked: i.checked, ticks: ['checkbox', 'radio'].includes(i.type) }))
    const opened = new Set([...root.querySelectorAll<HTMLDetailsElement>('details[open]')].map((d) => d.querySelector('summary')?.textContent ?? ''))
    for (const fresh of page.querySelectorAll<HTMLElement>(whole ? '[data-live], [data-region]' : '[data-live]')) {
      const mine = document.getElementById(fresh.id)
      if (!mine || (!whole && mine.contains(focused) && focused?.matches('input, textarea, select'))) continue
      if (mine.innerHTML === fresh.innerHTML) continue
      const scrolled = mine.scrollTop
      mine.innerHTML = fresh.innerHTML
      mine.scrollTop = scrolled
    }
    const next = page.querySelector<HTMLElement>('[data-builder]')
    version = Number(next?.dataset.version ?? version)
    root.dataset.place = next?.dataset.place ?? root.dataset.place
    if (!whole) for (const form of root.querySelectorAll<HTMLFormElement>('form[data-save]')) agree(form, page.getElementById(form.id) as HTMLFormElement | null, sent)
    for (const one of root.querySelectorAll('details')) if (opened.has(one.querySelector('summary')?.textContent ?? '')) one.open = true
    for (const answer of answers) {
      for (const input of document.querySelectorAll<HTMLInputElement>(`[data-preview] [name="${CSS.escape(answer.name)}"]`)) {
        if (!answer.ticks) input.value = answer.value
        else if (input.value === answer.value) input.checked = answer.checked
      }
    }
    if (was && document.activeElement === document.body) [...root.querySelectorAll<HTMLElement>('a, button, input, select, textarea')].find((e) => place(e) === was)?.focus({ preventScroll: true })
    ready()
  }

  // One request after the other: each sees what the one before has done.
  function queue<T>(work: () => Promise<T>): Promise<T> {
    const next = busy.then(work, work)
    busy = next.catch(() => undefined)
    return next
  }

  function save(form: HTMLFormElement): Promise<void> {
    return queue(async () => {
      if (!form.isConnected) dirty.delete(form) // another has taken its place, with what was typed in it
      if (!dirty.has(form) || blocked.has(form)) return
      dirty.delete(form)
      say('saving')
      try {
        const sent = data(form)
        const answer = await ask(form.action, sent)
        if (!answer) {
          dirty.add(form)
          return
        }
        show(answer.page, false, answer.response.ok ? sent : undefined)
        if (answer.response.ok) say(dirty.has(form) ? 'saving' : 'saved')
        else if (answer.response.status === 409) {
          blocked.add(form)
          say('clash')
        } else say('refused')
      } catch {
        dirty.add(form)
        say('offline')
        clearTimeout(timer)
        timer = window.setTimeout(saveAll, again)
      }
    })
  }
  const saveAll = () => Promise.all([...dirty].map(save))

  interface How { focus?: boolean; whole?: boolean; push?: boolean }

  async function visit(url: string, body: URLSearchParams | undefined, how: How) {
    try {
      const answer = await ask(url, body)
      if (!answer) return
      show(answer.page, how.whole ?? true)
      if (answer.response.ok && how.push !== false) {
        const to = new URL(answer.response.url)
        if (to.href !== location.href) history.pushState(null, '', to.pathname + to.search)
      }
      if (answer.response.ok) say(body ? 'saved' : '')
      else say(document.querySelector('#fb-notes .fb-both') ? 'clash' : document.querySelector('#fb-notes form') ? '' : 'refused') // a question is no refusal
      if (!answer.response.ok) document.getElementById('fb-notes')?.scrollIntoView({ block: 'nearest' })
      else if (how.focus) document.querySelector<HTMLElement>('#fb-settings h2')?.focus({ preventScroll: window.innerWidth > 1100 })
    } catch {
      say('offline')
    }
  }

  async function go(url: string, body: URLSearchParams | undefined, how: How) {
    clearTimeout(timer)
    await saveAll()
    await queue(() => visit(url, body, how))
  }

  function changed(e: Event) {
    const input = e.target as HTMLInputElement
    const form = input.form
    if (!form?.matches('form[data-save]') || input.matches('[data-later]')) return
    dirty.add(form)
    clearTimeout(timer)
    if (input.matches('[data-again]')) {
      if (e.type !== 'change') return
      dirty.delete(form)
      void go(form.action, data(form), { push: false })
      return
    }
    timer = window.setTimeout(saveAll, pause)
  }
  root.addEventListener('input', changed)
  root.addEventListener('change', changed)

  root.addEventListener('submit', (e) => {
    const form = e.target as HTMLFormElement
    if (!form.matches('form[data-save], form[data-act]') || !root.contains(form)) return
    e.preventDefault()
    const pressed = e.submitter as HTMLButtonElement | null
    const acts = form.matches('[data-act]')
    if (!acts) {
      dirty.delete(form)
      blocked.delete(form)
    }
    void go(form.action, data(form, pressed ?? form.querySelector<HTMLButtonElement>('button')), { focus: acts, push: acts || (pressed?.value ?? '').startsWith('column.') })
  })

  root.addEventListener('click', (e) => {
    const link = (e.target as HTMLElement).closest<HTMLAnchorElement>('a[href]')
    if (!link || e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return
    const to = new URL(link.href)
    if (!root.dataset.base || to.origin !== location.origin || to.pathname !== `${root.dataset.base}/edit` || to.hash) return
    e.preventDefault()
    if (link.matches('[data-reload]')) dirty.clear()
    void go(link.href, undefined, { focus: true })
  })
  // Whoever leaves by a link leaves when everything is saved, rather than being asked whether to lose it.
  document.addEventListener('click', (e) => {
    const link = (e.target as HTMLElement).closest<HTMLAnchorElement>('a[href]')
    if (!link || e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey || link.target || dirty.size === 0) return
    const to = new URL(link.href)
    if (to.pathname === location.pathname && to.search === location.search) return
    e.preventDefault()
    void saveAll().then(() => location.assign(link.href))
  })
  addEventListener('popstate', () => void go(location.href, undefined, { push: false }))

  // Alt and an arrow move what is focused in the outline; undo and redo work where nothing is typed.
  document.addEventListener('keydown', (e) => {
    const at = document.activeElement
    const typing = at?.matches('input:not([type="checkbox"]):not([type="radio"]), textarea')
    const turn = (e.ctrlKey || e.metaKey) && !typing ? (e.key === 'z' && !e.shiftKey ? 'reversal' : e.key === 'y' || (e.key === 'z' && e.shiftKey) || e.key === 'Z' ? 'renewal' : '') : ''
    if (turn) {
      const button = root.querySelector<HTMLButtonElement>(`form[action$="/${turn}"] button:not([disabled])`)
      if (!button) return
      e.preventDefault()
      button.click()
      return
    }
    const line = at?.closest<HTMLElement>('#fb-outline [data-key]')
    if (!e.altKey || !line || !['ArrowUp', 'ArrowDown'].includes(e.key)) return
    e.preventDefault()
    void move(line, { way: e.key === 'ArrowUp' ? 'up' : 'down' })
  })

  async function move(line: HTMLElement, how: Record<string, string>) {
    const body = new URLSearchParams({ _csrf: document.querySelector<HTMLMetaElement>('meta[name="csrf"]')?.content ?? '', ...how })
    body.set(line.matches('.fb-section') ? 'section' : 'question', line.dataset.key ?? '')
    const language = root.querySelector<HTMLInputElement>('input[name="language"]')
    if (language) body.set('language', language.value)
    await go(`${root.dataset.base}/places`, body, { whole: false, push: false })
    await saveAll()
    await queue(() => visit(location.href, undefined, { whole: false, push: false })) // where this person has gone meanwhile
    say('moved')
  }

  let sorted: Sortable[] = []
  function sortable() {
    for (const one of sorted) one.destroy()
    sorted = []
    const drop = (e: Sortable.SortableEvent) => {
      const next = e.item.nextElementSibling as HTMLElement | null
      const into = (e.to as HTMLElement).dataset.questions
      if (e.from === e.to && e.oldIndex === e.newIndex) return
      void move(e.item, into ? { into, before: next?.dataset.key ?? '' } : { before: next?.dataset.key ?? '' })
    }
    const shared = { handle: '[data-grip]', animation: matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 120, ghostClass: 'fb-ghost', onEnd: drop }
    for (const list of root.querySelectorAll<HTMLElement>('[data-sections]')) sorted.push(new Sortable(list, { ...shared, group: 'sections', draggable: '.fb-section', handle: '.fb-section > .fb-line > [data-grip]' }))
    for (const list of root.querySelectorAll<HTMLElement>('[data-questions]')) sorted.push(new Sortable(list, { ...shared, group: 'questions', draggable: '.fb-line' }))
  }

  // The preview shows what is being written about, without moving the page.
  function point() {
    const key = (root.dataset.place ?? '').split('/')[1]
    const phone = root.querySelector<HTMLElement>('[data-preview]')
    const shown = key && phone?.querySelector<HTMLElement>(`[data-question="${CSS.escape(key)}"], [data-question^="${CSS.escape(key)}."]`)
    if (!phone || !shown) return
    shown.classList.add('fb-current')
    const frame = phone.closest<HTMLElement>('.fb-preview')
    if (frame && frame.scrollHeight > frame.clientHeight) frame.scrollTop += shown.getBoundingClientRect().top - frame.getBoundingClientRect().top - frame.clientHeight / 4
  }

  // The outline shows what is open, wherever one came from.
  function reach() {
    const line = root.querySelector<HTMLElement>('.fb-outline a[aria-current]')
    const frame = line?.closest<HTMLElement>('.fb-outline')
    if (!line || !frame || frame.scrollHeight <= frame.clientHeight) return
    const [at, inside] = [line.getBoundingClientRect(), frame.getBoundingClientRect()]
    if (at.top < inside.top || at.bottom > inside.bottom) frame.scrollTop += at.top - inside.top - frame.clientHeight / 4
  }

  function ready() {
    sortable()
    point()
    reach()
    for (const preview of root.querySelectorAll<HTMLElement>('[data-preview]')) watchConditions(preview)()
    document.dispatchEvent(new Event('rows'))
  }

  async function meet() {
    if (!root.dataset.base || document.hidden) return
    const before = version
    try {
      const response = await send('POST', `${root.dataset.base}/presence`, { question: root.dataset.place ?? '' })
      if (!response.ok) return
      const found = (await response.json()) as { version: number; others: { person: string; question: string }[] }
      const note = document.getElementById('fb-others')
      const text = found.others.map((o) => fill(o.question === root.dataset.place ? words.also_in : words.also_here, { name: o.person })).join(' · ')
      if (note && note.textContent !== text) note.textContent = text
      // What this person does meanwhile comes first: it may bring what is new along, or lead to another place.
      await queue(async () => {
        if (found.version === version || version !== before || dirty.size > 0 || Sortable.active) return
        const inside = document.getElementById('fb-settings')?.contains(document.activeElement)
        await visit(location.href, undefined, { whole: !inside, push: false })
        say('newer')
      })
    } catch {
      // Presence is a courtesy; saving does not depend on it.
    }
  }
  if (root.dataset.base) {
    setInterval(() => void meet(), presence)
    void meet()
  }

  addEventListener('online', () => void saveAll())
  addEventListener('pagehide', () => void saveAll())
  addEventListener('beforeunload', (e) => {
    for (const form of dirty) if (!form.isConnected) dirty.delete(form)
    void saveAll()
    if (dirty.size > 0) e.preventDefault()
  })
  root.dataset.ready = 'yes'
  ready()
}

for (const root of document.querySelectorAll<HTMLElement>('[data-builder]')) start(root)
for (const list of document.querySelectorAll<HTMLElement>('[data-arrange]')) arrange(list)
