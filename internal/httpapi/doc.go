// Package httpapi is the REST adapter: it decodes requests, calls package console and
// encodes what comes back. Each noun of the API has a file. It decides nothing about
// events, collection or who may do what; it knows HTTP, the shape of errors, limits and
// headers. Every answer but raw records, metrics and the documentation page is JSON.
package httpapi
