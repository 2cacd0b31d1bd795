// Package edge is what stands between the network and the API: how many connections there
// may be and how long they may wait, whose requests they carry when proxies are in between,
// how often each client may ask, how much is worked on at once, and the certificate of the
// service. It knows nothing of what is asked.
package edge
