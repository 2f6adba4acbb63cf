// Suggests what there is while somebody types: a combobox as WAI-ARIA describes it. The focus stays in the line; the arrow keys
// walk through the list, Enter takes, Escape closes. Whatever is typed and not taken stays as it is typed.
interface Suggestion {
  value: string
  text: string
  note?: string
  fills?: Record<string, string>
}

const pause = 150

const valueOf = (line: HTMLInputElement) => line.parentElement?.querySelector<HTMLInputElement>('[data-suggest-value]')

class Combobox {
  private readonly list = document.createElement('ul')
  private readonly said: HTMLElement | null
  private items: Suggestion[] = []
  private active = -1
  private timer = 0
  private asking: AbortController | undefined

  constructor(private readonly line: HTMLInputElement) {
    this.said = line.parentElement?.querySelector<HTMLElement>('[data-suggest-said]') ?? null
    this.list.id = `${line.id}-list`
    this.list.className = 'k-suggestions'
    this.list.setAttribute('role', 'listbox')
    this.list.setAttribute('aria-label', line.labels?.[0]?.firstChild?.textContent?.trim() ?? '')
    this.list.hidden = true
    line.after(this.list)
    line.setAttribute('role', 'combobox')
    line.setAttribute('aria-autocomplete', 'list')
    line.setAttribute('aria-expanded', 'false')
    line.setAttribute('aria-controls', this.list.id)
    line.addEventListener('input', () => this.typed())
    line.addEventListener('keydown', (e) => this.key(e))
    line.addEventListener('blur', () => this.close())
    this.list.addEventListener('mousedown', (e) => e.preventDefault()) // the focus stays where it is
    this.list.addEventListener('click', (e) => {
      const at = [...this.list.children].indexOf((e.target as HTMLElement).closest('[role="option"]') as Element)
      if (at >= 0) this.take(at)
    })
  }

  private parts() {
    return [...(this.line.closest('[data-suggest-parts]')?.querySelectorAll<HTMLInputElement | HTMLSelectElement>('[data-suggest-part]') ?? [])]
  }

  private typed() {
    const chosen = valueOf(this.line)
    if (chosen) chosen.value = ''
    window.clearTimeout(this.timer)
    this.timer = window.setTimeout(() => void this.ask(), pause)
  }

  private async ask() {
    this.asking?.abort()
    const typed = this.line.value.trim()
    if (typed.length < 2 || this.line.readOnly || document.activeElement !== this.line) return this.close()
    const asking = (this.asking = new AbortController())
    const query = new URLSearchParams({ q: typed, lang: document.documentElement.lang })
    for (const part of this.parts()) if (part.value) query.set(part.dataset.suggestPart ?? '', part.value)
    try {
      const response = await fetch(`${this.line.dataset.suggest}?${query}`, { credentials: 'same-origin', signal: asking.signal, headers: { Accept: 'application/json' } })
      if (!response.ok) return this.close()
      const found = (await response.json()) as { items: Suggestion[]; said: string }
      if (asking !== this.asking || document.activeElement !== this.line) return
      this.show(found.items)
      if (this.said) this.said.textContent = found.said
    } catch {
      if (asking === this.asking) this.close() // suggestions are a courtesy: what is typed will do
    }
  }

  private show(items: Suggestion[]) {
    this.items = items
    this.list.replaceChildren(
      ...items.map((item, i) => {
        const option = document.createElement('li')
        option.id = `${this.list.id}-${i}`
        option.setAttribute('role', 'option')
        option.setAttribute('aria-selected', 'false')
        const name = document.createElement('span')
        name.textContent = item.text
        option.append(name)
        if (item.note) {
          const note = document.createElement('span')
          note.className = 'k-hint'
          note.textContent = ` ${item.note}`
          option.append(note)
        }
        return option
      }),
    )
    this.walk(-1)
    this.list.hidden = items.length === 0
    this.line.setAttribute('aria-expanded', String(items.length > 0))
  }

  private close() {
    window.clearTimeout(this.timer)
    this.asking?.abort()
    this.asking = undefined
    this.show([])
    if (this.said) this.said.textContent = ''
  }

  private walk(to: number) {
    this.list.children[this.active]?.setAttribute('aria-selected', 'false')
    this.active = to
    const option = this.list.children[to]
    if (!option) return this.line.removeAttribute('aria-activedescendant')
    option.setAttribute('aria-selected', 'true')
    option.scrollIntoView({ block: 'nearest' })
    this.line.setAttribute('aria-activedescendant', option.id)
  }

  private key(e: KeyboardEvent) {
    if (e.isComposing) return
    const last = this.items.length - 1
    switch (e.key) {
      case 'ArrowDown':
      case 'ArrowUp':
        e.preventDefault()
        if (this.list.hidden) void this.ask()
        else if (e.key === 'ArrowDown') this.walk(this.active >= last ? 0 : this.active + 1)
        else this.walk(this.active <= 0 ? last : this.active - 1)
        break
      case 'Enter':
        if (this.list.hidden || this.active < 0) return
        e.preventDefault()
        this.take(this.active)
        break
      case 'Escape':
        if (this.list.hidden) return
        e.preventDefault()
        e.stopPropagation()
        this.close()
        break
    }
  }

  private take(at: number) {
    const item = this.items[at]
    this.line.value = item.text
    const chosen = valueOf(this.line)
    if (chosen) chosen.value = item.value
    this.close()
    for (const part of this.parts()) {
      const value = item.fills?.[part.dataset.suggestPart ?? '']
      if (value === undefined || part.value === value) continue
      part.value = value
      part.dispatchEvent(new Event('change', { bubbles: true }))
    }
    chosen?.dispatchEvent(new Event('change', { bubbles: true }))
  }
}

const made = new WeakSet<HTMLInputElement>()

function make(line: HTMLInputElement) {
  if (made.has(line)) return
  made.add(line)
  new Combobox(line)
}

// watchSuggestions makes comboboxes of the page's lines, and of those that come later once somebody is in them.
export function watchSuggestions() {
  document.querySelectorAll<HTMLInputElement>('input[data-suggest]').forEach(make)
  document.addEventListener('focusin', (e) => {
    const line = e.target as HTMLElement
    if (line instanceof HTMLInputElement && line.dataset.suggest) make(line)
  })
}
