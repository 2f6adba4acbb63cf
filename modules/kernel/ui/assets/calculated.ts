// Works out calculated answers while somebody writes, exactly: in fractions of whole numbers, rounded as the server does, which
// counts in the end.
import { plainNumber } from './conditions'

interface Term {
  ref?: string
  column?: string
  places: number
  fixed?: string
}

interface Calculation {
  operation: 'sum' | 'difference' | 'product' | 'quotient' | 'share' | 'rows'
  places: number
  currency?: string
  shown?: string // around a number, which stands for {}
  terms: Term[]
}

interface Fraction {
  over: bigint
  under: bigint // never negative
}

// A number with a point; one with more places than it may have is none.
function fraction(text: string, places: number): Fraction | undefined {
  const match = /^(-?)(\d{1,18})(?:\.(\d{1,9}))?$/.exec(text)
  if (!match || (match[3] ?? '').replace(/0+$/, '').length > places) return undefined
  const digits = BigInt(match[2] + (match[3] ?? ''))
  return { over: match[1] ? -digits : digits, under: 10n ** BigInt((match[3] ?? '').length) }
}

const add = (a: Fraction, b: Fraction): Fraction => ({ over: a.over * b.under + b.over * a.under, under: a.under * b.under })
const minus = (a: Fraction): Fraction => ({ over: -a.over, under: a.under })
const times = (a: Fraction, b: Fraction): Fraction => ({ over: a.over * b.over, under: a.under * b.under })

function divide(a: Fraction, b: Fraction): Fraction | undefined {
  if (b.over === 0n) return undefined
  const sign = b.over < 0n ? -1n : 1n
  return { over: a.over * b.under * sign, under: a.under * b.over * sign }
}

function total(all: (Fraction | undefined)[]): Fraction | undefined {
  let sum: Fraction | undefined
  for (const one of all) if (one) sum = sum ? add(sum, one) : one
  return sum
}

function apply(operation: Calculation['operation'], all: (Fraction | undefined)[]): Fraction | undefined {
  if (operation === 'sum' || operation === 'rows') return total(all)
  const [first, ...others] = all
  if (!first) return undefined
  if (operation === 'difference') {
    const less = total(others)
    return less ? add(first, minus(less)) : first
  }
  if (all.some((one) => !one)) return undefined
  if (operation === 'product') return all.reduce((product, one) => times(product as Fraction, one as Fraction))
  const part = others[0] && divide(first, others[0])
  return part && operation === 'share' ? times(part, { over: 100n, under: 1n }) : part
}

// The result as a decimal with a point, rounded half away from nought; what is beyond all measure is none.
function rounded(sum: Fraction, c: Calculation): string | undefined {
  const scale = 10n ** BigInt(c.places)
  const size = (sum.over < 0n ? -sum.over : sum.over) * scale
  const whole = (size * 2n + sum.under) / (sum.under * 2n)
  if (c.currency ? whole > 10n ** 15n : whole / scale >= 10n ** 18n) return undefined
  const digits = whole.toString().padStart(c.places + 1, '0')
  const places = digits.slice(digits.length - c.places).replace(/0+$/, '')
  const text = digits.slice(0, digits.length - c.places) + (c.places && places ? `.${places}` : '')
  return sum.over < 0n && whole > 0n ? `-${text}` : text
}

function written(number: string, c: Calculation): string {
  const language = document.documentElement.lang
  const format = new Intl.NumberFormat(language === 'en' ? 'en-GB' : language)
  const point = format.formatToParts(0.5).find((p) => p.type === 'decimal')?.value ?? '.'
  const [whole, places = ''] = number.replace('-', '').split('.')
  const all = c.currency && places ? places.padEnd(c.places, '0') : places
  const text = (number.startsWith('-') ? '-' : '') + format.format(BigInt(whole)) + (all ? point + all : '')
  if (c.currency) return language === 'en' ? `${c.currency}\u00a0${text}` : `${text}\u00a0${c.currency}`
  return c.shown ? c.shown.replace('{}', () => text) : text
}

