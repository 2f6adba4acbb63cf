// Saves the answers of a form while somebody writes. What could not be sent yet is kept on this device, by sheet and
// question, until it could; so a closed page, a lost connection or an ended session loses nothing.
import { watchBudgets } from './budget'
import { watchCalculations } from './calculated'
import { watchConditions } from './conditions'
import { apply, documentsOf, inputsOf, watchRows, type Documents, type Inputs } from './rows'
import { fill, send, sendKept, shelf, type Words } from './sending'
import { watchUploads } from './uploads'

interface Answer {
  ref: string
  box: HTMLElement
  base: number
  sent: string // the inputs as the server has them
  timer: number
  saving: boolean
  failures: number
  clashing: boolean
}

interface Clash {
  yours: string[]
  theirs: string[]
  inputs: Inputs
  version: number
  by: string
}

const pause = 800
const heartbeat = 10_000

// Numbers are read the way this page's language writes them, whatever language another tab has chosen since.
const language = () => document.documentElement.lang

export function start(root: HTMLElement) {
  const words = JSON.parse(root.dataset.wordsJson ?? '{}') as Words
  const sheet = root.dataset.sheet ?? ''
  const status = root.querySelector<HTMLElement>('[data-save-state]')
  const answers = new Map<string, Answer>()
  const key = (ref: string) => `${shelf}${sheet}:${ref}`
  const saveURL = (ref: string) => `${root.dataset.saveUrl}/${encodeURIComponent(ref)}`
  let signedOut = false

  for (const box of root.querySelectorAll<HTMLElement>('[data-question]:not([data-closed])')) {
    const ref = box.dataset.question ?? ''
    answers.set(ref, { ref, box, base: Number(box.dataset.base), sent: JSON.stringify(inputsOf(box)), timer: 0, saving: false, failures: 0, clashing: false })
  }
  const answerOf = (element: EventTarget | null) => answers.get((element as HTMLElement | null)?.closest<HTMLElement>('[data-question]')?.dataset.question ?? '')
  const dirty = (a: Answer) => JSON.stringify(inputsOf(a.box)) !== a.sent

  function say(state: string, text: string) {
    if (!status) return
    status.dataset.state = state
    if (status.textContent !== text) status.textContent = text
  }

  const waiting = () => [...answers.values()].some((a) => !a.box.dataset.locked && (a.saving || a.failures > 0 || a.clashing || dirty(a)))

  // It says that it is saved only when nothing is left to save.
  function saved(at: string) {
    if (waiting()) return
    say('saved', fill(words.saved, { time: new Intl.DateTimeFormat(document.documentElement.lang === 'en' ? 'en-GB' : document.documentElement.lang, { hour: '2-digit', minute: '2-digit' }).format(new Date(at)) }))
  }

  function keep(a: Answer) {
    try {
      localStorage.setItem(key(a.ref), JSON.stringify({ value: inputsOf(a.box), base: a.base, language: language(), url: saveURL(a.ref), documents: documentsOf(a.box) }))
    } catch {
      // A full or forbidden store only means that this device cannot help; the server is still tried.
    }
  }

  function changed(a: Answer | undefined) {
    if (!a || a.box.dataset.locked) return
    if (!dirty(a)) {
      localStorage.removeItem(key(a.ref))
      return
    }
    keep(a)
    if (status?.dataset.state === 'saved') status.dataset.state = 'pending'
    clearTimeout(a.timer)
    a.timer = window.setTimeout(() => void save(a), pause)
  }

  async function save(a: Answer): Promise<boolean> {
    clearTimeout(a.timer)
    if (a.saving || a.clashing) return false
    if (!dirty(a)) return true
    a.saving = true
    const value = inputsOf(a.box)
    const slow = window.setTimeout(() => say('saving', words.saving), 1500)
    let response: Response | undefined
    try {
      response = await send('PUT', saveURL(a.ref), { value, base: a.base, language: language() })
    } catch {
      response = undefined
    }
    clearTimeout(slow)
    return settle(a, value, response)
  }

  // An answer is being saved until its new version is known: the next save stands on it.
  async function settle(a: Answer, value: Inputs, response: Response | undefined): Promise<boolean> {
    if (response?.ok) {
      const kept = (await response.json().catch(() => undefined)) as { version: number; saved_at: string; problems?: { name: string; text: string }[] } | undefined
      if (kept === undefined) return settle(a, value, undefined)
      rebase(a, kept.version)
      a.sent = JSON.stringify(value)
      a.saving = false
      a.failures = 0
      if (signedOut) {
        signedOut = false
        void flush() // the session is back: what was refused without one goes as well
      }
      tell(a, (kept.problems ?? []).map((p) => p.text))
      if (dirty(a)) {
        changed(a)
        return false
      }
      localStorage.removeItem(key(a.ref))
      saved(kept.saved_at)
      return true
    }
    if (response?.status === 401) {
      a.saving = false
      offerSignIn()
      return false
    }
    if (response && response.status >= 400 && response.status < 500 && ![408, 425, 429].includes(response.status)) {
      const refusal = (await response.json().catch(() => ({}))) as Partial<Clash> & { detail?: string; fields?: { detail: string }[] }
      a.saving = false
      if (response.status === 409 && refusal.version !== undefined) {
        showClash(a, refusal as Clash)
        return false
      }
      const session = await renewToken()
      if (session === 'renewed') return save(a)
      if (session === 'signed out') {
        offerSignIn()
        return false
      }
      // What the server does not know on a page of its own was asked when the page was made, and is not any more.
      const gone = response.status === 404
      const texts = gone ? [words.gone] : (refusal.fields?.map((f) => f.detail) ?? [refusal.detail ?? ''])
      tell(a, texts)
      if (gone) offerReload(a)
      say('refused', fill(words.refused, { text: texts.join(' ') }))
      return false
    }
    a.saving = false
    a.failures++
    say('kept', words.kept)
    a.timer = window.setTimeout(() => void save(a), Math.min(30_000, 1000 * 2 ** a.failures))
    return false
  }

  function rebase(a: Answer, version: number) {
    a.base = version
    a.box.dataset.base = String(version)
    const input = a.box.querySelector<HTMLInputElement>(`input[name="base[${a.ref}]"]`)
    if (input) input.value = String(version)
  }

  // What is wrong with an answer stands below it; a refused page's own sentences go when the answer has been put right.
  function tell(a: Answer, texts: string[]) {
    a.box.querySelector('[data-told]')?.remove()
    if (texts.length === 0) {
      for (const bad of a.box.querySelectorAll('.k-bad')) bad.classList.remove('k-bad')
      for (const error of a.box.querySelectorAll('.k-error')) error.remove()
      for (const input of a.box.querySelectorAll('[aria-invalid]')) input.removeAttribute('aria-invalid')
      return
    }
    if (a.box.querySelector('.k-error')) return
    const told = document.createElement('div')
    told.dataset.told = ''
    for (const text of new Set(texts)) {
      const line = document.createElement('p')
      line.className = 'k-error'
      line.textContent = text
      told.append(line)
    }
    a.box.append(told)
  }

  function offerReload(a: Answer) {
    const link = document.createElement('a')
    link.href = location.pathname + location.search
    link.textContent = words.reload
    a.box.querySelector('[data-told]')?.append(link)
    localStorage.removeItem(key(a.ref))
  }

  function showClash(a: Answer, clash: Clash) {
    a.clashing = true
    const area = document.createElement('div')
    area.className = 'k-alert k-warning'
    area.setAttribute('role', 'alert')
    area.dataset.clash = ''
    const lead = document.createElement('p')
    lead.textContent = fill(words.clash, { name: clash.by })
    const both = document.createElement('div')
    both.className = 'k-row'
    const side = (title: string, lines: string[], label: string, choose: () => void) => {
      const part = document.createElement('div')
      const head = document.createElement('strong')
      head.textContent = title
      part.append(head)
      for (const line of lines) {
        const p = document.createElement('p')
        p.className = 'k-kept-lines'
        p.textContent = line
        part.append(p)
      }
      const button = document.createElement('button')
      button.type = 'button'
      button.className = 'btn btn-plain'
      button.textContent = label
      button.addEventListener('click', () => {
        rebase(a, clash.version)
        choose()
        a.clashing = false
        area.remove() // takes the focus away, which saves what differs from the server: so only now
        void save(a)
      })
      part.append(button)
      both.append(part)
    }
    side(words.yours, clash.yours, words.keep_mine, () => {
      a.sent = ''
    })
    side(words.theirs, clash.theirs, words.take_theirs, () => {
      apply(a.box, clash.inputs, words, documentsOf(a.box))
      a.sent = JSON.stringify(inputsOf(a.box))
      localStorage.removeItem(key(a.ref))
      conditions()
    })
    area.append(lead, both)
    a.box.append(area)
    keep(a)
  }

  // A session that was begun anew in another tab has another token; this page takes it over.
  async function renewToken(): Promise<'renewed' | 'same' | 'signed out' | 'unknown'> {
    try {
      const page = await fetch(location.pathname + location.search, { credentials: 'same-origin', headers: { Accept: 'text/html' } })
      const text = new DOMParser().parseFromString(await page.text(), 'text/html')
      if (page.redirected && !text.querySelector(`[data-sheet="${sheet}"]`)) return 'signed out'
      const mine = document.querySelector<HTMLMetaElement>('meta[name="csrf"]')
      const token = text.querySelector<HTMLMetaElement>('meta[name="csrf"]')?.content
      if (!token || !mine) return 'unknown'
      if (token === mine.content) return 'same'
      mine.content = token
      for (const input of document.querySelectorAll<HTMLInputElement>('input[name="_csrf"]')) input.value = token
      return 'renewed'
    } catch {
      return 'unknown'
    }
  }

  function offerSignIn() {
    signedOut = true
    if (!status) return
    status.dataset.state = 'kept'
    const link = document.createElement('a')
    link.href = root.dataset.signInUrl || '/sign-in'
    link.target = '_blank'
    link.rel = 'noopener'
    link.textContent = words.sign_in
    status.replaceChildren(words.signed_out + ' ', link)
  }

  async function flush(): Promise<boolean> {
    const results = await Promise.all([...answers.values()].filter((a) => !a.box.dataset.locked).map((a) => save(a)))
    return results.every(Boolean)
  }

  // saveAll waits for what is on its way already and then saves what was written meanwhile.
  async function saveAll(): Promise<boolean> {
    while ([...answers.values()].some((a) => a.saving)) await new Promise((r) => setTimeout(r, 50))
    return flush()
  }

  async function again() {
    if (signedOut && !['renewed', 'same'].includes(await renewToken())) return
    signedOut = false
    void flush()
    void sendLeftovers()
  }

  // What was kept for questions of other pages is sent from here as well; what stands here is restored.
  const sendLeftovers = () => sendKept((name) => name.startsWith(key('')) && answers.has(name.slice(key('').length)))

  function restore() {
    for (const a of answers.values()) {
      const kept = localStorage.getItem(key(a.ref))
      if (!kept) continue
      try {
        const { value, base, documents } = JSON.parse(kept) as { value: Inputs; base: number; documents?: Documents }
        apply(a.box, value, words, documents)
        if (dirty(a)) {
          rebase(a, base)
          void save(a)
        } else localStorage.removeItem(key(a.ref))
      } catch {
        localStorage.removeItem(key(a.ref))
      }
    }
  }

  let here = ''
  async function beat() {
    if (!root.dataset.presenceUrl || document.hidden || signedOut) return
    try {
      const response = await send('POST', root.dataset.presenceUrl, { question: here })
      if (response.ok) lock(((await response.json()) as { others?: { person: string; question: string }[] }).others ?? [])
    } catch {
      // Presence is a courtesy; saving does not depend on it.
    }
  }

  function lock(others: { person: string; question: string }[]) {
    for (const a of answers.values()) {
      const writer = others.find((o) => o.question === a.ref && a.ref !== here)
      if (!!writer === !!a.box.dataset.locked) continue
      a.box.querySelector('[data-writer]')?.remove()
      if (writer) {
        a.box.dataset.locked = 'yes'
        const note = document.createElement('p')
        note.dataset.writer = ''
        note.className = 'k-writer'
        note.textContent = fill(words.locked, { name: writer.person })
        a.box.prepend(note)
      } else delete a.box.dataset.locked
      for (const input of a.box.querySelectorAll<HTMLElement>('input, textarea, select, button')) {
        if (input instanceof HTMLTextAreaElement || (input instanceof HTMLInputElement && !['checkbox', 'radio', 'file'].includes(input.type))) input.readOnly = !!writer
        else input.inert = !!writer
      }
    }
  }

  watchBudgets(root) // before the conditions, which may look at a total
  let look = () => false
  const work = watchCalculations(root, () => look())
  const conditions = watchConditions(root)
  look = conditions
  for (const event of ['input', 'change', 'rows']) root.addEventListener(event, work) // what has just been hidden counts no more
  work()
  watchRows(root, words, (element) => changed(answerOf(element)))
  watchUploads(root, words, (element) => changed(answerOf(element)))
  for (const event of ['input', 'change']) root.addEventListener(event, (e) => changed(answerOf(e.target)))
  root.addEventListener('focusin', (e) => {
    const ref = answerOf(e.target)?.ref ?? ''
    if (ref !== here) {
      here = ref
      void beat()
    }
  })
  root.addEventListener('focusout', (e) => {
    const a = answerOf(e.target)
    if (a && dirty(a)) void save(a)
    if (!root.contains((e as FocusEvent).relatedTarget as Node | null)) here = ''
  })

  const form = root.closest('form')
  let sure = false
  form?.addEventListener('submit', (e) => {
    if (sure) return
    e.preventDefault()
    const submitter = e.submitter
    void saveAll().then((all) => {
      if (!all && (signedOut || [...answers.values()].some((a) => a.failures > 0 || a.clashing))) {
        const stop = root.querySelector<HTMLElement>('[data-clash]') ?? status
        stop?.scrollIntoView({ block: 'center' })
        return
      }
      // Only what could not be saved yet goes with the form; the rest is on the server already.
      for (const a of answers.values()) {
        const base = a.box.querySelector<HTMLInputElement>(`input[name="base[${a.ref}]"]`)
        if (base) base.disabled = !dirty(a) || !!a.box.dataset.locked
      }
      // A form cannot be submitted anew before this very event is over, which it is not when there was nothing to save.
      setTimeout(() => {
        sure = true
        form.requestSubmit(submitter)
        sure = false
      })
    })
  })
  // A link leads away when what was written last has arrived, so that the next page knows it; not for long, as it is kept.
  document.addEventListener('click', (e) => {
    const link = (e.target as HTMLElement).closest<HTMLAnchorElement>('a[href]')
    if (!link || link.target || e.defaultPrevented || e.button !== 0 || e.ctrlKey || e.metaKey || e.shiftKey || link.origin !== location.origin || !waiting()) return
    if (link.pathname === location.pathname && link.search === location.search && link.hash) return
    e.preventDefault()
    const patience = new Promise((leave) => setTimeout(leave, 3000))
    void Promise.race([saveAll(), patience]).then(() => location.assign(link.href))
  })
  addEventListener('online', () => void again())
  addEventListener('focus', () => void again())
  addEventListener('pagehide', () => void flush())
  document.addEventListener('visibilitychange', () => void (document.hidden ? flush() : again()))
  setInterval(() => void beat(), heartbeat)
  restore()
  void sendLeftovers()
  void beat()
}
