// On the board of a run an organization is dragged onto another one. While it hovers the page says what the total would be, or why it
// cannot be; where it is dropped, the form sends what it sends without a script.
interface Answer {
  fits: boolean
  text: string
}

const board = document.querySelector<HTMLElement>('[data-swaps]')
const form = board && document.querySelector<HTMLFormElement>(`form[action="${board.dataset.swaps}"]`)
const says = document.getElementById('swap-says')
if (board && form && says) start(board, form, says)

function start(board: HTMLElement, form: HTMLFormElement, says: HTMLElement): void {
  const lead = says.textContent ?? ''
  const known = new Map<string, Promise<Answer>>()
  let held: HTMLElement | null = null
  let over: HTMLElement | null = null

  for (const list of board.querySelectorAll<HTMLElement>('[data-chips]')) list.hidden = false
  for (const chip of board.querySelectorAll<HTMLElement>('[data-chip]:not([data-kept])')) chip.draggable = true

  const id = (chip: HTMLElement) => chip.dataset.chip ?? ''
  const chipAt = (e: Event) => (e.target as Element).closest?.<HTMLElement>('[data-chip]') ?? null

  function ask(one: string, other: string): Promise<Answer> {
    const key = `${one} ${other}`
    let answer = known.get(key)
    if (!answer) {
      const address = `${board.dataset.swaps}?${new URLSearchParams({ one, other })}`
      answer = fetch(address, { credentials: 'same-origin', headers: { Accept: 'application/json' }, signal: AbortSignal.timeout(10_000) })
        .then((r) => (r.ok ? (r.json() as Promise<Answer>) : Promise.reject(new Error(r.statusText))))
      answer.catch(() => known.delete(key))
      known.set(key, answer)
    }
    return answer
  }

  function leave(): void {
    over?.classList.remove('k-chip-over')
    delete over?.dataset.fits
    over = null
  }

  async function hover(one: HTMLElement, other: HTMLElement): Promise<void> {
    await new Promise((r) => setTimeout(r, 150)) // who only passes over it asks nothing
    if (over !== other) return
    try {
      const answer = await ask(id(one), id(other))
      if (over !== other) return
      other.dataset.fits = answer.fits ? 'yes' : 'no'
      says.textContent = answer.text
    } catch {
      if (over === other) says.textContent = lead // the form still tells
    }
  }

  board.addEventListener('dragstart', (e) => {
    held = chipAt(e)
    if (!held || !e.dataTransfer) return
    e.dataTransfer.effectAllowed = 'move'
    e.dataTransfer.setData('text/plain', held.textContent?.trim() ?? '')
    held.classList.add('k-chip-held')
  })
  board.addEventListener('dragover', (e) => {
    const chip = chipAt(e)
    if (!held || !chip || chip === held) {
      if (over) says.textContent = lead
      return leave()
    }
    e.preventDefault()
    if (chip === over) return
    leave()
    over = chip
    chip.classList.add('k-chip-over')
    void hover(held, chip)
  })
  board.addEventListener('drop', async (e) => {
    const one = held
    const other = over
    if (!one || !other) return
    e.preventDefault()
    let answer: Answer | undefined
    try {
      answer = await ask(id(one), id(other))
    } catch {
      // Whether it can be is then said by the page that the form leads to.
    }
    if (answer && !answer.fits) {
      says.textContent = answer.text
      return
    }
    for (const [name, chip] of [['one', one], ['other', other]] as const) {
      const field = form.elements.namedItem(name)
      if (field instanceof HTMLSelectElement) field.value = id(chip)
    }
    form.requestSubmit()
  })
  board.addEventListener('dragend', () => {
    held?.classList.remove('k-chip-held')
    held = null
    leave()
  })
}

export {}
