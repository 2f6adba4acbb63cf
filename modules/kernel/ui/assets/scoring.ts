// Adds up a weighted total while somebody scores, and lets digits choose: once a row of scores has the focus, 7 is seven,
// 1 followed at once by 0 is ten, and 3 followed by a point or comma and 5 is three and a half.
const patience = 700

export function start(root: HTMLElement) {
  const output = root.querySelector<HTMLOutputElement>('output[data-total]')
  const format = new Intl.NumberFormat(document.documentElement.lang, { minimumFractionDigits: 1, maximumFractionDigits: 1 })

  function total() {
    if (!output) return
    let sum = 0
    for (const scale of root.querySelectorAll<HTMLElement>('[data-scale]')) {
      const score = scale.querySelector<HTMLInputElement>('input:checked')?.value
      const lowest = Number(scale.dataset.lowest)
      if (score !== undefined) sum += (Number(scale.dataset.scale) * (Number(score) - lowest)) / (Number(scale.dataset.highest) - lowest)
    }
    output.value = format.format(sum)
  }

  let typed = ''
  let timer = 0
  root.addEventListener('keydown', (e) => {
    const scale = (e.target as HTMLElement).closest<HTMLElement>('[data-scale]')
    if (!scale || e.ctrlKey || e.metaKey || e.altKey || !/^[0-9.,]$/.test(e.key)) return
    const find = (value: string) => scale.querySelector<HTMLInputElement>(`input[value="${value}"]`)
    if (!/[0-9]/.test(e.key)) {
      if (typed && !typed.includes('.')) typed += '.'
      return e.preventDefault()
    }
    const input = find(typed + e.key) ?? find(e.key)
    if (!input) return
    e.preventDefault()
    typed = input.value
    clearTimeout(timer)
    timer = window.setTimeout(() => (typed = ''), patience)
    input.focus()
    input.checked = true
    input.dispatchEvent(new Event('change', { bubbles: true }))
  })
  root.addEventListener('focusout', (e) => {
    const scale = (e.target as HTMLElement).closest('[data-scale]')
    if (!scale?.contains(e.relatedTarget as Node | null)) typed = ''
  })
  root.addEventListener('change', total)
  root.addEventListener('input', total, true) // also of what this device kept, whose events do not bubble
  total()
}