// watchCalculations returns what works everything out anew; moved is called once results have changed, and says whether that
// shows or hides anything, which may count in turn.
export function watchCalculations(root: HTMLElement, moved: () => boolean): () => void {
  const questions = new Map<string, HTMLElement>()
  for (const box of root.querySelectorAll<HTMLElement>('[data-question]')) if (!questions.has(box.dataset.question ?? '')) questions.set(box.dataset.question ?? '', box)
  const point = root.dataset.point ?? '.'
  type Input = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement
  const typed = (row: HTMLElement) => [...row.querySelectorAll<Input>('[name^="answers["]')].some((i) => {
    if (i.name.endsWith('[row]') || i.name.endsWith('[currency]')) return false
    if (i instanceof HTMLInputElement && ['checkbox', 'radio'].includes(i.type)) return i.checked
    return i.value.trim() !== ''
  })
  const number = (input: HTMLInputElement | null | undefined, places: number) => fraction(plainNumber(input?.value ?? '', point), places)

  // Each calculation behind those that it stands upon, so that one pass settles them all.
  const boxes: { box: HTMLElement; of: Calculation }[] = []
  const seen = new Set<HTMLElement>()
  function place(box: HTMLElement | undefined) {
    if (!box?.dataset.calculation || seen.has(box)) return
    seen.add(box)
    const of = JSON.parse(box.dataset.calculation) as Calculation
    for (const term of of.terms) place(questions.get(term.ref ?? ''))
    boxes.push({ box, of })
  }
  for (const box of questions.values()) place(box)

  function amount(term: Term, operation: Calculation['operation']): Fraction | undefined {
    if (term.fixed !== undefined) return fraction(term.fixed, 9)
    const box = questions.get(term.ref ?? '')
    if (!box || box.hidden) return undefined
    if (box.dataset.type === 'calculated') return fraction(box.dataset.result ?? '', 9)
    const rows = [...box.querySelectorAll<HTMLElement>('[data-row]')].filter(typed)
    if (operation === 'rows') return rows.length > 0 ? { over: BigInt(rows.length), under: 1n } : undefined
    if (term.column) return total(rows.map((row) => number([...row.querySelectorAll<HTMLInputElement>(`[name$="[${term.column}]"]`)].find((i) => !i.name.includes('[replacement]')), term.places)))
    if (box.dataset.type === 'budget') {
      const minor = box.querySelector<HTMLElement>('[data-budget]')?.dataset.minor
      return rows.length > 0 && minor ? { over: BigInt(minor), under: 10n ** BigInt(term.places) } : undefined
    }
    return number(box.querySelector<HTMLInputElement>('input[name^="answers["]'), term.places)
  }

  function pass(): boolean {
    // Of many calculations of the same answers each answer is read once.
    const read = new Map<string, Fraction | undefined>()
    const once = (term: Term, operation: Calculation['operation']) => {
      if (term.fixed !== undefined || questions.get(term.ref ?? '')?.dataset.type === 'calculated') return amount(term, operation)
      const name = `${term.ref} ${term.column ?? ''} ${operation === 'rows' ? 'rows' : ''}`
      if (!read.has(name)) read.set(name, amount(term, operation))
      return read.get(name)
    }
    let any = false
    for (const { box, of } of boxes) {
      const sum = apply(of.operation, of.terms.map((term) => once(term, of.operation)))
      const result = (sum && rounded(sum, of)) ?? ''
      if (result === (box.dataset.result ?? '')) continue
      box.dataset.result = result
      any = true
      const output = box.querySelector<HTMLElement>('[data-result-text]')
      if (output) output.textContent = result === '' ? (output.dataset.none ?? '') : written(result, of)
    }
    return any
  }

  function work() {
    for (let round = 0; round < 10 && pass() && moved(); round++);
  }
  if (boxes.length > 0) for (const event of ['input', 'change', 'rows']) root.addEventListener(event, work)
  return work
}
