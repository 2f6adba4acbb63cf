// Runs before the page is drawn, so that it never flashes in the wrong theme.
const kept = document.cookie.match(/(?:^|; )theme=(light|dark)/)?.[1]
const system = () => (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')
document.documentElement.dataset.bsTheme ||= kept ?? system()
