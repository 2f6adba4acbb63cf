// Saves the fields of a form to the server while somebody writes. It is grown by the form engine.
export function start(_root: HTMLElement) {}
