package syslog

import (
	"crypto/tls"
	"net"

	"golang.org/x/sys/unix"
)

// allTaken reports whether the other side's kernel had acknowledged all that was written, and
// its end, when the other side closed: only then was everything there to be read when it
// closed in order. True where the connection is not one of TCP.
func allTaken(c net.Conn) bool {
	if secured, ok := c.(*tls.Conn); ok {
		c = secured.NetConn()
	}
	t, ok := c.(*net.TCPConn)
	if !ok {
		return true
	}
	raw, err := t.SyscallConn()
	if err != nil {
		return false
	}
	open, fault := 1, error(nil)
	err = raw.Control(func(fd uintptr) {
		open, fault = unix.IoctlGetInt(int(fd), unix.SIOCOUTQ)
	})
	return err == nil && fault == nil && open == 0
}
