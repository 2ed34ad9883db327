// Runs before the first paint, so that nothing flashes. The key is COLOR_SCHEME_KEY of @vitrine/ui/theme/theme-provider.tsx.
(() => {
  let choice = 'auto';
  try {
    choice = localStorage.getItem('vitrine-color-scheme') ?? 'auto';
  } catch {
    // Storage is forbidden here: the system's choice stands.
  }
  // An address may say it for whoever opens it.
  const asked = new URLSearchParams(location.search).get('theme');
  if (asked === 'dark' || asked === 'light') choice = asked;
  const dark = choice === 'dark' || (choice !== 'light' && !matchMedia('(prefers-color-scheme: light)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
