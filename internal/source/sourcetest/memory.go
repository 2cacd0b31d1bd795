package sourcetest

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

const (
	longAnswer = 70 << 20
	pageChain  = 300
	// heapBound is what reading may add to the live heap.
	heapBound = 16 << 20
)

// longAnswer reads one answer of 70 MiB, the size of the largest blobs that are known.
func (s suite) longAnswer(t *testing.T) {
	element := []byte(`{"id":"1","x":"` + strings.Repeat("x", 256<<10) + `"}`)
	server := newServer(t, page{elements: func(yield func([]byte) bool) {
		for n := 0; n < longAnswer; n += len(element) {
			if !yield(element) {
				return
			}
		}
	}})
	s.flat(t, server, longAnswer/len(element)/4)
}

// manyPages reads a long chain of pages, or of listings and blobs.
func (s suite) manyPages(t *testing.T) {
	filler := strings.Repeat("x", 128<<10)
	pages := make([]page, pageChain)
	for i := range pages {
		pages[i].elements = func(yield func([]byte) bool) {
			yield(fmt.Appendf(nil, `{"id":"%d","x":"%s"}`, i, filler))
		}
	}
	s.flat(t, newServer(t, pages...), pageChain/4)
}

// flat reads everything and looks at the live heap after every so many records.
func (s suite) flat(t *testing.T, server *Server, every int) {
	t.Helper()
	before := liveHeap()
	src := s.build(server)
	n := 0
	for u, err := range src.List(t.Context(), window) {
		if err != nil {
			t.Fatal(err)
		}
		for r, err := range src.Read(t.Context(), u) {
			if err != nil || r.Problem != "" {
				t.Fatal(err, r.Problem)
			}
			if n++; n%every == 0 {
				if now := liveHeap(); now > before+heapBound {
					t.Fatalf("%d MiB are held after %d records", (now-before)>>20, n)
				}
			}
		}
	}
	if n < 4*every {
		t.Errorf("only %d records", n)
	}
}

func liveHeap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
