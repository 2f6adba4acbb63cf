// Pages that several people look at while it changes load this: whenever the server says that something has changed, it asks for
// the page again and puts those parts in their place that the server decides. What somebody is typing stays.
const root = document.querySelector<HTMLElement>('[data-follow]')
if (root) follow(root)

function follow(root: HTMLElement): void {
  const address = root.dataset.follow ?? ''
  const typed = new Map<string, string>() // what was typed about something that lies aside now
  let busy = false
  let again = false

  const texts = (part: HTMLElement) => [...part.querySelectorAll<HTMLTextAreaElement | HTMLInputElement>('textarea, input[type="text"]')]
  const dirty = (part: HTMLElement) => texts(part).some((t) => t.value !== t.defaultValue)
  const focusedIn = (part: HTMLElement) => part.contains(document.activeElement) && !!document.activeElement?.matches('textarea, input:not([type="radio"], [type="checkbox"], [type="hidden"]), select')
  const place = (e: Element | null) => e?.id || [e?.getAttribute('name'), e?.getAttribute('value'), e?.textContent?.trim(), e?.closest('form')?.getAttribute('action')].join('|')

  // Parts that say what they are about are exchanged when that changes, whatever is typed in them: it comes back with it.
  function put(mine: HTMLElement, fresh: HTMLElement): void {
    const about = mine.dataset.about
    const other = about !== fresh.dataset.about
    if (fresh.hasAttribute('data-same') && !other) return
    if (!other && (dirty(mine) || focusedIn(mine))) return
    if (!other && mine.innerHTML === fresh.innerHTML) return
    if (other) for (const t of texts(mine)) if (t.value !== t.defaultValue) typed.set(about + ' ' + t.name, t.value)
    const was = mine.contains(document.activeElement) ? place(document.activeElement) : ''
    const opened = new Set([...mine.querySelectorAll<HTMLDetailsElement>('details[open]')].map((d) => d.querySelector('summary')?.textContent ?? ''))
    const ticked = new Set(other ? [] : [...mine.querySelectorAll<HTMLInputElement>('input[type="checkbox"]:checked')].map((i) => i.value))
    mine.innerHTML = fresh.innerHTML
    if (fresh.dataset.about === undefined) delete mine.dataset.about
    else mine.dataset.about = fresh.dataset.about
    for (const t of texts(mine)) {
      const kept = typed.get(fresh.dataset.about + ' ' + t.name)
      if (kept !== undefined) t.value = kept
    }
    if (!other) for (const d of mine.querySelectorAll('details')) if (opened.has(d.querySelector('summary')?.textContent ?? '')) d.open = true
    for (const i of mine.querySelectorAll<HTMLInputElement>('input[type="checkbox"]')) if (ticked.has(i.value)) i.checked = true
    if (was) [...mine.querySelectorAll<HTMLElement>('a, button, input, select, summary')].find((e) => place(e) === was)?.focus({ preventScroll: true })
  }

  async function refresh(): Promise<void> {
    if (busy) {
      again = true
      return
    }
    busy = true
    try {
      const here = new URL(root.dataset.page ?? location.href, location.href)
      const have = document.querySelector<HTMLElement>('[data-heavy]')?.dataset.about
      if (have) here.searchParams.set('have', have)
      const response = await fetch(here, { credentials: 'same-origin', headers: { Accept: 'text/html' }, signal: AbortSignal.timeout(20_000) })
      if (response.redirected) return location.reload() // to sign in, or where the page has gone
      if (!response.ok) return
      const page = new DOMParser().parseFromString(await response.text(), 'text/html')
      for (const fresh of page.querySelectorAll<HTMLElement>('[data-live]')) {
        const mine = document.getElementById(fresh.id)
        if (mine) put(mine, fresh)
      }
      const said = page.querySelector<HTMLElement>('[data-says]')?.dataset.says ?? ''
      const live = document.getElementById('live')
      if (live && said && said !== root.dataset.says) live.textContent = root.dataset.says = said
      root.dispatchEvent(new CustomEvent('followed', { bubbles: true }))
    } catch {
      // The next event tells again.
    } finally {
      busy = false
      if (again) {
        again = false
        void refresh()
      }
    }
  }

  let source: EventSource | undefined
  function listen(): void {
    source?.close()
    source = new EventSource(address)
    source.onmessage = () => void refresh()
    source.onerror = () => {
      if (source?.readyState !== EventSource.CLOSED) return
      // Refused, such as for too many open pages: until a stream is to be had, the page looks itself.
      setTimeout(() => {
        void refresh()
        listen()
      }, 5000)
    }
  }
  // A page that nobody looks at leaves the connection to others; it catches up when it is looked at again.
  addEventListener('pagehide', () => source?.close())
  addEventListener('pageshow', (e) => {
    if (e.persisted) listen()
  })
  listen()
}

export {}
