// Lets the rows of a list be dragged by their grips. Where a row lands is sent as the form's buttons would say it, "move:2:0",
// so that the page that comes back is the same as without a script.
import Sortable from 'sortablejs/modular/sortable.core.esm.js'

export function start(list: HTMLElement) {
  const form = list.closest('form')
  if (!form) return
  list.dataset.ready = 'yes'
  new Sortable(list, {
    handle: '[data-grip]',
    animation: matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 120,
    ghostClass: 'k-ghost',
    onEnd: (e) => {
      if (e.oldIndex === undefined || e.newIndex === undefined || e.oldIndex === e.newIndex) return
      const row = list.children[e.newIndex]
      const back = e.oldIndex < e.newIndex ? list.children[e.oldIndex] : list.children[e.oldIndex + 1]
      list.insertBefore(row, back ?? null) // the server moves it, in the order in which it stood
      const button = document.createElement('button')
      button.name = 'do'
      button.value = `move:${e.oldIndex}:${e.newIndex}`
      button.hidden = true
      form.append(button)
      form.requestSubmit(button)
    },
  })
}
