// Shows and hides questions while somebody answers. The rules come from the server, which decides in the end.
interface Rule {
  all?: Rule[]
  any?: Rule[]
  not?: Rule
  fixed?: boolean
  ref?: string
  equals?: string
  in?: string[]
  answered?: boolean
  above?: string
  below?: string
}

// plainNumber is a number as the page's language writes it, with a point and without grouping.
export function plainNumber(text: string, point: string): string {
  const tight = text.replace(/\s/g, '')
  return (point === ',' ? tight.replace(/\.(?=\d{3}(\D|$))/g, '') : tight.replace(/,(?=\d{3}(\D|$))/g, '')).replace(',', '.')
}

// watchConditions returns what looks at everything anew, and says whether that has shown or hidden anything.
export function watchConditions(root: HTMLElement): () => boolean {
  const boxes = [...root.querySelectorAll<HTMLElement>('[data-condition]')].map((box) => ({ box, rule: JSON.parse(box.dataset.condition ?? '{}') as Rule }))
  const point = root.dataset.point ?? '.'

  // What an answer equals is all of it, except of an address, which equals its country.
  function values(ref: string): { type: string; all: string[]; rows: number; equal?: string[] } {
    const box = root.querySelector<HTMLElement>(`[data-question="${CSS.escape(ref)}"]`)
    if (!box || box.hidden) return { type: '', all: [], rows: 0 }
    if (box.dataset.type === 'calculated') return { type: 'calculated', all: box.dataset.result ? [box.dataset.result] : [], rows: 0 }
    const all: string[] = []
    for (const input of box.querySelectorAll<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>('[name^="answers["]')) {
      if (input instanceof HTMLInputElement && ['checkbox', 'radio'].includes(input.type) && !input.checked) continue
      if (input.name.endsWith('[currency]') || input.name.endsWith('[row]') || 'suggestValue' in input.dataset || !input.value.trim()) continue
      all.push(input.value.trim())
    }
    const rows = [...box.querySelectorAll<HTMLElement>('[data-row]')].filter((row) => [...row.querySelectorAll<HTMLInputElement>('[name^="answers["]')].some((i) => i.value.trim() && !i.name.endsWith('[row]'))).length
    const country = box.dataset.type === 'address' ? [box.querySelector<HTMLSelectElement>('[data-suggest-part="country"]')?.value ?? ''] : undefined
    return { type: box.dataset.type ?? '', all, rows, equal: country }
  }

  function compare(ref: string, limit: string): number {
    const { type, all, rows } = values(ref)
    if (all.length === 0) return NaN
    if (type === 'calculated') return Number(all[0]) - Number(limit)
    if (type === 'date') return all[0] < limit ? -1 : all[0] > limit ? 1 : 0
    if (type === 'date_range') {
      const days = all.length === 2 ? (Date.parse(all[1]) - Date.parse(all[0])) / 864e5 + 1 : NaN
      return days > 0 ? days - Number(limit) : NaN
    }
    if (type === 'table' || type === 'people') return rows - Number(limit)
    if (type === 'budget') return Number(root.querySelector<HTMLElement>(`[data-question="${CSS.escape(ref)}"] [data-budget]`)?.dataset.total ?? NaN) - Number(limit)
    if (type === 'multiple' || type === 'ranking') return all.length - Number(limit)
    return Number(plainNumber(all[0], point)) - Number(limit)
  }

  function holds(rule: Rule): boolean {
    if (rule.fixed !== undefined) return rule.fixed
    if (rule.all && !rule.all.every(holds)) return false
    if (rule.any && !rule.any.some(holds)) return false
    if (rule.not && holds(rule.not)) return false
    if (!rule.ref) return true
    const { all, equal } = values(rule.ref)
    if (rule.answered !== undefined) return all.length > 0 === rule.answered
    if (rule.equals) return (equal ?? all).includes(rule.equals)
    if (rule.in) return rule.in.some((one) => (equal ?? all).includes(one))
    if (rule.above) return compare(rule.ref, rule.above) > 0
    if (rule.below) return compare(rule.ref, rule.below) < 0
    return false
  }

  // What is hidden counts as not answered, so that hiding one question may hide the next.
  function look(): boolean {
    let any = false
    for (let round = 0; round < 10; round++) {
      let moved = false
      for (const { box, rule } of boxes) {
        const hidden = !holds(rule)
        if (box.hidden !== hidden) {
          box.hidden = hidden
          moved = any = true
        }
      }
      if (!moved) break
    }
    return any
  }
  root.addEventListener('input', look)
  root.addEventListener('change', look)
  root.addEventListener('rows', look)
  return look
}
