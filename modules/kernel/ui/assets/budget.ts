// Adds up the lines of a budget while somebody writes them, exactly: in whole minor units, rounded as the server does, which
// counts in the end.
import { plainNumber } from './conditions'

// decimal takes a number apart: its digits without a sign, and how many of them are a fraction.
function decimal(text: string, point: string): { digits: bigint; places: number } | undefined {
  const match = /^(\d{1,18})(?:\.(\d{1,9}))?$/.exec(plainNumber(text, point))
  return match ? { digits: BigInt(match[1] + (match[2] ?? '')), places: (match[2] ?? '').length } : undefined
}

function money(minor: bigint, places: number, currency: string): string {
  const digits = minor.toString().padStart(places + 1, '0')
  const whole = digits.slice(0, digits.length - places)
  const fraction = digits.slice(digits.length - places)
  const language = document.documentElement.lang
  const format = new Intl.NumberFormat(language === 'en' ? 'en-GB' : language)
  const point = format.formatToParts(0.5).find((p) => p.type === 'decimal')?.value ?? '.'
  const text = format.format(BigInt(whole)) + (/[1-9]/.test(fraction) ? point + fraction : '')
  return language === 'en' ? `${currency}\u00a0${text}` : `${text}\u00a0${currency}`
}

export function watchBudgets(root: HTMLElement) {
  const point = root.dataset.point ?? '.'

  function add(list: HTMLElement) {
    const currency = list.dataset.budget ?? ''
    const places = Number(list.dataset.places)
    let total = 0n
    for (const row of list.querySelectorAll<HTMLElement>(':scope > [data-row]')) {
      const read = (column: string) => decimal(row.querySelector<HTMLInputElement>(`[name$="[${column}]"]`)?.value ?? '', point)
      const [quantity, price] = [read('quantity'), read('price')]
      const output = row.querySelector<HTMLElement>('[data-line-total]')
      let text = ''
      if (quantity && price && price.places <= places) {
        const minor = price.digits * 10n ** BigInt(places - price.places)
        const unit = 10n ** BigInt(quantity.places)
        const line = (quantity.digits * minor * 2n + unit) / (unit * 2n)
        total += line
        text = money(line, places, currency)
      }
      if (output) output.textContent = text
    }
    list.dataset.minor = String(total)
    list.dataset.total = String(Number(total) / 10 ** places)
    const output = list.parentElement?.querySelector<HTMLElement>('[data-budget-total]')
    const text = money(total, places, currency)
    if (output && output.textContent !== text) output.textContent = text
  }

  const all = (e?: Event) => {
    for (const list of root.querySelectorAll<HTMLElement>('[data-budget]')) if (!e || list.contains(e.target as Node) || list === e.target) add(list)
  }
  root.addEventListener('input', all)
  root.addEventListener('rows', all)
  all()
}
