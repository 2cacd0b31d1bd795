// Package receivers tests forwarding to programs that nobody here wrote: rsyslog with TLS and
// VictoriaLogs. Receiver and forwarder are killed and started again at random; what has
// arrived, each event once by its key, must be the log.
//
// The tests look for rsyslogd (AOC_RSYSLOGD, or in PATH; with its module for TLS, rsyslog-gnutls)
// and victoria-logs (AOC_VICTORIALOGS, or in PATH), and skip by name where there is none.
package receivers
