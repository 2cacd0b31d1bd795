// Pages that show how something is look again while somebody sees them.

/** refresh looks now, and every so many milliseconds while the page is seen and wanted; what it
 * gives ends that, and what is asked for at the moment. */
export function refresh(ms: number, look: (signal: AbortSignal) => Promise<void>, wanted: () => boolean = () => true): () => void {
  const stop = new AbortController()
  void look(stop.signal)
  const again = setInterval(() => {
    if (document.visibilityState === 'visible' && wanted()) void look(stop.signal)
  }, ms)
  return () => {
    clearInterval(again)
    stop.abort()
  }
}
