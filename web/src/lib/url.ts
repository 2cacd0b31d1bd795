// Addresses that people can read.

/** tidy writes a query string so that people can read it: spaces as +, and colons, commas and quotes as they are. */
export function tidy(url: URL): URL {
  const query = url.searchParams.toString().replace(/%3A/gi, ':').replace(/%2C/gi, ',').replace(/%2F/gi, '/').replace(/%40/gi, '@').replace(/%28/g, '(').replace(/%29/g, ')')
  url.search = query
  return url
}
